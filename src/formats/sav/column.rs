//! The cells of one variable, gathered case by case.

use super::variables::{Kind, Meaning, SEGMENT_BYTES, Variable};
use crate::formats::error::{FormatError, Place, Problem};
use crate::formats::table::{Cell, Code, LabelledColumn};
use crate::formats::text::{Encoding, without_padding};
use crate::trial::date::Date;

/// Days from 1582-10-14, SPSS's day 0, to 1970-01-01.
const EPOCH: i32 = 141_428;

/// A column being read.
pub(super) struct Builder {
    variable: Variable,
    encoding: Encoding,
    cells: Vec<Cell>,
    full_width_cells: usize,
    /// The bytes of a text of several segments.
    joined: Vec<u8>,
}

impl Builder {
    pub(super) fn new(variable: Variable, encoding: Encoding) -> Self {
        Self { variable, encoding, cells: Vec::new(), full_width_cells: 0, joined: Vec::new() }
    }

    pub(super) fn name(&self) -> &str {
        &self.variable.name
    }

    /// The byte of a case at which it starts.
    pub(super) fn start(&self) -> usize {
        self.variable.start
    }

    /// Asks for room for as many cases as the data can hold.
    pub(super) fn reserve(&mut self, n_rows: usize) {
        self.cells.reserve_exact(n_rows);
    }

    /// Adds the cell of a case.
    pub(super) fn push(&mut self, case: &[u8]) -> Result<(), FormatError> {
        let cell = match &self.variable.kind {
            Kind::Number(meaning) => self.number(case, *meaning),
            Kind::Text { .. } => self.text(case),
        };
        let row = self.cells.len() + 1;
        let place = || Place::Cell { row, column: self.variable.name.clone() };
        let cell = cell.map_err(|problem| FormatError::new(place(), problem))?;
        self.cells.push(cell);
        Ok(())
    }

    fn number(&self, case: &[u8], meaning: Meaning) -> Result<Cell, Problem> {
        let start = self.variable.start;
        let mut bytes = [0; 8];
        // A case has eight bytes an element.
        bytes.copy_from_slice(&case[start..start + 8]);
        let number = self.variable.order.f64(bytes);
        if number.to_bits() == self.variable.system_missing || number.is_nan() {
            return Ok(Cell::Empty);
        }
        if number.is_infinite() {
            return Err(Problem::Infinite);
        }
        if self.variable.missing.holds_number(number) {
            return Ok(Cell::MissingCode(Code::Number(number).text()));
        }
        let made = match meaning {
            Meaning::Number => None,
            Meaning::Date => moment(number).map(|(date, _)| Cell::Date(date)),
            Meaning::DateTime => {
                moment(number).map(|(date, seconds)| Cell::DateTime { date, seconds })
            }
        };
        Ok(made.unwrap_or(Cell::Number(number)))
    }

    fn text(&mut self, case: &[u8]) -> Result<Cell, Problem> {
        let Kind::Text { width, segments } = &self.variable.kind else {
            return Ok(Cell::Empty);
        };
        let stored = match segments.as_slice() {
            [start] => &case[*start..*start + width],
            segments => {
                self.joined.clear();
                for start in segments {
                    let n = (width - self.joined.len()).min(SEGMENT_BYTES);
                    self.joined.extend_from_slice(&case[*start..start + n]);
                }
                &self.joined[..]
            }
        };
        let bytes = without_padding(stored);
        self.full_width_cells += usize::from(bytes.len() == *width);
        let text = self.encoding.decode(bytes)?;
        Ok(if text.is_empty() {
            Cell::Empty
        } else if self.variable.missing.holds_text(&text) {
            Cell::MissingCode(text)
        } else {
            Cell::Text(text)
        })
    }

    pub(super) fn finish(self) -> LabelledColumn {
        LabelledColumn {
            name: self.variable.name,
            label: self.variable.label,
            cells: self.cells,
            value_labels: self.variable.value_labels,
            missing: self.variable.missing,
            full_width_cells: self.full_width_cells,
        }
    }
}

/// The day and second of a number of seconds since 1582-10-14.
fn moment(seconds: f64) -> Option<(Date, u32)> {
    let whole = seconds.floor();
    let days = (whole / 86_400.0).floor();
    if !(-1e8..1e8).contains(&days) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and within ±1e8")]
    let date = Date::from_unix_days(days as i32 - EPOCH)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 86400")]
    let rest = (whole - days * 86_400.0) as u32;
    Some((date, rest.min(86_399)))
}

#[cfg(test)]
mod tests {
    use super::moment;
    use crate::trial::date::Date;

    #[test]
    fn seconds_count_from_the_eve_of_the_gregorian_calendar() {
        assert_eq!(moment(86_400.0), Some((Date::from_ymd(1582, 10, 15).unwrap(), 0)));
        assert_eq!(moment(-0.5), Some((Date::from_ymd(1582, 10, 13).unwrap(), 86_399)));
        assert_eq!(moment(1e300), None);
    }
}
