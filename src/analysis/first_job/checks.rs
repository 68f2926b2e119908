//! Whether hazards are proportional, and how well a regression orders the times.

use super::months_with_horizon;
use super::regression::{LogRatio, Regression, add_ratio_without_p};
use crate::analysis::adjusted::Adjusted;
use crate::analysis::effect_rows::{TEST, add_test};
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::interval::Interval;
use crate::numeric::weights::CaseWeights;
use crate::results::vocabulary::{Analysis, Method, Statistic, Unit};
use crate::survival::concordance::{ConcordanceData, concordance};
use crate::survival::cox::{ProportionalHazards, TimeScale};
use crate::survival::ending::Ending;
use crate::trial::time::month_end_day;

const NO_VARIATION: &str = "the events leave no variation over time";

/// Tests of proportional hazards on three scales of time, the ratio by part of the follow-up, and
/// the concordance of the linear predictor.
pub(super) fn add_checks(
    sheet: &mut Sheet,
    adjusted: Adjusted<'_>,
    (entry, method): (&Entry, Method),
    fitted: &Result<Regression, String>,
) {
    let test = entry.analysis(Analysis::ProportionalHazardsTest);
    for (scale, word) in
        [(TimeScale::KaplanMeier, ""), (TimeScale::Rank, "rank"), (TimeScale::Identity, "identity")]
    {
        let own = fitted.as_ref().map_err(Clone::clone).and_then(|own| {
            own.sorted
                .proportional_hazards(&own.fit, CaseWeights::Once, scale)
                .map_err(|reason| reason.to_string())
        });
        let of_arm = own.as_ref().map(|own| own.coefficients[0]).map_err(Clone::clone);
        add_test_if_any(sheet, &test.level(word), of_arm);
        if scale == TimeScale::KaplanMeier {
            let global = own.as_ref().map(|own| own.global).map_err(Clone::clone);
            add_test_if_any(sheet, &test.level("global"), global);
            if method == Method::CoxEfronStratified {
                add_over_time(sheet, adjusted, entry, (fitted, &own));
            }
        }
    }
    add_concordance(sheet, adjusted, &entry.analysis(Analysis::Concordance), fitted);
}

fn add_test_if_any(sheet: &mut Sheet, entry: &Entry, test: Result<Option<ChiSquaredTest>, String>) {
    match test {
        Ok(Some(test)) => add_test(sheet, entry, test),
        Ok(None) => sheet.all_missing(entry, &TEST, &NO_VARIATION),
        Err(reason) => sheet.all_missing(entry, &TEST, &reason),
    }
}

/// The ratio in each part of the follow-up between the plan's months: the mean of the arm's scaled
/// Schoenfeld residuals of the events in it.
///
/// Its standard error is √(D V / d): V the variance of the log ratio, D all events, d those in the
/// part.
fn add_over_time(
    sheet: &mut Sheet,
    adjusted: Adjusted<'_>,
    entry: &Entry,
    (fitted, test): (&Result<Regression, String>, &Result<ProportionalHazards, String>),
) {
    let entry = entry.analysis(Analysis::HazardRatioOverTime).method(Method::Schoenfeld);
    let mut first_day = i32::MIN;
    for month in months_with_horizon(adjusted.setting) {
        let last_day = month_end_day(month);
        let entry = entry.month(month);
        let own = match (fitted, test) {
            (Ok(fitted), Ok(test)) => Ok((fitted, &test.residuals)),
            (Err(reason), _) | (_, Err(reason)) => Err(reason.clone()),
        };
        let ratio = own.and_then(|(fitted, residuals)| {
            let within: Vec<f64> = (residuals.days.iter().zip(residuals.values.rows()))
                .filter(|(day, _)| (first_day..=last_day).contains(*day))
                .map(|(_, row)| row[0])
                .collect();
            sheet.put(&entry, Statistic::Events, Unit::Count, within.len() as f64);
            if within.is_empty() {
                return Err("no first job in this part of the follow-up".to_owned());
            }
            let n = within.len() as f64;
            let variance = fitted.fit.covariance[[0, 0]] * residuals.days.len() as f64 / n;
            let estimate = within.iter().sum::<f64>() / n;
            Ok(LogRatio { estimate, std_error: variance.sqrt() })
        });
        add_ratio_without_p(sheet, &entry, (ratio, adjusted.setting.level));
        first_day = last_day + 1;
    }
}

/// How often the person with the higher hazard had the job sooner.
fn add_concordance(
    sheet: &mut Sheet,
    adjusted: Adjusted<'_>,
    entry: &Entry,
    fitted: &Result<Regression, String>,
) {
    let own = fitted.as_ref().map_err(Clone::clone).and_then(|own| {
        let model = &own.model;
        let scores: Vec<f64> = (0..model.days.len())
            .map(|row| {
                let terms = model.columns.iter().zip(&own.fit.coefficients);
                terms.map(|(column, coefficient)| column.values[row] * coefficient).sum()
            })
            .collect();
        let of = |&event: &bool| if event { Ending::Event } else { Ending::Censored };
        let endings: Vec<Ending> = model.events.iter().map(of).collect();
        let narrow = |code: &usize| u32::try_from(*code).map_err(|reason| reason.to_string());
        let strata: Option<Vec<u32>> =
            model.strata.as_ref().map(|all| all.iter().map(narrow).collect()).transpose()?;
        let data = ConcordanceData {
            entry: None,
            days: &model.days,
            endings: &endings,
            scores: &scores,
            strata: strata.as_deref(),
        };
        concordance(&data, CaseWeights::Once).map_err(|reason| reason.to_string())
    });
    let rows = [Statistic::Estimate, Statistic::StdError, Statistic::CiLower, Statistic::CiUpper];
    match own {
        Ok(own) => {
            sheet.put(entry, Statistic::Estimate, Unit::Proportion, own.estimate);
            sheet.put(entry, Statistic::StdError, Unit::Proportion, own.std_error);
            let margin = adjusted.setting.level.z() * own.std_error;
            sheet.limits(entry, Unit::Proportion, Interval::around(own.estimate, margin));
        }
        Err(reason) => {
            sheet.all_missing(entry, &rows.map(|row| (row, Unit::Proportion)), &reason);
        }
    }
}
