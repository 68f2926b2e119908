//! The numbers of a figure as CSV.

use crate::numeric::text::shortest;
use crate::render::lookup::Cell;

use super::FigureError;

/// Names of the columns of values in a figure's CSV.
pub(super) const VALUES: [&str; 3] = ["estimate", "ci_lower", "ci_upper"];

/// The numbers of a figure: keys first, then values in full precision, then a note.
pub(super) struct Numbers {
    writer: csv::Writer<Vec<u8>>,
}

impl Numbers {
    /// Starts with the names of key and value columns; a column `note` is added.
    pub(super) fn new(keys: &[&str], values: &[&str]) -> Result<Self, FigureError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(keys.iter().chain(values).chain(&["note"]))?;
        Ok(Self { writer })
    }

    /// Adds a line. A missing value is empty, and the note says why.
    pub(super) fn line(&mut self, keys: &[&str], cells: &[&Cell]) -> Result<(), FigureError> {
        let mut record: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
        let mut notes: Vec<&str> = Vec::new();
        for cell in cells {
            let (text, note) = match cell {
                Cell::Value(value) => (shortest(*value), ""),
                Cell::Masked => (String::new(), "masked"),
                Cell::NotEstimable(reason) => (String::new(), reason.as_str()),
                Cell::Absent => (String::new(), "not among the results"),
            };
            record.push(text);
            if !note.is_empty() && !notes.contains(&note) {
                notes.push(note);
            }
        }
        record.push(notes.join("; "));
        self.writer.write_record(&record)?;
        Ok(())
    }

    /// The CSV text.
    pub(super) fn finish(self) -> Result<String, FigureError> {
        let bytes = self.writer.into_inner().map_err(|_| FigureError::Text)?;
        String::from_utf8(bytes).map_err(|_| FigureError::Text)
    }
}
