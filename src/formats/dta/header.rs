//! What both kinds of header say, in one shape.

use std::collections::BTreeMap;

use super::long_text::LongTexts;
use crate::formats::bytes::{Cursor, Order};
use crate::formats::error::{FormatError, Place, Problem};
use crate::formats::table::Code;
use crate::formats::text::Encoding;

/// How a variable's cells are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    /// A text of a fixed number of bytes.
    Text(usize),
    /// A pointer to a long text.
    LongText,
    Byte,
    Int,
    Long,
    Float,
    Double,
}

impl Storage {
    /// Bytes of a cell.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Text(width) => width,
            Self::LongText | Self::Double => 8,
            Self::Byte => 1,
            Self::Int => 2,
            Self::Long | Self::Float => 4,
        }
    }
}

/// A line of the dictionary.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) storage: Storage,
    pub(super) format: String,
    /// The name of its set of value labels, or empty.
    pub(super) label_set: String,
    pub(super) label: String,
}

/// Sets of value labels by name.
pub(super) type LabelSets = BTreeMap<String, Vec<(Code, String)>>;

/// A whole file, its cells still bytes.
pub(super) struct Content<'a> {
    pub(super) order: Order,
    pub(super) encoding: Encoding,
    pub(super) label: String,
    pub(super) variables: Vec<Variable>,
    pub(super) n_rows: usize,
    pub(super) row_width: usize,
    /// `n_rows` rows of `row_width` bytes.
    pub(super) data: &'a [u8],
    pub(super) long_texts: LongTexts<'a>,
    pub(super) value_labels: LabelSets,
}

/// The rows, where the file has as many as it claims.
pub(super) fn take_rows<'a>(
    cursor: &mut Cursor<'a>,
    variables: &[Variable],
    claimed: u64,
) -> Result<(usize, usize, &'a [u8]), FormatError> {
    let row_width: usize = variables.iter().map(|variable| variable.storage.width()).sum();
    if row_width == 0 {
        let problem = Problem::Damaged("there are no variables".to_owned());
        return Err(FormatError::new(Place::File, problem));
    }
    let n_rows = usize::try_from(claimed).unwrap_or(usize::MAX);
    let data = cursor.take(n_rows.saturating_mul(row_width))?;
    Ok((n_rows, row_width, data))
}

/// The error that a variable has a type that the format lacks.
pub(super) fn unknown_type(index: usize, code: u16) -> FormatError {
    let place = Place::Variable { number: index + 1, name: String::new() };
    FormatError::new(place, Problem::Damaged(format!("there is no type {code}")))
}
