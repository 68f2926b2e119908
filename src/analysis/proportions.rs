//! Employed or not: rates by arm and their contrasts, among those observed.

use super::Setting;
use super::adjusted::{Adjusted, Question};
use super::cohort::{Observed, Scope, indicator};
use super::effect_rows::{
    Coefficient, Estimated, StandardError, add_coefficient, add_estimate, add_newcombe, add_ratio,
    add_test_or, estimate_and_limits,
};
use super::flow::Missingness;
use super::sensitivity::add_sensitivity;
use super::sheet::{Entry, Sheet};
use crate::estimate::proportion::{Count, wilson};
use crate::estimate::ratio::{odds_ratio, risk_ratio};
use crate::estimate::regression::{arm_and_strata, arm_by_stratum_wald};
use crate::estimate::risk_difference::{RiskDifference, mantel_haenszel, wald};
use crate::estimate::two_by_two::{fisher_exact, pearson_chi_squared};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::trial::arm::{Arm, TwoArm};

/// Any competitive job by the horizon.
pub(super) fn add_ever_employed(sheet: &mut Sheet, adjusted: Adjusted<'_>, missing: Missingness) {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let horizon = setting.plan.analysis.horizon_months;
    let counts = |scope| {
        cohort.by_arm(scope, |members| {
            Count::of(members.iter().filter_map(|&at| cohort.outcomes[at].ever_employed(horizon)))
        })
    };
    let entry = Entry::new(
        Analysis::ArmRate,
        Outcome::EverEmployed,
        AnalysisSet::IttObserved,
        Method::Wilson,
    )
    .month(horizon);
    for scope in cohort.scopes() {
        let entry = entry.region(cohort.name(scope));
        let counts = counts(scope);
        for arm in Arm::BOTH {
            add_rate(sheet, setting, &entry.arm(arm), *counts.get(arm));
        }
        let role = match (scope, missing) {
            (Scope::All, Missingness::None) => Role::Primary,
            (Scope::All, Missingness::Some) => Role::Secondary,
            (Scope::Region(_), _) => Role::Exploratory,
        };
        let effect = entry.analysis(Analysis::Effect).contrast();
        add_unadjusted(sheet, setting, &effect, counts, role);
    }
    let effect = entry.analysis(Analysis::Effect).contrast().role(Role::Secondary);
    let strata = cohort.by_stratum(|members| {
        Count::of(members.iter().filter_map(|&at| cohort.outcomes[at].ever_employed(horizon)))
    });
    add_mantel_haenszel(sheet, setting, &effect, &strata);
    let observed = cohort.observed(|p| p.ever_employed(horizon).map(indicator));
    add_strata_regression(sheet, setting, &effect, &observed, Unit::Proportion);
    let question = Question { effect: &effect, observed: &observed, unit: Unit::Proportion };
    adjusted.add_variances(sheet, question);
    adjusted.add_regressions(sheet, question);
    adjusted.add_standardised(sheet, question);
    adjusted.add_weighted(sheet, question);
    add_sensitivity(sheet, adjusted, question);
    let interaction = entry.analysis(Analysis::Interaction).contrast().role(Role::Exploratory);
    add_interaction(sheet, &interaction.method(Method::WaldHc2), &observed);
}

/// n, events, proportion and Wilson's interval.
pub(super) fn add_rate(sheet: &mut Sheet, setting: Setting<'_>, entry: &Entry, count: Count) {
    add_counts(sheet, entry, count);
    match wilson(count, setting.level) {
        Ok(rate) => {
            sheet.put(entry, Statistic::Estimate, Unit::Proportion, rate.estimate);
            sheet.limits(entry, Unit::Proportion, rate.interval);
        }
        Err(reason) => {
            sheet.all_missing(entry, &estimate_and_limits(Unit::Proportion), &reason);
        }
    }
}

/// n, events and proportion.
pub(super) fn add_plain_rate(sheet: &mut Sheet, entry: &Entry, count: Count) {
    add_counts(sheet, entry, count);
    let reason = crate::estimate::proportion::NoParticipants;
    sheet.put_or(entry, (Statistic::Estimate, Unit::Proportion), count.proportion(), &reason);
}

fn add_counts(sheet: &mut Sheet, entry: &Entry, count: Count) {
    sheet.put(entry, Statistic::N, Unit::Count, count.n() as f64);
    sheet.put(entry, Statistic::Events, Unit::Count, count.events() as f64);
}

/// Differences, ratios and tests of a 2 × 2 table.
fn add_unadjusted(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    effect: &Entry,
    counts: TwoArm<Count>,
    role: Role,
) {
    let level = setting.level;
    add_newcombe(sheet, &effect.role(role), counts, level);
    let effect = effect.role(if role == Role::Primary { Role::Secondary } else { role });
    let entry = effect.method(Method::RiskDifferenceWald);
    let unpooled = wald(counts, level).map(estimated);
    add_estimate(sheet, &entry, Unit::Proportion, (unpooled, StandardError::Given));
    add_ratio(sheet, &effect.method(Method::RiskRatio), risk_ratio(counts, level));
    add_ratio(sheet, &effect.method(Method::OddsRatio), odds_ratio(counts, level));
    let pearson = pearson_chi_squared(counts);
    add_test_or(sheet, &effect.method(Method::PearsonChiSquared), pearson);
    let entry = effect.method(Method::FisherExact);
    match fisher_exact(counts) {
        Ok(p) => sheet.put(&entry, Statistic::PValue, Unit::P, p),
        Err(reason) => sheet.missing(&entry, Statistic::PValue, Unit::P, &reason),
    }
}

fn add_mantel_haenszel(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    effect: &Entry,
    strata: &[TwoArm<Count>],
) {
    let entry = effect.method(Method::RiskDifferenceMantelHaenszel);
    let pooled = mantel_haenszel(strata, setting.level);
    let entry = match &pooled {
        Ok(pooled) if pooled.strata_without_both_arms > 0 => {
            let n = pooled.strata_without_both_arms;
            entry.note(format!("{n} strata without both arms do not contribute"))
        }
        _ => entry,
    };
    let pooled = pooled.map(|pooled| estimated(pooled.difference));
    add_estimate(sheet, &entry, Unit::Proportion, (pooled, StandardError::Given));
}

fn estimated(difference: RiskDifference) -> Estimated {
    Estimated {
        estimate: difference.estimate,
        std_error: Some(difference.std_error),
        interval: difference.interval,
    }
}

/// The arm's coefficient of least squares on arm and strata, with HC2.
pub(super) fn add_strata_regression(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    effect: &Entry,
    observed: &Observed,
    unit: Unit,
) {
    let fit = observed.sample().map_err(|reason| reason.to_string()).and_then(|sample| {
        arm_and_strata(&sample, setting.level).map_err(|reason| reason.to_string())
    });
    let fit = fit.map(|effect| Coefficient {
        estimate: effect.estimate,
        df: effect.df as f64,
        inference: effect.inference,
    });
    add_coefficient(sheet, &effect.method(Method::OlsStrataHc2), unit, fit);
}

fn add_interaction(sheet: &mut Sheet, entry: &Entry, observed: &Observed) {
    let test = observed
        .sample()
        .map_err(|reason| reason.to_string())
        .and_then(|sample| arm_by_stratum_wald(&sample).map_err(|reason| reason.to_string()));
    add_test_or(sheet, entry, test);
}
