//! Amounts to the horizon: means, quantiles and their contrasts, among those observed.

use super::Setting;
use super::adjusted::{Adjusted, Question};
use super::cohort::{Cohort, Observed};
use super::effect_rows::estimate_and_limits;
use super::proportions::add_strata_regression;
use super::sheet::{Entry, Sheet};
use super::summary::add_mean;
use crate::derive::outcomes::ParticipantOutcomes;
use crate::estimate::quantile_effect::{
    Probability, TooFewParticipants, arm_quantile, quantile_difference,
};
use crate::numeric::interval::Interval;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::trial::arm::{Arm, TwoArm};

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
pub(super) fn add_amounts(sheet: &mut Sheet, adjusted: Adjusted<'_>) {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let horizon = setting.plan.analysis.horizon_months;
    for outcome in AMOUNTS {
        let Some((observed, unit)) = observed_to_horizon(setting, cohort, outcome) else {
            continue;
        };
        let n_unknown = n_without_amount(cohort, horizon, &observed);
        let note = match n_unknown {
            0 => String::new(),
            n if outcome == Outcome::WagesEur => format!(
                "{n} who worked are left out, since a wage is not recorded: those left are no random part of everyone"
            ),
            n => format!("{n} observed participants are left out: a month is not known"),
        };
        let entry = Entry::new(Analysis::ArmMean, outcome, AnalysisSet::IttObserved, Method::Mean)
            .month(horizon)
            .note(note);
        for arm in Arm::BOTH {
            add_mean(sheet, &entry.arm(arm), unit, &observed.of_arm(arm));
        }
        let effect = entry.analysis(Analysis::Effect).contrast().role(Role::Secondary);
        add_strata_regression(sheet, setting, &effect, &observed, unit);
        let question = Question { effect: &effect, observed: &observed, unit };
        adjusted.add_regressions(sheet, question);
        adjusted.add_weighted(sheet, question);
        add_quantiles(sheet, setting, question);
    }
}

/// Quartiles of each arm and their differences.
fn add_quantiles(sheet: &mut Sheet, setting: Setting<'_>, question: Question<'_>) {
    let Question { effect, observed, unit } = question;
    let values = TwoArm::from_fn(|arm| observed.of_arm(arm));
    let slices = TwoArm::from_fn(|arm| values.get(arm).as_slice());
    let effect = effect.analysis(Analysis::QuantileEffect).method(Method::Quantile);
    for probability in [0.25, 0.5, 0.75].into_iter().filter_map(Probability::new) {
        let effect = effect.level(&probability.get().to_string());
        for arm in Arm::BOTH {
            let entry = effect.analysis(Analysis::ArmQuantile).role(Role::Descriptive).arm(arm);
            match arm_quantile(slices.get(arm), probability, setting.level) {
                Ok(own) => {
                    let limits = own.limits.map(|limits| limits.interval);
                    add_quantile(sheet, &entry, unit, (own.estimate, limits));
                }
                Err(reason) => sheet.all_missing(&entry, &estimate_and_limits(unit), &reason),
            }
        }
        match quantile_difference(slices, probability, setting.level) {
            Ok(own) => add_quantile(sheet, &effect, unit, (own.estimate, own.interval)),
            Err(reason) => sheet.all_missing(&effect, &estimate_and_limits(unit), &reason),
        }
    }
}

fn add_quantile(
    sheet: &mut Sheet,
    entry: &Entry,
    unit: Unit,
    (estimate, limits): (f64, Result<Interval, TooFewParticipants>),
) {
    sheet.put(entry, Statistic::Estimate, unit, estimate);
    match limits {
        Ok(interval) => sheet.limits(entry, unit, interval),
        Err(reason) => {
            sheet.all_missing(entry, &estimate_and_limits(unit)[1..], &reason);
        }
    }
}

/// Participants who are observed at the horizon and whose amount is not known.
fn n_without_amount(cohort: &Cohort<'_>, horizon: i32, observed: &Observed) -> usize {
    let followed = |p: &&ParticipantOutcomes| p.follow_up.is_observed(horizon);
    let n_followed = cohort.outcomes.iter().filter(followed).count();
    let is_followed = |at: &&usize| cohort.outcomes[**at].follow_up.is_observed(horizon);
    n_followed - observed.positions.iter().filter(is_followed).count()
}
