//! Columns of the participants table that the plan names: covariates, subgroups, strata, clusters.

use std::collections::BTreeSet;

use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::analyses::Subgroup;
use crate::plan::parse::PlanDocument;
use crate::plan::types::{DERIVED_COVARIATES, Plan};
use crate::trial::baseline::{BaselineColumn, BaselineValues};

/// Columns that are known only after randomisation, or that are the randomisation.
const NOT_BASELINE: [&str; 7] = [
    "participant_id",
    "arm",
    "randomisation_date",
    "exit_date",
    "exit_reason",
    "coach_id",
    "programme_start_date",
];

/// Most levels of a subgroup variable.
const MOST_VALUES: usize = 12;

/// Reads them. `rows` are the rows of the participants, in their order.
pub(super) fn read_baseline(
    table: &TypedTable,
    rows: &[usize],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Vec<BaselineColumn> {
    let plan = &document.plan;
    let mut wanted = BTreeSet::new();
    for (place, name, use_of) in named(document) {
        if use_of.may_be_derived() && DERIVED_COVARIATES.contains(&name) && !table.has(name) {
            continue;
        }
        if !table.has(name) {
            let message = format!("{} has no column `{name}`", table.file);
            let remedy = "name a column of the participants table, or take it out";
            problems.push(Diagnostic::new(Code::PlanUnknownColumn, place, message, remedy));
        } else if use_of.is_at_baseline() && NOT_BASELINE.contains(&name) {
            let message = format!("`{name}` is not a characteristic at randomisation");
            let remedy = "name a column that was known before; for the time of randomisation use `quarter_of_randomisation`";
            problems.push(Diagnostic::new(Code::PlanInconsistent, place, message, remedy));
        } else if table.is_date(name) {
            let message = format!("`{name}` is a column of dates");
            let remedy = "name a column of numbers or texts";
            problems.push(Diagnostic::new(Code::PlanWrongValue, place, message, remedy));
        } else {
            wanted.insert(name);
        }
    }
    for name in &plan.analysis.covariates {
        report_covariate(table, name, problems);
    }
    for (at, subgroup) in plan.subgroups.iter().enumerate() {
        let place = document.place_of_table("subgroups", at);
        report_subgroup(table, subgroup, place, problems);
    }
    report_weights(table, plan, problems);
    report_strata(table, plan, problems);
    wanted
        .into_iter()
        .map(|name| BaselineColumn { name: name.to_owned(), values: values(table, rows, name) })
        .collect()
}

/// What the plan names a column for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Covariate,
    Baseline,
    Subgroup,
    Strata,
    Clusters,
    Weights,
}

impl Use {
    /// Whether it may be made from the date of randomisation instead.
    fn may_be_derived(self) -> bool {
        matches!(self, Use::Covariate | Use::Baseline | Use::Subgroup)
    }

    /// Whether the column must have been known before randomisation.
    fn is_at_baseline(self) -> bool {
        self != Use::Clusters
    }
}

/// Every column that the plan names, with its place in the plan.
fn named(document: &PlanDocument) -> Vec<(Place, &str, Use)> {
    let plan = &document.plan;
    let settings = &plan.analysis;
    let mut named = Vec::new();
    for name in &settings.covariates {
        let place = document.place_of_item(&["analysis", "covariates"], name);
        named.push((place, name.as_str(), Use::Covariate));
    }
    for name in &plan.baseline.variables {
        let place = document.place_of_item(&["baseline", "variables"], name);
        named.push((place, name.as_str(), Use::Baseline));
    }
    for (at, subgroup) in plan.subgroups.iter().enumerate() {
        let place = document.place_of_table("subgroups", at);
        named.push((place, subgroup.variable.as_str(), Use::Subgroup));
    }
    for (key, name, use_of) in [
        ("strata", &settings.strata, Use::Strata),
        ("clusters", &settings.clusters, Use::Clusters),
        ("weights", &settings.weights, Use::Weights),
    ] {
        if let Some(name) = name {
            named.push((document.place(&["analysis", key]), name.as_str(), use_of));
        }
    }
    named
}

fn report_covariate(table: &TypedTable, name: &str, problems: &mut Diagnostics) {
    let place = || Place::column(&table.file, name);
    let Some(column) = table.as_numbers(name) else { return };
    let numbers = column.values.iter().flatten().count();
    let present = numbers + column.not_numbers.len();
    if present < table.n_rows() {
        let message = "the covariate has missing values";
        let remedy = "adjusted analyses leave these participants out; fill the values in where they are known";
        problems.push(Diagnostic::new(Code::CovariateMissing, place(), message, remedy));
    }
    if numbers < present && 2 * numbers > present {
        let message =
            "the covariate has both numbers and texts: it enters as text, a category a value";
        let remedy = "declare the texts under [missing], or give numbers only";
        problems.push(Diagnostic::new(Code::CovariateMixed, place(), message, remedy));
    }
}

/// A column of numbers needs cut points, unless it has few values; one of texts has none.
fn report_subgroup(
    table: &TypedTable,
    subgroup: &Subgroup,
    place: Place,
    problems: &mut Diagnostics,
) {
    let name = &subgroup.variable;
    let present = || (0..table.n_rows()).filter(|&row| !table.is_missing(row, name));
    if !table.has(name) || table.is_date(name) {
        return;
    }
    let is_numeric = present().all(|row| table.as_number(row, name).is_some());
    // One more than is allowed settles the matter.
    let mut values = BTreeSet::new();
    for row in present() {
        let value = table.key_text(row, name);
        if values.len() <= MOST_VALUES && !values.contains(&value) {
            values.insert(value);
        }
    }
    let (message, remedy) =
        if is_numeric && subgroup.cut_points.is_empty() && values.len() > MOST_VALUES {
            (
                format!("`{name}` has more than {MOST_VALUES} values"),
                "give `cut_points`: where a new group begins",
            )
        } else if !is_numeric && !subgroup.cut_points.is_empty() {
            (
                format!("`{name}` has texts, and `cut_points` are for numbers"),
                "take them out, or map the texts by [codes]",
            )
        } else if !is_numeric && values.len() > MOST_VALUES {
            (format!("`{name}` has more than {MOST_VALUES} values"), "join them by [codes]")
        } else {
            return;
        };
    problems.push(Diagnostic::new(Code::PlanInconsistent, place, message, remedy));
}

fn report_weights(table: &TypedTable, plan: &Plan, problems: &mut Diagnostics) {
    let Some(name) = plan.analysis.weights.as_deref().filter(|name| table.has(name)) else {
        return;
    };
    for row in 0..table.n_rows() {
        let (code, message) = match table.as_number(row, name) {
            Some(weight) if weight > 0.0 => continue,
            Some(_) => (Code::CellOutOfRange, "a sampling weight is above 0"),
            None if table.is_missing(row, name) => {
                (Code::CellMissing, "everyone needs a sampling weight")
            }
            None => (Code::CellNotANumber, "a sampling weight is a number"),
        };
        let place = table.place(row, name);
        problems.push(Diagnostic::new(code, place, message, "correct it at the source"));
    }
}

fn report_strata(table: &TypedTable, plan: &Plan, problems: &mut Diagnostics) {
    let Some(name) = plan.analysis.strata.as_deref().filter(|name| table.has(name)) else {
        return;
    };
    for row in (0..table.n_rows()).filter(|&row| table.is_missing(row, name)) {
        let message = "everyone was randomised in a stratum";
        let place = table.place(row, name);
        problems.push(Diagnostic::new(Code::CellMissing, place, message, "fill it in"));
    }
}

fn values(table: &TypedTable, rows: &[usize], name: &str) -> BaselineValues {
    let column = table.as_numbers(name).unwrap_or_default();
    // The rows of the participants are not all rows, where some are wrong.
    let is_number = |row: &usize| column.not_numbers.binary_search(row).is_err();
    if rows.iter().all(is_number) && rows.iter().any(|row| column.values[*row].is_some()) {
        return BaselineValues::Numbers(rows.iter().map(|row| column.values[*row]).collect());
    }
    let text = |row: usize| (!table.is_missing(row, name)).then(|| table.key_text(row, name));
    BaselineValues::Texts(rows.iter().map(|&row| text(row)).collect())
}
