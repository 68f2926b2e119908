//! Typed columns, and handles on them for those who read every row.

use super::cell::parse_number;
use super::raw_table::{Notation, RawTable};
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

/// A column read as numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct NumberColumn {
    /// The number of each row; none where the cell is missing or no number.
    pub(super) values: Vec<Option<f64>>,
    /// Rows whose cell is not missing, and no number.
    pub(super) not_numbers: Vec<usize>,
}

impl NumberColumn {
    /// Numbers of some rows of a column of texts.
    pub(super) fn of_texts(
        texts: TextColumn<'_>,
        rows: std::ops::Range<usize>,
        notation: Notation,
    ) -> Self {
        let mut column = Self { values: Vec::with_capacity(rows.len()), not_numbers: Vec::new() };
        for row in rows {
            let text = texts.get(row);
            let number = text.and_then(|text| parse_number(text, notation));
            if text.is_some() && number.is_none() {
                column.not_numbers.push(row);
            }
            column.values.push(number);
        }
        column
    }
}
