//! What a plan says of the questionnaires: waves, instruments, outcomes and indices made of them,
//! job quality.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::instrument::types::AskedOf;
use super::types::Plan;
use crate::trial::arm::Arm;
use crate::trial::wave::WaveTargets;

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

/// What a higher score means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    HigherIsBetter,
    /// Less is better.
    LowerIsBetter,
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

/// An outcome of the questionnaires with all that its rows need.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedOutcome {
    /// The `level` of its rows.
    pub id: String,
    /// What it is made of.
    pub source: OutcomeSource,
    /// What reports call it, where the plan or the instrument says so.
    pub title: Option<String>,
    /// What a higher value means.
    pub direction: Direction,
    /// Who is asked.
    pub asked_of: AskedOf,
    /// Target months after randomisation.
    pub months: Vec<i32>,
}

/// What an outcome of the questionnaires is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutcomeSource {
    /// Position in [`Plan::scales`].
    Score(usize),
    /// A column of the waves table.
    Item(String),
}

impl Plan {
    /// Target months of the waves after randomisation.
    pub fn wave_months(&self) -> &[i32] {
        if self.waves.months.is_empty() { &self.analysis.months } else { &self.waves.months }
    }

    /// The targets of the waves and their windows.
    pub fn wave_targets(&self) -> WaveTargets {
        WaveTargets {
            months: self.wave_months().to_vec(),
            window_months: self.waves.window_months,
            baseline_days_after: self.waves.baseline_days_after,
        }
    }

    /// The outcomes of the questionnaires: those of `[[outcomes]]`, else the score of every
    /// instrument; none without a waves table.
    pub fn questionnaire_outcomes(&self) -> Vec<ResolvedOutcome> {
        if self.data.waves.is_none() {
            return Vec::new();
        }
        if self.outcomes.is_empty() {
            let scores = self.scales.iter().enumerate();
            return scores
                .map(|(at, scale)| ResolvedOutcome {
                    id: scale.id.clone(),
                    source: OutcomeSource::Score(at),
                    title: None,
                    direction: scale.score.direction,
                    asked_of: scale.asked_of,
                    months: self.wave_months().to_vec(),
                })
                .collect();
        }
        self.outcomes.iter().filter_map(|outcome| self.resolve(outcome)).collect()
    }

    fn resolve(&self, outcome: &QuestionnaireOutcome) -> Option<ResolvedOutcome> {
        let months =
            if outcome.months.is_empty() { self.wave_months() } else { &outcome.months[..] };
        let (source, direction, asked_of) = match (&outcome.score, &outcome.item) {
            (Some(score), _) => {
                let at = self.scales.iter().position(|scale| scale.id == *score)?;
                let scale = &self.scales[at];
                (OutcomeSource::Score(at), scale.score.direction, scale.asked_of)
            }
            (None, Some(item)) => {
                let direction = outcome.direction.unwrap_or(Direction::HigherIsBetter);
                let asked_of = outcome.asked_of.unwrap_or_default();
                (OutcomeSource::Item(item.clone()), direction, asked_of)
            }
            (None, None) => return None,
        };
        Some(ResolvedOutcome {
            id: outcome.id.clone(),
            source,
            title: outcome.title.clone(),
            direction,
            asked_of,
            months: months.to_vec(),
        })
    }

    /// Columns of the waves table whose numbers are needed, each once, in order.
    pub fn item_columns(&self) -> Vec<String> {
        let items = self.scales.iter().flat_map(|scale| &scale.items).map(|item| &item.column);
        let single = self.outcomes.iter().filter_map(|outcome| outcome.item.as_ref());
        let mut all: Vec<String> = items.chain(single).cloned().collect();
        all.sort();
        all.dedup();
        all
    }

    /// The label of an arm.
    pub fn arm_label(&self, arm: Arm) -> &str {
        match arm {
            Arm::Intervention => &self.trial.arms.ips,
            Arm::Control => &self.trial.arms.control,
        }
    }
}
