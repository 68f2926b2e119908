//! What is wrong with a file, and where.

use std::fmt;

/// Why a file cannot be read, as precisely placed as its format allows. Holds no value of any cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct FormatError {
    /// Where it is.
    pub place: Place,
    /// What it is.
    pub problem: Problem,
}

impl FormatError {
    pub(super) fn new(place: Place, problem: Problem) -> Self {
        Self { place, problem }
    }

    pub(super) fn at_byte(offset: usize, problem: Problem) -> Self {
        Self { place: Place::Byte(offset), problem }
    }

    /// What its owner can do about it.
    pub fn remedy(&self) -> &'static str {
        self.problem.remedy()
    }
}

/// A place in a file. Rows, columns and variables are numbered from 1, bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// The byte at that offset.
    Byte(usize),
    /// A part of a packed file.
    Entry(String),
    /// A variable in the file's dictionary.
    Variable {
        /// Its number.
        number: usize,
        /// Its name, empty where it could not be read.
        name: String,
    },
    /// A cell of a table that has variables.
    Cell {
        /// The row of data.
        row: usize,
        /// The variable's name.
        column: String,
    },
    /// A sheet.
    Sheet(String),
    /// A cell of a sheet.
    SheetCell {
        /// The sheet's name.
        sheet: String,
        /// The cell, such as `B7`.
        cell: String,
    },
    /// Something in a sheet that comes after a cell, the last that could be read.
    AfterSheetCell {
        /// The sheet's name.
        sheet: String,
        /// The cell, such as `B7`.
        cell: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => write!(f, "the file"),
            Self::Byte(offset) => write!(f, "byte offset {offset}"),
            Self::Entry(name) => write!(f, "part `{name}`"),
            Self::Variable { number, name } if name.is_empty() => write!(f, "variable {number}"),
            Self::Variable { number, name } => write!(f, "variable {number} (`{name}`)"),
            Self::Cell { row, column } => write!(f, "row {row}, column `{column}`"),
            Self::Sheet(sheet) => write!(f, "sheet `{sheet}`"),
            Self::SheetCell { sheet, cell } => write!(f, "sheet `{sheet}`, cell {cell}"),
            Self::AfterSheetCell { sheet, cell } => {
                write!(f, "sheet `{sheet}`, after cell {cell}")
            }
        }
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is a file of another kind.
    #[error("this is no {expected} file{hint}")]
    OtherFormat {
        /// The kind that was asked for.
        expected: &'static str,
        /// What it may be instead, or empty.
        hint: &'static str,
    },
    /// A release of the format that is not read.
    #[error("release {0} of the format is not read")]
    Release(String),
    /// The file ends early.
    #[error("the file ends within {0}")]
    Truncated(&'static str),
    /// The bytes are not what the format has there.
    #[error("damaged: {0}")]
    Damaged(String),
    /// A text that is not in the encoding that the file declares.
    #[error("a text is not in the encoding {0}")]
    Encoding(String),
    /// An encoding that is not known.
    #[error("the encoding `{0}` is not known")]
    UnknownEncoding(String),
    /// A number that is infinite.
    #[error("a number is not finite")]
    Infinite,
    /// More than is read.
    #[error("too large: {0}")]
    TooLarge(String),
    /// An error value in a spreadsheet.
    #[error("the cell holds the error {0}")]
    ErrorValue(&'static str),
    /// No such sheet.
    #[error("there is no such sheet; the file has {0}")]
    NoSheet(String),
    /// A column of data without a name.
    #[error("the column has data but no name in the header")]
    NoColumnName,
}

impl Problem {
    fn remedy(&self) -> &'static str {
        match self {
            Self::OtherFormat { .. } => "check that the file's ending is that of its content",
            Self::Release(_) => {
                "save it in a newer release (Stata: `saveold, version(13)` or `save`)"
            }
            Self::Truncated(_) => "copy or export the file again: its end is missing",
            Self::Damaged(_) => "export the file again with the program that made it",
            Self::Encoding(_) | Self::UnknownEncoding(_) => {
                "save it as Unicode (Stata: `unicode translate`; SPSS: `SET UNICODE=ON`)"
            }
            Self::Infinite => "replace the number by a missing value",
            Self::TooLarge(_) => "keep only the rows and columns of the table, or save it as CSV",
            Self::ErrorValue(_) => "correct the formula, or empty the cell",
            Self::NoSheet(_) => "name one of these sheets",
            Self::NoColumnName => "give the column a name, or delete what is below",
        }
    }
}

/// Why a table cannot be written as .dta.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column `{column}`: {problem}")]
pub struct WriteError {
    /// The column's name, empty for the table as a whole.
    pub column: String,
    /// What Stata cannot hold.
    pub problem: WriteProblem,
}

impl WriteError {
    /// What its owner can do about it.
    pub fn remedy(&self) -> &'static str {
        match self.problem {
            WriteProblem::Columns(_) => "write fewer columns",
            WriteProblem::Length { .. } => "give every column as many cells as the table has rows",
            WriteProblem::Mixed { .. } => "write the column as text, or split it",
            WriteProblem::NumberRange { .. } => "divide the column by a power of ten",
            WriteProblem::Nul { .. } | WriteProblem::TextTooLong { .. } => {
                "shorten or clean the text"
            }
            WriteProblem::LabelCode(_) => "label whole numbers, or use the labels as the texts",
            WriteProblem::MissingCodes => "use at most 26 missing codes in a column",
        }
    }
}

/// What a .dta file cannot hold. Rows are numbered from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteProblem {
    /// More columns than release 118 has, or none.
    #[error("{0} columns, where 1 to 32767 can be written")]
    Columns(usize),
    /// A column of another length than the table.
    #[error("{cells} cells in a table of {rows} rows")]
    Length {
        /// Cells of the column.
        cells: usize,
        /// Rows of the table.
        rows: usize,
    },
    /// Cells of different kinds.
    #[error("row {row} holds {found} in a column of {expected}")]
    Mixed {
        /// The first row of the other kind.
        row: usize,
        /// What it holds.
        found: &'static str,
        /// What the rows before hold.
        expected: &'static str,
    },
    /// A number that is not finite or beyond Stata's largest.
    #[error("row {row} holds a number outside Stata's range")]
    NumberRange {
        /// The row.
        row: usize,
    },
    /// A text with a NUL character.
    #[error("row {row} holds a text with a NUL character")]
    Nul {
        /// The row.
        row: usize,
    },
    /// A text longer than a strL may be.
    #[error("row {row} holds a text of more than 2,000,000,000 bytes")]
    TextTooLong {
        /// The row.
        row: usize,
    },
    /// A label for what Stata cannot label, or too long a label.
    #[error("{0}")]
    LabelCode(&'static str),
    /// More than 26 missing codes.
    #[error("more than 26 missing codes")]
    MissingCodes,
}
