//! What a document must know of the study beside its numbers.

use serde::{Deserialize, Serialize};

use crate::trial::arm::TwoArm;

/// The study and the plan's settings, as documents need them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// Short name of the trial.
    pub id: String,
    /// Title of the trial.
    pub title: String,
    /// Last day of data, `YYYY-MM-DD`.
    pub data_cutoff: String,
    /// Regions in the plan's order.
    pub regions: Vec<String>,
    /// Names of the arms, as the data have them.
    pub arm_labels: TwoArm<String>,
    /// Months to which the main outcome is followed.
    pub horizon_months: i32,
    /// Months at which outcomes are reported.
    pub months: Vec<i32>,
    /// Confidence level of all intervals.
    pub confidence_level: f64,
    /// Bootstrap replicates.
    pub replicates: u64,
    /// Seed of all draws.
    pub seed: u64,
    /// Participants whose follow-up ended in a competing exit, over both arms.
    pub n_competing_exits: u64,
}
