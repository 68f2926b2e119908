//! What the sections are written from.

use crate::render::fact::Fact;
use crate::render::names::Names;
use crate::results::result_set::ResultSet;
use crate::results::row::Key;
use crate::results::vocabulary::Statistic;

/// Results, and what they are called.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) results: &'a ResultSet,
    pub(super) names: Names<'a>,
}

impl Source<'_> {
    /// A statistic of a line of rows.
    pub(super) fn fact(self, line: &Key, statistic: Statistic) -> Fact {
        Fact::new(self.results, Key { statistic, ..line.clone() })
    }
}
