//! Excel .xlsx bytes to a plain table.
//!
//! A sheet is one table: its first row that is not empty is the header, empty rows and columns
//! before it are left out, and so are rows without content at the end; an empty row in between
//! stays. Every column that has cells needs a name.
//!
//! - Numbers are numbers, also whole ones; a text such as "007" stays a text.
//! - A number with a date format is a date, or date and time if it has a part of a day, to the
//!   nearest second. Both epochs are read, 1900 with its 29 February 1900. A time without a day
//!   (below 1) and a duration (`[h]:mm`) stay numbers, in days, as does that 29 February.
//! - The value of merged cells is that of the first; the others are empty.
//! - A formula is its last computed value. One that was never computed (written by a program and
//!   never opened in Excel) is [`Cell::Empty`], since the file has no value for it.
//! - An error such as `#DIV/0!` is refused, with its cell.
//!
//! Labels and missing codes do not exist, and a cell has no declared width.
//!
//! calamine reads the parts, and trusts them: it reserves as many strings as a part claims and
//! computes cell names without looking for overflow. `archive` therefore unpacks and looks through
//! the file first, by the same zip and XML readers, keeping nothing, and refuses what is too large
//! or claims too much. calamine's dense range is never asked for; cells come one by one.
//!
//! Memory: parts may unpack to 16 MiB and 100 times the file's size, and never to more than 512 MiB;
//! texts of cells together to as much again; the table has at most 2^26 cells (2 GiB), and no more
//! than 2^20 and 64 for each cell that is there.
//!
//! [`Cell::Empty`]: super::Cell::Empty

mod archive;
mod damage;
mod sheet;

use std::io::Cursor;

use calamine::{Reader as _, Xlsx};

use super::error::{FormatError, Place, Problem};
use super::table::LabelledTable;
use damage::unreadable;

/// Reads a sheet of an .xlsx file, the first if none is named.
///
/// # Errors
///
/// What is wrong, and in which sheet and cell.
pub fn read_xlsx(bytes: &[u8], sheet: Option<&str>) -> Result<LabelledTable, FormatError> {
    let allowance = archive::look_through(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let names = book.sheet_names();
    let name = match sheet {
        Some(wanted) => names.iter().find(|name| *name == wanted),
        None => names.first(),
    };
    let Some(name) = name.cloned() else {
        let listed: Vec<String> = names.iter().take(20).map(|name| format!("`{name}`")).collect();
        let place = sheet.map_or(Place::File, |sheet| Place::Sheet(sheet.to_owned()));
        let known = if listed.is_empty() { "none".to_owned() } else { listed.join(", ") };
        return Err(FormatError::new(place, Problem::NoSheet(known)));
    };
    sheet::read(&mut book, &name, allowance)
}
