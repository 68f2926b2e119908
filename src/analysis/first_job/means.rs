//! Restricted mean times without a job, and their contrasts.

use super::group::Group;
use super::months_with_horizon;
use super::rows::{add_difference, add_mean_days};
use crate::analysis::Setting;
use crate::analysis::adjusted::Adjusted;
use crate::analysis::cohort::Cohort;
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::weights::{CaseWeights, SamplingWeights};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Role, Statistic, Unit};
use crate::survival::curve::Difference;
use crate::survival::curve_influence::{restricted_mean_pseudo_values, robust_restricted_mean};
use crate::survival::event_table::EventTable;
use crate::survival::not_estimable::NotEstimable;
use crate::survival::restricted_mean::{
    RestrictedMean, restricted_mean, restricted_mean_difference,
};
use crate::survival::restricted_mean_contrast::{
    Ratio, restricted_mean_ratio, stratified_restricted_mean_difference, time_lost_ratio,
};
use crate::survival::times::Times;
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::time::month_in_days;

const DAYS: (Statistic, Unit) = (Statistic::EstimateDays, Unit::Days);

/// Months to which means are taken: the plan's, else those at which outcomes are reported.
pub(in crate::analysis) fn horizons(setting: Setting<'_>) -> Vec<i32> {
    match setting.plan.analysis.rmst_months.as_slice() {
        [] => months_with_horizon(setting),
        months => months.to_vec(),
    }
}

/// Restricted means at the plan's months, by arm, and their differences and ratios; for everyone
/// the difference at every month.
pub(super) fn add_restricted_means(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    (survival, group): (&Entry, &Group),
) {
    let tables = group.tables(cohort);
    let entry = group.entry(survival).analysis(Analysis::Rmst).method(Method::RestrictedMean);
    let months = horizons(setting);
    for &month in &months {
        for (arm, table) in tables.iter() {
            let mean = restricted_mean(table, month_in_days(month));
            let mean = mean.map(|own| (own.estimate_days, own.std_error_days));
            add_mean_days(sheet, &entry.month(month).arm(arm), mean);
        }
    }
    let contrast = entry.contrast().role(group.role());
    let every_month = if group.is_everyone() { path(setting, &months) } else { months.clone() };
    for month in every_month {
        let means = means(&tables, month);
        // Off the plan's months only as far as both arms are followed.
        if means.is_err() && !months.contains(&month) {
            continue;
        }
        let role = if months.contains(&month) { group.role() } else { Role::Exploratory };
        let difference = means.map(|means| restricted_mean_difference(means, setting.level));
        add_difference(sheet, &contrast.month(month).role(role), difference, DAYS);
    }
    for month in months {
        let (contrast, means) = (contrast.month(month), means(&tables, month));
        let ratio = means.and_then(|means| restricted_mean_ratio(means, setting.level));
        add_ratio(sheet, &contrast.method(Method::RestrictedMeanRatio), ratio);
        let lost =
            means.and_then(|means| time_lost_ratio(means, month_in_days(month), setting.level));
        add_ratio(sheet, &contrast.method(Method::RestrictedTimeLostRatio), lost);
    }
}

/// Every month to the last one of the plan.
pub(in crate::analysis) fn path(setting: Setting<'_>, months: &[i32]) -> Vec<i32> {
    let all = months_with_horizon(setting);
    let last = all.iter().chain(months).copied().max().unwrap_or(0);
    (1..=last).collect()
}

fn means(tables: &TwoArm<EventTable>, month: i32) -> Result<TwoArm<RestrictedMean>, NotEstimable> {
    let intervention = restricted_mean(&tables.intervention, month_in_days(month))?;
    let control = restricted_mean(&tables.control, month_in_days(month))?;
    Ok(TwoArm { intervention, control })
}

fn add_ratio(sheet: &mut Sheet, entry: &Entry, ratio: Result<Ratio, NotEstimable>) {
    match ratio {
        Ok(own) => {
            sheet.put(entry, Statistic::Estimate, Unit::Ratio, own.estimate);
            sheet.limits(entry, Unit::Ratio, own.limits);
            let reason = NotEstimable::NoVariance;
            sheet.put_or(entry, (Statistic::PValue, Unit::P), own.p_value, &reason);
        }
        Err(reason) => {
            let rows = [Statistic::Estimate, Statistic::CiLower, Statistic::CiUpper];
            sheet.all_missing(entry, &rows.map(|statistic| (statistic, Unit::Ratio)), &reason);
            sheet.missing(entry, Statistic::PValue, Unit::P, &reason);
        }
    }
}

/// Differences over the strata, adjusted for covariates, and with sampling weights.
pub(super) fn add_adjusted_means(sheet: &mut Sheet, adjusted: Adjusted<'_>, survival: &Entry) {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let entry = survival.analysis(Analysis::Rmst).contrast().role(Role::Secondary);
    let strata: Vec<TwoArm<EventTable>> = super::equality::tables_by_stratum(cohort);
    let strata: Vec<TwoArm<&EventTable>> = strata.iter().map(TwoArm::as_ref).collect();
    for month in horizons(setting) {
        let entry = entry.month(month);
        let stratified =
            stratified_restricted_mean_difference(&strata, month_in_days(month), setting.level)
                .map_err(|own| format!("{}: {}", cohort.strata.names[own.stratum], own.reason));
        let own = entry.method(Method::RestrictedMeanStratified);
        add_difference(sheet, &own, stratified, DAYS);
        add_regression(sheet, adjusted, &entry.method(Method::RestrictedMeanAdjusted), month);
        add_weighted(sheet, adjusted, &entry.method(Method::RestrictedMean), month);
    }
}

/// Pseudo-values of each arm, regressed on arm, strata and covariates with HC2 standard errors.
fn add_regression(sheet: &mut Sheet, adjusted: Adjusted<'_>, entry: &Entry, month: i32) {
    let cohort = adjusted.cohort;
    let group = Group::everyone(cohort);
    let mut values = vec![0.0; cohort.days.len()];
    for arm in Arm::BOTH {
        let (days, endings) = group.times(cohort, arm);
        let times = Times::from_start(&days, &endings);
        let own = restricted_mean_pseudo_values(times, CaseWeights::Once, month_in_days(month));
        match own {
            Ok(own) => {
                for (&at, value) in group.members.get(arm).iter().zip(own) {
                    values[at] = value;
                }
            }
            Err(reason) => return add_difference::<NotEstimable>(sheet, entry, Err(reason), DAYS),
        }
    }
    let (fit, note) = adjusted.least_squares(&cohort.everyone(values));
    let entry = entry.also(&note);
    let inference = fit.and_then(|own| {
        let inference = own.inference.map_err(|reason| reason.to_string())?;
        Ok((own.estimate, own.df, inference))
    });
    match inference {
        Ok((estimate, df, own)) => {
            sheet.put(&entry, Statistic::EstimateDays, Unit::Days, estimate);
            sheet.put(&entry, Statistic::Df, Unit::None, df);
            sheet.put(&entry, Statistic::StdError, Unit::Days, own.std_error);
            sheet.limits(&entry, Unit::Days, own.interval);
            sheet.put(&entry, Statistic::PValue, Unit::P, own.p_value);
        }
        Err(reason) => add_difference(sheet, &entry, Err(reason), DAYS),
    }
}

/// The unadjusted difference with the plan's sampling weights and robust standard errors.
fn add_weighted(sheet: &mut Sheet, adjusted: Adjusted<'_>, entry: &Entry, month: i32) {
    let Some(weights) = &adjusted.adjustment.weights else { return };
    let cohort = adjusted.cohort;
    let group = Group::everyone(cohort);
    let mean = |arm: Arm| {
        let own: Vec<f64> = group.members.get(arm).iter().map(|&at| weights[at]).collect();
        let own = SamplingWeights::new(&own).map_err(|reason| reason.to_string())?;
        let (days, endings) = group.times(cohort, arm);
        let times = Times::from_start(&days, &endings);
        robust_restricted_mean(times, CaseWeights::Sampling(own), month_in_days(month))
            .map_err(|reason| reason.to_string())
    };
    let difference: Result<Difference, String> = mean(Arm::Intervention).and_then(|own| {
        let means = TwoArm { intervention: own, control: mean(Arm::Control)? };
        Ok(restricted_mean_difference(means, adjusted.setting.level))
    });
    let entry = entry.analysis_set(AnalysisSet::IttWeighted);
    add_difference(sheet, &entry, difference, DAYS);
}
