//! The studentised (bootstrap-t) interval.

use super::NotEstimable;
use super::column::{Column, Failures};
use super::interval::{BootstrapInterval, Limit, quantile_limit};
use super::monte_carlo::fixed_level_error;
use super::replicates::Replicates;
use crate::numeric::failure::Failure;
use crate::numeric::interval::ConfidenceLevel;

/// An estimate and its standard error, from the data themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointEstimate {
    /// θ̂.
    pub value: f64,
    /// Its standard error se, not a bootstrap one: made of the data as each replicate's is made of
    /// the replicate.
    pub std_error: f64,
}

/// Where an estimate and its standard error stand among the statistics of the replicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EstimateColumns {
    /// The statistic that is the estimate.
    pub value: usize,
    /// The statistic that is its standard error.
    pub std_error: usize,
}

/// The bootstrap distribution of t* = (θ* − θ̂) / se*.
///
/// A replicate in which θ* or se* does not exist, or se* is not positive, has failed.
///
/// # References
///
/// - Efron B, Tibshirani RJ (1993). *An Introduction to the Bootstrap*, section 12.5.
/// - Davison AC, Hinkley DV (1997). *Bootstrap Methods and their Application*, section 5.2.1.
/// - Limits equal those of `boot::boot.ci` (boot 1.3-28.1), type `stud`, to 1e-10:
///   `tests/reference/r/resample_units_r.R`.
#[derive(Clone, Debug)]
pub struct StudentisedDistribution {
    estimate: PointEstimate,
    sorted: Vec<f64>,
    failures: Failures,
}

impl StudentisedDistribution {
    /// The distribution of pairs (θ*, se*), one a replicate, where a share of at most
    /// `allowed_share` may have failed ([`super::column::MAX_FAILED_SHARE`], or the plan's).
    ///
    /// # Errors
    ///
    /// [`NotEstimable`]: the estimate or its standard error is not finite, or the latter not
    /// positive; too many replicates have failed, or fewer than two have not.
    pub fn new(
        pairs: impl IntoIterator<Item = (f64, f64)>,
        estimate: PointEstimate,
        allowed_share: f64,
    ) -> Result<Self, NotEstimable> {
        if !estimate.value.is_finite() {
            return Err(NotEstimable::EstimateNotFinite);
        }
        if !estimate.std_error.is_finite() || estimate.std_error <= 0.0 {
            return Err(NotEstimable::NoStdError);
        }
        let t = |(value, std_error)| t_of(value, std_error, estimate.value);
        let column = Column::new(pairs.into_iter().map(t));
        column.check(allowed_share)?;
        let Column { values: mut sorted, failures, .. } = column;
        sorted.sort_unstable_by(f64::total_cmp);
        Ok(Self { estimate, sorted, failures })
    }

    /// The same from two statistics of the replicates.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    ///
    /// # Panics
    ///
    /// If there are no such statistics.
    pub fn of_columns(
        replicates: &Replicates,
        columns: EstimateColumns,
        estimate: PointEstimate,
        allowed_share: f64,
    ) -> Result<Self, NotEstimable> {
        let pairs = replicates.raw(columns.value).zip(replicates.raw(columns.std_error));
        Self::new(pairs, estimate, allowed_share)
    }

    /// The number of replicates in which t* exists, R.
    pub fn n_replicates(&self) -> usize {
        self.sorted.len()
    }

    /// Those in which it does not, by reason.
    pub fn failures(&self) -> Failures {
        self.failures
    }

    /// The interval from θ̂ − se t*₍₁₋α₎ to θ̂ − se t*₍α₎, α = (1 − level) / 2.
    ///
    /// Quantiles are those of the percentile interval: rank (R + 1) α, interpolated on the normal
    /// scale. The Monte Carlo error of a limit is that of its quantile times se.
    pub fn interval(&self, level: ConfidenceLevel) -> BootstrapInterval {
        let PointEstimate { value, std_error } = self.estimate;
        let limit = |probability| {
            let error = fixed_level_error(probability, self.sorted.len());
            let t = quantile_limit(&self.sorted, probability, error);
            Limit {
                value: value - std_error * t.value,
                monte_carlo_error: t.monte_carlo_error.map(|error| std_error * error),
                is_extreme: t.is_extreme,
            }
        };
        let alpha = level.tail();
        BootstrapInterval { lower: limit(1.0 - alpha), upper: limit(alpha) }
    }
}

/// (θ* − θ̂) / se*, or the NaN that says why there is none.
pub(super) fn t_of(value: f64, std_error: f64, estimate: f64) -> f64 {
    if std_error.is_finite() && std_error <= 0.0 {
        return Failure::of(value).unwrap_or(Failure::NoStdError).value();
    }
    Failure::carry(value, std_error, |value, std_error| (value - estimate) / std_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_t_is_counted_by_reason() {
        let late = Failure::PastFollowUp.value();
        let mut pairs: Vec<(f64, f64)> = (0..96).map(|b| (f64::from(b), 2.0)).collect();
        pairs.extend([(1.0, 0.0), (late, 1.0), (late, 0.0), (1.0, f64::NAN)]);
        let estimate = PointEstimate { value: 50.0, std_error: 3.0 };
        let new = |share| StudentisedDistribution::new(pairs.iter().copied(), estimate, share);
        let found = new(0.05).unwrap();
        assert_eq!(found.n_replicates(), 96);
        let reasons =
            [(Failure::PastFollowUp, 2), (Failure::DoesNotExist, 1), (Failure::NoStdError, 1)];
        assert_eq!(found.failures().by_reason(), reasons);
        let too_many = NotEstimable::TooManyFailures { failed: 4, replicates: 100 };
        assert_eq!(new(0.03).unwrap_err(), too_many);
    }

    #[test]
    fn an_estimate_without_standard_error_has_no_interval() {
        let new = |value, std_error| {
            let estimate = PointEstimate { value, std_error };
            StudentisedDistribution::new([(1.0, 1.0); 9], estimate, 0.05).unwrap_err()
        };
        assert_eq!(new(f64::NAN, 1.0), NotEstimable::EstimateNotFinite);
        for std_error in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(new(1.0, std_error), NotEstimable::NoStdError);
        }
    }
}
