//! Corrections of tables: rows left out and cells changed, each with its reason, anew in every run.

use std::collections::{BTreeMap, BTreeSet};

use super::header::find_column;
use super::raw_table::RawTable;
use super::typed_table::{TypedTable, type_table};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::parse::PlanDocument;
use crate::plan::types::{Plan, TableName};

/// Makes the corrections in the tables, and returns their own table; one that cannot be made is
/// reported.
pub(super) fn correct<'a>(
    tables: &mut BTreeMap<TableName, RawTable<'a>>,
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Option<TypedTable<'a>> {
    let raw = tables.remove(&TableName::Corrections)?;
    let list = type_table(TableName::Corrections, raw, document, problems)?;
    let mut by_table: BTreeMap<TableName, Vec<usize>> = BTreeMap::new();
    for row in 0..list.n_rows() {
        let Some(word) = list.text(row, "table") else { continue };
        let Some(name) = TableName::ALL.into_iter().find(|name| name.as_str() == word) else {
            continue;
        };
        if tables.contains_key(&name) {
            by_table.entry(name).or_default().push(row);
        } else {
            let message = "the plan names no such table";
            let remedy = "add the table to [data], or remove the correction";
            let place = list.place(row, "table");
            problems.push(Diagnostic::new(Code::CorrectionNoMatch, place, message, remedy));
        }
    }
    for (name, rows) in by_table {
        if let Some(table) = tables.get_mut(&name) {
            let mut one = OneTable::new(name, table, &document.plan);
            for row in rows {
                if let Err(found) = one.add(&list, row) {
                    problems.push(*found);
                } else {
                    problems.push(one.made(&list, row));
                }
            }
            if let Some(corrected) = one.corrected() {
                *table = corrected;
            }
        }
    }
    Some(list)
}

/// The position of a column by its name in the dictionary or in the file.
pub(super) fn column_at(
    name: TableName,
    table: &RawTable,
    plan: &Plan,
    column: &str,
) -> Option<usize> {
    let in_file = plan.columns.get(&name).and_then(|names| names.get(column));
    let wanted = in_file.map_or(column, String::as_str);
    find_column(&table.header, wanted).ok()
}

/// The corrections of one table.
struct OneTable<'a> {
    name: TableName,
    table: &'a RawTable<'a>,
    plan: &'a Plan,
    /// Rows of each person.
    by_person: BTreeMap<&'a str, Vec<usize>>,
    dropped: BTreeSet<usize>,
    changed: BTreeMap<(usize, usize), String>,
    /// The row that the last correction was made in.
    last: usize,
}

impl<'a> OneTable<'a> {
    fn new(name: TableName, table: &'a RawTable<'a>, plan: &'a Plan) -> Self {
        let mut by_person: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        if let Some(at) = column_at(name, table, plan, "participant_id") {
            for row in 0..table.n_rows() {
                by_person.entry(table.cell(row, at).trim()).or_default().push(row);
            }
        }
        let (dropped, changed) = (BTreeSet::new(), BTreeMap::new());
        Self { name, table, plan, by_person, dropped, changed, last: 0 }
    }

    fn column(&self, column: &str) -> Option<usize> {
        column_at(self.name, self.table, self.plan, column)
    }

    /// The one row that a correction is about.
    fn row_of(&self, list: &TypedTable, row: usize) -> Result<usize, Box<Diagnostic>> {
        let person = list.text(row, "participant_id").unwrap_or_default();
        let mut rows = self.by_person.get(person).cloned().unwrap_or_default();
        rows.retain(|at| !self.dropped.contains(at));
        for condition in list.text(row, "where").unwrap_or_default().split(';') {
            if condition.trim().is_empty() {
                continue;
            }
            let (column, value) = condition.split_once('=').unwrap_or((condition, ""));
            let Some(at) = self.column(column.trim()) else {
                let message = format!("{} has no column `{}`", self.table.file, column.trim());
                let remedy = "write the conditions as wave=6; response_date=2019-03-02";
                let place = list.place(row, "where");
                return Err(Box::new(Diagnostic::new(
                    Code::CorrectionNoMatch,
                    place,
                    message,
                    remedy,
                )));
            };
            rows.retain(|own| self.table.cell(*own, at).trim() == value.trim());
        }
        match rows[..] {
            [one] => Ok(one),
            [] => {
                let message = format!("no row of {} is meant by it", self.table.file);
                let remedy = "correct the identifier or the conditions, or remove the correction if a new export needs it no more";
                let place = list.place(row, "participant_id");
                Err(Box::new(Diagnostic::new(Code::CorrectionNoMatch, place, message, remedy)))
            }
            [first, second, ..] => {
                let (first, second) = (self.table.line(first), self.table.line(second));
                let message = format!(
                    "{} rows of {} are meant by it, lines {first} and {second} among them",
                    rows.len(),
                    self.table.file
                );
                let remedy = "add a condition under `where` that only one of them fulfils";
                let place = list.place(row, "where");
                Err(Box::new(Diagnostic::new(Code::CorrectionAmbiguous, place, message, remedy)))
            }
        }
    }

    fn add(&mut self, list: &TypedTable, row: usize) -> Result<(), Box<Diagnostic>> {
        let at = self.row_of(list, row)?;
        self.last = at;
        if list.text(row, "action") != Some("set") {
            self.dropped.insert(at);
            return Ok(());
        }
        let Some(column) = list.text(row, "column") else {
            let message = "`set` without the column whose cell is changed";
            let place = list.place(row, "column");
            let remedy = "name the column, what it was and the right value";
            return Err(Box::new(Diagnostic::new(
                Code::CorrectionIncomplete,
                place,
                message,
                remedy,
            )));
        };
        let Some(cell) = self.column(column) else {
            let message = format!("{} has no column `{column}`", self.table.file);
            let remedy = "give its name as in the dictionary or in the file";
            let place = list.place(row, "column");
            return Err(Box::new(Diagnostic::new(Code::CorrectionNoMatch, place, message, remedy)));
        };
        let before = match self.changed.get(&(at, cell)) {
            Some(text) => text.as_str(),
            None => self.table.cell(at, cell).trim(),
        };
        if before != list.text(row, "was").unwrap_or_default().trim() {
            let message = format!(
                "the cell in line {} of {} does not hold what `was` says",
                self.table.line(at),
                self.table.file
            );
            let remedy = "look whether the export was corrected at its source; then remove the correction, or write `was` anew";
            let found =
                Diagnostic::new(Code::CorrectionStale, list.place(row, "was"), message, remedy);
            return Err(Box::new(found.with_value(before)));
        }
        let value = list.text(row, "value").unwrap_or_default().to_owned();
        self.changed.insert((at, cell), value);
        Ok(())
    }

    fn made(&self, list: &TypedTable, row: usize) -> Diagnostic {
        let line = self.table.line(self.last);
        let what = if self.dropped.contains(&self.last) { "left out" } else { "changed" };
        let message = format!("line {line} of {} is {what}, for the reason given", self.table.file);
        let place = list.place(row, "action");
        Diagnostic::new(Code::CorrectionMade, place, message, "none needed")
    }

    /// The table as corrected; none where nothing changed.
    fn corrected(&self) -> Option<RawTable<'static>> {
        if self.dropped.is_empty() && self.changed.is_empty() {
            return None;
        }
        let cell = |row: usize, column: usize| match self.changed.get(&(row, column)) {
            Some(text) => text.as_str(),
            None => self.table.cell(row, column),
        };
        Some(self.table.with_cells(|row| !self.dropped.contains(&row), cell))
    }
}
