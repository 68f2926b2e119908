//! What came of reading, a table at a time.

/// A table in numbers.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TableSummary {
    /// Name of the table.
    pub table: &'static str,
    /// File as the plan names it.
    pub file: String,
    /// Sheet of the workbook; none in a file that is one table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Rows read.
    pub rows: usize,
    /// Columns in the file's order.
    pub columns: Vec<ColumnSummary>,
    /// Cells that hold a declared missing code, by column and reason.
    pub declared_missing: Vec<DeclaredMissing>,
}

/// What became of a column.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ColumnSummary {
    /// Its name in the contract.
    pub name: String,
    /// Its name in the file, where the plan has renamed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_file: Option<String>,
    /// What became of it.
    pub role: ColumnRole,
}

/// What became of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnRole {
    /// The dictionary lists it, or the plan names it.
    Used,
    /// Read, and used by nothing.
    Kept,
    /// Not read, and used by nothing.
    Unreadable,
}

impl ColumnRole {
    /// The word of the results.
    pub fn as_str(self) -> &'static str {
        match self {
            ColumnRole::Used => "used",
            ColumnRole::Kept => "kept",
            ColumnRole::Unreadable => "unreadable",
        }
    }
}

/// How often a declared missing code was met.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DeclaredMissing {
    /// Column by its name in the contract.
    pub column: String,
    /// Reason that the plan gives.
    pub reason: String,
    /// Cells.
    pub cells: usize,
}
