//! Competitive jobs from recorded spells.

use std::ops::Range;

use crate::plan::types::CompetitiveEmployment;
use crate::trial::date::Date;
use crate::trial::employment::{Source, Spell};
use crate::trial::time::DAYS_PER_MONTH;

const DAYS_PER_WEEK: f64 = 7.0;

/// One or more competitive spells that overlap or abut, as one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// First day worked, in days since randomisation; negative where it began before.
    pub start_day: i32,
    /// Last day worked, included, at most the end of follow-up.
    pub end_day: i32,
    /// Positions of the spells that it is made of.
    pub spells: Range<usize>,
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
    /// Who reported it.
    pub source: Option<Source>,
    /// Line of the employment table.
    pub line: u64,
}

/// The competitive spells of one participant that start by the end of follow-up, by start.
///
/// A spell counts if its contract is in the plan's list and it meets the plan's hours, days and
/// wage by itself. It is cut at `end_of_follow_up`; one that starts later is not used.
pub fn counted_spells(
    spells: &[Spell],
    day_0: Date,
    end_of_follow_up: i32,
    definition: &CompetitiveEmployment,
) -> Vec<CountedSpell> {
    let mut counted = Vec::with_capacity(spells.len());
    for spell in spells {
        let (start_day, end_day) = days_of(spell, day_0, end_of_follow_up);
        let is_counted = start_day <= end_of_follow_up
            && is_competitive(spell, day_0, end_of_follow_up, definition);
        if is_counted {
            counted.push(CountedSpell {
                start_day,
                end_day,
                hours_per_week: spell.hours_per_week,
                monthly_wage_eur: spell.monthly_wage_eur,
                source: spell.source,
                line: spell.line,
            });
        }
    }
    counted.sort_by_key(|spell| spell.start_day);
    counted
}

/// Hours from day 0 to `last_day`, both included: weekly hours / 7 for each day of each spell.
///
/// Jobs that overlap add up. Where several sources report the same day, they may report the same
/// work: the day has the hours of the source with the most.
pub fn hours_worked(spells: &[CountedSpell], last_day: i32) -> f64 {
    let hours = |all: &[&CountedSpell]| all.iter().map(|spell| spell.hours_per_week).sum::<f64>();
    let weekly = |segment: &Segment<'_>| largest(segment.by_source().map(|all| hours(&all)));
    let segments = segments(spells, last_day);
    segments.iter().map(|part| part.days() * weekly(part).unwrap_or(0.0)).sum::<f64>()
        / DAYS_PER_WEEK
}

/// Wages from day 0 to `last_day`, both included: monthly wage / 30.4375 for each day of each
/// spell; none where a day of work has no wage.
///
/// Of several sources the one with the most counts, among those that have every wage of the day.
pub fn wages_earned(spells: &[CountedSpell], last_day: i32) -> Option<f64> {
    let mut total = 0.0;
    for part in segments(spells, last_day) {
        let wages = |all: Vec<&CountedSpell>| -> Option<f64> {
            all.iter().map(|spell| spell.monthly_wage_eur).sum()
        };
        total += part.days() * largest(part.by_source().filter_map(wages))?;
    }
    Some(total / DAYS_PER_MONTH)
}

/// Hours a week and gross wage a month of all work on a day; none where there is none. The wage is
/// none where no source has every wage.
///
/// Jobs on the same day add up; of several sources the one with the most counts.
pub fn work_on(spells: &[CountedSpell], day: i32) -> Option<(f64, Option<f64>)> {
    let spells: Vec<&CountedSpell> =
        spells.iter().filter(|spell| spell.start_day <= day && day <= spell.end_day).collect();
    let part = Segment { first_day: day, last_day: day, spells };
    let hours = |all: Vec<&CountedSpell>| all.iter().map(|spell| spell.hours_per_week).sum();
    let wages = |all: Vec<&CountedSpell>| -> Option<f64> {
        all.iter().map(|spell| spell.monthly_wage_eur).sum()
    };
    Some((largest(part.by_source().map(hours))?, largest(part.by_source().filter_map(wages))))
}

fn largest(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.reduce(f64::max)
}

/// Days during which the same spells run, at least one of them.
struct Segment<'a> {
    first_day: i32,
    last_day: i32,
    spells: Vec<&'a CountedSpell>,
}

impl<'a> Segment<'a> {
    fn days(&self) -> f64 {
        f64::from(self.last_day - self.first_day + 1)
    }

    /// The spells of each source that reports any.
    fn by_source(&self) -> impl Iterator<Item = Vec<&'a CountedSpell>> {
        let mut sources: Vec<Option<Source>> =
            self.spells.iter().map(|spell| spell.source).collect();
        sources.sort();
        sources.dedup();
        sources.into_iter().map(|source| {
            self.spells.iter().copied().filter(|spell| spell.source == source).collect()
        })
    }
}

/// Day 0 to `last_day`, cut wherever a spell begins or ends; days without work left out.
fn segments(spells: &[CountedSpell], last_day: i32) -> Vec<Segment<'_>> {
    let within = |day: i32| (0..=last_day + 1).contains(&day);
    let mut cuts: Vec<i32> = spells
        .iter()
        .flat_map(|spell| [spell.start_day.max(0), spell.end_day + 1])
        .chain([last_day + 1])
        .filter(|day| within(*day))
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .map(|cut| Segment {
            first_day: cut[0],
            last_day: cut[1] - 1,
            spells: spells
                .iter()
                .filter(|spell| spell.start_day <= cut[0] && cut[0] <= spell.end_day)
                .collect(),
        })
        .filter(|segment| !segment.spells.is_empty())
        .collect()
}

/// Days of the longest job within day 0 to `last_day`, both included; 0 without a job.
pub fn longest_job(jobs: &[Job], last_day: i32) -> i32 {
    let covered = |job: &Job| (job.end_day.min(last_day) - job.start_day.max(0) + 1).max(0);
    jobs.iter().map(covered).max().unwrap_or(0)
}

/// Jobs of one participant, by start, from the spells that [`counted_spells`] gives.
///
/// Spells that overlap or follow each other without a free day are merged, also across day 0.
pub fn derive_jobs(spells: &[CountedSpell]) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::with_capacity(spells.len());
    for (at, spell) in spells.iter().enumerate() {
        match jobs.last_mut() {
            Some(last) if spell.start_day <= last.end_day + 1 => {
                last.end_day = last.end_day.max(spell.end_day);
                last.spells.end = at + 1;
            }
            _ => jobs.push(Job {
                start_day: spell.start_day,
                end_day: spell.end_day,
                spells: at..at + 1,
            }),
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
            source: None,
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

    fn derived(spells: &[Spell], end: i32, definition: &CompetitiveEmployment) -> Vec<Job> {
        derive_jobs(&counted_spells(spells, day_0(), end, definition))
    }

    fn jobs(spells: &[Spell], end: i32) -> Vec<(i32, i32)> {
        let found = derived(spells, end, &definition());
        found.into_iter().map(|job| (job.start_day, job.end_day)).collect()
    }

    fn counted(days: (i32, i32), hours: f64, wage: Option<f64>, from: Source) -> CountedSpell {
        CountedSpell {
            start_day: days.0,
            end_day: days.1,
            hours_per_week: hours,
            monthly_wage_eur: wage,
            source: Some(from),
            line: 2,
        }
    }

    #[test]
    fn two_reports_of_the_same_days_count_once() {
        let spells = [
            counted((0, 13), 14.0, Some(DAYS_PER_MONTH), Source::Register),
            counted((7, 20), 21.0, None, Source::Questionnaire),
            // A second job of the register overlaps the first.
            counted((10, 13), 14.0, Some(2.0 * DAYS_PER_MONTH), Source::Register),
        ];
        // 7 days of 2 hours, 3 of 3, 4 of 4 (the register's two jobs), 7 of 3.
        assert!((hours_worked(&spells, 100) - (14.0 + 9.0 + 16.0 + 21.0)).abs() < 1e-12);
        assert!((hours_worked(&spells, 6) - 14.0).abs() < 1e-12);
        // To day 13 the register has every wage; after it nobody has.
        assert!((wages_earned(&spells, 13).unwrap() - (14.0 + 4.0 * 2.0)).abs() < 1e-12);
        assert_eq!(wages_earned(&spells, 14), None);
        assert_eq!(wages_earned(&[], 14), Some(0.0));
    }

    #[test]
    fn work_before_day_0_is_not_counted() {
        let spells = [counted((-30, 6), 7.0, Some(DAYS_PER_MONTH), Source::Register)];
        assert!((hours_worked(&spells, 100) - 7.0).abs() < 1e-12);
        assert!((wages_earned(&spells, 2).unwrap() - 3.0).abs() < 1e-12);
    }

    #[test]
    fn spells_that_overlap_or_abut_are_one_job() {
        let spells = [spell(10, Some(20), 2), spell(15, Some(30), 3), spell(31, Some(40), 4)];
        assert_eq!(jobs(&spells, 100), [(10, 40)]);
        assert_eq!(jobs(&[spell(10, Some(20), 2), spell(22, Some(30), 3)], 100).len(), 2);
        let found = derived(&spells, 100, &definition());
        assert_eq!(found[0].spells, 0..3);
    }

    #[test]
    fn a_job_running_at_day_0_is_no_first_job() {
        let merged = [spell(-5, Some(3), 2), spell(4, Some(9), 3), spell(50, None, 4)];
        let found = derived(&merged, 100, &definition());
        assert_eq!(first_job(&found).map(|job| job.start_day), Some(50));
        assert!(job_on(&found, 0).is_some());
        // Yesterday's job that goes on under a new contract today is the same job.
        let abut = [spell(-5, Some(-1), 2), spell(0, Some(9), 3)];
        assert_eq!(first_job(&derived(&abut, 100, &definition())), None);
    }

    #[test]
    fn spells_end_with_follow_up_and_later_ones_are_not_used() {
        assert_eq!(jobs(&[spell(10, None, 2)], 30), [(10, 30)]);
        assert_eq!(jobs(&[spell(30, Some(30), 2)], 30), [(30, 30)]);
        assert_eq!(jobs(&[spell(31, None, 2), spell(40, Some(50), 3)], 30), []);
    }

    #[test]
    fn days_worked_are_counted_from_day_0_to_the_last_day() {
        let found = derived(
            &[spell(-3, Some(1), 2), spell(5, Some(8), 3), spell(20, None, 4)],
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
        let found = derived(&spells, 100, &strict);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].start_day, 50);
        strict.min_days = None;
        strict.min_monthly_wage_eur = Some(1000.01);
        assert!(derived(&spells, 100, &strict).is_empty());
        strict.min_monthly_wage_eur = None;
        strict.min_hours_per_week = 20.01;
        assert!(derived(&spells, 100, &strict).is_empty());
    }
}
