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

/// A small list of terms under a title.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) title: String,
    /// Each term with what is said of it.
    pub(super) terms: Vec<(String, String)>,
}

impl Block {
    /// The block for the template.
    fn value(&self) -> Value {
        let term = |(term, text): &(String, String)| {
            let [term, text] = [term, text].map(|words| Value::from(words.as_str()));
            Value::from(BTreeMap::from([("term", term), ("text", text)]))
        };
        Value::from(BTreeMap::from([
            ("title", Value::from(self.title.as_str())),
            ("terms", self.terms.iter().map(term).collect()),
        ]))
    }
}

/// Heading, words and tables of a part of the report.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) heading: String,
    pub(super) words: String,
    /// Lists, shown before the tables.
    pub(super) blocks: Vec<Block>,
    pub(super) tables: Vec<Table>,
    /// Tables that are too wide for a page: files only.
    pub(super) files: Vec<Table>,
}

impl Section {
    /// The section for the template.
    pub(super) fn value(&self) -> Value {
        Value::from(BTreeMap::from([
            ("id", Value::from(self.id)),
            ("heading", Value::from(self.heading.as_str())),
            ("words", Value::from(self.words.as_str())),
            ("blocks", self.blocks.iter().map(Block::value).collect()),
            ("tables", self.tables.iter().map(Table::value).collect()),
        ]))
    }
}
