//! Rows of an estimate: value, standard error, limits, p-value, or the reason why there are none.

use std::fmt::Display;

use super::sheet::{Entry, Sheet};
use crate::estimate::proportion::Count;
use crate::estimate::ratio::{RatioError, RatioEstimate};
use crate::estimate::regression::{ArmInference, NoInference};
use crate::estimate::risk_difference::newcombe;
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::results::vocabulary::{Method, Statistic, Unit};
use crate::trial::arm::TwoArm;

/// The rows of an estimate with its limits.
pub(super) const fn estimate_and_limits(unit: Unit) -> [(Statistic, Unit); 3] {
    [(Statistic::Estimate, unit), (Statistic::CiLower, unit), (Statistic::CiUpper, unit)]
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

/// A test, or why there is none.
pub(super) fn add_test_or<E: Display>(
    sheet: &mut Sheet,
    entry: &Entry,
    test: Result<ChiSquaredTest, E>,
) {
    match test {
        Ok(test) => add_test(sheet, entry, test),
        Err(reason) => sheet.all_missing(entry, &TEST, &reason),
    }
}

/// An estimate with its limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimated {
    pub(super) estimate: f64,
    pub(super) std_error: Option<f64>,
    pub(super) interval: Interval,
}

/// A difference of two proportions with Newcombe's limits, or why there are none.
pub(super) fn add_newcombe(
    sheet: &mut Sheet,
    entry: &Entry,
    counts: TwoArm<Count>,
    level: ConfidenceLevel,
) {
    let score = newcombe(counts, level).map(|own| Estimated {
        estimate: own.estimate,
        std_error: None,
        interval: own.interval,
    });
    let entry = entry.method(Method::RiskDifferenceNewcombe);
    add_estimate(sheet, &entry, Unit::Proportion, (score, StandardError::None));
}

/// Estimate, standard error where there is one, and limits; or why there are none.
///
/// `with_std_error` says whether the estimator has a standard error at all.
pub(super) fn add_estimate<E: Display>(
    sheet: &mut Sheet,
    entry: &Entry,
    unit: Unit,
    (estimate, std_error): (Result<Estimated, E>, StandardError),
) {
    match estimate {
        Ok(own) => {
            sheet.put(entry, Statistic::Estimate, unit, own.estimate);
            if let Some(std_error) = own.std_error {
                sheet.put(entry, Statistic::StdError, unit, std_error);
            }
            sheet.limits(entry, unit, own.interval);
        }
        Err(reason) => {
            sheet.all_missing(entry, &estimate_and_limits(unit), &reason);
            if std_error == StandardError::Given {
                sheet.missing(entry, Statistic::StdError, unit, &reason);
            }
        }
    }
}

/// Whether an estimator gives a standard error beside its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StandardError {
    Given,
    None,
}

/// A ratio with its limits, or why there is none.
pub(super) fn add_ratio(
    sheet: &mut Sheet,
    entry: &Entry,
    ratio: Result<RatioEstimate, RatioError>,
) {
    let ratio = ratio.map(|ratio| Estimated {
        estimate: ratio.estimate,
        std_error: None,
        interval: ratio.interval,
    });
    add_estimate(sheet, entry, Unit::Ratio, (ratio, StandardError::None));
}

/// A coefficient with degrees of freedom of its own and, where the outcomes tell, its inference.
#[derive(Clone, Debug)]
pub(super) struct Coefficient {
    pub(super) estimate: f64,
    pub(super) df: f64,
    pub(super) inference: Result<ArmInference, NoInference>,
}

/// Estimate, degrees of freedom, standard error, limits and p-value of a regression's coefficient,
/// or why there are none.
pub(super) fn add_coefficient<E: Display>(
    sheet: &mut Sheet,
    entry: &Entry,
    unit: Unit,
    fit: Result<Coefficient, E>,
) {
    let inference = [
        (Statistic::StdError, unit),
        (Statistic::CiLower, unit),
        (Statistic::CiUpper, unit),
        (Statistic::PValue, Unit::P),
    ];
    match fit {
        Ok(own) => {
            sheet.put(entry, Statistic::Estimate, unit, own.estimate);
            sheet.put(entry, Statistic::Df, Unit::None, own.df);
            match own.inference {
                Ok(of) => {
                    sheet.put(entry, Statistic::StdError, unit, of.std_error);
                    sheet.limits(entry, unit, of.interval);
                    sheet.put(entry, Statistic::PValue, Unit::P, of.p_value);
                }
                Err(reason) => sheet.all_missing(entry, &inference, &reason),
            }
        }
        Err(reason) => {
            sheet.missing(entry, Statistic::Estimate, unit, &reason);
            sheet.missing(entry, Statistic::Df, Unit::None, &reason);
            sheet.all_missing(entry, &inference, &reason);
        }
    }
}
