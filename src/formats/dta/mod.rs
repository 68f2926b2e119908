//! Stata .dta bytes to a labelled table.
//!
//! Releases 113 to 115 (Stata 8 to 12), 117 (13), 118 (14 to 19) and 119, in either byte order.
//!
//! - `.` is [`Cell::Empty`], as are an empty text and a NaN; `.a` to `.z` are missing codes.
//! - `%td` (and the old `%d`) is a date, whatever type holds it, a part of a day left out. `%tc`
//!   and `%tC` are date and time, parts of a second left out; a leap second of `%tC` is the second
//!   before it. `%tw`, `%tm`, `%tq`, `%th`, `%ty` and `%tb` stay numbers, as do dates beyond the
//!   years that [`Date`](crate::trial::date::Date) knows.
//! - Texts are UTF-8 from release 118 on. Before, a text is UTF-8 where it can be and Windows-1252
//!   otherwise. A `strL` that holds bytes and no text is read as text all the same.
//! - Labels of values that are not whole cannot exist.
//!
//! The reader is our own and not the crate `dta` 0.6, which gives no date for a `%td` stored as
//! double (what pandas and pyreadstat write), reads UTF-8 in release 114 as Windows-1252, can write
//! no value labels, and on a damaged file of release 114 reads value labels without end.
//!
//! Memory: at most 70 times the file's size for the cells (a byte of a `byte` variable becomes a
//! [`Cell`] of 32 bytes, and a missing code a text), and 32 times its size and 64 MiB for texts
//! that rows share and labels that variables share.

mod header;
mod header_113;
mod header_117;
mod long_text;
mod text;
mod value_labels;
mod values;

use super::error::{FormatError, Place, Problem};
use super::limits::Allowance;
use super::table::{Cell, Code, LabelledColumn, LabelledTable, MissingRule, sort_labels};
use super::text::until_nul;
use header::{Content, Storage, Variable};
use long_text::LongTexts;
use values::{Meaning, Value};

/// Reads a .dta file.
///
/// # Errors
///
/// What is wrong, and at which byte, variable or cell.
pub fn read_dta(bytes: &[u8]) -> Result<LabelledTable, FormatError> {
    let content = match bytes.first() {
        Some(b'<') => header_117::read(bytes)?,
        Some(release @ 102..=115) => header_113::read(bytes, *release)?,
        _ => {
            let hint = if bytes.starts_with(b"$FL") { ": it may be SPSS" } else { "" };
            let problem = Problem::OtherFormat { expected: "Stata .dta", hint };
            return Err(FormatError::new(Place::File, problem));
        }
    };
    let mut allowance = Allowance::for_file(bytes);
    let mut columns = Vec::with_capacity(content.variables.len());
    let mut offset = 0;
    for (index, variable) in content.variables.iter().enumerate() {
        let column = Column { variable, offset, content: &content };
        columns.push(column.read(index + 1, &mut allowance)?);
        offset += variable.storage.width();
    }
    Ok(LabelledTable { label: content.label.clone(), columns, n_rows: content.n_rows })
}

/// A variable and where its cells stand in a row.
struct Column<'a> {
    variable: &'a Variable,
    offset: usize,
    content: &'a Content<'a>,
}

impl Column<'_> {
    fn read(
        &self,
        number: usize,
        allowance: &mut Allowance,
    ) -> Result<LabelledColumn, FormatError> {
        let name = &self.variable.name;
        let place = Place::Variable { number, name: name.clone() };
        let mut full_width_cells = 0;
        let cells = match self.variable.storage {
            Storage::Text(width) => self.texts(width, &mut full_width_cells)?,
            Storage::LongText => self.long_texts(&self.content.long_texts, allowance)?,
            storage => self.numbers(storage)?,
        };
        let mut value_labels = Vec::new();
        if let Some(set) = self.content.value_labels.get(&self.variable.label_set) {
            let size = set.iter().map(|(_, text)| text.len() + size_of::<(Code, String)>()).sum();
            allowance.spend(size, &place)?;
            value_labels.clone_from(set);
            sort_labels(&mut value_labels);
        }
        Ok(LabelledColumn {
            name: name.clone(),
            label: self.variable.label.clone(),
            cells,
            value_labels,
            missing: MissingRule::default(),
            full_width_cells,
        })
    }

    /// The bytes of each row's cell.
    fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let (start, width) = (self.offset, self.variable.storage.width());
        self.content.data.chunks_exact(self.content.row_width).map(move |row| {
            // A row is as wide as the widths of the variables together.
            &row[start..start + width]
        })
    }

    fn place(&self, row: usize) -> Place {
        Place::Cell { row: row + 1, column: self.variable.name.clone() }
    }

    fn texts(&self, width: usize, full: &mut usize) -> Result<Vec<Cell>, FormatError> {
        let mut cells = Vec::with_capacity(self.content.n_rows);
        for (row, field) in self.fields().enumerate() {
            let bytes = until_nul(field);
            *full += usize::from(bytes.len() == width);
            let text = self.content.encoding.decode(bytes);
            let text = text.map_err(|problem| FormatError::new(self.place(row), problem))?;
            cells.push(if text.is_empty() { Cell::Empty } else { Cell::Text(text) });
        }
        Ok(cells)
    }

    fn long_texts(
        &self,
        texts: &LongTexts<'_>,
        allowance: &mut Allowance,
    ) -> Result<Vec<Cell>, FormatError> {
        let mut cells = Vec::with_capacity(self.content.n_rows);
        for (row, field) in self.fields().enumerate() {
            let Some(found) = texts.get(field) else {
                let what = "the cell points to a long text that is not there".to_owned();
                return Err(FormatError::new(self.place(row), Problem::Damaged(what)));
            };
            let text = if found.is_empty() {
                String::new()
            } else {
                allowance.spend(found.len(), &self.place(row))?;
                let text = self.content.encoding.decode(found);
                text.map_err(|problem| FormatError::new(self.place(row), problem))?
            };
            cells.push(if text.is_empty() { Cell::Empty } else { Cell::Text(text) });
        }
        Ok(cells)
    }

    fn numbers(&self, storage: Storage) -> Result<Vec<Cell>, FormatError> {
        let meaning = Meaning::of_format(&self.variable.format);
        let order = self.content.order;
        let mut cells = Vec::with_capacity(self.content.n_rows);
        for (row, field) in self.fields().enumerate() {
            cells.push(match values::read(storage, field, order) {
                Some(Value::Number(number)) => meaning.cell(number),
                Some(Value::SystemMissing) => Cell::Empty,
                Some(Value::Missing(letter)) => Cell::MissingCode(format!(".{letter}")),
                None => return Err(FormatError::new(self.place(row), Problem::Infinite)),
            });
        }
        Ok(cells)
    }
}
