//! A table as the template shows it.

use std::collections::BTreeMap;

use minijinja::Value;

/// A table: the first column names the rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// Columns after this one hold numbers and are set flush right.
    pub(super) text_columns: usize,
    pub(super) footnotes: Vec<String>,
}

impl Table {
    /// The table for the template.
    pub(super) fn value(self) -> Value {
        Value::from(BTreeMap::from([
            ("caption", Value::from(self.caption)),
            ("columns", Value::from(self.columns)),
            ("rows", self.rows.into_iter().map(Value::from).collect()),
            ("text_columns", Value::from(self.text_columns)),
            ("footnotes", Value::from(self.footnotes)),
        ]))
    }
}
