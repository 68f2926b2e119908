//! Rows of curves and of differences between them.

use std::fmt::Display;

use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::interval::Interval;
use crate::results::vocabulary::{Statistic, Unit};
use crate::survival::curve::{CurveEstimate, Difference};
use crate::survival::not_estimable::NotEstimable;
use crate::survival::quantile::QuantileDays;

/// Rows of a curve at a month.
pub(super) const CURVE: [(Statistic, Unit); 5] = [
    (Statistic::Estimate, Unit::Proportion),
    (Statistic::StdError, Unit::Proportion),
    (Statistic::CiLower, Unit::Proportion),
    (Statistic::CiUpper, Unit::Proportion),
    (Statistic::NAtRisk, Unit::Count),
];

const DIFFERENCE: [Statistic; 4] =
    [Statistic::Estimate, Statistic::StdError, Statistic::CiLower, Statistic::CiUpper];

const NO_LIMITS: &str = "no limits where the estimate is 0 or 1";
const NO_STD_ERROR: &str = "no standard error where the curve has reached 0";

/// A curve at a month.
pub(super) fn add_point(
    sheet: &mut Sheet,
    entry: &Entry,
    point: Result<CurveEstimate, NotEstimable>,
) {
    match point {
        Ok(point) => {
            sheet.put(entry, Statistic::Estimate, Unit::Proportion, point.estimate);
            let std_error = (Statistic::StdError, Unit::Proportion);
            sheet.put_or(entry, std_error, point.std_error, &NO_STD_ERROR);
            add_limits(sheet, entry, point.limits);
            sheet.put(entry, Statistic::NAtRisk, Unit::Count, point.n_at_risk);
        }
        Err(reason) => sheet.all_missing(entry, &CURVE, &reason),
    }
}

/// Limits of a probability, or that there are none.
pub(super) fn add_limits(sheet: &mut Sheet, entry: &Entry, limits: Option<Interval>) {
    match limits {
        Some(interval) => sheet.limits(entry, Unit::Proportion, interval),
        None => sheet.all_missing(
            entry,
            &[(Statistic::CiLower, Unit::Proportion), (Statistic::CiUpper, Unit::Proportion)],
            &NO_LIMITS,
        ),
    }
}

/// Estimate, standard error, limits and p-value of a difference.
pub(super) fn add_difference<E: Display>(
    sheet: &mut Sheet,
    entry: &Entry,
    difference: Result<Difference, E>,
    (statistic, unit): (Statistic, Unit),
) {
    match difference {
        Ok(difference) => {
            sheet.put(entry, statistic, unit, difference.estimate);
            sheet.put(entry, Statistic::StdError, unit, difference.std_error);
            sheet.limits(entry, unit, difference.limits);
            let reason = "the standard error is 0";
            sheet.put_or(entry, (Statistic::PValue, Unit::P), difference.p_value, &reason);
        }
        Err(reason) => {
            let rows =
                DIFFERENCE.map(|s| (if s == Statistic::Estimate { statistic } else { s }, unit));
            sheet.all_missing(entry, &rows, &reason);
            sheet.missing(entry, Statistic::PValue, Unit::P, &reason);
        }
    }
}

/// A quantile of a time in days, as far as the curve and its limits reach it.
pub(super) fn add_quantile(
    sheet: &mut Sheet,
    entry: &Entry,
    (quantile, share): (Result<QuantileDays, NotEstimable>, f64),
) {
    let rows = [Statistic::EstimateDays, Statistic::CiLower, Statistic::CiUpper];
    match quantile {
        Ok(quantile) => {
            let height = match share {
                0.5 => "one half".to_owned(),
                share => (1.0 - share).to_string(),
            };
            let reason = format!("the curve does not reach {height}");
            let values = [quantile.estimate, quantile.lower, quantile.upper];
            for (statistic, value) in rows.into_iter().zip(values) {
                sheet.put_or(entry, (statistic, Unit::Days), value, &reason);
            }
        }
        Err(reason) => sheet.all_missing(entry, &rows.map(|s| (s, Unit::Days)), &reason),
    }
}

/// An arm's mean in days and its standard error.
pub(super) fn add_mean_days<E: Display>(
    sheet: &mut Sheet,
    entry: &Entry,
    mean: Result<(f64, f64), E>,
) {
    match mean {
        Ok((estimate, std_error)) => {
            sheet.put(entry, Statistic::EstimateDays, Unit::Days, estimate);
            sheet.put(entry, Statistic::StdError, Unit::Days, std_error);
        }
        Err(reason) => sheet.all_missing(
            entry,
            &[(Statistic::EstimateDays, Unit::Days), (Statistic::StdError, Unit::Days)],
            &reason,
        ),
    }
}
