//! Excel .xlsx and .xlsm bytes to a plain table.
//!
//! A sheet is one table: its first row that is not empty is the header, empty rows and columns
//! before it are left out, and so are rows without content at the end; an empty row in between
//! stays. Every column that has cells needs a name.
//!
//! - Numbers are numbers, also whole ones; a text such as "007" stays a text.
//! - A number with a date format is a date, or date and time if it has a part of a day, to the
//!   nearest second. Both epochs are read, 1900 with its 29 February 1900, which stays a number. A
//!   time without a day (below 1) and a length of time (`[h]:mm`) are [`Cell::Clock`].
//! - The value of merged cells is that of the first; the others are empty.
//! - A formula is its last computed value. One that was never computed (written by a program and
//!   never opened in Excel) is [`Cell::Unreadable`], as are an error such as `#DIV/0!` and a number
//!   that is not finite: whether that matters depends on the column.
//! - The sheet is the one that is named, else the first that is not hidden; the table says which,
//!   and where in the sheet it stands.
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
//! [`Cell::Clock`]: super::Cell::Clock
//! [`Cell::Unreadable`]: super::Cell::Unreadable

mod archive;
mod damage;
mod sheet;

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::{Reader as _, SheetVisible, Xlsx};

use super::error::{FormatError, Place, Problem};
use super::table::LabelledTable;
use damage::unreadable;
use sheet::{CellRange, Part};

/// What of a workbook is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The sheet; the first that is not hidden where there is none.
    pub sheet: Option<&'a str>,
    /// Its cells, as `B3:H200`, or from a cell on, as `B3`.
    pub range: Option<&'a str>,
}

/// Reads a sheet of an .xlsx or .xlsm file.
///
/// # Errors
///
/// What is wrong, and in which sheet and cell.
pub fn read_xlsx(bytes: &[u8], wanted: Wanted<'_>) -> Result<LabelledTable, FormatError> {
    let looked = archive::look_through(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let sheets: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let chosen = if let Some(wanted) = wanted.sheet {
        sheets.iter().position(|(name, _)| name == wanted)
    } else {
        let visible = sheets.iter().position(|(_, is_visible)| *is_visible);
        visible.or(if sheets.is_empty() { None } else { Some(0) })
    };
    let Some(chosen) = chosen else {
        let names = sheets.iter().map(|(name, _)| format!("`{name}`"));
        let listed: Vec<String> = names.take(20).collect();
        let place = wanted.sheet.map_or(Place::File, |sheet| Place::Sheet(sheet.to_owned()));
        let known = if listed.is_empty() { "none".to_owned() } else { listed.join(", ") };
        return Err(FormatError::new(place, Problem::NoSheet(known)));
    };
    let sheet = sheets[chosen].0.as_str();
    let range = match wanted.range {
        None => None,
        Some(text) => Some(CellRange::parse(text).ok_or_else(|| {
            FormatError::new(Place::Sheet(sheet.to_owned()), Problem::NoRange(text.to_owned()))
        })?),
    };
    let none = BTreeSet::new();
    let part = looked.parts.get(sheet);
    let uncomputed = part.and_then(|part| looked.uncomputed.get(part)).unwrap_or(&none);
    let part = Part { sheet, range, texts: looked.texts, uncomputed };
    let mut table = sheet::read(&mut book, &part)?;
    if let Some(origin) = &mut table.sheet {
        let is_passed = |at: usize| wanted.sheet.is_none() && at < chosen;
        for (at, (name, _)) in sheets.iter().enumerate().filter(|(at, _)| *at != chosen) {
            let list = if is_passed(at) { &mut origin.hidden_before } else { &mut origin.others };
            list.push(name.clone());
        }
        origin.others.retain(|name| sheets.iter().any(|(own, shown)| own == name && *shown));
    }
    Ok(table)
}
