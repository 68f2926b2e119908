//! Means of an amount in one arm.

use super::sheet::{Entry, Sheet};
use crate::estimate::mean::arm_mean;
use crate::numeric::interval::ConfidenceLevel;
use crate::results::vocabulary::{Statistic, Unit};

/// n, mean and standard deviation.
pub(super) fn add_mean(sheet: &mut Sheet, entry: &Entry, unit: Unit, values: &[f64]) {
    sheet.put(entry, Statistic::N, Unit::Count, values.len() as f64);
    match arm_mean(values) {
        Ok(mean) => {
            sheet.put(entry, Statistic::Estimate, unit, mean.mean);
            let reason = "a single participant has no standard deviation";
            sheet.put_or(entry, (Statistic::StdDev, unit), mean.std_dev, &reason);
        }
        Err(reason) => {
            let rows = [(Statistic::Estimate, unit), (Statistic::StdDev, unit)];
            sheet.all_missing(entry, &rows, &reason);
        }
    }
}

/// The same with the mean's standard error and limits.
pub(super) fn add_mean_with_limits(
    sheet: &mut Sheet,
    entry: &Entry,
    (unit, level): (Unit, ConfidenceLevel),
    values: &[f64],
) {
    add_mean(sheet, entry, unit, values);
    match arm_mean(values) {
        Ok(mean) => {
            let alone = "a single participant has no standard error";
            sheet.put_or(entry, (Statistic::StdError, unit), mean.std_error(), &alone);
            let rows = [(Statistic::CiLower, unit), (Statistic::CiUpper, unit)];
            match mean.interval(level) {
                Some(interval) => sheet.limits(entry, unit, interval),
                None if mean.n == 1 => sheet.all_missing(entry, &rows, &alone),
                None => sheet.all_missing(entry, &rows, &"the values do not vary"),
            }
        }
        Err(reason) => {
            let rows = [Statistic::StdError, Statistic::CiLower, Statistic::CiUpper];
            sheet.all_missing(entry, &rows.map(|statistic| (statistic, unit)), &reason);
        }
    }
}
