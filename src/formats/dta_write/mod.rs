//! A labelled table to Stata .dta, release 118 (Stata 14 and later), least byte first.
//!
//! The same table gives the same bytes: the time stamp is left empty.
//!
//! - A column of numbers takes the narrowest of `byte`, `int`, `long` and `double` that holds them
//!   all exactly; a column of nothing is a `byte` of `.`.
//! - A date is `%td`, a date and time `%tc` in a `double`; a column with both is `%tc`, dates at
//!   midnight.
//! - A truth value is a `byte`, 0 labelled "no" and 1 "yes" unless the column labels them.
//! - A text is a `str#` one byte wider than the longest, so that no text fills its width as if it
//!   were cut off, and from 2045 bytes on a `strL`.
//! - `.a` to `.z` are kept. Another missing code, such as −9 of SPSS, becomes the first free letter
//!   in the order of the codes, labelled as the code was, or with the code where it had no label.
//!   A missing code in a column of texts is written as an empty text, since Stata's texts have no
//!   missing values.
//! - Names keep their letters, digits and underscores; anything else becomes an underscore. A name
//!   that begins with a digit gets an underscore before it, one that Stata reserves one behind it,
//!   an empty one is `v` and its number. At most 32 characters stay; a name that is there already
//!   gets `_2`, `_3`, … at its end. Capitals count: `Sex` and `sex` are two names.
//! - The table's and the variables' labels are cut to 80 characters, value labels to 32,000 bytes.
//! - Whole numbers and missing codes can be labelled in Stata, nothing else; a label of anything
//!   else is an error. Labels of codes that SPSS declares missing follow their letter.
//! - The rule of what is missing and the number of texts of full width are not written.

mod column;
mod fixed_width;
mod labels;
mod name;

use std::collections::BTreeSet;

use super::error::{WriteError, WriteProblem};
use super::table::LabelledTable;
use column::{Planned, plan};
use fixed_width::{FORMAT, LABEL, LABEL_CHARACTERS, NAME, first_characters, padded};

/// Writes a table as .dta.
///
/// # Errors
///
/// What a .dta file cannot hold, with its column and row.
///
/// ```
/// use ips_eval::formats::{Cell, LabelledColumn, LabelledTable, read_dta, write_dta};
///
/// let cells = vec![Cell::Number(1.0), Cell::MissingCode(".a".into()), Cell::Empty];
/// let columns = vec![LabelledColumn::new("hours", cells)];
/// let table = LabelledTable { label: "An example".into(), columns, n_rows: 3 };
/// let bytes = write_dta(&table).expect("Stata can hold it");
/// assert_eq!(read_dta(&bytes).as_ref(), Ok(&table));
/// ```
pub fn write_dta(table: &LabelledTable) -> Result<Vec<u8>, WriteError> {
    let n_columns = table.columns.len();
    let Some(k) = u16::try_from(n_columns).ok().filter(|k| (1..=32_767).contains(k)) else {
        let problem = WriteProblem::Columns(n_columns);
        return Err(WriteError { column: String::new(), problem });
    };
    let mut taken = BTreeSet::new();
    let mut planned = Vec::with_capacity(n_columns);
    for (index, column) in table.columns.iter().enumerate() {
        if column.cells.len() != table.n_rows {
            let problem = WriteProblem::Length { cells: column.cells.len(), rows: table.n_rows };
            return Err(WriteError { column: column.name.clone(), problem });
        }
        let name = name::legal(&column.name, index + 1, &mut taken);
        planned.push(plan(column, name)?);
    }
    Ok(assemble(table, k, &planned))
}

/// The bytes, once every column is known to fit.
fn assemble(table: &LabelledTable, k: u16, columns: &[Planned<'_>]) -> Vec<u8> {
    let mut file = File { bytes: Vec::new(), map: Vec::new() };
    file.mark();
    file.text("<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>");
    file.bytes.extend(k.to_le_bytes());
    file.text("</K><N>");
    file.bytes.extend((table.n_rows as u64).to_le_bytes());
    file.text("</N><label>");
    let label = first_characters(&table.label, LABEL_CHARACTERS);
    file.bytes.extend(u16::try_from(label.len()).unwrap_or(0).to_le_bytes());
    file.text(label);
    file.text("</label><timestamp>\0</timestamp></header>");
    file.mark();
    file.text("<map>");
    let map_at = file.bytes.len();
    file.bytes.extend([0; 14 * 8]);
    file.text("</map>");

    file.section("variable_types", |bytes| {
        bytes.extend(columns.iter().flat_map(|column| column.type_code().to_le_bytes()));
    });
    file.section("varnames", |bytes| {
        for column in columns {
            padded(bytes, &column.name, NAME);
        }
    });
    file.section("sortlist", |bytes| bytes.extend(vec![0; (columns.len() + 1) * 2]));
    file.section("formats", |bytes| {
        for column in columns {
            padded(bytes, &column.format(), FORMAT);
        }
    });
    file.section("value_label_names", |bytes| {
        for column in columns {
            padded(bytes, if column.labels.is_empty() { "" } else { &column.name }, NAME);
        }
    });
    file.section("variable_labels", |bytes| {
        for column in columns {
            padded(bytes, first_characters(column.label, LABEL_CHARACTERS), LABEL);
        }
    });
    file.section("characteristics", |_| {});
    file.section("data", |bytes| {
        for row in 0..table.n_rows {
            for (index, column) in columns.iter().enumerate() {
                column.write_cell(row, index + 1, bytes);
            }
        }
    });
    file.section("strls", |bytes| {
        for row in 0..table.n_rows {
            for (index, column) in columns.iter().enumerate() {
                column.write_long_text(row, index + 1, bytes);
            }
        }
    });
    file.section("value_labels", |bytes| {
        for column in columns.iter().filter(|column| !column.labels.is_empty()) {
            labels::write_set(&column.name, &column.labels, bytes);
        }
    });
    file.mark();
    file.text("</stata_dta>");
    file.mark();
    let offsets: Vec<u8> = file.map.iter().flat_map(|offset| offset.to_le_bytes()).collect();
    file.bytes[map_at..map_at + offsets.len()].copy_from_slice(&offsets);
    file.bytes
}

/// Bytes so far, and where its sections start.
struct File {
    bytes: Vec<u8>,
    map: Vec<u64>,
}

impl File {
    fn mark(&mut self) {
        self.map.push(self.bytes.len() as u64);
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn section(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>)) {
        self.mark();
        self.text(&format!("<{name}>"));
        write(&mut self.bytes);
        self.text(&format!("</{name}>"));
    }
}
