//! One column: the type that holds it, and its cells as bytes.

use std::collections::BTreeMap;

use super::fixed_width::padded;
use super::labels;
use crate::formats::error::{WriteError, WriteProblem};
use crate::formats::table::{Cell, LabelledColumn};
use crate::trial::date::Date;

/// Bytes from which a text is a `strL`. A `str#` may have 2045, one of them spare here.
const LONG_TEXT: usize = 2045;

/// Bytes of the longest `strL`.
const LONGEST_TEXT: usize = 2_000_000_000;

/// Stata's largest double; what is larger is missing.
const LARGEST: f64 = f64::from_bits(0x7fdf_ffff_ffff_ffff);

const MILLISECONDS_A_DAY: f64 = 86_400_000.0;

/// How cells are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Storage {
    Text(u16),
    LongText,
    Byte,
    Int,
    Long,
    Double,
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Date,
    DateTime,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Date => "a date",
            Self::DateTime => "a date and time",
        }
    }

    fn of_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Empty | Cell::MissingCode(_) => None,
            Cell::Text(_) => Some(Self::Text),
            Cell::Number(_) | Cell::YesNo(_) => Some(Self::Number),
            Cell::Date(_) => Some(Self::Date),
            Cell::DateTime { .. } => Some(Self::DateTime),
        }
    }
}

/// A column that fits.
pub(super) struct Planned<'a> {
    pub(super) name: String,
    pub(super) label: &'a str,
    pub(super) labels: BTreeMap<i32, String>,
    cells: &'a [Cell],
    kind: Kind,
    storage: Storage,
    /// Missing codes by their text, 1 for `.a`.
    letters: BTreeMap<String, u8>,
}

/// Finds the type of a column, or what Stata cannot hold of it.
pub(super) fn plan(column: &LabelledColumn, name: String) -> Result<Planned<'_>, WriteError> {
    let refuse = |problem| WriteError { column: column.name.clone(), problem };
    let kind = kind(column).map_err(refuse)?;
    let mut letters = BTreeMap::new();
    let mut value_labels = BTreeMap::new();
    let storage = if kind == Kind::Text {
        if !column.value_labels.is_empty() {
            return Err(refuse(WriteProblem::LabelCode("texts have labels")));
        }
        text_storage(&column.cells)
    } else {
        letters = labels::letters(column).map_err(refuse)?;
        value_labels = labels::of_numbers(column, &letters).map_err(refuse)?;
        if column.cells.iter().any(|cell| matches!(cell, Cell::YesNo(_))) {
            value_labels.entry(0).or_insert_with(|| "no".to_owned());
            value_labels.entry(1).or_insert_with(|| "yes".to_owned());
        }
        number_storage(column, kind)
    };
    let storage = storage.map_err(refuse)?;
    Ok(Planned {
        name,
        label: &column.label,
        labels: value_labels,
        cells: &column.cells,
        kind,
        storage,
        letters,
    })
}

/// What all cells are; dates beside dates and times are dates and times.
fn kind(column: &LabelledColumn) -> Result<Kind, WriteProblem> {
    let mut all = None;
    for (index, cell) in column.cells.iter().enumerate() {
        let Some(own) = Kind::of_cell(cell) else { continue };
        all = match (all, own) {
            (None, own) => Some(own),
            (Some(all), own) if all == own => Some(all),
            (Some(Kind::Date | Kind::DateTime), Kind::Date | Kind::DateTime) => {
                Some(Kind::DateTime)
            }
            (Some(all), own) => {
                return Err(WriteProblem::Mixed {
                    row: index + 1,
                    found: own.name(),
                    expected: all.name(),
                });
            }
        };
    }
    Ok(all.unwrap_or(Kind::Number))
}

fn text_storage(cells: &[Cell]) -> Result<Storage, WriteProblem> {
    let mut longest = 0;
    for (index, cell) in cells.iter().enumerate() {
        let Cell::Text(text) = cell else { continue };
        if text.contains('\0') {
            return Err(WriteProblem::Nul { row: index + 1 });
        }
        if text.len() > LONGEST_TEXT {
            return Err(WriteProblem::TextTooLong { row: index + 1 });
        }
        longest = longest.max(text.len());
    }
    Ok(match u16::try_from(longest + 1) {
        Ok(width) if longest < LONG_TEXT => Storage::Text(width),
        _ => Storage::LongText,
    })
}

/// The narrowest type that holds every number exactly.
fn number_storage(column: &LabelledColumn, kind: Kind) -> Result<Storage, WriteProblem> {
    let mut storage = Storage::Byte;
    for (index, cell) in column.cells.iter().enumerate() {
        let Some(number) = number(cell, kind) else { continue };
        let row = index + 1;
        if !(-LARGEST..=LARGEST).contains(&number) {
            return Err(WriteProblem::NumberRange { row });
        }
        let needed = match labels::whole(number) {
            Some(-127..=100) => Storage::Byte,
            Some(-32_767..=32_740) => Storage::Int,
            Some(-2_147_483_647..=2_147_483_620) => Storage::Long,
            _ => Storage::Double,
        };
        if width(needed) > width(storage) {
            storage = needed;
        }
    }
    Ok(if kind == Kind::DateTime { Storage::Double } else { storage })
}

fn width(storage: Storage) -> usize {
    match storage {
        Storage::Text(width) => usize::from(width),
        Storage::LongText | Storage::Double => 8,
        Storage::Byte => 1,
        Storage::Int => 2,
        Storage::Long => 4,
    }
}

/// The number that stands for a cell in a column of that kind.
fn number(cell: &Cell, kind: Kind) -> Option<f64> {
    let milliseconds =
        |date: Date, seconds: u32| days(date) * MILLISECONDS_A_DAY + f64::from(seconds) * 1000.0;
    match cell {
        Cell::Number(number) => Some(*number),
        Cell::YesNo(yes) => Some(f64::from(u8::from(*yes))),
        Cell::Date(date) if kind == Kind::DateTime => Some(milliseconds(*date, 0)),
        Cell::Date(date) => Some(days(*date)),
        Cell::DateTime { date, seconds } => Some(milliseconds(*date, *seconds)),
        Cell::Empty | Cell::MissingCode(_) | Cell::Text(_) => None,
    }
}

/// Days since 1960-01-01.
fn days(date: Date) -> f64 {
    let start = Date::from_ymd(1960, 1, 1);
    start.map_or(0.0, |start| f64::from(date.days_since(start)))
}

impl Planned<'_> {
    pub(super) fn type_code(&self) -> u16 {
        match self.storage {
            Storage::Text(width) => width,
            Storage::LongText => 32_768,
            Storage::Double => 65_526,
            Storage::Long => 65_528,
            Storage::Int => 65_529,
            Storage::Byte => 65_530,
        }
    }

    pub(super) fn format(&self) -> String {
        match (self.kind, self.storage) {
            (Kind::Date, _) => "%td".to_owned(),
            (Kind::DateTime, _) => "%tc".to_owned(),
            (_, Storage::Text(width)) => format!("%{}s", width.clamp(9, 244)),
            (_, Storage::LongText) => "%9s".to_owned(),
            (_, Storage::Byte | Storage::Int) => "%8.0g".to_owned(),
            (_, Storage::Long) => "%12.0g".to_owned(),
            (_, Storage::Double) => "%10.0g".to_owned(),
        }
    }

    /// Appends a cell. A long text is a pointer to itself: the variable and the row, from 1.
    pub(super) fn write_cell(&self, row: usize, variable: usize, bytes: &mut Vec<u8>) {
        let cell = &self.cells[row];
        match (self.storage, cell) {
            (Storage::Text(width), Cell::Text(text)) => {
                padded(bytes, text, usize::from(width));
            }
            (Storage::Text(width), _) => padded(bytes, "", usize::from(width)),
            (Storage::LongText, Cell::Text(_)) => {
                let row = (row as u64 + 1) << 16 | variable as u64;
                bytes.extend(row.to_le_bytes());
            }
            (Storage::LongText, _) => bytes.extend([0; 8]),
            (storage, cell) => self.write_number(storage, cell, bytes),
        }
    }

    fn write_number(&self, storage: Storage, cell: &Cell, bytes: &mut Vec<u8>) {
        let step = match cell {
            Cell::MissingCode(code) => self.letters.get(code).copied().unwrap_or(0),
            _ => 0,
        };
        let number = number(cell, self.kind);
        if storage == Storage::Double {
            // `.` is 2^1023 and each code behind it 2^40 units in the last place more.
            let missing = f64::from_bits(0x7fe0_0000_0000_0000 + (u64::from(step) << 40));
            bytes.extend(number.unwrap_or(missing).to_le_bytes());
            return;
        }
        let system = match storage {
            Storage::Byte => 101,
            Storage::Int => 32_741,
            _ => labels::SYSTEM_MISSING,
        };
        let value = number.and_then(labels::whole).unwrap_or(system + i32::from(step));
        // Least byte first, the bytes of a narrower number are the first of a wider one.
        bytes.extend_from_slice(&value.to_le_bytes()[..width(storage)]);
    }

    /// Appends the long text of a row, if it has one.
    pub(super) fn write_long_text(&self, row: usize, variable: usize, bytes: &mut Vec<u8>) {
        let (Storage::LongText, Cell::Text(text)) = (self.storage, &self.cells[row]) else {
            return;
        };
        bytes.extend(b"GSO");
        bytes.extend(u32::try_from(variable).unwrap_or(0).to_le_bytes());
        bytes.extend((row as u64 + 1).to_le_bytes());
        bytes.push(130);
        bytes.extend(u32::try_from(text.len() + 1).unwrap_or(0).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
    }
}
