//! The names of a table's columns against the data dictionary and the plan.

use std::collections::{BTreeMap, BTreeSet};

use super::raw_table::RawTable;
use super::schema::TableSchema;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::plan::parse::PlanDocument;
use crate::plan::types::TableName;

/// The contract's name of each column of the file.
pub(super) fn contract_names(
    table: TableName,
    raw: &RawTable,
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Vec<String> {
    let mut names = raw.header.clone();
    for (contract, in_file) in document.plan.columns.get(&table).into_iter().flatten() {
        match find_column(&raw.header, in_file) {
            Ok(at) => names[at].clone_from(contract),
            Err(fitting) => {
                let place = document.place(&["columns", table.as_str(), contract]);
                let (message, remedy) = not_found(&raw.file, in_file, fitting);
                problems.push(Diagnostic::new(Code::PlanUnknownColumn, place, message, remedy));
            }
        }
    }
    names
}

/// A name with every run of white space, line breaks too, as one space: so names are compared.
pub(super) fn in_one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The position of a column by the name that the plan gives it. One that ends in `…` or `...` is
/// the only column that begins with what comes before.
///
/// # Errors
///
/// How many columns begin with it, if that is not one.
pub(super) fn find_column(header: &[String], name: &str) -> Result<usize, usize> {
    let wanted = in_one_line(name);
    if let Some(at) = header.iter().position(|own| *own == wanted) {
        return Ok(at);
    }
    let Some(start) = cut_off(&wanted) else { return Err(0) };
    let fits = |(at, own): (usize, &String)| own.starts_with(start).then_some(at);
    let fitting: Vec<usize> = header.iter().enumerate().filter_map(fits).collect();
    if let [one] = fitting[..] { Ok(one) } else { Err(fitting.len()) }
}

/// What comes before the dots of a name that is cut off.
fn cut_off(name: &str) -> Option<&str> {
    let start = name.strip_suffix('…').or_else(|| name.strip_suffix("..."))?.trim_end();
    Some(start).filter(|start| !start.is_empty())
}

/// Message and remedy where [`find_column`] finds none or several.
pub(super) fn not_found(file: &str, name: &str, fitting: usize) -> (String, &'static str) {
    match cut_off(name) {
        None => (
            format!("{file} has no column `{name}`"),
            "give the name as it stands in the file's first line",
        ),
        Some(start) if fitting == 0 => (
            format!("no column of {file} begins with `{start}`"),
            "give the first words as they stand in the file's first line",
        ),
        Some(start) => (
            format!("{fitting} columns of {file} begin with `{start}`"),
            "give more of the name, so that one column begins with it",
        ),
    }
}

pub(super) fn report_header(
    schema: &TableSchema,
    raw: &RawTable,
    names: &[String],
    problems: &mut Diagnostics,
) {
    let place = |column: &str| Place { line: raw.header_line, ..Place::column(&raw.file, column) };
    let mut met = BTreeSet::new();
    for (at, name) in names.iter().enumerate() {
        if !met.insert(name.as_str()) {
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
        .filter(|field| !met.contains(field))
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
pub(super) fn report_unknown_names(
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
pub(super) const ANY_COLUMN: &str = "*";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_cut_off_stands_for_the_only_column_that_begins_so() {
        let header = ["Over de laatste twee weken", "Over de job", "Waarom..."];
        let header = header.map(str::to_owned);
        assert_eq!(find_column(&header, "Over de laatste…"), Ok(0));
        assert_eq!(find_column(&header, "Over\n de\tlaatste ..."), Ok(0));
        assert_eq!(find_column(&header, "Over de…"), Err(2));
        assert_eq!(find_column(&header, "Over het…"), Err(0));
        assert_eq!(find_column(&header, "Waarom..."), Ok(2), "its own name");
        assert_eq!(find_column(&header, "Over de"), Err(0), "without dots it is the whole name");
        assert_eq!(find_column(&header, "…"), Err(0));
    }

    #[test]
    fn what_is_wrong_with_a_name_is_said() {
        let said = |name, fitting| not_found("w.csv", name, fitting).0;
        assert_eq!(said("a", 0), "w.csv has no column `a`");
        assert_eq!(said("a…", 0), "no column of w.csv begins with `a`");
        assert_eq!(said("a ...", 2), "2 columns of w.csv begin with `a`");
    }
}
