//! Cells: counts of people that a row shows.

use crate::results::row::Row;
use crate::results::vocabulary::{Analysis, Method, Outcome, ResultArm, Statistic};

/// What a cell is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// People with and without an outcome at a month.
    Outcome(Outcome),
    /// People at risk of an outcome at a month; of a first job and of a competing exit they are the
    /// same.
    AtRisk(Outcome),
    /// People whose follow-up ended without a first job and without a competing exit.
    Censored,
    /// People of a level of a characteristic.
    Level,
    /// People whose number of a characteristic is known.
    Numbers,
    /// People for whom a characteristic is not known.
    Missing,
    /// People whose answers a property of a scale is made of, by its method.
    Scale(Method),
    /// How many people have a score: the number alone, beside means that may be shown.
    Size(Outcome),
    /// People with a score at the wave and at baseline.
    WithBaseline,
    /// How many they are: the number alone.
    SizeWithBaseline,
}

/// A count of people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) subject: Subject,
    pub(super) month: Option<i32>,
    pub(super) arm: ResultArm,
    pub(super) region: String,
    /// Empty, or `variable=level`.
    pub(super) subgroup: String,
    /// Of a characteristic: the variable, or `variable=level`.
    pub(super) level: String,
}

/// The variable of a word that may be `variable=level`.
pub(super) fn variable(word: &str) -> &str {
    word.split_once('=').map_or(word, |(variable, _)| variable)
}

/// Whether `level` tells which outcome it is.
pub(super) fn is_named_by_level(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Score | Outcome::Index | Outcome::JobScore)
}

/// Whether the number of people with an outcome may be withheld alone.
pub(super) fn has_size(outcome: Outcome) -> bool {
    is_named_by_level(outcome)
}

/// Whether a contrast is made of those with a score at the wave and at baseline.
pub(super) fn needs_baseline(outcome: Outcome, method: Method) -> bool {
    let methods = [Method::OlsChangeHc2, Method::AncovaHc2, Method::AncovaStandardised];
    outcome == Outcome::Score && methods.contains(&method)
}

/// The cell of values whose size a row is.
pub(super) fn sized(size: &Cell) -> Option<Cell> {
    let subject = match size.subject {
        Subject::Size(outcome) => Subject::Outcome(outcome),
        Subject::SizeWithBaseline => Subject::WithBaseline,
        _ => return None,
    };
    Some(Cell { subject, ..size.clone() })
}

/// The cell whose counts a row of one arm shows.
pub(super) fn cell_of(row: &Row) -> Option<Cell> {
    let key = &row.key;
    let is_level = key.level.contains('=');
    let subject = match (key.analysis, key.statistic) {
        (
            Analysis::CumulativeIncidence | Analysis::Survival | Analysis::ArmMean,
            Statistic::NAtRisk,
        ) => match key.outcome {
            Outcome::CompetingExit => Subject::AtRisk(Outcome::FirstJob),
            outcome => Subject::AtRisk(outcome),
        },
        (Analysis::TimeAtRisk, Statistic::CompetingExits) => {
            Subject::Outcome(Outcome::CompetingExit)
        }
        (Analysis::TimeAtRisk, Statistic::Censored) => Subject::Censored,
        (Analysis::ArmMean, Statistic::N) if needs_baseline(key.outcome, key.method) => {
            Subject::SizeWithBaseline
        }
        (Analysis::ArmMean, Statistic::N) if has_size(key.outcome) => Subject::Size(key.outcome),
        (
            Analysis::Agreement
            | Analysis::ArmRate
            | Analysis::ArmMean
            | Analysis::ArmQuantile
            | Analysis::CumulativeIncidence
            | Analysis::Survival
            | Analysis::SurvivalMedian
            | Analysis::SurvivalQuantile
            | Analysis::FollowUp
            | Analysis::Rmst
            | Analysis::TimeLost
            | Analysis::TimeAtRisk
            | Analysis::HazardRatioOverTime,
            _,
        ) => Subject::Outcome(key.outcome),
        (Analysis::Reliability, _) => Subject::Scale(key.method),
        (Analysis::Baseline, _) if is_level => Subject::Level,
        (Analysis::Baseline, Statistic::Missing) => Subject::Missing,
        (Analysis::Baseline, _) if key.method == Method::Mean => Subject::Numbers,
        // How many are known says how many are not.
        (Analysis::Baseline, _) => Subject::Missing,
        _ => return None,
    };
    // A quantile's level is no cell of its own; that of another origin of time is.
    let is_curve = matches!(
        key.analysis,
        Analysis::CumulativeIncidence
            | Analysis::Survival
            | Analysis::SurvivalMedian
            | Analysis::TimeAtRisk
    );
    let has_level = is_curve
        || matches!(key.analysis, Analysis::Baseline | Analysis::Reliability)
        || is_named_by_level(key.outcome);
    let level = if has_level { key.level.clone() } else { String::new() };
    Some(Cell {
        subject,
        month: key.month,
        arm: key.arm,
        region: key.region.clone(),
        subgroup: key.subgroup.clone(),
        level,
    })
}
