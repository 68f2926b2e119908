//! What a document must know of the study beside its numbers.

use serde::{Deserialize, Serialize};

use super::protection::Protection;
use super::vocabulary::{Method, Outcome, Role};
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
    /// Bootstrap replicates, as many as were drawn.
    pub replicates: u64,
    /// Seed of all draws.
    pub seed: u64,
    /// Participants whose follow-up ended in a competing exit, over both arms.
    pub n_competing_exits: u64,
    /// Variables of the baseline table, in its order.
    pub baseline_variables: Vec<String>,
    /// Variables by whose levels effects are shown, in the plan's order.
    pub subgroup_variables: Vec<String>,
    /// Levels of each of these variables, in the order in which they are shown.
    pub subgroup_levels: Vec<Vec<String>>,
    /// Months of the questionnaires' waves after randomisation; empty without questionnaires.
    pub wave_months: Vec<i32>,
    /// Scores, items and indices of the questionnaires, in the order in which they are shown.
    pub scores: Vec<StudyScore>,
    /// How participants are protected in what is published.
    pub protection: Protection,
    /// Every question with its five attributes: the declared ones in the plan's order, then one
    /// for each outcome with contrasts that no estimand declares.
    pub estimands: Vec<StudyEstimand>,
}

/// A score, item or index of the questionnaires.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyScore {
    /// `score`, `job_score` or `index`.
    pub outcome: Outcome,
    /// The `level` of its rows.
    pub level: String,
    /// The instrument whose reliability it has; empty for an item or an index.
    pub instrument: String,
    /// What reports call it, by language.
    pub title: StudyTitle,
    /// Lowest and highest possible value, where they are known.
    pub range: Option<(f64, f64)>,
    /// Whether more is better.
    pub higher_is_better: bool,
}

/// A title in the languages of the reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyTitle {
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
    /// Dutch.
    pub nl: String,
}

/// A question with its five attributes (ICH E9(R1)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyEstimand {
    /// Short name.
    pub id: String,
    /// Whether the plan declares it.
    pub declared: bool,
    /// What the plan means it for.
    pub role: Role,
    /// The outcome.
    pub outcome: Outcome,
    /// Which score or index it is; empty for other outcomes.
    pub level: String,
    /// The main estimator first, then those that support it.
    pub methods: Vec<Method>,
    /// Months since randomisation; none where no month applies.
    pub months: Vec<i32>,
    /// A region, or all.
    pub region: String,
    /// The variable by whose levels it is shown; empty for everyone together.
    pub subgroup: String,
    /// Attribute: whose effect it is.
    pub population: String,
    /// Attribute: what is compared.
    pub treatments: String,
    /// Attribute: what is measured on each person.
    pub variable: String,
    /// Attribute: what happens after randomisation, each with its strategy.
    pub intercurrent_events: Vec<StudyIntercurrentEvent>,
    /// Attribute: how the arms are compared.
    pub summary: String,
}

/// An event after randomisation and the strategy for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyIntercurrentEvent {
    /// The event.
    pub event: String,
    /// `treatment_policy`, `hypothetical`, `composite`, `while_on_treatment` or
    /// `principal_stratum`.
    pub strategy: String,
}
