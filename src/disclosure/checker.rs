//! The checker's file: what became of every row, and what a person decides of it.
//!
//! It is internal. The columns `decision` and `reason` are empty when it is written; where a person
//! fills them in, the next report obeys: `withhold` always, `release` only where the risk is accepted
//! and a reason is given.

use std::collections::BTreeMap;

use super::publish::{Checked, HumanDecision, Status};
use crate::results::row::Key;

/// Why a checker's file was not understood.
#[derive(Debug, thiserror::Error)]
pub enum CheckerError {
    /// It is no CSV.
    #[error("the checker's file is not a table of comma-separated values")]
    Csv(#[from] csv::Error),
    /// A column is missing.
    #[error("the checker's file has no column `{0}`")]
    NoColumn(&'static str),
    /// A decision is none that there is.
    #[error("line {line}: `{found}` is no decision: write `withhold`, `release`, or nothing")]
    Decision {
        /// Line of the file.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A release without a reason.
    #[error("line {0}: a row is released only with a reason")]
    NoReason(usize),
    /// A release although the risk was not accepted.
    #[error("line {0}: a row is released only with --accept-risk")]
    NotAccepted(usize),
    /// A line of the file is about no row of these results.
    #[error("line {0}: these results have no such row")]
    NoRow(usize),
}

/// Whether a person has taken it upon them to publish what the gate withholds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// Less may be withheld, with a reason.
    Accepted,
    /// No less may be withheld.
    NotAccepted,
}

/// Names of the columns, in their order.
pub const COLUMNS: [&str; 17] = [
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
    "status",
    "rule",
    "low",
    "high",
    "decision",
    "reason",
];

/// How many columns the key has.
const KEY: usize = 11;

fn key_cells(key: &Key) -> [String; KEY] {
    [
        key.analysis.to_string(),
        key.outcome.to_string(),
        key.analysis_set.to_string(),
        key.region.clone(),
        key.subgroup.clone(),
        key.arm.to_string(),
        key.month.map_or(String::new(), |month| month.to_string()),
        key.level.clone(),
        key.method.to_string(),
        key.inference.to_string(),
        key.statistic.to_string(),
    ]
}

/// Writes the file, with the decisions that were obeyed.
///
/// # Errors
///
/// [`CheckerError::Csv`], which writing to memory does not meet.
pub fn to_csv(
    checked: &[Checked],
    decisions: &BTreeMap<Key, HumanDecision>,
) -> Result<Vec<u8>, CheckerError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in checked {
        let (status, rule) = match row.status {
            Status::Published => ("published", ""),
            Status::Withheld(rule) => ("withheld", rule.as_str()),
            Status::LeftOut(rule) => ("left_out", rule.as_str()),
        };
        let end = |end: Option<i64>| end.map_or(String::new(), |end| end.to_string());
        let (decision, reason) = match decisions.get(&row.key) {
            None => ("", ""),
            Some(HumanDecision::Withhold) => ("withhold", ""),
            Some(HumanDecision::Release(reason)) => ("release", reason.as_str()),
        };
        let mut cells = key_cells(&row.key).to_vec();
        cells.extend([status.to_owned(), rule.to_owned()]);
        cells.extend([end(row.range.map(|range| range.0)), end(row.range.map(|range| range.1))]);
        cells.extend([decision.to_owned(), reason.to_owned()]);
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|error| CheckerError::Csv(error.into_error().into()))
}

/// Reads what a person decided.
///
/// # Errors
///
/// Whatever keeps a decision from being obeyed: it is never left out in silence.
pub fn decisions(
    bytes: &[u8],
    keys: &[&Key],
    risk: Risk,
) -> Result<BTreeMap<Key, HumanDecision>, CheckerError> {
    let known: BTreeMap<[String; KEY], &Key> =
        keys.iter().map(|key| (key_cells(key), *key)).collect();
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers()?.clone();
    let place = |name: &'static str| {
        header.iter().position(|column| column == name).ok_or(CheckerError::NoColumn(name))
    };
    let places = COLUMNS.iter().copied().map(place).collect::<Result<Vec<usize>, _>>()?;
    let mut found = BTreeMap::new();
    for (at, record) in reader.records().enumerate() {
        let record = record?;
        let line = at + 2;
        let cell = |column: usize| record.get(places[column]).unwrap_or("").trim();
        let decision = match (cell(15), cell(16), risk) {
            ("", _, _) => continue,
            ("withhold", _, _) => HumanDecision::Withhold,
            ("release", "", _) => return Err(CheckerError::NoReason(line)),
            ("release", _, Risk::NotAccepted) => return Err(CheckerError::NotAccepted(line)),
            ("release", reason, Risk::Accepted) => HumanDecision::Release(reason.to_owned()),
            (other, _, _) => {
                return Err(CheckerError::Decision { line, found: other.to_owned() });
            }
        };
        let cells: [String; KEY] = std::array::from_fn(|column| cell(column).to_owned());
        let key = known.get(&cells).ok_or(CheckerError::NoRow(line))?;
        found.insert((*key).clone(), decision);
    }
    Ok(found)
}
