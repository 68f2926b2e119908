//! Employed or not: rates by arm and their contrasts, among those observed.

use super::Setting;
use super::cohort::{Cohort, Observed, Scope};
use super::flow::Missingness;
use super::sheet::{Entry, Sheet};
use crate::estimate::proportion::{Count, wilson};
use crate::estimate::ratio::{RatioError, RatioEstimate, odds_ratio, risk_ratio};
use crate::estimate::regression::{arm_and_strata, arm_by_stratum_wald};
use crate::estimate::risk_difference::{mantel_haenszel, newcombe, wald};
use crate::estimate::sample::StratifiedSample;
use crate::estimate::two_by_two::{fisher_exact, pearson_chi_squared};
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::trial::arm::{Arm, TwoArm};

const ESTIMATE_AND_LIMITS: [(Statistic, Unit); 3] = [
    (Statistic::Estimate, Unit::Proportion),
    (Statistic::CiLower, Unit::Proportion),
    (Statistic::CiUpper, Unit::Proportion),
];

/// Any competitive job by the horizon.
pub(super) fn add_ever_employed(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort,
    missing: Missingness,
) {
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
    let strata: Vec<TwoArm<Count>> =
        (0..cohort.n_regions()).map(|region| counts(Scope::Region(region))).collect();
    add_mantel_haenszel(sheet, setting, &effect, &strata);
    let observed =
        cohort.observed(|p| p.ever_employed(horizon).map(|employed| f64::from(u8::from(employed))));
    add_strata_regression(sheet, setting, &effect, &observed, Unit::Proportion);
    let interaction = entry.analysis(Analysis::Interaction).contrast().role(Role::Exploratory);
    add_interaction(sheet, setting, &interaction.method(Method::WaldHc2), &observed);
}

/// A competitive job on the day that ends a month: rates by month, effects at the plan's months.
pub(super) fn add_employed(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort) {
    let entry =
        Entry::new(Analysis::ArmRate, Outcome::Employed, AnalysisSet::IttObserved, Method::Wilson);
    let plan_months = &setting.plan.analysis.months;
    let last = plan_months.last().copied().unwrap_or(0).max(setting.plan.analysis.horizon_months);
    for month in 1..=last {
        let entry = entry.month(month);
        let counts = cohort.by_arm(Scope::All, |members| {
            Count::of(members.iter().filter_map(|&at| cohort.outcomes[at].employed(month)))
        });
        for arm in Arm::BOTH {
            let count = *counts.get(arm);
            add_rate(sheet, setting, &entry.arm(arm), count);
            if plan_months.contains(&month) {
                add_plain_rate(sheet, &entry.method(Method::Mean).arm(arm), count);
            }
        }
        if plan_months.contains(&month) {
            let observed = cohort
                .observed(|p| p.employed(month).map(|employed| f64::from(u8::from(employed))));
            let effect = entry.analysis(Analysis::Effect).contrast().role(Role::Secondary);
            add_strata_regression(sheet, setting, &effect, &observed, Unit::Proportion);
        }
    }
}

/// n, events, proportion and Wilson's interval.
fn add_rate(sheet: &mut Sheet, setting: Setting<'_>, entry: &Entry, count: Count) {
    add_counts(sheet, entry, count);
    match wilson(count, setting.level) {
        Ok(rate) => {
            sheet.put(entry, Statistic::Estimate, Unit::Proportion, rate.estimate);
            sheet.limits(entry, Unit::Proportion, rate.interval);
        }
        Err(reason) => sheet.all_missing(entry, &ESTIMATE_AND_LIMITS, &reason),
    }
}

/// n, events and proportion.
fn add_plain_rate(sheet: &mut Sheet, entry: &Entry, count: Count) {
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
    let entry = effect.method(Method::RiskDifferenceNewcombe).role(role);
    match newcombe(counts, level) {
        Ok(difference) => {
            sheet.put(&entry, Statistic::Estimate, Unit::Proportion, difference.estimate);
            sheet.limits(&entry, Unit::Proportion, difference.interval);
        }
        Err(reason) => sheet.all_missing(&entry, &ESTIMATE_AND_LIMITS, &reason),
    }
    let effect = effect.role(if role == Role::Primary { Role::Secondary } else { role });
    let entry = effect.method(Method::RiskDifferenceWald);
    match wald(counts, level) {
        Ok(difference) => {
            sheet.put(&entry, Statistic::Estimate, Unit::Proportion, difference.estimate);
            sheet.put(&entry, Statistic::StdError, Unit::Proportion, difference.std_error);
            sheet.limits(&entry, Unit::Proportion, difference.interval);
        }
        Err(reason) => {
            sheet.all_missing(&entry, &ESTIMATE_AND_LIMITS, &reason);
            sheet.missing(&entry, Statistic::StdError, Unit::Proportion, &reason);
        }
    }
    add_ratio(sheet, &effect.method(Method::RiskRatio), risk_ratio(counts, level));
    add_ratio(sheet, &effect.method(Method::OddsRatio), odds_ratio(counts, level));
    let entry = effect.method(Method::PearsonChiSquared);
    match pearson_chi_squared(counts) {
        Ok(test) => add_test(sheet, &entry, test),
        Err(reason) => sheet.all_missing(&entry, &TEST, &reason),
    }
    let entry = effect.method(Method::FisherExact);
    match fisher_exact(counts) {
        Ok(p) => sheet.put(&entry, Statistic::PValue, Unit::P, p),
        Err(reason) => sheet.missing(&entry, Statistic::PValue, Unit::P, &reason),
    }
}

/// The rows of a test.
pub(super) const TEST: [(Statistic, Unit); 3] = [
    (Statistic::TestStatistic, Unit::None),
    (Statistic::Df, Unit::None),
    (Statistic::PValue, Unit::P),
];

/// Statistic, degrees of freedom and p-value.
pub(super) fn add_test(sheet: &mut Sheet, entry: &Entry, test: ChiSquaredTest) {
    sheet.put(entry, Statistic::TestStatistic, Unit::None, test.statistic);
    sheet.put(entry, Statistic::Df, Unit::None, test.df as f64);
    sheet.put(entry, Statistic::PValue, Unit::P, test.p_value);
}

fn add_ratio(sheet: &mut Sheet, entry: &Entry, ratio: Result<RatioEstimate, RatioError>) {
    match ratio {
        Ok(ratio) => {
            sheet.put(entry, Statistic::Estimate, Unit::Ratio, ratio.estimate);
            sheet.limits(entry, Unit::Ratio, ratio.interval);
        }
        Err(reason) => {
            let rows = ESTIMATE_AND_LIMITS.map(|(statistic, _)| (statistic, Unit::Ratio));
            sheet.all_missing(entry, &rows, &reason);
        }
    }
}

fn add_mantel_haenszel(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    effect: &Entry,
    strata: &[TwoArm<Count>],
) {
    let entry = effect.method(Method::RiskDifferenceMantelHaenszel);
    match mantel_haenszel(strata, setting.level) {
        Ok(pooled) => {
            let entry = match pooled.strata_without_both_arms {
                0 => entry,
                n => entry.note(format!("{n} strata without both arms do not contribute")),
            };
            let difference = pooled.difference;
            sheet.put(&entry, Statistic::Estimate, Unit::Proportion, difference.estimate);
            sheet.put(&entry, Statistic::StdError, Unit::Proportion, difference.std_error);
            sheet.limits(&entry, Unit::Proportion, difference.interval);
        }
        Err(reason) => {
            sheet.all_missing(&entry, &ESTIMATE_AND_LIMITS, &reason);
            sheet.missing(&entry, Statistic::StdError, Unit::Proportion, &reason);
        }
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
    let entry = effect.method(Method::OlsStrataHc2);
    let n_regions = setting.plan.trial.regions.len();
    let inference = [
        (Statistic::StdError, unit),
        (Statistic::CiLower, unit),
        (Statistic::CiUpper, unit),
        (Statistic::PValue, Unit::P),
    ];
    let fit = StratifiedSample::new(&observed.values, &observed.arms, &observed.regions, n_regions)
        .map_err(|reason| reason.to_string())
        .and_then(|sample| {
            arm_and_strata(&sample, setting.level).map_err(|reason| reason.to_string())
        });
    match fit {
        Ok(effect) => {
            sheet.put(&entry, Statistic::Estimate, unit, effect.estimate);
            sheet.put(&entry, Statistic::Df, Unit::None, effect.df as f64);
            match effect.inference {
                Ok(inference) => {
                    sheet.put(&entry, Statistic::StdError, unit, inference.std_error);
                    sheet.limits(&entry, unit, inference.interval);
                    sheet.put(&entry, Statistic::PValue, Unit::P, inference.p_value);
                }
                Err(reason) => sheet.all_missing(&entry, &inference, &reason),
            }
        }
        Err(reason) => {
            sheet.missing(&entry, Statistic::Estimate, unit, &reason);
            sheet.missing(&entry, Statistic::Df, Unit::None, &reason);
            sheet.all_missing(&entry, &inference, &reason);
        }
    }
}

fn add_interaction(sheet: &mut Sheet, setting: Setting<'_>, entry: &Entry, observed: &Observed) {
    let n_regions = setting.plan.trial.regions.len();
    let test =
        StratifiedSample::new(&observed.values, &observed.arms, &observed.regions, n_regions)
            .map_err(|reason| reason.to_string())
            .and_then(|sample| arm_by_stratum_wald(&sample).map_err(|reason| reason.to_string()));
    match test {
        Ok(test) => add_test(sheet, entry, test),
        Err(reason) => sheet.all_missing(entry, &TEST, &reason),
    }
}
