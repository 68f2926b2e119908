//! One statistic.

use serde::{Deserialize, Serialize};

use super::vocabulary::{
    Analysis, AnalysisSet, Inference, Method, Outcome, ResultArm, Role, Statistic, Unit,
};

/// The region that stands for all regions together.
pub const ALL_REGIONS: &str = "all";

/// What singles a row out. No two rows of a result set share it.
///
/// Fields are in the order of the columns, and rows are sorted by them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// What kind of question.
    pub analysis: Analysis,
    /// What was measured.
    pub outcome: Outcome,
    /// Who was analysed.
    pub analysis_set: AnalysisSet,
    /// A region of the plan, or [`ALL_REGIONS`].
    pub region: String,
    /// Empty, or `variable=level`.
    pub subgroup: String,
    /// Arm or contrast.
    pub arm: ResultArm,
    /// Months since randomisation, where that applies.
    pub month: Option<i32>,
    /// What else singles the row out: a covariate, a quantile; mostly empty.
    pub level: String,
    /// The estimator.
    pub method: Method,
    /// Where the uncertainty comes from.
    pub inference: Inference,
    /// Which number.
    pub statistic: Statistic,
}

/// Between a family's name and the `level` of the hypothesis, where that has one.
pub const FAMILY_MARK: &str = " | ";

impl Key {
    /// The family of an adjusted p-value; empty for other rows.
    pub fn family(&self) -> &str {
        if !self.inference.is_of_a_family() {
            return "";
        }
        self.level.rsplit_once(FAMILY_MARK).map_or(self.level.as_str(), |(family, _)| family)
    }

    /// The level without the family that it may stand behind.
    pub fn own_level(&self) -> &str {
        if !self.inference.is_of_a_family() {
            return &self.level;
        }
        self.level.rsplit_once(FAMILY_MARK).map_or("", |(_, level)| level)
    }
}

/// One statistic with its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What singles the row out.
    #[serde(flatten)]
    pub key: Key,
    /// The number; none where it cannot be estimated, and `note` says why.
    pub value: Option<f64>,
    /// Unit of the value.
    pub unit: Unit,
    /// What the plan meant it for.
    pub role: Role,
    /// Reason for an empty value, or what a reader must know.
    pub note: String,
}

/// Note of a value that is withheld because it would show a cell of 1 to 4 people.
pub const MASKED_SMALL_CELL: &str = "masked: a cell of 1 to 4 people";

/// Note of a value that is withheld because a masked cell could be worked out from it.
pub const MASKED_COMPLEMENT: &str = "masked: a small cell could be worked out from it";

impl Row {
    /// Whether the value is withheld to protect participants, not for want of data.
    pub fn is_masked(&self) -> bool {
        self.value.is_none() && (self.note == MASKED_SMALL_CELL || self.note == MASKED_COMPLEMENT)
    }
}

/// Names of the columns, in their order.
pub const COLUMNS: [&str; 15] = [
    "analysis",
    "outcome",
    "analysis_set",
    "region",
    "subgroup",
    "arm",
    "month",
    "level",
    "method",
    "inference",
    "statistic",
    "value",
    "unit",
    "role",
    "note",
];
