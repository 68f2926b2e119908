//! Why a Parquet file is not read.

use super::thrift::ThriftError;

/// Most cells of a table, as of the other formats.
pub(super) const MOST_CELLS: i64 = 1 << 26;

/// Most bytes that all pages may claim to unpack to.
pub(super) const MOST_UNPACKED: i64 = 1 << 30;

/// Why a file is not given to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParquetError {
    /// It does not begin and end as such a file.
    #[error("it does not begin and end as a Parquet file")]
    Magic,
    /// The footer is longer than the file.
    #[error("its footer claims to be longer than the file")]
    FooterLength,
    /// The footer or the head of a page is damaged.
    #[error("its {part} is damaged: {reason}")]
    Damaged {
        /// What is.
        part: &'static str,
        /// How.
        reason: Reason,
    },
    /// Two parts contradict each other.
    #[error("its parts contradict each other: {0}")]
    Contradiction(&'static str),
    /// More cells than a table may have.
    #[error("it claims {rows} rows of {columns} columns: more than {MOST_CELLS} cells")]
    TooLarge {
        /// Rows.
        rows: i64,
        /// Columns.
        columns: usize,
    },
    /// It would unpack to too much.
    #[error("it claims to unpack to more than 1 GB")]
    TooMuch,
}

/// How a part is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Reason(ThriftError);

impl ParquetError {
    pub(super) fn damaged(part: &'static str) -> impl Fn(ThriftError) -> Self {
        move |error| Self::Damaged { part, reason: Reason(error) }
    }
}
