//! Paid work on the day of the answer: questionnaire against employment table.

use super::super::Setting;
use super::super::cohort::{Cohort, Scope};
use super::super::effect_rows::{Estimated, StandardError, add_estimate, estimate_and_limits};
use super::super::sheet::{Entry, Sheet};
use crate::derive::agreement::{Comparison, compare};
use crate::estimate::agreement::{Agreement, ReportPairs, agreement};
use crate::numeric::quantile::of_sorted;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic, Unit};
use crate::trial::arm::Arm;

/// Days within which a disagreement may be a matter of memory or of a late report.
const ONE_MONTH_DAYS: i32 = 31;

/// Agreement, kappa and timing by wave and arm.
pub(super) fn add_agreement(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let comparisons = compare(cohort.data, setting.plan, &cohort.waves);
    let entry =
        Entry::new(Analysis::Agreement, Outcome::WorkingNow, AnalysisSet::Answered, Method::Count);
    for &month in cohort.waves.months.iter().filter(|month| **month > 0) {
        for arm in Arm::BOTH {
            let members = cohort.members(Scope::All, arm);
            let own: Vec<&Comparison> = comparisons
                .iter()
                .filter(|one| one.month == month && members.binary_search(&one.participant).is_ok())
                .collect();
            add_wave(sheet, setting, &entry.month(month).arm(arm), &own);
        }
    }
}

fn add_wave(sheet: &mut Sheet, setting: Setting<'_>, entry: &Entry, own: &[&Comparison]) {
    let pairs = ReportPairs::of(own.iter().map(|one| (one.in_register, one.in_questionnaire)));
    for (statistic, n) in [
        (Statistic::N, pairs.n()),
        (Statistic::BothYes, pairs.both),
        (Statistic::RegisterOnly, pairs.first_only),
        (Statistic::QuestionnaireOnly, pairs.second_only),
        (Statistic::BothNo, pairs.neither),
    ] {
        sheet.put(entry, statistic, Unit::Count, n as f64);
    }
    match agreement(pairs, setting.level) {
        Ok(own) => add_estimates(sheet, entry, &own),
        Err(reason) => {
            let of = entry.method(Method::PercentAgreement);
            sheet.all_missing(&of, &estimate_and_limits(Unit::Proportion), &reason);
            let of = entry.method(Method::CohenKappa);
            sheet.all_missing(&of, &estimate_and_limits(Unit::None), &reason);
        }
    }
    let days: Vec<Option<i32>> = own
        .iter()
        .filter(|one| one.in_register != one.in_questionnaire)
        .map(|one| one.days_to_agreement)
        .collect();
    let entry = entry.outcome(Outcome::DaysToAgreement);
    sheet.put(&entry, Statistic::N, Unit::Count, days.len() as f64);
    let is_near = |days: &&Option<i32>| days.is_some_and(|days| days <= ONE_MONTH_DAYS);
    let n_near = days.iter().filter(is_near).count();
    let entry = entry.note("disagreements; events: those that end within 31 days of the answer");
    sheet.put(&entry, Statistic::Events, Unit::Count, n_near as f64);
    let mut known: Vec<f64> = days.iter().flatten().map(|days| f64::from(*days)).collect();
    known.sort_by(f64::total_cmp);
    let reason = "no disagreement that ends";
    let entry = entry.note("disagreements that end, days from the answer");
    sheet.put_or(&entry, (Statistic::Median, Unit::Days), of_sorted(&known, 0.5), &reason);
}

fn add_estimates(sheet: &mut Sheet, entry: &Entry, own: &Agreement) {
    let percent = entry.method(Method::PercentAgreement);
    sheet.put(&percent, Statistic::Estimate, Unit::Proportion, own.observed.estimate);
    sheet.limits(&percent, Unit::Proportion, own.observed.interval);
    let kappa = own.kappa.as_ref().map(|kappa| Estimated {
        estimate: kappa.estimate,
        std_error: Some(kappa.std_error),
        interval: kappa.interval,
    });
    let of = entry.method(Method::CohenKappa);
    add_estimate(sheet, &of, Unit::None, (kappa, StandardError::Given));
}
