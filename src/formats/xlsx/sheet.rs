//! One sheet's cells to columns.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use calamine::{CellErrorType, DataRef, ExcelDateTime, Xlsx};

use super::damage::kind_of;
use crate::formats::error::{FormatError, Place, Problem};
use crate::formats::limits::MAX_CELLS;
use crate::formats::table::{Cell, LabelledColumn, LabelledTable, shortest};
use crate::trial::date::Date;

/// The day from which a book counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Epoch {
    /// 1899-12-31, with a 29 February 1900 that never was.
    Y1900,
    /// 1904-01-01.
    Y1904,
}

/// A column being gathered: its name, if the header has one, and its cells by row.
#[derive(Default)]
struct Gathered {
    name: Option<String>,
    cells: Vec<(usize, Cell)>,
}

/// Empty cells that a table may have beyond 64 for each that is not.
const SPARE_CELLS: usize = 1 << 20;

/// A cell that is not empty, row and column counted from 0.
struct Found {
    row: u32,
    column: u32,
    cell: Cell,
}

/// Reads a sheet; `texts` is how many bytes its texts may have together.
pub(super) fn read<R: Read + Seek>(
    book: &mut Xlsx<R>,
    sheet: &str,
    texts: usize,
) -> Result<LabelledTable, FormatError> {
    let epoch = if book.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
    let found = read_cells(book, sheet, texts, epoch)?;
    let Some(header_row) = found.iter().map(|found| found.row).min() else {
        return Ok(LabelledTable { label: String::new(), columns: Vec::new(), n_rows: 0 });
    };
    let last_row = found.iter().map(|found| found.row).max().unwrap_or(header_row);
    let n_rows = usize::try_from(last_row - header_row).unwrap_or(usize::MAX);
    let mut columns: BTreeMap<u32, Gathered> = BTreeMap::new();
    let n_found = found.len();
    for Found { row, column, cell } in found {
        let gathered = columns.entry(column).or_default();
        if row == header_row {
            gathered.name = Some(header(cell));
        } else {
            // Behind the header, so that there is a row before.
            let row = usize::try_from(row - header_row).unwrap_or(1) - 1;
            gathered.cells.push((row, cell));
        }
    }
    let n_cells = n_rows.saturating_mul(columns.len());
    if n_cells > MAX_CELLS || n_cells > SPARE_CELLS + n_found.saturating_mul(64) {
        let what = format!("a table of {n_rows} rows and {} columns", columns.len());
        return Err(FormatError::new(Place::Sheet(sheet.to_owned()), Problem::TooLarge(what)));
    }
    let mut made = Vec::with_capacity(columns.len());
    for (column, Gathered { name, cells: found }) in columns {
        let Some(name) = name else {
            let cell = cell_name(header_row, column);
            let place = Place::SheetCell { sheet: sheet.to_owned(), cell };
            return Err(FormatError::new(place, Problem::NoColumnName));
        };
        let mut cells = vec![Cell::Empty; n_rows];
        for (row, cell) in found {
            cells[row] = cell;
        }
        made.push(LabelledColumn::new(name, cells));
    }
    Ok(LabelledTable { label: String::new(), columns: made, n_rows })
}

fn read_cells<R: Read + Seek>(
    book: &mut Xlsx<R>,
    sheet: &str,
    mut texts: usize,
    epoch: Epoch,
) -> Result<Vec<Found>, FormatError> {
    let place = Place::Sheet(sheet.to_owned());
    let reader = book.worksheet_cells_reader(sheet);
    let mut reader = reader.map_err(|error| {
        FormatError::new(place.clone(), Problem::Damaged(kind_of(&error).to_owned()))
    })?;
    let mut found = Vec::new();
    let mut last = None;
    loop {
        let next = reader.next_cell().map_err(|error| {
            let place = last.map_or_else(
                || place.clone(),
                |(row, column)| Place::AfterSheetCell {
                    sheet: sheet.to_owned(),
                    cell: cell_name(row, column),
                },
            );
            FormatError::new(place, Problem::Damaged(kind_of(&error).to_owned()))
        })?;
        let Some(next) = next else { return Ok(found) };
        let (row, column) = next.get_position();
        last = Some((row, column));
        let place = || Place::SheetCell { sheet: sheet.to_owned(), cell: cell_name(row, column) };
        let cell = cell(next.get_value(), epoch);
        let cell = cell.map_err(|problem| FormatError::new(place(), problem))?;
        if cell == Cell::Empty {
            continue;
        }
        let size = if let Cell::Text(text) = &cell { text.len() } else { 0 };
        let Some(left) = texts.checked_sub(size) else {
            let what = "its texts together".to_owned();
            return Err(FormatError::new(place(), Problem::TooLarge(what)));
        };
        texts = left;
        if found.len() >= MAX_CELLS {
            let what = format!("more than {MAX_CELLS} cells");
            return Err(FormatError::new(place(), Problem::TooLarge(what)));
        }
        found.push(Found { row, column, cell });
    }
}

/// `B7` of row 6 and column 1.
fn cell_name(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        letters.push(u8::try_from((left - 1) % 26).unwrap_or(0) + b'A');
        left = (left - 1) / 26;
    }
    let letters: String = letters.iter().rev().copied().map(char::from).collect();
    format!("{letters}{}", row + 1)
}

/// A column's name, whatever was typed.
fn header(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::MissingCode(text) => text,
        Cell::Number(number) => shortest(number),
        Cell::Date(date) | Cell::DateTime { date, .. } => date.to_string(),
        Cell::YesNo(true) => "TRUE".to_owned(),
        Cell::YesNo(false) => "FALSE".to_owned(),
    }
}

fn cell(value: &DataRef<'_>, epoch: Epoch) -> Result<Cell, Problem> {
    let text = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
    Ok(match value {
        DataRef::Empty => Cell::Empty,
        #[expect(clippy::cast_precision_loss, reason = "calamine gives no integers in .xlsx")]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => number_cell(*number)?,
        DataRef::String(value) | DataRef::DurationIso(value) => text(value),
        DataRef::SharedString(value) => text(value),
        DataRef::Bool(value) => Cell::YesNo(*value),
        DataRef::DateTime(value) => moment(value, epoch)?,
        DataRef::DateTimeIso(value) => iso_moment(value).unwrap_or_else(|| text(value)),
        DataRef::Error(error) => return Err(Problem::ErrorValue(error_name(error))),
    })
}

fn number_cell(number: f64) -> Result<Cell, Problem> {
    if number.is_finite() { Ok(Cell::Number(number)) } else { Err(Problem::Infinite) }
}

fn error_name(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}

/// The day, or day and second, of a number with a date format.
fn moment(value: &ExcelDateTime, epoch: Epoch) -> Result<Cell, Problem> {
    let serial = value.as_f64();
    if value.is_duration() || !(1.0..1e8).contains(&serial) {
        return number_cell(serial);
    }
    let mut days = serial.floor();
    let mut seconds = ((serial - days) * 86_400.0).round();
    if seconds >= 86_400.0 {
        seconds -= 86_400.0;
        days += 1.0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 1e8")]
    let days = days as i32;
    // Days from 1904-01-01 and from 1899-12-30 to 1970-01-01; before its 29 February 1900 Excel is
    // a day behind.
    let since_1970 = match (epoch, days) {
        (Epoch::Y1904, _) => days - 24_107,
        (Epoch::Y1900, ..=59) => days - 25_568,
        (Epoch::Y1900, 60) => return Ok(Cell::Number(serial)),
        (Epoch::Y1900, _) => days - 25_569,
    };
    let Some(date) = Date::from_unix_days(since_1970) else { return number_cell(serial) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 86399")]
    let seconds = seconds as u32;
    Ok(if seconds == 0 { Cell::Date(date) } else { Cell::DateTime { date, seconds } })
}

/// `YYYY-MM-DD`, alone or with `Thh:mm:ss` behind it.
fn iso_moment(text: &str) -> Option<Cell> {
    let (day, time) = text.split_once('T').unwrap_or((text, "00:00:00"));
    let date = Date::parse_iso(day)?;
    let time = time.strip_suffix('Z').unwrap_or(time);
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let parts: Option<Vec<u32>> = time.split(':').map(|part| part.parse().ok()).collect();
    let (&[hours, minutes], seconds) = parts.as_ref()?.split_first_chunk::<2>()?;
    let seconds = seconds.first().copied().unwrap_or(0);
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let seconds = hours * 3600 + minutes * 60 + seconds;
    Some(if seconds == 0 { Cell::Date(date) } else { Cell::DateTime { date, seconds } })
}

#[cfg(test)]
mod tests {
    use calamine::{ExcelDateTime, ExcelDateTimeType};

    use super::{Epoch, cell_name, iso_moment, moment};
    use crate::formats::table::Cell;
    use crate::trial::date::Date;

    #[test]
    fn both_epochs_count_from_their_own_day() {
        let read = |serial: f64, epoch: Epoch| {
            let kind = ExcelDateTimeType::DateTime;
            let value = ExcelDateTime::new(serial, kind, epoch == Epoch::Y1904);
            moment(&value, epoch).unwrap()
        };
        let day = |y, m, d| Cell::Date(Date::from_ymd(y, m, d).unwrap());
        assert_eq!(read(1.0, Epoch::Y1900), day(1900, 1, 1));
        assert_eq!(read(59.0, Epoch::Y1900), day(1900, 2, 28));
        assert_eq!(read(60.0, Epoch::Y1900), Cell::Number(60.0));
        assert_eq!(read(61.0, Epoch::Y1900), day(1900, 3, 1));
        assert_eq!(read(1.0, Epoch::Y1904), day(1904, 1, 2));
        assert_eq!(read(0.5, Epoch::Y1900), Cell::Number(0.5));
        assert_eq!(read(61.999_999_9, Epoch::Y1900), day(1900, 3, 2));
    }

    #[test]
    fn cells_have_the_names_of_the_spreadsheet() {
        assert_eq!(cell_name(6, 1), "B7");
        assert_eq!(cell_name(0, 26), "AA1");
        assert_eq!(cell_name(1_048_575, 16_383), "XFD1048576");
    }

    #[test]
    fn iso_texts_are_moments() {
        let date = Date::from_ymd(2020, 1, 2).unwrap();
        assert_eq!(iso_moment("2020-01-02"), Some(Cell::Date(date)));
        let cell = Some(Cell::DateTime { date, seconds: 3661 });
        assert_eq!(iso_moment("2020-01-02T01:01:01.5Z"), cell);
        assert_eq!(iso_moment("2020-01-02T25:00:00"), None);
        assert_eq!(iso_moment("PT5S"), None);
    }
}
