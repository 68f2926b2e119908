//! Standard errors and intervals from one statistic's replicates.

use super::NotEstimable;
use super::column::{Column, Failures, MAX_FAILED_SHARE};
use super::monte_carlo::{adjusted_level, fixed_level_error, quantile_error};
use super::order_statistics::normal_scale_quantile;
use crate::numeric::interval::{ConfidenceLevel, Interval};

/// Replicates this close to the estimate, relative to the larger of it and 1, count as equal to
/// it: sums over other weights round differently.
pub(super) const EQUAL_SHARE: f64 = 1e-12;

/// One limit of a bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The limit, in the units of the statistic.
    pub value: f64,
    /// Standard deviation of the limit over seeds, in the same units. `None` where there are too
    /// few replicates beyond the limit to tell.
    pub monte_carlo_error: Option<f64>,
    /// Whether the limit is the smallest or largest replicate, its rank not being strictly
    /// between 1 and R: the level asks for more replicates, as `boot.ci` then warns.
    pub is_extreme: bool,
}

/// A two-sided bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BootstrapInterval {
    /// Lower limit.
    pub lower: Limit,
    /// Upper limit.
    pub upper: Limit,
}

impl BootstrapInterval {
    /// The limits alone.
    pub fn interval(&self) -> Interval {
        Interval { lower: self.lower.value, upper: self.upper.value }
    }

    /// Whether a limit is the smallest or largest replicate; to be said in a note.
    pub fn is_extreme(&self) -> bool {
        self.lower.is_extreme || self.upper.is_extreme
    }
}

/// A number computed from replicates, with the standard deviation it has over seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampled {
    /// The number.
    pub value: f64,
    /// Its Monte Carlo error.
    pub monte_carlo_error: f64,
}

/// The bootstrap distribution of one statistic, beside its estimate t₀ from the sample itself.
///
/// R is the number of replicates in which the statistic exists; the others are counted in
/// [`n_failed`](Self::n_failed), which is to be reported.
///
/// # References
///
/// - Efron B (1987). Better bootstrap confidence intervals. *Journal of the American Statistical
///   Association* 82:171–185. doi:10.1080/01621459.1987.10478410
/// - Davison AC, Hinkley DV (1997). *Bootstrap Methods and their Application*, chapter 5.
/// - Limits equal those of `boot::boot.ci` (boot 1.3-28.1), types `perc`, `basic` and `bca`, to
///   1e-10: `tests/reference/r/resample.R`.
#[derive(Clone, Debug)]
pub struct BootstrapDistribution {
    estimate: f64,
    sorted: Vec<f64>,
    failures: Failures,
}

impl BootstrapDistribution {
    /// The distribution of the replicates in `column`, of the statistic estimated by `estimate`,
    /// where a share of [`MAX_FAILED_SHARE`] may have failed.
    ///
    /// # Errors
    ///
    /// [`NotEstimable`], where the estimate is not finite, too many replicates have failed, or
    /// fewer than two have not ([`Column::check`]).
    pub fn new(column: Column, estimate: f64) -> Result<Self, NotEstimable> {
        Self::allowing(column, estimate, MAX_FAILED_SHARE)
    }

    /// The same, where a share of `allowed_share` may have failed.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn allowing(
        column: Column,
        estimate: f64,
        allowed_share: f64,
    ) -> Result<Self, NotEstimable> {
        if !estimate.is_finite() {
            return Err(NotEstimable::EstimateNotFinite);
        }
        column.check(allowed_share)?;
        let Column { values: mut sorted, failures, .. } = column;
        sorted.sort_unstable_by(f64::total_cmp);
        Ok(Self { estimate, sorted, failures })
    }

    /// The estimate from the data themselves.
    pub fn estimate(&self) -> f64 {
        self.estimate
    }

    /// The number of replicates in which the statistic exists, R.
    pub fn n_replicates(&self) -> usize {
        self.sorted.len()
    }

    /// The number of replicates in which it does not.
    pub fn n_failed(&self) -> usize {
        self.failures.total()
    }

    /// The same by reason.
    pub fn failures(&self) -> Failures {
        self.failures
    }

    /// The bootstrap standard error: the replicates' standard deviation s, divisor R − 1.
    ///
    /// Its Monte Carlo error is √(m₄ − s⁴ (R − 3)/(R − 1)) / (2 s √R), m₄ the replicates' mean
    /// fourth power about their mean; s / √(2 (R − 1)) where they are normal, larger where their
    /// tails are heavy. Zero where s is.
    pub fn std_error(&self) -> Resampled {
        let replicates = self.sorted.len() as f64;
        let mean = self.mean();
        let squares = || self.sorted.iter().map(|t| (t - mean) * (t - mean));
        let variance = squares().sum::<f64>() / (replicates - 1.0);
        let fourth = squares().map(|square| square * square).sum::<f64>() / replicates;
        let value = variance.sqrt();
        let excess =
            (fourth - variance * variance * (replicates - 3.0) / (replicates - 1.0)).max(0.0);
        let monte_carlo_error =
            if value > 0.0 { (excess / replicates).sqrt() / (2.0 * value) } else { 0.0 };
        Resampled { value, monte_carlo_error }
    }

    /// The bootstrap estimate of bias: mean of the replicates less the estimate. Its Monte Carlo
    /// error is the standard error over √R.
    pub fn bias(&self) -> Resampled {
        let replicates = self.sorted.len() as f64;
        let monte_carlo_error = self.std_error().value / replicates.sqrt();
        Resampled { value: self.mean() - self.estimate, monte_carlo_error }
    }

    /// The percentile interval: the replicates' quantiles at α and 1 − α, α = (1 − level)/2.
    ///
    /// Quantiles of rank (R + 1) α, interpolated on the normal scale between order statistics.
    pub fn percentile(&self, level: ConfidenceLevel) -> BootstrapInterval {
        let alpha = level.tail();
        BootstrapInterval { lower: self.fixed(alpha), upper: self.fixed(1.0 - alpha) }
    }

    /// The basic interval: 2 t₀ less the upper and lower percentile limits.
    pub fn basic(&self, level: ConfidenceLevel) -> BootstrapInterval {
        let reflect = |limit: Limit| Limit { value: 2.0 * self.estimate - limit.value, ..limit };
        let percentile = self.percentile(level);
        BootstrapInterval { lower: reflect(percentile.upper), upper: reflect(percentile.lower) }
    }

    /// The bias-corrected and accelerated interval: percentile limits at the adjusted levels
    ///
    /// ```text
    /// Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z))),   z = Φ⁻¹(α) and Φ⁻¹(1 − α)
    /// ```
    ///
    /// where a is `acceleration` ([`super::acceleration::acceleration`]) and z₀ = Φ⁻¹(p) corrects
    /// for median bias, p the share of replicates strictly below t₀. Replicates within
    /// 1e-12 max(1, |t₀|) of t₀ are equal to it, not below: they may be so in exact arithmetic.
    ///
    /// The Monte Carlo error of a limit includes that of z₀.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::BiasNotCorrectable`] where p is 0 or 1,
    /// [`NotEstimable::AccelerationTooLarge`] where 1 − a (z₀ + z) is not positive.
    pub fn bca(
        &self,
        level: ConfidenceLevel,
        acceleration: f64,
    ) -> Result<BootstrapInterval, NotEstimable> {
        let replicates = self.sorted.len();
        let bound = self.estimate - EQUAL_SHARE * self.estimate.abs().max(1.0);
        let n_below = self.sorted.partition_point(|&t| t < bound);
        if n_below == 0 || n_below == replicates {
            return Err(NotEstimable::BiasNotCorrectable);
        }
        let below = n_below as f64 / replicates as f64;
        let limit = |z| {
            let adjusted = adjusted_level(below, acceleration, z, replicates)
                .ok_or(NotEstimable::AccelerationTooLarge)?;
            Ok(self.limit(adjusted.probability, adjusted.error))
        };
        Ok(BootstrapInterval { lower: limit(-level.z())?, upper: limit(level.z())? })
    }

    fn mean(&self) -> f64 {
        self.sorted.iter().sum::<f64>() / self.sorted.len() as f64
    }

    fn fixed(&self, probability: f64) -> Limit {
        self.limit(probability, fixed_level_error(probability, self.sorted.len()))
    }

    fn limit(&self, probability: f64, level_error: f64) -> Limit {
        quantile_limit(&self.sorted, probability, level_error)
    }
}

/// The quantile of sorted replicates at a level that is known to `level_error`.
pub(super) fn quantile_limit(sorted: &[f64], probability: f64, level_error: f64) -> Limit {
    let quantile = normal_scale_quantile(sorted, probability);
    Limit {
        value: quantile.value,
        monte_carlo_error: quantile_error(sorted, probability, level_error),
        is_extreme: quantile.is_extreme,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level() -> ConfidenceLevel {
        ConfidenceLevel::new(0.95).unwrap()
    }

    fn distribution(values: &[f64], estimate: f64) -> BootstrapDistribution {
        BootstrapDistribution::new(Column::new(values.iter().copied()), estimate).unwrap()
    }

    #[test]
    fn an_estimate_outside_its_replicates_has_no_bca_interval() {
        let values: Vec<f64> = (0..200).map(f64::from).collect();
        for estimate in [-1.0, 0.0, 200.0] {
            let interval = distribution(&values, estimate).bca(level(), 0.0);
            assert_eq!(interval, Err(NotEstimable::BiasNotCorrectable));
        }
        assert!(distribution(&values, 199.0).bca(level(), 0.0).is_ok());
        let too_large = distribution(&values, 100.0).bca(level(), 0.9);
        assert_eq!(too_large, Err(NotEstimable::AccelerationTooLarge));
    }

    #[test]
    fn replicates_that_differ_by_rounding_are_equal_to_the_estimate() {
        let estimate: f64 = 0.1 + 0.2;
        let mut exact = vec![estimate; 100];
        exact.extend((0..100).map(|i| f64::from(i) / 100.0));
        let rounded: Vec<f64> =
            exact.iter().map(|&t| if (t - 0.3).abs() < 1e-9 { t.next_down() } else { t }).collect();
        let interval = |values: &[f64]| distribution(values, estimate).bca(level(), 0.0).unwrap();
        let off = interval(&exact).lower.value - interval(&rounded).lower.value;
        assert!(off.abs() < 1e-12, "{off}");
    }

    #[test]
    fn one_replicate_or_no_estimate_is_not_estimable() {
        let new = |values: &[f64], estimate| {
            BootstrapDistribution::new(Column::new(values.iter().copied()), estimate).unwrap_err()
        };
        assert_eq!(new(&[1.0], 1.0), NotEstimable::TooFewReplicates);
        assert_eq!(new(&[1.0, 2.0], f64::NAN), NotEstimable::EstimateNotFinite);
    }

    #[test]
    fn two_or_three_replicates_give_marked_intervals() {
        for values in [&[1.0, 2.0][..], &[3.0, 1.0, 2.0]] {
            let interval = distribution(values, 1.5).percentile(level());
            assert!(interval.lower.is_extreme && interval.upper.is_extreme);
            assert_eq!(interval.lower.monte_carlo_error, None);
        }
    }

    #[test]
    fn equal_replicates_have_no_standard_error() {
        let none = Resampled { value: 0.0, monte_carlo_error: 0.0 };
        assert_eq!(distribution(&[2.0; 50], 2.0).std_error(), none);
        assert_eq!(distribution(&[2.0; 50], 2.0).bias(), none);
    }
}
