//! Amounts to the horizon: means, quantiles and their contrasts, among those observed.

use super::Setting;
use super::cohort::{Cohort, Observed};
use super::proportions::add_strata_regression;
use super::sheet::{Entry, Sheet};
use super::summary::add_mean;
use crate::derive::outcomes::ParticipantOutcomes;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Unit};
use crate::trial::arm::Arm;

/// What was observed of an amount by the horizon; none where the outcome is no such amount.
pub(super) fn observed_to_horizon(
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    outcome: Outcome,
) -> Option<(Observed, Unit)> {
    let horizon = setting.plan.analysis.horizon_months;
    let of = |value: &dyn Fn(&ParticipantOutcomes) -> Option<f64>| cohort.observed(value);
    Some(match outcome {
        Outcome::DaysEmployed => (of(&|p| p.days_employed(horizon).map(f64::from)), Unit::Days),
        Outcome::LongestSpellDays => {
            (of(&|p| p.longest_spell_days(horizon).map(f64::from)), Unit::Days)
        }
        Outcome::HoursWorked => (of(&|p| p.hours_worked(horizon)), Unit::Hours),
        Outcome::WagesEur => (of(&|p| p.wages_eur(horizon)), Unit::Eur),
        Outcome::BenefitTotalEur if setting.plan.data.benefits.is_some() => {
            (of(&|p| p.benefit_total(horizon)), Unit::Eur)
        }
        _ => return None,
    })
}

/// The amounts of a run.
pub(super) const AMOUNTS: [Outcome; 5] = [
    Outcome::DaysEmployed,
    Outcome::LongestSpellDays,
    Outcome::HoursWorked,
    Outcome::WagesEur,
    Outcome::BenefitTotalEur,
];

/// Means by arm and their differences.
pub(super) fn add_amounts(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let horizon = setting.plan.analysis.horizon_months;
    for outcome in AMOUNTS {
        let Some((observed, unit)) = observed_to_horizon(setting, cohort, outcome) else {
            continue;
        };
        let n_unknown = n_without_amount(cohort, horizon, &observed);
        let note = match n_unknown {
            0 => String::new(),
            n => format!("{n} observed participants are left out: a month or wage is not known"),
        };
        let entry = Entry::new(Analysis::ArmMean, outcome, AnalysisSet::IttObserved, Method::Mean)
            .month(horizon)
            .note(note);
        for arm in Arm::BOTH {
            add_mean(sheet, &entry.arm(arm), unit, &observed.of_arm(arm));
        }
        let effect = entry.analysis(Analysis::Effect).contrast().role(Role::Secondary);
        add_strata_regression(sheet, setting, &effect, &observed, unit);
    }
}

/// Participants who are observed at the horizon and whose amount is not known.
fn n_without_amount(cohort: &Cohort<'_>, horizon: i32, observed: &Observed) -> usize {
    let followed = |p: &&ParticipantOutcomes| p.follow_up.is_observed(horizon);
    let n_followed = cohort.outcomes.iter().filter(followed).count();
    let is_followed = |at: &&usize| cohort.outcomes[**at].follow_up.is_observed(horizon);
    n_followed - observed.positions.iter().filter(is_followed).count()
}
