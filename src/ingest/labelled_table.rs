//! Stata, SPSS and Excel bytes to text cells, so that one set of rules holds for every format.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::raw_table::{Notation, RawTable};
use crate::diagnostic::{Code as ProblemCode, Diagnostic, Diagnostics, Place};
use crate::formats::{Cell, Code, FormatError, LabelledColumn, LabelledTable};
use crate::numeric::text::shortest;

/// Takes over what a reader made of a file of another program. Rows are numbered from 1 where the
/// format has no lines, and as the sheet counts them where it is one.
pub(super) fn take_over(
    file: &str,
    notation: Notation,
    read: Result<LabelledTable, FormatError>,
    problems: &mut Diagnostics,
) -> Option<RawTable<'static>> {
    let table = match read {
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
    // The header of a sheet stands on the line before its first row.
    let header_line = table.sheet.as_ref().map(|sheet| sheet.first_row - 1);
    let mut raw = RawTable::new(file, header, header_line, notation);
    raw.sheet = table.sheet.as_ref().map(|sheet| sheet.name.clone());
    report_sheet(file, &table, problems);
    for (column, notes) in table.columns.iter().zip(&mut raw.columns) {
        column.label.clone_into(&mut notes.label);
        column.letters.clone_into(&mut notes.letters);
        for (row, cell) in column.cells.iter().enumerate() {
            if let Cell::Unreadable(why) = cell {
                notes.unreadable_cells.insert(row, why);
            }
        }
        for (code, label) in &column.value_labels {
            let of = if is_missing(column, code) {
                &mut notes.missing_codes
            } else {
                &mut notes.value_labels
            };
            // A label of nothing but spaces says no more than none.
            if !label.trim().is_empty() {
                of.insert(code_text(code, notation).into_owned(), label.trim().to_owned());
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
    let first = table.sheet.as_ref().map_or(1, |sheet| sheet.first_row);
    for row in 0..table.n_rows {
        let cells: Vec<Cow<'_, str>> =
            table.columns.iter().map(|column| cell_text(&column.cells[row], notation)).collect();
        raw.push_row(row as u64 + first, cells.iter().map(AsRef::as_ref));
    }
    Some(raw)
}

/// Says which sheet is read, where a reader might think of another.
fn report_sheet(file: &str, table: &LabelledTable, problems: &mut Diagnostics) {
    let Some(sheet) = &table.sheet else { return };
    let name = &sheet.name;
    let (message, place) = match (&sheet.hidden_before[..], &sheet.others[..]) {
        ([], []) => return,
        ([first, ..], _) => (
            format!("the sheet `{first}` before it is hidden: `{name}` is read"),
            Place::file(file),
        ),
        ([], others) => {
            let others: Vec<String> = others.iter().take(5).map(|n| format!("`{n}`")).collect();
            (format!("the sheet `{name}` is read, not {}", others.join(", ")), Place::file(file))
        }
    };
    let remedy = "name another by `sheet` under [tables] of the plan, if that is meant";
    problems.push(Diagnostic::new(ProblemCode::TableSheet, place, message, remedy));
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

fn code_text(code: &Code, notation: Notation) -> Cow<'_, str> {
    match code {
        Code::Number(number) => Cow::Owned(number_text(*number, notation)),
        Code::Text(text) => Cow::Borrowed(text),
        Code::Missing(letter) => Cow::Owned(format!(".{letter}")),
    }
}

/// A number with the table's own decimal mark.
fn number_text(number: f64, notation: Notation) -> String {
    let text = shortest(number);
    if notation.decimal == '.' { text } else { text.replace('.', ",") }
}

/// A cell as a CSV export would have it. A truth value is 1 or 0, as in formats that have none.
fn cell_text(cell: &Cell, notation: Notation) -> Cow<'_, str> {
    match cell {
        Cell::Empty | Cell::Unreadable(_) => Cow::Borrowed(""),
        Cell::MissingCode(text) | Cell::Text(text) => Cow::Borrowed(text),
        Cell::Number(number) => Cow::Owned(number_text(*number, notation)),
        Cell::Date(date) | Cell::DateTime { date, seconds: 0 } => Cow::Owned(date.to_string()),
        Cell::DateTime { date, seconds } => {
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            Cow::Owned(format!("{date} {hours:02}:{minutes:02}:{:02}", seconds % 60))
        }
        Cell::YesNo(true) => Cow::Borrowed("1"),
        Cell::YesNo(false) => Cow::Borrowed("0"),
        Cell::Clock(seconds) => {
            let sign = if *seconds < 0 { "-" } else { "" };
            let seconds = seconds.unsigned_abs();
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            Cow::Owned(format!("{sign}{hours}:{minutes:02}:{:02}", seconds % 60))
        }
    }
}
