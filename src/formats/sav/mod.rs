//! SPSS .sav and .zsav bytes to a labelled table.
//!
//! Uncompressed, bytecode-compressed and zlib-compressed files, in either byte order.
//!
//! - System-missing is [`Cell::Empty`], as is a text of spaces. A value that the variable declares
//!   missing is a missing code with that value's text; its label stays among the value labels.
//! - `DATE`, `ADATE`, `EDATE`, `SDATE`, `JDATE` are dates, a time of day left out; so are `MOYR`,
//!   `QYR` and `WKYR`, as the day that SPSS stores, the first of the period. `DATETIME` and
//!   `YMDHMS` are date and time, parts of a second left out. `TIME`, `DTIME`, `MTIME`, `WKDAY` and
//!   `MONTH` stay numbers.
//! - Texts are in the encoding that the file names (record 7, subtype 20 or 3). Where it names
//!   none, or ASCII, a text is UTF-8 where it can be and Windows-1252 otherwise. Spaces at the end
//!   of a text are the format's padding and are left out.
//! - Multiple response sets, weights, roles and documents are left out.
//!
//! Memory: at most 70 times the file's size for the cells of a .sav (a byte of the bytecode becomes
//! a [`Cell`] of 32 bytes, and a missing code a text), eight times for its texts, and 32 times and
//! 64 MiB for labels that variables share. A .zsav may unpack to 32 times its size and 64 MiB, and
//! to 2^26 cells (2 GiB).
//!
//! [`Cell`]: super::Cell
//! [`Cell::Empty`]: super::Cell::Empty

mod cases;
mod column;
mod dictionary;
mod extension;
mod variables;

use super::error::{FormatError, Place, Problem};
use super::limits::Allowance;
use super::table::LabelledTable;
use column::Builder;

/// Reads a .sav or .zsav file.
///
/// # Errors
///
/// What is wrong, and at which byte, variable or cell.
pub fn read_sav(bytes: &[u8]) -> Result<LabelledTable, FormatError> {
    if !(bytes.starts_with(b"$FL2") || bytes.starts_with(b"$FL3")) {
        let hint = if bytes.starts_with(b"<stata_dta>") { ": it may be Stata" } else { "" };
        let problem = Problem::OtherFormat { expected: "SPSS .sav", hint };
        return Err(FormatError::new(Place::File, problem));
    }
    let mut allowance = Allowance::for_file(bytes);
    let (dictionary, data_start) = dictionary::read(bytes)?;
    let encoding = dictionary.extension.encoding()?;
    let variables = variables::assemble(&dictionary, encoding, &mut allowance)?;
    let mut columns: Vec<Builder> =
        variables.into_iter().map(|variable| Builder::new(variable, encoding)).collect();
    let n_rows = cases::read(bytes, data_start, &dictionary, &mut columns, &mut allowance)?;
    Ok(LabelledTable {
        label: encoding.decode_label(super::text::without_padding(&dictionary.label)),
        columns: columns.into_iter().map(Builder::finish).collect(),
        n_rows,
    })
}
