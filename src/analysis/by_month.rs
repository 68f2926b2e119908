//! Effects month by month since randomisation, and before it as a placebo.

use super::adjusted::{Adjusted, Question};
use super::cohort::{Cohort, Observed, indicator};
use super::proportions::{add_plain_rate, add_rate, add_strata_regression};
use super::sheet::{Entry, Sheet};
use super::summary::add_mean;
use crate::derive::outcomes::ParticipantOutcomes;
use crate::estimate::proportion::Count;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Unit};
use crate::trial::arm::Arm;

/// Said of effects on months before randomisation.
const PLACEBO: &str = "placebo: before randomisation, where there can be no effect";

/// Rates or means by arm and their difference for each month, from the plan's months before
/// randomisation to its last month.
pub(super) fn add_by_month(sheet: &mut Sheet, adjusted: Adjusted<'_>) {
    let setting = adjusted.setting;
    let (first, last) = setting.plan.path_months();
    for outcome in MONTHLY {
        if outcome != Outcome::Employed && setting.plan.data.benefits.is_none() {
            continue;
        }
        for month in first..=last {
            add_month(sheet, adjusted, outcome, month);
        }
    }
}

/// The outcomes that each month has.
pub(super) const MONTHLY: [Outcome; 5] = [
    Outcome::Employed,
    Outcome::EmployedOnBenefit,
    Outcome::BenefitEur,
    Outcome::BenefitFormulaEur,
    Outcome::BenefitAboveFormulaEur,
];

/// What was observed of an outcome at a month.
pub(super) fn observed_at(
    cohort: &Cohort<'_>,
    outcome: Outcome,
    month: i32,
) -> Option<(Observed, Unit)> {
    let state = |of: fn(&ParticipantOutcomes, i32) -> Option<bool>| {
        (cohort.observed(|p| of(p, month).map(indicator)), Unit::Proportion)
    };
    let amount = |of: fn(&ParticipantOutcomes, i32) -> Option<f64>| {
        (cohort.observed(|p| of(p, month)), Unit::EurPerMonth)
    };
    match outcome {
        Outcome::Employed => Some(state(ParticipantOutcomes::employed)),
        Outcome::EmployedOnBenefit => Some(state(ParticipantOutcomes::employed_on_benefit)),
        Outcome::BenefitEur => Some(amount(ParticipantOutcomes::benefit)),
        Outcome::BenefitFormulaEur => Some(amount(ParticipantOutcomes::benefit_formula)),
        Outcome::BenefitAboveFormulaEur => Some(amount(ParticipantOutcomes::benefit_above_formula)),
        _ => None,
    }
}

fn add_month(sheet: &mut Sheet, adjusted: Adjusted<'_>, outcome: Outcome, month: i32) {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let Some((observed, unit)) = observed_at(cohort, outcome, month) else { return };
    let is_planned = setting.plan.analysis.months.contains(&month);
    let set = AnalysisSet::IttObserved;
    let entry = match unit {
        Unit::Proportion => Entry::new(Analysis::ArmRate, outcome, set, Method::Wilson),
        _ => Entry::new(Analysis::ArmMean, outcome, set, Method::Mean),
    };
    let entry = entry.month(month).note(if month < 0 { PLACEBO } else { "" });
    for arm in Arm::BOTH {
        let (entry, values) = (entry.arm(arm), observed.of_arm(arm));
        if unit != Unit::Proportion {
            add_mean(sheet, &entry, unit, &values);
            continue;
        }
        let count = Count::of(values.into_iter().map(|value| value > 0.5));
        add_rate(sheet, setting, &entry, count);
        if is_planned {
            add_plain_rate(sheet, &entry.method(Method::Mean), count);
        }
    }
    let effect = entry.analysis(Analysis::Effect).contrast();
    let role = if is_planned { Role::Secondary } else { Role::Exploratory };
    let effect = effect.role(role);
    add_strata_regression(sheet, setting, &effect, &observed, unit);
    if is_planned {
        let question = Question { effect: &effect, observed: &observed, unit };
        adjusted.add_regressions(sheet, question);
    }
}
