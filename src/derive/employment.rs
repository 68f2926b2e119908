//! Competitive jobs from recorded spells.

use crate::plan::types::CompetitiveEmployment;
use crate::trial::date::Date;
use crate::trial::employment::Spell;
use crate::trial::time::DAYS_PER_MONTH;

const DAYS_PER_WEEK: f64 = 7.0;

/// One or more competitive spells that overlap or abut, as one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// First day worked, in days since randomisation; negative where it began before.
    pub start_day: i32,
    /// Last day worked, included, at most the end of follow-up.
    pub end_day: i32,
    /// Lines of the employment table that it is made of.
    pub lines: Vec<u64>,
}

/// A competitive spell as recorded, cut at the end of follow-up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountedSpell {
    /// First day worked, in days since randomisation.
    pub start_day: i32,
    /// Last day worked, included, at most the end of follow-up.
    pub end_day: i32,
    /// Contractual hours a week.
    pub hours_per_week: f64,
    /// Gross wage a month in euro.
    pub monthly_wage_eur: Option<f64>,
}

impl CountedSpell {
    /// Days from day 0 to `last_day`, both included, that the spell covers.
    fn days_to(&self, last_day: i32) -> i32 {
        (self.end_day.min(last_day) - self.start_day.max(0) + 1).max(0)
    }
}

/// The competitive spells of one participant that start by the end of follow-up.
pub fn counted_spells(
    spells: &[Spell],
    day_0: Date,
    end_of_follow_up: i32,
    definition: &CompetitiveEmployment,
) -> Vec<CountedSpell> {
    spells
        .iter()
        .filter(|spell| is_competitive(spell, day_0, end_of_follow_up, definition))
        .map(|spell| {
            let (start_day, end_day) = days_of(spell, day_0, end_of_follow_up);
            let (hours_per_week, monthly_wage_eur) = (spell.hours_per_week, spell.monthly_wage_eur);
            CountedSpell { start_day, end_day, hours_per_week, monthly_wage_eur }
        })
        .filter(|spell| spell.start_day <= end_of_follow_up)
        .collect()
}

/// Hours from day 0 to `last_day`, both included: weekly hours / 7 for each day of each spell.
/// Spells that overlap add up.
pub fn hours_worked(spells: &[CountedSpell], last_day: i32) -> f64 {
    let hours = |spell: &CountedSpell| f64::from(spell.days_to(last_day)) * spell.hours_per_week;
    spells.iter().map(hours).sum::<f64>() / DAYS_PER_WEEK
}

/// Wages from day 0 to `last_day`, both included: monthly wage / 30.4375 for each day of each
/// spell; none where a spell of these days has no wage.
pub fn wages_earned(spells: &[CountedSpell], last_day: i32) -> Option<f64> {
    let mut total = 0.0;
    for spell in spells.iter().filter(|spell| spell.days_to(last_day) > 0) {
        total += f64::from(spell.days_to(last_day)) * spell.monthly_wage_eur?;
    }
    Some(total / DAYS_PER_MONTH)
}

/// Days of the longest job within day 0 to `last_day`, both included; 0 without a job.
pub fn longest_job(jobs: &[Job], last_day: i32) -> i32 {
    let covered = |job: &Job| (job.end_day.min(last_day) - job.start_day.max(0) + 1).max(0);
    jobs.iter().map(covered).max().unwrap_or(0)
}

/// Jobs of one participant, by start.
///
/// A spell counts if its contract is in the plan's list and it meets the plan's hours, days and
/// wage by itself. It is cut at `end_of_follow_up`; one that starts later is not used. Spells
/// that overlap or follow each other without a free day are merged, also across day 0.
pub fn derive_jobs(
    spells: &[Spell],
    day_0: Date,
    end_of_follow_up: i32,
    definition: &CompetitiveEmployment,
) -> Vec<Job> {
    let mut counted: Vec<Job> = spells
        .iter()
        .filter(|spell| is_competitive(spell, day_0, end_of_follow_up, definition))
        .map(|spell| {
            let (start_day, end_day) = days_of(spell, day_0, end_of_follow_up);
            Job { start_day, end_day, lines: vec![spell.line] }
        })
        .filter(|job| job.start_day <= end_of_follow_up)
        .collect();
    counted.sort_by_key(|job| (job.start_day, job.end_day));
    let mut jobs: Vec<Job> = Vec::new();
    for job in counted {
        match jobs.last_mut() {
            Some(last) if job.start_day <= last.end_day + 1 => {
                last.end_day = last.end_day.max(job.end_day);
                last.lines.extend(job.lines);
            }
            _ => jobs.push(job),
        }
    }
    jobs
}

fn days_of(spell: &Spell, day_0: Date, end_of_follow_up: i32) -> (i32, i32) {
    let end = spell.end.map_or(end_of_follow_up, |end| end.days_since(day_0));
    (spell.start.days_since(day_0), end.min(end_of_follow_up))
}

fn is_competitive(
    spell: &Spell,
    day_0: Date,
    end_of_follow_up: i32,
    definition: &CompetitiveEmployment,
) -> bool {
    let end = spell.end.map_or(end_of_follow_up, |end| end.days_since(day_0));
    let days = end - spell.start.days_since(day_0) + 1;
    definition.contracts.contains(&spell.contract)
        && spell.hours_per_week >= definition.min_hours_per_week
        && definition.min_days.is_none_or(|least| days >= least)
        && definition
            .min_monthly_wage_eur
            .is_none_or(|least| spell.monthly_wage_eur.is_some_and(|wage| wage >= least))
}

/// The first job: the earliest that starts on or after day 0.
///
/// A job already running at day 0 is no first job.
pub fn first_job(jobs: &[Job]) -> Option<&Job> {
    jobs.iter().find(|job| job.start_day >= 0)
}

/// The job that covers a day.
pub fn job_on(jobs: &[Job], day: i32) -> Option<&Job> {
    jobs.iter().find(|job| job.start_day <= day && day <= job.end_day)
}

/// Days from day 0 to `last_day`, both included, that jobs cover.
pub fn days_worked(jobs: &[Job], last_day: i32) -> i32 {
    let covered = |job: &Job| (job.end_day.min(last_day) - job.start_day.max(0) + 1).max(0);
    jobs.iter().map(covered).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::employment::Contract;

    fn spell(start: i32, end: Option<i32>, line: u64) -> Spell {
        let day = |d: i32| day_0().plus_days(d).unwrap();
        Spell {
            participant: 0,
            start: day(start),
            end: end.map(day),
            contract: Contract::EmploymentContract,
            hours_per_week: 20.0,
            monthly_wage_eur: Some(1000.0),
            authorised: None,
            line,
        }
    }

    fn day_0() -> Date {
        Date::from_ymd(2019, 1, 1).unwrap()
    }

    fn definition() -> CompetitiveEmployment {
        CompetitiveEmployment {
            contracts: vec![Contract::EmploymentContract],
            min_hours_per_week: 1.0,
            min_days: None,
            min_monthly_wage_eur: None,
        }
    }

    fn jobs(spells: &[Spell], end: i32) -> Vec<(i32, i32)> {
        let found = derive_jobs(spells, day_0(), end, &definition());
        found.into_iter().map(|job| (job.start_day, job.end_day)).collect()
    }

    #[test]
    fn spells_that_overlap_or_abut_are_one_job() {
        let spells = [spell(10, Some(20), 2), spell(15, Some(30), 3), spell(31, Some(40), 4)];
        assert_eq!(jobs(&spells, 100), [(10, 40)]);
        assert_eq!(jobs(&[spell(10, Some(20), 2), spell(22, Some(30), 3)], 100).len(), 2);
        let found = derive_jobs(&spells, day_0(), 100, &definition());
        assert_eq!(found[0].lines, [2, 3, 4]);
    }

    #[test]
    fn a_job_running_at_day_0_is_no_first_job() {
        let merged = [spell(-5, Some(3), 2), spell(4, Some(9), 3), spell(50, None, 4)];
        let found = derive_jobs(&merged, day_0(), 100, &definition());
        assert_eq!(first_job(&found).map(|job| job.start_day), Some(50));
        assert!(job_on(&found, 0).is_some());
        // Yesterday's job that goes on under a new contract today is the same job.
        let abut = [spell(-5, Some(-1), 2), spell(0, Some(9), 3)];
        assert_eq!(first_job(&derive_jobs(&abut, day_0(), 100, &definition())), None);
    }

    #[test]
    fn spells_end_with_follow_up_and_later_ones_are_not_used() {
        assert_eq!(jobs(&[spell(10, None, 2)], 30), [(10, 30)]);
        assert_eq!(jobs(&[spell(30, Some(30), 2)], 30), [(30, 30)]);
        assert_eq!(jobs(&[spell(31, None, 2), spell(40, Some(50), 3)], 30), []);
    }

    #[test]
    fn days_worked_are_counted_from_day_0_to_the_last_day() {
        let found = derive_jobs(
            &[spell(-3, Some(1), 2), spell(5, Some(8), 3), spell(20, None, 4)],
            day_0(),
            100,
            &definition(),
        );
        assert_eq!(days_worked(&found, 20), 2 + 4 + 1);
        assert_eq!(days_worked(&found, 0), 1);
    }

    #[test]
    fn each_condition_of_the_plan_holds_for_a_spell_by_itself() {
        let mut strict = definition();
        strict.min_days = Some(11);
        let spells = [spell(10, Some(19), 2), spell(20, Some(29), 3), spell(50, Some(60), 4)];
        let found = derive_jobs(&spells, day_0(), 100, &strict);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].start_day, 50);
        strict.min_days = None;
        strict.min_monthly_wage_eur = Some(1000.01);
        assert!(derive_jobs(&spells, day_0(), 100, &strict).is_empty());
        strict.min_monthly_wage_eur = None;
        strict.min_hours_per_week = 20.01;
        assert!(derive_jobs(&spells, day_0(), 100, &strict).is_empty());
    }
}
