//! Bands that hold a cumulative incidence at all months together.

use super::months_with_horizon;
use crate::analysis::Setting;
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::weights::CaseWeights;
use crate::random::Seed;
use crate::resample::sup_t::{CriticalValue, SupTSettings, sup_t};
use crate::results::vocabulary::{Inference, Statistic, Unit};
use crate::survival::aalen_johansen::CumulativeIncidence;
use crate::survival::curve::LimitScale;
use crate::survival::ending::{Cause, Ending};
use crate::survival::influence::incidence_influence;
use crate::survival::influence_covariance::{correlation, influence_covariance};
use crate::trial::time::month_in_days;

/// Draws of the largest deviation: its critical value is known to about 0.01.
const DRAWS: usize = 20_000;

/// The band on the monthly grid, from the first month with an event as far as the arm is followed.
pub(super) fn add_band(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    entry: &Entry,
    (curve, (days, endings)): (&CumulativeIncidence<'_>, (&[i32], &[Ending])),
) {
    let entry = entry.inference(Inference::BandSupT);
    let last = months_with_horizon(setting).last().copied().unwrap_or(0);
    let mut months = Vec::new();
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for month in 1..=last {
        let time_days = month_in_days(month);
        let (Ok(point), Ok(influence)) = (
            curve.at(time_days),
            incidence_influence(days, endings, None, Cause::Event, time_days),
        ) else {
            break;
        };
        if let Some(std_error) = point.std_error.filter(|_| point.limits.is_some()) {
            months.push((month, point.estimate, std_error));
            columns.push(influence);
        }
    }
    let critical = critical_value(setting, &columns);
    match &critical {
        Ok(own) => {
            sheet.put(&entry, Statistic::CriticalValue, Unit::None, own.value);
            let of = entry.level(Statistic::CriticalValue.as_str());
            sheet.put(&of, Statistic::MonteCarloError, Unit::None, own.monte_carlo_error);
        }
        Err(reason) => sheet.missing(&entry, Statistic::CriticalValue, Unit::None, reason),
    }
    let Ok(critical) = critical else { return };
    for (month, estimate, std_error) in months {
        if let Some(limits) = LimitScale::LogLog.around(estimate, critical.value * std_error) {
            sheet.limits(&entry.month(month), Unit::Proportion, limits);
        }
    }
}

fn critical_value(setting: Setting<'_>, columns: &[Vec<f64>]) -> Result<CriticalValue, String> {
    if columns.is_empty() {
        return Err("no month has limits".to_owned());
    }
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let covariance = influence_covariance(&columns, CaseWeights::Once);
    let seed = Seed(setting.plan.bootstrap.seed);
    sup_t(correlation(covariance.view()).view(), setting.level, SupTSettings { seed, draws: DRAWS })
        .map_err(|reason| reason.to_string())
}
