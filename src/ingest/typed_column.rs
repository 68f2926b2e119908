//! Typed columns, and handles on them for those who read every row.

use std::ops::Range;

use super::cell::{parse_number, trim};
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

    /// Places for its cells.
    pub(super) fn as_mut(&mut self) -> CellsMut<'_> {
        match self {
            Cells::Text(cells) => CellsMut::Text(cells),
            Cells::Date(cells) => CellsMut::Date(cells),
            Cells::Number(cells) => CellsMut::Number(cells),
            Cells::Whole(cells) => CellsMut::Whole(cells),
            Cells::YesNo(cells) => CellsMut::YesNo(cells),
        }
    }
}

/// Places for the cells of rows that follow each other.
pub(super) enum CellsMut<'a> {
    Text(&'a mut [u32]),
    Date(&'a mut [Option<Date>]),
    Number(&'a mut [Option<f64>]),
    Whole(&'a mut [Option<i64>]),
    YesNo(&'a mut [Option<bool>]),
}

impl CellsMut<'_> {
    /// Those of the first rows, and the others.
    pub(super) fn split_at(self, n_rows: usize) -> (Self, Self) {
        match self {
            // Cells that are as written have no places.
            CellsMut::Text(cells) => {
                let (own, others) = cells.split_at_mut(n_rows.min(cells.len()));
                (CellsMut::Text(own), CellsMut::Text(others))
            }
            CellsMut::Date(cells) => {
                let (own, others) = cells.split_at_mut(n_rows);
                (CellsMut::Date(own), CellsMut::Date(others))
            }
            CellsMut::Number(cells) => {
                let (own, others) = cells.split_at_mut(n_rows);
                (CellsMut::Number(own), CellsMut::Number(others))
            }
            CellsMut::Whole(cells) => {
                let (own, others) = cells.split_at_mut(n_rows);
                (CellsMut::Whole(own), CellsMut::Whole(others))
            }
            CellsMut::YesNo(cells) => {
                let (own, others) = cells.split_at_mut(n_rows);
                (CellsMut::YesNo(own), CellsMut::YesNo(others))
            }
        }
    }
}

/// A column of texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextColumn<'a> {
    raw: &'a RawTable<'a>,
    at: usize,
    codes: &'a [u32],
    texts: &'a [String],
}

impl<'a> TextColumn<'a> {
    pub(super) fn new(
        raw: &'a RawTable<'a>,
        at: usize,
        codes: &'a [u32],
        texts: &'a [String],
    ) -> Self {
        Self { raw, at, codes, texts }
    }

    /// The text of a row; none where it is missing.
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<&'a str> {
        match self.codes.get(row).copied().unwrap_or(Cells::AS_WRITTEN) {
            Cells::MISSING => None,
            Cells::AS_WRITTEN => {
                Some(trim(self.raw.cell(row, self.at))).filter(|text| !text.is_empty())
            }
            code => Some(&self.texts[(code - Cells::FIRST_TEXT) as usize]),
        }
    }

    /// Gives the text of each row to `keep`, in order, as it stands in the file.
    #[inline]
    fn each_written(&self, mut rows: Range<usize>, mut keep: impl FnMut(&'a str)) {
        while !rows.is_empty() {
            let (of_piece, piece) = self.raw.piece_at(rows.start);
            let end = rows.end.min(of_piece.end);
            let own = piece.column(self.at, rows.start - of_piece.start..end - of_piece.start);
            own.for_each(&mut keep);
            rows.start = end;
        }
    }

    /// The texts of rows, fastest for rows that are near each other.
    pub(super) fn reader(self) -> TextReader<'a> {
        TextReader { texts: self, rows: 0..0, piece: None }
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

/// Cells of a column of texts, one after the other.
pub(super) struct TextReader<'a> {
    texts: TextColumn<'a>,
    /// The piece of the last row that is as written, and its rows.
    rows: Range<usize>,
    piece: Option<&'a Piece<'a>>,
}

impl<'a> TextReader<'a> {
    /// The text of a row; none where it is missing.
    #[inline]
    pub(super) fn get(&mut self, row: usize) -> Option<&'a str> {
        if !self.texts.codes.is_empty() {
            return self.texts.get(row);
        }
        if !self.rows.contains(&row) {
            let (rows, piece) = self.texts.raw.piece_at(row);
            (self.rows, self.piece) = (rows, Some(piece));
        }
        let text = self.piece?.cell(row - self.rows.start, self.texts.at);
        Some(trim(text)).filter(|text| !text.is_empty())
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

/// The number of a text.
#[inline]
fn number_of(text: &str, notation: Notation) -> NumericCell {
    // Most answers are one digit.
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

impl NumericCells<'_> {
    /// The number of a row.
    #[inline]
    pub(super) fn get(&self, row: usize) -> NumericCell {
        let of = |number: Option<f64>| number.map_or(NumericCell::Missing, NumericCell::Number);
        let none = |is_there: bool| {
            if is_there { NumericCell::NoNumber } else { NumericCell::Missing }
        };
        match self {
            Self::Text(texts, notation) => number_of(texts.get(row).unwrap_or(""), *notation),
            Self::Number(cells) => of(cells[row]),
            Self::Whole(cells) => of(cells[row].map(|whole| whole as f64)),
            Self::Date(cells) => none(cells[row].is_some()),
            Self::YesNo(cells) => none(cells[row].is_some()),
        }
    }

    /// Gives the number of each row to `keep`, in order.
    #[inline]
    pub(super) fn each(&self, rows: Range<usize>, mut keep: impl FnMut(NumericCell)) {
        match self {
            Self::Text(texts, notation) if texts.codes.is_empty() => {
                texts.each_written(rows, |text| keep(number_of(text, *notation)));
            }
            _ => rows.for_each(|row| keep(self.get(row))),
        }
    }
}
