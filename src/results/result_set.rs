//! All statistics of a run, sorted and without duplicates.

use serde::{Deserialize, Serialize};

use super::row::{Key, Row};
use super::study::Study;

/// Version of the layout of `results.json`.
pub const FORMAT: u32 = 1;

/// Everything that a document may show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultSet {
    format: u32,
    /// The study and the plan's settings.
    pub study: Study,
    rows: Vec<Row>,
}

/// Two rows claim to be the same statistic.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("two rows share the key {0:?}")]
pub struct DuplicateKey(pub Box<Key>);

impl ResultSet {
    /// Sorts the rows by their keys.
    ///
    /// # Errors
    ///
    /// [`DuplicateKey`] where two rows share one.
    pub fn new(study: Study, mut rows: Vec<Row>) -> Result<Self, DuplicateKey> {
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        match rows.windows(2).find(|pair| pair[0].key == pair[1].key) {
            Some(pair) => Err(DuplicateKey(Box::new(pair[0].key.clone()))),
            None => Ok(Self { format: FORMAT, study, rows }),
        }
    }

    /// Version of the layout that this was written in.
    pub fn format(&self) -> u32 {
        self.format
    }

    /// All rows, in the order of their keys.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row with that key.
    pub fn get(&self, key: &Key) -> Option<&Row> {
        self.rows.binary_search_by(|row| row.key.cmp(key)).ok().map(|at| &self.rows[at])
    }

    /// The same study with some rows changed; keys must stay as they are.
    #[must_use]
    pub fn map_rows(&self, change: impl FnMut(&Row) -> Row) -> Self {
        let rows = self.rows.iter().map(change).collect();
        Self { format: self.format, study: self.study.clone(), rows }
    }
}
