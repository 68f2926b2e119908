//! Means of an amount in one arm.

use super::sheet::{Entry, Sheet};
use crate::estimate::mean::arm_mean;
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
