//! Kaplan-Meier curves, their quantiles and bands, how long people were followed, milestones.

use super::group::Group;
use super::months_with_horizon;
use super::rows::{CURVE, add_difference, add_point, add_quantile};
use crate::analysis::Setting;
use crate::analysis::adjusted::Adjusted;
use crate::analysis::cohort::Cohort;
use crate::analysis::effect_rows::{TEST, add_test};
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::elementary::ln;
use crate::numeric::weights::{CaseWeights, SamplingWeights};
use crate::plan::analyses::CurveLimits;
use crate::results::vocabulary::{Analysis, AnalysisSet, Inference, Method, Statistic, Unit};
use crate::survival::bands::{Band, BandKind, BandSettings, band};
use crate::survival::curve::{LimitScale, LimitSettings};
use crate::survival::event_table::EventTable;
use crate::survival::follow_up::median_follow_up;
use crate::survival::kaplan_meier::KaplanMeier;
use crate::survival::milestone::milestone_test;
use crate::survival::not_estimable::NotEstimable;
use crate::survival::quantile::{median, quantile};
use crate::survival::times::Times;
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::time::month_in_days;

/// Shares of whom the days are shown by which they had the event, beside one half.
const QUANTILES: [f64; 2] = [0.25, 0.75];

const OUTSIDE_BAND: &str = "the band runs from the first event to the last that leaves anyone";

/// The plan's level and scale of limits.
pub(super) fn limits(setting: Setting<'_>) -> LimitSettings {
    let scale = match setting.plan.first_job.limits {
        CurveLimits::LogLog => LimitScale::LogLog,
        CurveLimits::Log => LimitScale::Log,
        CurveLimits::Plain => LimitScale::Plain,
        CurveLimits::Logit => LimitScale::Logit,
    };
    LimitSettings { level: setting.level, scale }
}

/// Survival at the plan's months, quantiles, bands, follow-up and milestones of a group.
pub(super) fn add_kaplan_meier(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    (survival, group): (&Entry, &Group),
) {
    let survival = group.entry(survival);
    let tables = group.tables(cohort);
    for (arm, table) in tables.iter() {
        let curve = KaplanMeier::on_scale(table, limits(setting));
        let entry = survival.arm(arm);
        for &month in &setting.plan.analysis.months {
            add_point(sheet, &entry.month(month), curve.at(month_in_days(month)));
        }
        add_quantile(sheet, &entry.analysis(Analysis::SurvivalMedian), (median(&curve), 0.5));
        for share in QUANTILES {
            let entry = entry.analysis(Analysis::SurvivalQuantile).level(&share.to_string());
            add_quantile(sheet, &entry, (quantile(&curve, share), share));
        }
        let entry_of = |kind, inference| (kind, entry.inference(inference));
        for (kind, entry) in [
            entry_of(BandKind::EqualPrecision, Inference::BandEqualPrecision),
            entry_of(BandKind::HallWellner, Inference::BandHallWellner),
        ] {
            add_band(sheet, setting, &entry, (table, kind));
        }
        let entry = entry.note("").analysis(Analysis::FollowUp).method(Method::ReverseKaplanMeier);
        add_quantile(sheet, &entry, (median_follow_up(table, limits(setting)), 0.5));
    }
    add_milestones(sheet, setting, &survival.contrast().role(group.role()), &tables);
}

/// A band's critical value, and its limits at the plan's months.
fn add_band(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    entry: &Entry,
    (table, kind): (&EventTable, BandKind),
) {
    let LimitSettings { level, scale } = limits(setting);
    let band = band(table, BandSettings { kind, scale, level, range_days: None });
    let critical = band.as_ref().map(|own| own.critical_value);
    match critical {
        Ok(value) => sheet.put(entry, Statistic::CriticalValue, Unit::None, value),
        Err(reason) => sheet.missing(entry, Statistic::CriticalValue, Unit::None, &reason),
    }
    let rows = [(Statistic::CiLower, Unit::Proportion), (Statistic::CiUpper, Unit::Proportion)];
    for &month in &setting.plan.analysis.months {
        let entry = entry.month(month);
        let time_days = month_in_days(month);
        match &band {
            Ok(own) => match limits_at(own, time_days) {
                Some(limits) => sheet.limits(&entry, Unit::Proportion, limits),
                None => sheet.all_missing(&entry, &rows, &OUTSIDE_BAND),
            },
            Err(reason) => sheet.all_missing(&entry, &rows, reason),
        }
    }
}

fn limits_at(band: &Band, time_days: f64) -> Option<crate::numeric::interval::Interval> {
    if time_days > band.to_days {
        return None;
    }
    band.points.iter().rev().find(|point| point.time_days <= time_days)?.limits
}

/// Differences of the curves at the plan's months, on their own scale and on the log-log scale.
fn add_milestones(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    entry: &Entry,
    tables: &TwoArm<EventTable>,
) {
    let entry = entry.analysis(Analysis::Effect);
    for month in months_with_horizon(setting) {
        let at = |table: &EventTable| {
            KaplanMeier::on_scale(table, limits(setting)).at(month_in_days(month))
        };
        let both = at(&tables.intervention)
            .and_then(|intervention| Ok(TwoArm { intervention, control: at(&tables.control)? }));
        let test = both.and_then(|arms| milestone_test(arms, setting.level));
        let difference = entry.method(Method::SurvivalDifference).month(month);
        let own = test.map(|test| test.difference);
        add_difference(sheet, &difference, own, (Statistic::Estimate, Unit::Proportion));
        let entry = entry.analysis(Analysis::SurvivalTest).method(Method::MilestoneLogLog);
        let entry = entry.month(month);
        match test.and_then(|test| test.hazard_ratio) {
            Ok(ratio) if ratio.ln_std_error > 0.0 => {
                let z = ln(ratio.estimate) / ratio.ln_std_error;
                add_test(sheet, &entry, ChiSquaredTest::new(z * z, 1));
            }
            Ok(_) => sheet.all_missing(&entry, &TEST, &NotEstimable::NoVariance),
            Err(reason) => sheet.all_missing(&entry, &TEST, &reason),
        }
    }
}

/// The curves with the plan's sampling weights and robust standard errors.
pub(super) fn add_weighted(sheet: &mut Sheet, adjusted: Adjusted<'_>, survival: &Entry) {
    let Some(all) = &adjusted.adjustment.weights else { return };
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let group = Group::everyone(cohort);
    for arm in Arm::BOTH {
        let entry = survival.arm(arm).analysis_set(AnalysisSet::IttWeighted);
        let own: Vec<f64> = group.members.get(arm).iter().map(|&at| all[at]).collect();
        let weights = match SamplingWeights::new(&own) {
            Ok(own) => CaseWeights::Sampling(own),
            Err(reason) => {
                for &month in &setting.plan.analysis.months {
                    sheet.all_missing(&entry.month(month), &CURVE, &reason);
                }
                continue;
            }
        };
        let (days, endings) = group.times(cohort, arm);
        let times = Times::from_start(&days, &endings);
        let table = EventTable::of(times, weights);
        let curve = KaplanMeier::robust(&table, times, weights, limits(setting));
        for &month in &setting.plan.analysis.months {
            add_point(sheet, &entry.month(month), curve.at(month_in_days(month)));
        }
    }
}
