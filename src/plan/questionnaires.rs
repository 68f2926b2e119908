//! What a plan says of the questionnaires: waves, instruments, outcomes and indices made of them,
//! job quality.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::instrument::types::{AskedOf, Direction};

/// How the answers are read and assigned to waves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waves {
    /// Target months after randomisation; without it those of `[analysis]`. The answers before
    /// randomisation, wave 0, are always read beside them.
    #[serde(default)]
    #[schemars(inner(range(min = 1, max = 600)))]
    pub months: Vec<i32>,
    /// Months before and after a target within which an answer counts.
    #[serde(default = "default_window")]
    #[schemars(range(min = 1, max = 60))]
    pub window_months: i32,
    /// Days after randomisation until which an answer to wave 0 still counts as the baseline; one
    /// given by the day of randomisation goes before it.
    #[serde(default)]
    #[schemars(range(min = 0, max = 600))]
    pub baseline_days_after: i32,
    /// The software whose export the waves table is, read as it is.
    #[serde(default)]
    pub export: Option<SurveyExport>,
    /// Groups of boxes to tick of which the export does not tell those not ticked from those never
    /// seen.
    #[serde(default)]
    pub checkboxes: Vec<Checkboxes>,
}

impl Default for Waves {
    fn default() -> Self {
        Self {
            months: Vec::new(),
            window_months: default_window(),
            baseline_days_after: 0,
            export: None,
            checkboxes: Vec::new(),
        }
    }
}

fn default_window() -> i32 {
    3
}

/// Software whose exports are read as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SurveyExport {
    /// LimeSurvey: `token`, `submitdate`, `startlanguage`, `-oth-`, rows that were not submitted.
    Limesurvey,
    /// REDCap: `record_id`, `redcap_event_name`, boxes as `name___1`, `form_complete`.
    Redcap,
}

/// Boxes to tick, and the column that tells whether they were seen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkboxes {
    /// What the names of their columns begin with, such as `barriers___`.
    #[schemars(length(min = 1))]
    pub prefix: String,
    /// A column that is filled where the question was seen, such as `work_complete`.
    #[schemars(length(min = 1))]
    pub seen_column: String,
    /// The values of that column for which the question was not seen; an empty cell always is.
    #[serde(default)]
    pub not_seen: Vec<String>,
}

/// Which instruments are scored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instruments {
    /// Instruments that the program brings, by their `id`.
    #[serde(default, rename = "use")]
    pub built_in: Vec<String>,
    /// Instrument files, relative to the plan.
    #[serde(default)]
    pub files: Vec<String>,
    /// Value sets by instrument: CSV files with the columns `profile` and `value`, relative to the
    /// plan.
    #[serde(default)]
    pub value_sets: BTreeMap<String, String>,
}

/// An outcome made of the answers: the score of an instrument or a single item.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionnaireOutcome {
    /// Short name, the `level` of its rows.
    #[schemars(length(min = 1))]
    pub id: String,
    /// An instrument of `[instruments]`.
    #[serde(default)]
    pub score: Option<String>,
    /// A column of the waves table with numbers.
    #[serde(default)]
    pub item: Option<String>,
    /// Of an item: whether more is better; an instrument says so itself.
    #[serde(default)]
    pub direction: Option<Direction>,
    /// Of an item: who is asked; an instrument says so itself.
    #[serde(default)]
    pub asked_of: Option<AskedOf>,
    /// What reports call it; without it the instrument's title, or the item's name.
    #[serde(default)]
    pub title: Option<String>,
    /// Target months; without it all of the waves.
    #[serde(default)]
    #[schemars(inner(range(min = 1, max = 600)))]
    pub months: Vec<i32>,
}

/// Anderson's inverse-covariance index of several outcomes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Short name, the `level` of its rows.
    #[schemars(length(min = 1))]
    pub id: String,
    /// What reports call it; without it the `id`.
    #[serde(default)]
    pub title: Option<String>,
    /// Outcomes by their `id`.
    #[schemars(length(min = 2))]
    pub members: Vec<String>,
}

/// What a good job is: every condition that is set holds for the job held at a month.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JobQuality {
    /// Least hours a week of all competitive work on that day.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 168.0))]
    pub min_hours_per_week: Option<f64>,
    /// Least gross wage a month of all competitive work on that day, in euro.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    pub min_monthly_wage_eur: Option<f64>,
    /// Least days in the job by then, that day included; what comes after the month does not count.
    #[serde(default)]
    #[schemars(range(min = 1, max = 36_600))]
    pub min_days: Option<i32>,
}

impl JobQuality {
    /// Whether a composite "good job" is defined.
    pub fn is_defined(&self) -> bool {
        self.min_hours_per_week.is_some()
            || self.min_monthly_wage_eur.is_some()
            || self.min_days.is_some()
    }
}
