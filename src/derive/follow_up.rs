//! How long each participant is followed, and how that ends.

use crate::plan::types::Plan;
use crate::trial::participant::Participant;
use crate::trial::time::month_end_day;

/// Follow-up of one participant, in days since randomisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// F: the last day of follow-up, min(data cut-off, exit) − randomisation.
    pub end_day: i32,
    /// Whether it ended, on or before the cut-off, in an exit of the plan's `competing` list.
    pub is_competing: bool,
    /// The cut-off's day: data reach that far for this participant.
    pub cutoff_day: i32,
}

impl FollowUp {
    /// Whether the data reach the day that ends month `month`.
    pub fn is_due(&self, month: i32) -> bool {
        self.cutoff_day >= month_end_day(month)
    }

    /// Whether outcomes at `month` are known: due, and followed to then or a competing exit.
    ///
    /// Outcomes of everyone else are missing, also where a job is already known: counting known
    /// successes among people whose failures are not yet known inflates the rate.
    pub fn is_observed(&self, month: i32) -> bool {
        self.is_due(month) && (self.end_day >= month_end_day(month) || self.is_competing)
    }
}

/// Follow-up of a participant under a plan.
pub fn derive_follow_up(participant: &Participant, plan: &Plan) -> FollowUp {
    let day_0 = participant.randomisation_date;
    let cutoff_day = plan.trial.data_cutoff.days_since(day_0);
    let exit = participant.exit.as_ref().filter(|exit| exit.date <= plan.trial.data_cutoff);
    match exit {
        Some(exit) => FollowUp {
            end_day: exit.date.days_since(day_0),
            is_competing: plan.exits.competing.contains(&exit.reason),
            cutoff_day,
        },
        None => FollowUp { end_day: cutoff_day, is_competing: false, cutoff_day },
    }
}
