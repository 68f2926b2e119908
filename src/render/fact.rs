//! What a row says, with the row that says it.

use super::document::Text;
use super::lookup::{Cell, Question, cell_of};
use crate::results::result_set::ResultSet;
use crate::results::row::Key;
use crate::results::vocabulary::Statistic;

/// A cell with the key of its row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    pub(super) cell: Cell,
    pub(super) key: Key,
}

impl Fact {
    /// What the row with that key says.
    pub(super) fn new(results: &ResultSet, key: Key) -> Self {
        let cell = results.get(&key).map_or(Cell::Absent, cell_of);
        Self { cell, key }
    }

    /// What one statistic answers to a question.
    pub(super) fn of(results: &ResultSet, question: &Question, statistic: Statistic) -> Self {
        Self::new(results, Key { statistic, ..question.key().clone() })
    }

    /// The value, if there is one.
    pub(super) fn value(&self) -> Option<f64> {
        self.cell.value()
    }

    /// Whether the results have no such row.
    pub(super) fn is_absent(&self) -> bool {
        self.cell == Cell::Absent
    }

    /// What is printed, as of the row; where there is none, as words.
    pub(super) fn text(&self, printed: String) -> Text {
        if self.is_absent() { printed.into() } else { Text::number(printed, self.key.clone()) }
    }
}

/// An estimate with its limits, and the rows that say them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Facts {
    pub(super) estimate: Fact,
    pub(super) lower: Fact,
    pub(super) upper: Fact,
}

impl Facts {
    /// Estimate and limits.
    pub(super) fn of(results: &ResultSet, question: &Question) -> Self {
        Self::with_estimate(results, question, Statistic::Estimate)
    }

    /// Estimate in days and limits.
    pub(super) fn in_days(results: &ResultSet, question: &Question) -> Self {
        Self::with_estimate(results, question, Statistic::EstimateDays)
    }

    fn with_estimate(results: &ResultSet, question: &Question, estimate: Statistic) -> Self {
        let of = |statistic| Fact::of(results, question, statistic);
        Self {
            estimate: of(estimate),
            lower: of(Statistic::CiLower),
            upper: of(Statistic::CiUpper),
        }
    }

    /// Whether the results have none of them.
    pub(super) fn are_absent(&self) -> bool {
        [&self.estimate, &self.lower, &self.upper].into_iter().all(Fact::is_absent)
    }
}
