//! Every participant's outcomes, each traceable to the rows it came from.

use rayon::prelude::*;

use super::benefits::{BenefitSources, MonthlyBenefit, derive_benefits};
use super::employment::{
    CountedSpell, Job, counted_spells, days_worked, derive_jobs, first_job, hours_worked, job_on,
    longest_job, wages_earned, work_on,
};
use super::follow_up::{FollowUp, derive_follow_up};
use crate::plan::types::Plan;
use crate::trial::arm::Arm;
use crate::trial::benefits::BenefitRow;
use crate::trial::dataset::TrialData;
use crate::trial::employment::Spell;
use crate::trial::participant::Participant;
use crate::trial::time::month_end_day;

/// How the wait for a first job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstJobEnding {
    /// A competitive job started.
    Job,
    /// An exit of the plan's `competing` list, without a job before.
    CompetingExit,
    /// Follow-up ended otherwise.
    Censored,
}

/// How the time in the first job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionEnding {
    /// The job ended before follow-up did.
    Left,
    /// Still there when an exit of the plan's `competing` list came.
    CompetingExit,
    /// Still there at the end of follow-up.
    StillThere,
}

/// Competitive work on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// Hours a week of all jobs of the day.
    pub hours_per_week: f64,
    /// Gross wage a month of all jobs of the day; none where one is not recorded.
    pub monthly_wage_eur: Option<f64>,
    /// Days since the job began, that day included.
    pub tenure_days: i32,
}

/// One participant's outcomes.
#[derive(Clone, Debug, PartialEq)]
pub struct ParticipantOutcomes {
    /// Arm allocated.
    pub arm: Arm,
    /// Position of the region in the plan's list.
    pub region: usize,
    /// Length and end of follow-up.
    pub follow_up: FollowUp,
    /// Competitive jobs by start.
    pub jobs: Vec<Job>,
    /// Competitive spells as recorded, by start.
    pub spells: Vec<CountedSpell>,
    /// Day of the first meeting of the programme, by the end of follow-up.
    pub programme_start_day: Option<i32>,
    /// Benefits by month since randomisation, of observed months; empty without a benefits table.
    pub benefits: Vec<MonthlyBenefit>,
}

impl ParticipantOutcomes {
    /// Day on which the wait for a first job ended, and how.
    pub fn time_to_first_job(&self) -> (i32, FirstJobEnding) {
        match first_job(&self.jobs) {
            Some(job) => (job.start_day, FirstJobEnding::Job),
            None if self.follow_up.is_competing => {
                (self.follow_up.end_day, FirstJobEnding::CompetingExit)
            }
            None => (self.follow_up.end_day, FirstJobEnding::Censored),
        }
    }

    /// Lines of the employment table that a job is made of.
    pub fn lines_of(&self, job: &Job) -> Vec<u64> {
        self.spells[job.spells.clone()].iter().map(|spell| spell.line).collect()
    }

    /// Days on which competitive jobs started, from day 0 to the end of follow-up, in order.
    pub fn job_start_days(&self) -> impl Iterator<Item = i32> + '_ {
        self.jobs.iter().map(|job| job.start_day).filter(|start| *start >= 0)
    }

    /// Days from the start of the first job to the first day without it, or to the end of
    /// follow-up, and how that ended; none without a first job.
    ///
    /// Spells are cut at the end of follow-up, so that a job which covers that day goes on as far
    /// as is known.
    pub fn job_retention(&self) -> Option<(i32, RetentionEnding)> {
        let job = first_job(&self.jobs)?;
        let end = self.follow_up.end_day;
        Some(if job.end_day < end {
            (job.end_day + 1 - job.start_day, RetentionEnding::Left)
        } else if self.follow_up.is_competing {
            (end - job.start_day, RetentionEnding::CompetingExit)
        } else {
            (end - job.start_day, RetentionEnding::StillThere)
        })
    }

    /// Whether a first job started by the end of `month`; none where that is not observed.
    pub fn ever_employed(&self, month: i32) -> Option<bool> {
        self.if_observed(month, |last_day| {
            first_job(&self.jobs).is_some_and(|job| job.start_day <= last_day)
        })
    }

    /// Whether a job covers the day that ends `month`; none where that is not observed.
    pub fn employed(&self, month: i32) -> Option<bool> {
        self.if_observed(month, |last_day| job_on(&self.jobs, last_day).is_some())
    }

    /// The work on the day that ends `month`; none inside where there is no job, none outside where
    /// that is not observed.
    pub fn work_at(&self, month: i32) -> Option<Option<Work>> {
        self.if_observed(month, |day| {
            let job = job_on(&self.jobs, day)?;
            let (hours_per_week, monthly_wage_eur) = work_on(&self.spells, day)?;
            let tenure_days = day - job.start_day + 1;
            Some(Work { hours_per_week, monthly_wage_eur, tenure_days })
        })
    }

    /// Days worked from day 0 to the end of `month`; none where that is not observed.
    pub fn days_employed(&self, month: i32) -> Option<i32> {
        self.if_observed(month, |last_day| days_worked(&self.jobs, last_day))
    }

    /// Days of the longest job from day 0 to the end of `month`; none where not observed.
    pub fn longest_spell_days(&self, month: i32) -> Option<i32> {
        self.if_observed(month, |last_day| longest_job(&self.jobs, last_day))
    }

    /// Hours worked from day 0 to the end of `month`; none where not observed.
    pub fn hours_worked(&self, month: i32) -> Option<f64> {
        self.if_observed(month, |last_day| hours_worked(&self.spells, last_day))
    }

    /// Wages from day 0 to the end of `month`; none where not observed or a wage is not recorded.
    pub fn wages_eur(&self, month: i32) -> Option<f64> {
        self.if_observed(month, |last_day| wages_earned(&self.spells, last_day)).flatten()
    }

    /// Whether the programme was taken up by the end of `month`; none where not observed.
    pub fn took_up(&self, month: i32) -> Option<bool> {
        self.if_observed(month, |last_day| {
            self.programme_start_day.is_some_and(|start| start <= last_day)
        })
    }

    /// Benefit paid in a month since randomisation; none where not observed or not known.
    pub fn benefit(&self, month: i32) -> Option<f64> {
        self.benefit_of(month)?.paid
    }

    /// Benefit of a month by the rule on authorised work; none where it cannot be worked out.
    pub fn benefit_formula(&self, month: i32) -> Option<f64> {
        self.benefit_of(month)?.formula
    }

    /// Benefit paid in a month less the rule's amount.
    pub fn benefit_above_formula(&self, month: i32) -> Option<f64> {
        let benefit = self.benefit_of(month)?;
        Some(benefit.paid? - benefit.formula?)
    }

    /// Benefits paid in months 1 to `month`; none where one of them is not known.
    pub fn benefit_total(&self, month: i32) -> Option<f64> {
        (1..=month).map(|month| self.benefit(month)).sum()
    }

    /// Whether a job covers the day that ends `month` and a benefit was paid in that month; none
    /// where one of the two is not known.
    pub fn employed_on_benefit(&self, month: i32) -> Option<bool> {
        // Also of those without a job the benefit must be known: else who is left out would depend
        // on the outcome.
        let (employed, benefit) = (self.employed(month)?, self.benefit(month)?);
        Some(employed && benefit > 0.0)
    }

    fn benefit_of(&self, month: i32) -> Option<MonthlyBenefit> {
        self.benefits.iter().find(|benefit| benefit.month == month).copied()
    }

    fn if_observed<T>(&self, month: i32, outcome: impl FnOnce(i32) -> T) -> Option<T> {
        self.follow_up.is_observed(month).then(|| outcome(month_end_day(month)))
    }
}

/// Participants whose outcomes are derived together.
const PEOPLE_AT_ONCE: usize = 500;

/// Outcomes of everyone, in the order of [`TrialData::participants`].
pub fn derive_outcomes(data: &TrialData, plan: &Plan) -> Vec<ParticipantOutcomes> {
    let parts = data.participants.par_chunks(PEOPLE_AT_ONCE).enumerate();
    parts
        .flat_map_iter(|(part, participants)| {
            let first = part * PEOPLE_AT_ONCE;
            let begin = data.spells.partition_point(|spell| spell.participant < first);
            let mut spells = &data.spells[begin..];
            let begin = data.benefits.partition_point(|row| row.participant < first);
            let mut benefits = &data.benefits[begin..];
            let people = participants.iter().enumerate();
            people.map(move |(at, participant)| {
                let rows = Rows {
                    spells: take_own(&mut spells, |spell| spell.participant == first + at),
                    benefits: take_own(&mut benefits, |row| row.participant == first + at),
                };
                derive_participant(participant, rows, plan)
            })
        })
        .collect()
}

/// One participant's rows.
#[derive(Clone, Copy)]
struct Rows<'a> {
    spells: &'a [Spell],
    benefits: &'a [BenefitRow],
}

/// Cuts the rows off that come first and belong to somebody.
fn take_own<'a, T>(rest: &mut &'a [T], is_own: impl Fn(&T) -> bool) -> &'a [T] {
    let n = rest.iter().take_while(|row| is_own(row)).count();
    let (own, others) = rest.split_at(n);
    *rest = others;
    own
}

fn derive_participant(
    participant: &Participant,
    rows: Rows<'_>,
    plan: &Plan,
) -> ParticipantOutcomes {
    let follow_up = derive_follow_up(participant, plan);
    let (day_0, end_day) = (participant.randomisation_date, follow_up.end_day);
    let sources =
        BenefitSources { participant, follow_up, rows: rows.benefits, spells: rows.spells };
    let benefits = plan.benefits.map_or(Vec::new(), |settings| {
        derive_benefits(sources, settings.missing_month, plan.path_months())
    });
    let start = participant.programme_start.map(|start| start.days_since(day_0));
    let spells = counted_spells(rows.spells, day_0, end_day, &plan.competitive_employment);
    ParticipantOutcomes {
        arm: participant.arm,
        region: participant.region,
        follow_up,
        jobs: derive_jobs(&spells),
        spells,
        programme_start_day: start.filter(|start| *start <= end_day),
        benefits,
    }
}
