//! Stata, SPSS and Excel bytes to text cells, so that one set of rules holds for every format.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::raw_table::{Notation, RawTable};
use crate::diagnostic::{Code as ProblemCode, Diagnostic, Diagnostics, Place};
use crate::formats::{Cell, Code, FormatError, LabelledColumn, LabelledTable};
use crate::numeric::text::shortest;
use crate::plan::types::DateFormat;

/// Readers of labelled tables.
pub(super) type Read = fn(&[u8]) -> Result<LabelledTable, FormatError>;

/// Reads a file of another program. Rows are numbered from 1, since these formats have no lines.
pub(super) fn read_labelled(
    file: &str,
    bytes: &[u8],
    read: Read,
    problems: &mut Diagnostics,
) -> Option<RawTable<'static>> {
    let table = match read(bytes) {
        Ok(table) => table,
        Err(error) => {
            let (message, remedy) = (error.to_string(), error.remedy());
            let place = Place::file(file);
            let code = ProblemCode::TableUnreadable;
            problems.push(Diagnostic::new(code, place, message, remedy));
            return None;
        }
    };
    if table.columns.is_empty() {
        let message = "the file has no columns";
        let remedy = "give one row of names, then one row a record";
        let code = ProblemCode::TableEmpty;
        problems.push(Diagnostic::new(code, Place::file(file), message, remedy));
        return None;
    }
    let header = table.columns.iter().map(|column| column.name.trim().to_owned()).collect();
    let notation = Notation { decimal: '.', date_format: DateFormat::Iso };
    let mut raw = RawTable::new(file, header, None, notation);
    for (column, notes) in table.columns.iter().zip(&mut raw.columns) {
        column.label.clone_into(&mut notes.label);
        for (code, label) in &column.value_labels {
            let of = if is_missing(column, code) {
                &mut notes.missing_codes
            } else {
                &mut notes.value_labels
            };
            // A label of nothing but spaces says no more than none.
            if !label.trim().is_empty() {
                of.insert(code_text(code).into_owned(), label.trim().to_owned());
            }
        }
        // Codes without a label of their own give themselves as the reason.
        for cell in &column.cells {
            if let Cell::MissingCode(text) = cell
                && !notes.missing_codes.contains_key(text)
            {
                notes.missing_codes.insert(text.clone(), format!("declared missing: {text}"));
            }
        }
        if let Some(cells) = cut_off(column) {
            let message = format!(
                "{cells} long texts fill the whole width of the column: they may be cut off"
            );
            let remedy = "export the column wider, or look at the source";
            let place = Place::column(file, &column.name);
            problems.push(Diagnostic::new(ProblemCode::TableCutOffText, place, message, remedy));
        }
    }
    for row in 0..table.n_rows {
        let cells: Vec<Cow<'_, str>> =
            table.columns.iter().map(|column| cell_text(&column.cells[row])).collect();
        raw.push_row(row as u64 + 1, cells.iter().map(AsRef::as_ref));
    }
    Some(raw)
}

/// Bytes of texts that are long enough to have been cut off.
const LONG_TEXT: usize = 80;

/// How many texts were probably cut off: long ones that fill their width and differ. Many programs
/// make a column as wide as its longest text, so that one text alone says nothing.
fn cut_off(column: &LabelledColumn) -> Option<usize> {
    if column.full_width_cells < 2 {
        return None;
    }
    let texts = column.cells.iter().filter_map(|cell| match cell {
        Cell::Text(text) if text.len() >= LONG_TEXT => Some(text.as_str()),
        _ => None,
    });
    let longest = texts.clone().map(str::len).max()?;
    let different: BTreeSet<&str> = texts.filter(|text| text.len() == longest).collect();
    (different.len() > 1).then_some(column.full_width_cells)
}

/// Whether a code stands for a reason, and not for an answer.
fn is_missing(column: &LabelledColumn, code: &Code) -> bool {
    match code {
        Code::Missing(_) => true,
        Code::Number(number) => column.missing.holds_number(*number),
        Code::Text(text) => column.missing.holds_text(text),
    }
}

fn code_text(code: &Code) -> Cow<'_, str> {
    match code {
        Code::Number(number) => Cow::Owned(shortest(*number)),
        Code::Text(text) => Cow::Borrowed(text),
        Code::Missing(letter) => Cow::Owned(format!(".{letter}")),
    }
}

/// A cell as a CSV export would have it.
fn cell_text(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::MissingCode(text) | Cell::Text(text) => Cow::Borrowed(text),
        Cell::Number(number) => Cow::Owned(shortest(*number)),
        Cell::Date(date) | Cell::DateTime { date, seconds: 0 } => Cow::Owned(date.to_string()),
        Cell::DateTime { date, seconds } => {
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            Cow::Owned(format!("{date} {hours:02}:{minutes:02}:{:02}", seconds % 60))
        }
        Cell::YesNo(true) => Cow::Borrowed("yes"),
        Cell::YesNo(false) => Cow::Borrowed("no"),
    }
}
