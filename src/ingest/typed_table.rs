//! Text cells to typed columns, by the data dictionary; every wrong cell at its place.

use std::collections::BTreeMap;

use super::cell::{parse_date, parse_month, parse_number, parse_whole_number};
use super::raw_table::{Notation, RawTable};
use super::schema::{Field, FieldType, TableSchema, schema_of};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::plan::parse::PlanDocument;
use crate::plan::types::TableName;
use crate::trial::date::Date;

/// A cell that the program understands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Missing,
    Text(String),
    Date(Date),
    Number(f64),
    Whole(i64),
    YesNo(bool),
}

/// A table whose cells are understood. A wrong cell is missing, and reported.
#[derive(Clone, Debug)]
pub(super) struct TypedTable {
    pub(super) file: String,
    /// Line of each row.
    pub(super) lines: Vec<u64>,
    columns: BTreeMap<String, TypedColumn>,
    notation: Notation,
    /// Cells that hold a declared missing code, by column and reason.
    pub(super) declared_missing: BTreeMap<(String, String), usize>,
}

#[derive(Clone, Debug)]
struct TypedColumn {
    name_in_file: String,
    cells: Vec<Cell>,
}

impl TypedTable {
    pub(super) fn n_rows(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// The place of a cell, by the name that the file gives the column.
    pub(super) fn place(&self, row: usize, column: &str) -> Place {
        let name = self.columns.get(column).map_or(column, |c| &c.name_in_file);
        Place::cell(&self.file, self.lines[row], name)
    }

    fn cell(&self, row: usize, column: &str) -> &Cell {
        self.columns.get(column).map_or(&Cell::Missing, |c| &c.cells[row])
    }

    pub(super) fn text(&self, row: usize, column: &str) -> Option<&str> {
        match self.cell(row, column) {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn date(&self, row: usize, column: &str) -> Option<Date> {
        match self.cell(row, column) {
            Cell::Date(date) => Some(*date),
            _ => None,
        }
    }

    pub(super) fn number(&self, row: usize, column: &str) -> Option<f64> {
        match self.cell(row, column) {
            Cell::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn yes_no(&self, row: usize, column: &str) -> Option<bool> {
        match self.cell(row, column) {
            Cell::YesNo(yes) => Some(*yes),
            _ => None,
        }
    }

    /// A cell as a number: one of a number's type, or a text that is written as one.
    pub(super) fn as_number(&self, row: usize, column: &str) -> Option<f64> {
        match self.cell(row, column) {
            Cell::Number(number) => Some(*number),
            Cell::Whole(number) => Some(*number as f64),
            Cell::Text(text) => parse_number(text, self.notation),
            _ => None,
        }
    }

    pub(super) fn is_date(&self, column: &str) -> bool {
        let cells = self.columns.get(column).map(|column| &column.cells);
        cells.is_some_and(|cells| cells.iter().any(|cell| matches!(cell, Cell::Date(_))))
    }

    pub(super) fn is_missing(&self, row: usize, column: &str) -> bool {
        *self.cell(row, column) == Cell::Missing
    }

    /// The cell as text that two equal cells share.
    pub(super) fn key_text(&self, row: usize, column: &str) -> String {
        match self.cell(row, column) {
            Cell::Missing => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Date(date) => date.to_string(),
            Cell::Number(number) => number.to_string(),
            Cell::Whole(number) => number.to_string(),
            Cell::YesNo(yes) => yes.to_string(),
        }
    }
}

/// Understands every cell of a table.
pub(super) fn type_table(
    table: TableName,
    raw: &RawTable,
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Option<TypedTable> {
    let schema = schema_of(table);
    let names = contract_names(table, raw, document, problems);
    // Without a header the first line is somebody's data: it must not be shown as names.
    if !names.iter().any(|name| schema.field(name).is_some()) {
        let place = Place { line: raw.header_line, ..Place::file(&raw.file) };
        let message = "the first line names no column of this table";
        let remedy = "begin the file with the names of the columns, or name yours by [columns]";
        problems.push(Diagnostic::new(Code::TableEmpty, place, message, remedy));
        return None;
    }
    report_header(schema, raw, &names, problems);
    report_unknown_names(table, &names, document, problems);
    let mut reader = CellReader {
        plan: Mappings::of(table, document),
        raw,
        problems,
        declared_missing: BTreeMap::new(),
    };
    let mut columns = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        let cells = reader.column(at, name, schema.field(name));
        columns.insert(name.clone(), TypedColumn { name_in_file: raw.header[at].clone(), cells });
    }
    let declared_missing = reader.declared_missing;
    let lines = raw.rows.iter().map(|row| row.line).collect();
    Some(TypedTable {
        file: raw.file.clone(),
        lines,
        columns,
        notation: raw.notation,
        declared_missing,
    })
}

/// The contract's name of each column of the file.
fn contract_names(
    table: TableName,
    raw: &RawTable,
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Vec<String> {
    let mut names = raw.header.clone();
    for (contract, in_file) in document.plan.columns.get(&table).into_iter().flatten() {
        match raw.header.iter().position(|name| name == in_file) {
            Some(at) => names[at].clone_from(contract),
            None => problems.push(Diagnostic::new(
                Code::PlanUnknownColumn,
                document.place(&["columns", table.as_str(), contract]),
                format!("{} has no column `{in_file}`", raw.file),
                "give the name as it stands in the file's first line",
            )),
        }
    }
    names
}

fn report_header(
    schema: &TableSchema,
    raw: &RawTable,
    names: &[String],
    problems: &mut Diagnostics,
) {
    let place = |column: &str| Place { line: raw.header_line, ..Place::column(&raw.file, column) };
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            let message = format!("there are two columns `{name}`");
            let remedy = "rename or remove one of them";
            let place = place(&raw.header[at]);
            problems.push(Diagnostic::new(Code::TableDuplicateColumn, place, message, remedy));
        }
    }
    let absent: Vec<&str> = schema
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .filter(|field| !names.iter().any(|name| name == field))
        .collect();
    let mut taken = Vec::new();
    for field in schema.fields.iter().filter(|field| field.constraints.required) {
        if absent.contains(&field.name.as_str()) {
            let unknown: Vec<&str> = names
                .iter()
                .map(String::as_str)
                .filter(|name| schema.field(name).is_none())
                .collect();
            let near = nearest(&field.name, &unknown);
            taken.extend(near);
            let remedy = match near {
                Some(near) => format!("`{near}` looks like it: rename it, there or by [columns]"),
                None => format!("add it ({}), or name yours by [columns]", field.kind.word()),
            };
            let message = format!("the required column `{}` is not there", field.name);
            let place = place(&field.name);
            problems.push(Diagnostic::new(Code::TableMissingColumn, place, message, remedy));
        }
    }
    for (at, name) in names.iter().enumerate() {
        if schema.field(name).is_none()
            && !taken.contains(&name.as_str())
            && let Some(near) = nearest(name, &absent)
        {
            let message = format!("unknown column, nearly named as `{near}`");
            let remedy = format!("rename it if `{near}` is meant; it is kept as it is");
            let place = place(&raw.header[at]);
            problems.push(Diagnostic::new(Code::TableSimilarColumn, place, message, remedy));
        }
    }
}

/// Columns that the plan's codes and missing codes name, and that the table does not have.
fn report_unknown_names(
    table: TableName,
    names: &[String],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) {
    let plan = &document.plan;
    let coded = plan.codes.get(&table).into_iter().flat_map(BTreeMap::keys).map(|c| ("codes", c));
    let missing = plan.missing.get(&table).into_iter().flat_map(BTreeMap::keys);
    for (section, column) in coded.chain(missing.map(|c| ("missing", c))) {
        if column != ANY_COLUMN && !names.contains(column) {
            problems.push(Diagnostic::new(
                Code::PlanUnknownColumn,
                document.place(&[section, table.as_str(), column]),
                format!("the table has no column `{column}`"),
                "give the contract's name, after [columns] has renamed it",
            ));
        }
    }
}

/// The plan's word for every column of a table.
const ANY_COLUMN: &str = "*";

/// The plan's codes and missing codes of a table.
struct Mappings<'a> {
    codes: Option<&'a BTreeMap<String, BTreeMap<String, String>>>,
    missing: Option<&'a BTreeMap<String, BTreeMap<String, String>>>,
}

impl<'a> Mappings<'a> {
    fn of(table: TableName, document: &'a PlanDocument) -> Self {
        Self { codes: document.plan.codes.get(&table), missing: document.plan.missing.get(&table) }
    }

    fn code(&self, column: &str, text: &str) -> Option<&'a str> {
        self.codes?.get(column)?.get(text).map(String::as_str)
    }

    fn missing_reason(&self, column: &str, text: &str) -> Option<&'a str> {
        let of = |name: &str| self.missing?.get(name)?.get(text).map(String::as_str);
        of(column).or_else(|| of(ANY_COLUMN))
    }
}

struct CellReader<'a> {
    plan: Mappings<'a>,
    raw: &'a RawTable,
    problems: &'a mut Diagnostics,
    declared_missing: BTreeMap<(String, String), usize>,
}

impl CellReader<'_> {
    fn column(&mut self, at: usize, name: &str, field: Option<&Field>) -> Vec<Cell> {
        let raw = self.raw;
        raw.rows.iter().map(|row| self.cell(row.line, at, &row.cells[at], name, field)).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "a cell is its text, its place and its rule")]
    fn cell(
        &mut self,
        line: u64,
        at: usize,
        text: &str,
        name: &str,
        field: Option<&Field>,
    ) -> Cell {
        let place = || Place::cell(&self.raw.file, line, &self.raw.header[at]);
        let trimmed = text.trim();
        if trimmed.len() != text.len() && field.is_some() {
            let message = Code::CellSpaces.message();
            let remedy = "remove them at the source";
            let found = Diagnostic::new(Code::CellSpaces, place(), message, remedy);
            self.problems.push(found.with_value(text));
        }
        if let Some(reason) = self.plan.missing_reason(name, trimmed) {
            *self.declared_missing.entry((name.to_owned(), reason.to_owned())).or_default() += 1;
        } else if !trimmed.is_empty() {
            let mapped = self.plan.code(name, trimmed).unwrap_or(trimmed);
            let Some(field) = field else { return Cell::Text(mapped.to_owned()) };
            return match understand(mapped, field, self.raw.notation) {
                Ok(cell) => cell,
                Err((code, message, remedy)) => {
                    let found = Diagnostic::new(code, place(), message, remedy);
                    self.problems.push(found.with_value(text));
                    Cell::Missing
                }
            };
        }
        if let Some(field) = field.filter(|field| field.constraints.required) {
            let message = "the cell is empty, and this column is required";
            let remedy = format!("fill it in ({})", field.kind.word());
            self.problems.push(Diagnostic::new(Code::CellMissing, place(), message, remedy));
        }
        Cell::Missing
    }
}

type Fault = (Code, String, String);

fn understand(text: &str, field: &Field, notation: Notation) -> Result<Cell, Fault> {
    let fault = |code: Code, remedy: &str| (code, code.message(), remedy.to_owned());
    match field.kind {
        FieldType::String => {
            let codes = &field.constraints.codes;
            if codes.is_empty() || codes.iter().any(|code| code == text) {
                Ok(Cell::Text(text.to_owned()))
            } else {
                let remedy = format!("one of {}; map yours by [codes]", codes.join(", "));
                Err(fault(Code::CellNotACode, &remedy))
            }
        }
        FieldType::Date => parse_date(text, notation)
            .map(Cell::Date)
            .ok_or_else(|| fault(Code::CellNotADate, date_remedy(notation))),
        FieldType::YearMonth => parse_month(text)
            .map(Cell::Date)
            .ok_or_else(|| fault(Code::CellNotAMonth, "write it as 2019-03")),
        FieldType::Number => match parse_number(text, notation) {
            Some(number) => in_range(number, field).map(|()| Cell::Number(number)),
            None => Err(fault(Code::CellNotANumber, number_remedy(notation))),
        },
        FieldType::Integer => match parse_whole_number(text, notation) {
            Some(number) => in_range(number as f64, field).map(|()| Cell::Whole(number)),
            None => Err(fault(Code::CellNotAWholeNumber, "write digits only")),
        },
        FieldType::Boolean => {
            let lower = text.to_lowercase();
            if field.true_values.contains(&lower) {
                Ok(Cell::YesNo(true))
            } else if field.false_values.contains(&lower) {
                Ok(Cell::YesNo(false))
            } else {
                Err(fault(Code::CellNotYesOrNo, "write yes or no, or map yours by [codes]"))
            }
        }
    }
}

fn date_remedy(notation: Notation) -> &'static str {
    match notation.date_format {
        crate::plan::types::DateFormat::Iso => {
            "write it as 2019-03-31, or set date_format under [csv]"
        }
        crate::plan::types::DateFormat::DayMonthYear => {
            "write it as 31/03/2019, as date_format under [csv] says"
        }
    }
}

fn number_remedy(notation: Notation) -> &'static str {
    if notation.decimal == ',' {
        "write it as 1234,5: decimal comma, no thousands separator; or set decimal under [csv]"
    } else {
        "write it as 1234.5: decimal point, no thousands separator; or set decimal under [csv]"
    }
}

fn in_range(number: f64, field: &Field) -> Result<(), Fault> {
    let Constraints { minimum, exclusive_minimum, maximum, .. } = &field.constraints;
    let inside = minimum.is_none_or(|low| number >= low)
        && exclusive_minimum.is_none_or(|low| number > low)
        && maximum.is_none_or(|high| number <= high);
    if inside {
        return Ok(());
    }
    let unit = field.unit.as_ref().map_or(String::new(), |unit| format!(" {unit}"));
    let low = minimum.map(|low| format!("at least {low}"));
    let low = low.or_else(|| exclusive_minimum.map(|low| format!("above {low}")));
    let bounds: Vec<String> =
        low.into_iter().chain(maximum.map(|high| format!("at most {high}"))).collect();
    let code = Code::CellOutOfRange;
    let message = code.message();
    Err((code, message, format!("{}{unit}", bounds.join(" and "))))
}

use super::schema::Constraints;
