//! The benefits table.

use super::linked::ParticipantIndex;
use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::types::Plan;
use crate::trial::benefits::{BenefitRow, CalendarMonth};

/// Euro by which a payment may exceed the benefit without work: rounding of the two.
const ROUNDING_EUR: f64 = 0.02;

/// Benefits in the order of participant and month, as far as their rows are right.
pub(super) fn read_benefits(
    table: &TypedTable,
    index: &ParticipantIndex<'_>,
    plan: &Plan,
    problems: &mut Diagnostics,
) -> Vec<BenefitRow> {
    let mut benefits: Vec<BenefitRow> = (0..table.n_rows())
        .filter_map(|row| {
            let benefit = read_benefit(table, row, index)?;
            report_benefit(table, row, &benefit, plan, problems);
            Some(benefit)
        })
        .collect();
    benefits.sort_by_key(|row| (row.participant, row.month));
    benefits
}

fn read_benefit(
    table: &TypedTable,
    row: usize,
    index: &ParticipantIndex<'_>,
) -> Option<BenefitRow> {
    Some(BenefitRow {
        participant: index.position(table.text(row, "participant_id")?)?,
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
