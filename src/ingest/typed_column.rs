//! Typed columns, and handles on them for those who read every row.

use std::ops::Range;

use super::cell::parse_number;
use super::column_rule::trim;
use super::raw_table::{Notation, Piece, RawTable};
use crate::trial::date::Date;

/// The cells of a column. A missing or wrong cell is none.
#[derive(Clone, Debug)]
pub(super) enum Cells {
    /// Codes: missing, as written, or one of the texts of [`TextColumn`]. Without any, cells are
    /// as written, and empty ones missing.
    Text(Vec<u32>),
    Date(Vec<Option<Date>>),
    Number(Vec<Option<f64>>),
    Whole(Vec<Option<i64>>),
    YesNo(Vec<Option<bool>>),
}

impl Cells {
    /// The code of a missing text.
    pub(super) const MISSING: u32 = 0;
    /// The code of a text that is read as it is written, without the spaces around it.
    pub(super) const AS_WRITTEN: u32 = 1;
    /// The code of the first text that stands for others.
    pub(super) const FIRST_TEXT: u32 = 2;

    /// All parts of a column, one behind the other.
    pub(super) fn join(parts: Vec<Cells>) -> Cells {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or(Cells::Text(Vec::new()));
        for part in parts {
            match (&mut all, part) {
                (Cells::Text(all), Cells::Text(part)) => all.extend(part),
                (Cells::Date(all), Cells::Date(part)) => all.extend(part),
                (Cells::Number(all), Cells::Number(part)) => all.extend(part),
                (Cells::Whole(all), Cells::Whole(part)) => all.extend(part),
                (Cells::YesNo(all), Cells::YesNo(part)) => all.extend(part),
                _ => {}
            }
        }
        all
    }
}

/// A column of texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextColumn<'a> {
    raw: &'a RawTable,
    at: usize,
    codes: &'a [u32],
    texts: &'a [String],
}

impl<'a> TextColumn<'a> {
    pub(super) fn new(raw: &'a RawTable, at: usize, codes: &'a [u32], texts: &'a [String]) -> Self {
        Self { raw, at, codes, texts }
    }

    /// The text of a row; none where it is missing.
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<&'a str> {
        match self.codes.get(row).copied().unwrap_or(Cells::AS_WRITTEN) {
            Cells::MISSING => None,
            Cells::AS_WRITTEN => {
                Some(self.raw.cell(row, self.at).trim()).filter(|text| !text.is_empty())
            }
            code => Some(&self.texts[(code - Cells::FIRST_TEXT) as usize]),
        }
    }

    /// What `meaning` makes of each text that stands for others, to be looked up by row.
    pub(super) fn meanings<T: Copy>(
        self,
        meaning: impl Fn(&str) -> Option<T>,
    ) -> impl Fn(usize) -> Option<T> {
        let of_texts: Vec<Option<T>> = self.texts.iter().map(|text| meaning(text)).collect();
        move |row| match self.codes.get(row).copied().unwrap_or(Cells::AS_WRITTEN) {
            Cells::MISSING => None,
            Cells::AS_WRITTEN => meaning(self.get(row)?),
            code => of_texts[(code - Cells::FIRST_TEXT) as usize],
        }
    }
}

/// A cell read as a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NumericCell {
    Missing,
    Number(f64),
    /// A cell that is not missing, and no number.
    NoNumber,
}

impl NumericCell {
    pub(super) fn number(self) -> Option<f64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }
}

/// A column read as numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct NumberColumn {
    /// The number of each row; none where the cell is missing or no number.
    pub(super) values: Vec<Option<f64>>,
    /// Rows whose cell is not missing, and no number.
    pub(super) not_numbers: Vec<usize>,
}

/// A column whose cells are asked for as numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum NumericCells<'a> {
    Text(TextColumn<'a>, Notation),
    Number(&'a [Option<f64>]),
    Whole(&'a [Option<i64>]),
    Date(&'a [Option<Date>]),
    YesNo(&'a [Option<bool>]),
}

impl NumericCells<'_> {
    /// The number of a row.
    #[inline]
    pub(super) fn get(&self, row: usize) -> NumericCell {
        let of = |number: Option<f64>| number.map_or(NumericCell::Missing, NumericCell::Number);
        let none = |is_there: bool| {
            if is_there { NumericCell::NoNumber } else { NumericCell::Missing }
        };
        match self {
            Self::Text(texts, notation) => match texts.get(row) {
                None => NumericCell::Missing,
                Some(text) => {
                    parse_number(text, *notation).map_or(NumericCell::NoNumber, NumericCell::Number)
                }
            },
            Self::Number(cells) => of(cells[row]),
            Self::Whole(cells) => of(cells[row].map(|whole| whole as f64)),
            Self::Date(cells) => none(cells[row].is_some()),
            Self::YesNo(cells) => none(cells[row].is_some()),
        }
    }
}

/// Cells of one column as numbers, fastest for rows that are near each other.
pub(super) struct NumericReader<'a> {
    cells: NumericCells<'a>,
    /// The piece of the last row, and its rows.
    rows: Range<usize>,
    piece: Option<&'a Piece>,
}

impl<'a> NumericReader<'a> {
    pub(super) fn new(cells: NumericCells<'a>) -> Self {
        Self { cells, rows: 0..0, piece: None }
    }

    /// The number of a row.
    #[inline]
    pub(super) fn get(&mut self, row: usize) -> NumericCell {
        let NumericCells::Text(texts, notation) = self.cells else { return self.cells.get(row) };
        if !texts.codes.is_empty() {
            return self.cells.get(row);
        }
        if !self.rows.contains(&row) {
            let (rows, piece) = texts.raw.piece_at(row);
            (self.rows, self.piece) = (rows, Some(piece));
        }
        let text = self.piece.map_or("", |piece| piece.cell(row - self.rows.start, texts.at));
        match text.as_bytes() {
            [] => return NumericCell::Missing,
            [digit @ b'0'..=b'9'] => return NumericCell::Number(f64::from(digit - b'0')),
            _ => {}
        }
        let text = trim(text);
        if text.is_empty() {
            return NumericCell::Missing;
        }
        parse_number(text, notation).map_or(NumericCell::NoNumber, NumericCell::Number)
    }
}
