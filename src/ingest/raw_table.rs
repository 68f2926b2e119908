//! A table as text cells with the lines they came from.

use crate::plan::types::DateFormat;

/// A table before its cells are understood.
#[derive(Clone, Debug)]
pub(super) struct RawTable {
    /// File as the plan names it.
    pub(super) file: String,
    /// Names in the file.
    pub(super) header: Vec<String>,
    /// Line of the header; none where the format has no lines.
    pub(super) header_line: Option<u64>,
    /// Rows in the file's order.
    pub(super) rows: Vec<RawRow>,
    /// How its numbers and dates are written.
    pub(super) notation: Notation,
}

/// A row with its line, or its number where the format has no lines.
#[derive(Clone, Debug)]
pub(super) struct RawRow {
    pub(super) line: u64,
    pub(super) cells: csv::StringRecord,
}

/// How numbers and dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Notation {
    pub(super) decimal: char,
    pub(super) date_format: DateFormat,
}
