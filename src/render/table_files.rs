//! A writer: every table of a document as CSV, as readers see it.

use super::document::{Document, Table, Text};
use crate::results::spreadsheet::inert;

/// A table of a document as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// Name of the file, without ending.
    pub name: String,
    /// The table as readers see it, with its footnotes.
    pub csv: String,
}

/// A table cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The CSV writer failed.
    #[error("a table cannot be written as CSV")]
    Csv(#[from] csv::Error),
    /// The cells are no text.
    #[error("a table is no text")]
    Text,
}

/// Every table, also those that are too wide for a page.
///
/// # Errors
///
/// [`TableError`] where the CSV writer fails.
pub fn table_files(document: &Document) -> Result<Vec<TableFile>, TableError> {
    let tables = document.parts.iter().flat_map(|part| part.tables().chain(&part.files));
    let file = |table: &Table| {
        let csv = csv(table, &document.wording.notes_column)?;
        Ok(TableFile { name: table.name.clone(), csv })
    };
    tables.map(file).collect()
}

/// A table with its footnotes in a last column of the first row.
fn csv(table: &Table, notes_column: &str) -> Result<String, TableError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = table.columns.iter().map(String::as_str);
    writer.write_record(header.chain([notes_column]).map(|cell| inert(cell).into_owned()))?;
    let footnotes: Vec<String> = table.footnotes.iter().map(Text::plain).collect();
    let footnotes = footnotes.join(" ");
    for (at, row) in table.rows.iter().enumerate() {
        let notes = if at == 0 { footnotes.clone() } else { String::new() };
        let cells = row.iter().map(Text::plain).chain([notes]);
        writer.write_record(cells.map(|cell| inert(&cell).into_owned()))?;
    }
    let bytes = writer.into_inner().map_err(|_| TableError::Text)?;
    String::from_utf8(bytes).map_err(|_| TableError::Text)
}
