//! Every participant's outcomes, each traceable to the rows it came from.

use super::employment::{Job, days_worked, derive_jobs, first_job, job_on};
use super::follow_up::{FollowUp, derive_follow_up};
use crate::plan::types::Plan;
use crate::trial::arm::Arm;
use crate::trial::dataset::TrialData;
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

    /// Days worked from day 0 to the end of `month`; none where that is not observed.
    pub fn days_employed(&self, month: i32) -> Option<i32> {
        self.if_observed(month, |last_day| days_worked(&self.jobs, last_day))
    }

    fn if_observed<T>(&self, month: i32, outcome: impl FnOnce(i32) -> T) -> Option<T> {
        self.follow_up.is_observed(month).then(|| outcome(month_end_day(month)))
    }
}

/// Outcomes of everyone, in the order of [`TrialData::participants`].
pub fn derive_outcomes(data: &TrialData, plan: &Plan) -> Vec<ParticipantOutcomes> {
    let mut rest = data.spells.as_slice();
    let mut outcomes = Vec::with_capacity(data.participants.len());
    for (position, participant) in data.participants.iter().enumerate() {
        let n = rest.iter().take_while(|spell| spell.participant == position).count();
        let (own, others) = rest.split_at(n);
        rest = others;
        let follow_up = derive_follow_up(participant, plan);
        let jobs = derive_jobs(
            own,
            participant.randomisation_date,
            follow_up.end_day,
            &plan.competitive_employment,
        );
        outcomes.push(ParticipantOutcomes {
            arm: participant.arm,
            region: participant.region,
            follow_up,
            jobs,
        });
    }
    outcomes
}
