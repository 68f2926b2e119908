//! The benefits table.

use rayon::prelude::*;

use super::linked::LinkedRows;
use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::types::Plan;
use crate::trial::benefits::{BenefitRow, CalendarMonth};

/// Euro by which a payment may exceed the benefit without work: rounding of the two.
const ROUNDING_EUR: f64 = 0.02;

/// Benefits in the order of participant and month, as far as their rows are right.
pub(super) fn read_benefits(
    rows: LinkedRows<'_>,
    plan: &Plan,
    problems: &mut Diagnostics,
) -> Vec<BenefitRow> {
    let table = rows.table;
    let parts = table.in_parts(|part| {
        let mut found = Diagnostics::new();
        let read = |row: usize| {
            let benefit = read_benefit(rows, row)?;
            report_benefit(table, row, &benefit, plan, &mut found);
            Some(benefit)
        };
        let benefits: Vec<BenefitRow> = part.filter_map(read).collect();
        (benefits, found)
    });
    let mut benefits = Vec::with_capacity(table.n_rows());
    for (part, found) in parts {
        benefits.extend(part);
        problems.append(found);
    }
    if !benefits.is_sorted_by_key(|row| (row.participant, row.month)) {
        benefits.par_sort_by_key(|row| (row.participant, row.month));
    }
    benefits
}

fn read_benefit(rows: LinkedRows<'_>, row: usize) -> Option<BenefitRow> {
    let table = rows.table;
    Some(BenefitRow {
        participant: rows.position(row)?,
        month: CalendarMonth::of(table.date(row, "month")?),
        benefit_eur: table.number(row, "benefit_eur")?,
        full_benefit_eur: table.number(row, "full_benefit_eur"),
        reference_hours: table.number(row, "reference_hours"),
    })
}

fn report_benefit(
    table: &TypedTable,
    row: usize,
    benefit: &BenefitRow,
    plan: &Plan,
    problems: &mut Diagnostics,
) {
    if benefit.month.last_day().is_none_or(|last| last > plan.trial.data_cutoff) {
        problems.push(Diagnostic::new(
            Code::BenefitAfterCutoff,
            table.place(row, "month"),
            format!("the month ends after the data cut-off of {}", plan.trial.data_cutoff),
            "its benefit is not used; check the month, or move data_cutoff",
        ));
    }
    if benefit.full_benefit_eur.is_some_and(|full| benefit.benefit_eur > full + ROUNDING_EUR) {
        problems.push(Diagnostic::new(
            Code::BenefitAboveFull,
            table.place(row, "benefit_eur"),
            "more was paid than would have been paid without work",
            "check both amounts: are they of the same month, and both gross?",
        ));
    }
}
