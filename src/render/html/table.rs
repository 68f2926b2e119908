//! A table as the template shows it.

use std::collections::BTreeMap;

use minijinja::Value;

use super::TableError;

/// A table: the first column names the rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Name of its file.
    pub(super) name: &'static str,
    pub(super) caption: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// Columns after this one hold numbers and are set flush right.
    pub(super) text_columns: usize,
    pub(super) footnotes: Vec<String>,
}

impl Table {
    /// The table for the template.
    pub(super) fn value(&self) -> Value {
        Value::from(BTreeMap::from([
            ("caption", Value::from(self.caption.clone())),
            ("columns", Value::from(self.columns.clone())),
            ("rows", self.rows.iter().cloned().map(Value::from).collect()),
            ("text_columns", Value::from(self.text_columns)),
            ("footnotes", Value::from(self.footnotes.clone())),
        ]))
    }

    /// The table as CSV, as readers see it; the footnotes stand in a last column of the first row.
    pub(super) fn csv(&self, notes_column: &str) -> Result<String, TableError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = self.columns.iter().map(String::as_str);
        writer.write_record(header.chain([notes_column]))?;
        let footnotes = self.footnotes.join(" ");
        for (at, row) in self.rows.iter().enumerate() {
            let notes = if at == 0 { footnotes.as_str() } else { "" };
            writer.write_record(row.iter().map(String::as_str).chain([notes]))?;
        }
        let bytes = writer.into_inner().map_err(|_| TableError::Text)?;
        String::from_utf8(bytes).map_err(|_| TableError::Text)
    }
}

/// Heading, words and tables of a part of the report.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) heading: String,
    pub(super) words: String,
    pub(super) tables: Vec<Table>,
}

impl Section {
    /// The section for the template.
    pub(super) fn value(&self) -> Value {
        Value::from(BTreeMap::from([
            ("id", Value::from(self.id)),
            ("heading", Value::from(self.heading.as_str())),
            ("words", Value::from(self.words.as_str())),
            ("tables", self.tables.iter().map(Table::value).collect()),
        ]))
    }
}
