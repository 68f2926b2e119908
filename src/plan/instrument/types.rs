//! What an instrument file says. Its JSON Schema is made from these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// An instrument: its items and how they make a score.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Short name, used in plans and results.
    #[schemars(length(min = 1))]
    pub id: String,
    /// Edition of the instrument or of this file.
    #[schemars(length(min = 1))]
    pub version: String,
    /// What reports call it.
    pub title: Titles,
    /// Where the instrument and its scoring are published.
    #[schemars(length(min = 1))]
    pub source: String,
    /// On what terms the instrument may be used.
    #[schemars(length(min = 1))]
    pub licence: String,
    /// SHA-256 of the rest of the file, so that a slip of the pen does not change a score.
    #[schemars(length(min = 1))]
    pub checksum: String,
    /// Who is asked. What is asked of those with a job only is no outcome of everyone randomised.
    #[serde(default)]
    pub asked_of: AskedOf,
    /// The items, in the order of the questionnaire.
    #[schemars(length(min = 1))]
    pub items: Vec<Item>,
    /// How the items make the score.
    pub score: Score,
    /// Values by profile, for `rule = "value_set"`; read from the user's file.
    #[serde(skip)]
    #[schemars(skip)]
    pub value_set: BTreeMap<String, f64>,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskedOf {
    /// Everyone.
    #[default]
    Everyone,
    /// Those who have a job.
    Employed,
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

/// A title in the languages of the reports.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// English.
    #[schemars(length(min = 1))]
    pub en: String,
    /// French.
    #[schemars(length(min = 1))]
    pub fr: String,
    /// Dutch.
    #[schemars(length(min = 1))]
    pub nl: String,
}

/// An item.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its column in the waves table, after `[columns]` has renamed it.
    #[schemars(length(min = 1))]
    pub column: String,
    /// Every answer that there is, as the data code it.
    #[schemars(length(min = 2))]
    pub codes: Vec<f64>,
    /// Whether the scale runs the other way: an answer x counts as lowest + highest − x.
    #[serde(default)]
    pub reverse: bool,
}

impl Item {
    /// What an answer counts as.
    pub fn counted(&self, code: f64) -> f64 {
        if !self.reverse {
            return code;
        }
        let (low, high) = self.range();
        low + high - code
    }

    /// Lowest and highest code.
    pub fn range(&self) -> (f64, f64) {
        let codes = || self.codes.iter().copied();
        (codes().fold(f64::INFINITY, f64::min), codes().fold(f64::NEG_INFINITY, f64::max))
    }
}

/// How items make a score.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// What is done with the answers.
    pub rule: Rule,
    /// By what the sum or mean is multiplied.
    #[serde(default = "one")]
    pub multiply: f64,
    /// What is added afterwards.
    #[serde(default)]
    pub add: f64,
    /// Most items that may be unanswered; the mean of the others then stands for them.
    #[serde(default)]
    pub max_missing: usize,
    /// Lowest possible score; of a value set, the lowest value that it may hold.
    pub minimum: f64,
    /// Highest possible score; of a value set, the highest value that it may hold.
    pub maximum: f64,
    /// What a higher score means.
    pub direction: Direction,
}

fn one() -> f64 {
    1.0
}

/// What is done with the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The value of the profile that the answers make, in a file that the user supplies.
    ValueSet,
}

impl Instrument {
    /// Lowest and highest score that there is: of a value set those of its values, which seldom
    /// reach the declared range.
    pub fn score_range(&self) -> (f64, f64) {
        let declared = (self.score.minimum, self.score.maximum);
        if self.score.rule != Rule::ValueSet || self.value_set.is_empty() {
            return declared;
        }
        let values = || self.value_set.values().copied();
        (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
    }

    /// The score of one person's answers, in the order of the items; none where more are missing
    /// than may be.
    ///
    /// With k answers of m items, each reversed where its item is: sum = m · Σx / k, mean = Σx / k;
    /// the score is multiply · (sum or mean) + add. A value set takes complete answers only.
    pub fn score_of(&self, answers: &[Option<f64>]) -> Option<f64> {
        let n_items = self.items.len();
        let n_given = answers.iter().flatten().count();
        if n_given == 0 || n_items - n_given > self.score.max_missing {
            return None;
        }
        if self.score.rule == Rule::ValueSet {
            let profile: Option<String> =
                answers.iter().map(|answer| answer.map(|code| code.to_string())).collect();
            return self.value_set.get(&profile?).copied();
        }
        let sum: f64 = self
            .items
            .iter()
            .zip(answers)
            .filter_map(|(item, answer)| answer.map(|code| item.counted(code)))
            .sum();
        let mean = sum / n_given as f64;
        let base = match self.score.rule {
            // The sum before the division, so that no rounding is added.
            Rule::Sum => sum * n_items as f64 / n_given as f64,
            Rule::Mean | Rule::ValueSet => mean,
        };
        Some(self.score.multiply * base + self.score.add)
    }
}
