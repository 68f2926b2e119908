//! Bootstrap distributions that are known without drawing.

use super::NotEstimable;
pub use super::exact_total::{EventCount, ExactError, ExactTotal};
use super::interval::{BootstrapInterval, Limit, Resampled};
use super::monte_carlo::level_and_slope;
use crate::numeric::interval::ConfidenceLevel;
use crate::numeric::sum::{RunningSum, sum};

/// Probabilities this close are equal.
const ROUNDING: f64 = 1e-12;

/// Pairs of totals less likely than this are not looked at: all of them together are rounding.
const UNLIKELY: f64 = 1e-21;

/// The distribution over all resamples of a mean of whole numbers, or of the difference of two:
/// what a bootstrap would find with infinitely many replicates.
///
/// Arms are independent and strata drawn separately, as `ResamplingStrata` does with one
/// participant a unit. Means of Y/N outcomes are proportions.
///
/// # Conventions
///
/// The quantile at p is the smallest value whose probability and that of all smaller ones is at
/// least p, but for 1e-12. `boot.ci`'s quantile of drawn replicates interpolates between
/// neighbours; where many replicates are equal, as here, both neighbours are mostly the same value,
/// and it tends to this one as replicates are added, unless p falls on a step. Monte Carlo errors
/// are 0 and no limit is extreme.
///
/// # References
///
/// - Davison AC, Hinkley DV (1997). *Bootstrap Methods and their Application*, section 2.1; Fisher
///   NI, Hall P (1991). *Journal of Statistical Planning and Inference* 27:157–169, exact bootstrap
///   distributions.
/// - Agrees with R's `dbinom` folded and with all resamples of small samples to 1e-12
///   (`tests/reference/r/resample_units_r.R`), with integer arithmetic
///   (`tests/reference/python/resample_units.py`), and with drawn bootstraps within Monte Carlo
///   error.
#[derive(Clone, Debug)]
pub struct ExactDistribution {
    intervention: ExactTotal,
    control: ExactTotal,
    /// By position of the control's total: the probability of it and all larger ones.
    control_tails: Vec<f64>,
}

impl ExactDistribution {
    /// The mean of one arm.
    pub fn of_mean(total: ExactTotal) -> Self {
        Self::of_difference(total, ExactTotal::nothing())
    }

    /// The mean of the intervention less that of the control.
    pub fn of_difference(intervention: ExactTotal, control: ExactTotal) -> Self {
        let control_tails = control.tails();
        Self { intervention, control, control_tails }
    }

    /// The estimate from the data themselves.
    pub fn estimate(&self) -> f64 {
        self.value(self.place(self.intervention.observed, self.control.observed))
    }

    /// The standard deviation over all resamples: √(Vᵢ / nᵢ² + V꜀ / n꜀²), V the sum over strata
    /// of Σ (x − mean)². The mean over all resamples is the estimate: there is no bias.
    pub fn std_error(&self) -> Resampled {
        let share = |total: &ExactTotal| {
            let people = total.people as f64;
            total.variance / (people * people)
        };
        let value = (share(&self.intervention) + share(&self.control)).sqrt();
        Resampled { value, monte_carlo_error: 0.0 }
    }

    /// The probability of a value that is at most `value`, but for 1e-12.
    pub fn cdf(&self, value: f64) -> f64 {
        let scale = self.denominator() as f64;
        let (low, high) = self.range();
        let scaled = (value * scale + ROUNDING * scale.max((value * scale).abs())).floor();
        if scaled < low as f64 {
            return 0.0;
        }
        #[expect(clippy::cast_possible_truncation, reason = "between two whole numbers")]
        self.at_most(scaled.min(high as f64) as i64)
    }

    /// The percentile interval: quantiles at α and 1 − α, α = (1 − level) / 2.
    pub fn percentile(&self, level: ConfidenceLevel) -> BootstrapInterval {
        let alpha = level.tail();
        interval(self.quantile(alpha), self.quantile(1.0 - alpha))
    }

    /// The basic interval: twice the estimate less the upper and lower percentile limits.
    pub fn basic(&self, level: ConfidenceLevel) -> BootstrapInterval {
        let twice = 2.0 * self.estimate();
        let percentile = self.percentile(level).interval();
        interval(twice - percentile.upper, twice - percentile.lower)
    }

    /// The bias-corrected and accelerated interval, as
    /// [`BootstrapDistribution::bca`](super::interval::BootstrapDistribution::bca): z₀ is of the
    /// probability of a value strictly below the estimate, in whole numbers.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::BiasNotCorrectable`] where that is 0 or 1 (within 1e-12),
    /// [`NotEstimable::AccelerationTooLarge`].
    pub fn bca(
        &self,
        level: ConfidenceLevel,
        acceleration: f64,
    ) -> Result<BootstrapInterval, NotEstimable> {
        let observed = self.place(self.intervention.observed, self.control.observed);
        let below = self.at_most(observed - 1);
        if !(ROUNDING..=1.0 - ROUNDING).contains(&below) {
            return Err(NotEstimable::BiasNotCorrectable);
        }
        let limit = |z| {
            let (probability, _) = level_and_slope(below, acceleration, z)
                .ok_or(NotEstimable::AccelerationTooLarge)?;
            Ok(self.quantile(probability))
        };
        Ok(interval(limit(-level.z())?, limit(level.z())?))
    }

    /// The studentised interval, where the standard error is a function of the two totals (of a
    /// mean, of the total and 0), such as [`wald_std_error`].
    ///
    /// Every pair of totals has its t* = (θ* − θ̂) / se*; the limits are θ̂ − se t*₍₁₋α₎ and
    /// θ̂ − se t*₍α₎. Pairs whose standard error is not positive have failed; what remains is the
    /// distribution given that it is. Pairs less likely than 1e-21 are left out.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::NoStdError`] where the data have no positive standard error,
    /// [`NotEstimable::TooLikelyToFail`] where a larger share than `allowed_share` has none.
    pub fn studentised(
        &self,
        level: ConfidenceLevel,
        std_error: impl Fn(i64, i64) -> f64,
        allowed_share: f64,
    ) -> Result<BootstrapInterval, NotEstimable> {
        let usable = |se: f64| se.is_finite() && se > 0.0;
        let own = std_error(self.intervention.observed, self.control.observed);
        if !usable(own) {
            return Err(NotEstimable::NoStdError);
        }
        let estimate = self.estimate();
        let mut failed = RunningSum::default();
        let mut values: Vec<(f64, f64)> = Vec::new();
        for (x, p) in self.intervention.values().filter(|&(_, p)| p > UNLIKELY) {
            for (y, q) in self.control.values().filter(|&(_, q)| p * q > UNLIKELY) {
                let se = std_error(x, y);
                if usable(se) {
                    values.push(((self.value(self.place(x, y)) - estimate) / se, p * q));
                } else {
                    failed.add(p * q);
                }
            }
        }
        if failed.get() > allowed_share {
            return Err(NotEstimable::TooLikelyToFail);
        }
        values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let total = sum(values.iter().map(|&(_, p)| p));
        let quantile = |probability: f64| {
            let mut so_far = RunningSum::default();
            let mut reached = values.iter().filter(|&&(_, p)| {
                so_far.add(p);
                so_far.get() >= probability * total - ROUNDING
            });
            // Some value is reached: all of them are as likely as the total.
            reached.next().map_or(f64::NAN, |&(t, _)| t)
        };
        let alpha = level.tail();
        let limit = |probability| estimate - own * quantile(probability);
        Ok(interval(limit(1.0 - alpha), limit(alpha)))
    }

    /// The smallest value that is reached with that probability.
    fn quantile(&self, probability: f64) -> f64 {
        let (mut low, mut high) = self.range();
        while low < high {
            let middle = low + (high - low).div_euclid(2);
            if self.at_most(middle) >= probability - ROUNDING {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        self.value(low)
    }

    /// The difference of means as a whole number of 1 / (nᵢ n꜀).
    fn place(&self, intervention: i64, control: i64) -> i64 {
        intervention * self.control.people - control * self.intervention.people
    }

    fn denominator(&self) -> i64 {
        self.intervention.people * self.control.people
    }

    fn value(&self, place: i64) -> f64 {
        place as f64 / self.denominator() as f64
    }

    fn range(&self) -> (i64, i64) {
        let low = self.place(self.intervention.first, self.control.last());
        (low, self.place(self.intervention.last(), self.control.first))
    }

    /// The probability of at most that place: for every total of the intervention, that of a
    /// total of the control large enough.
    fn at_most(&self, place: i64) -> f64 {
        let ExactTotal { people, first, step, .. } = self.intervention;
        let control = &self.control;
        let most = control.probabilities.len();
        let mut needed = first * control.people - place;
        let terms = self.intervention.probabilities.iter().map(|probability| {
            // The smallest y with y people ≥ needed, as a position, both rounded up.
            let total = -(-needed).div_euclid(people);
            let position = -(control.first - total).div_euclid(control.step);
            needed += step * control.people;
            let position = usize::try_from(position).unwrap_or(0).min(most);
            probability * self.control_tails[position]
        });
        sum(terms)
    }
}

/// The standard error √(p (1 − p) / n) of a proportion of x in n, and of the difference of two
/// the root of the sum of squares: Wald's, to hand to [`ExactDistribution::studentised`].
///
/// For one proportion, `people` of the control is 0.
pub fn wald_std_error(people: (i64, i64)) -> impl Fn(i64, i64) -> f64 {
    let variance = |x: i64, n: i64| {
        let (x, n) = (x as f64, n as f64);
        if n > 0.0 { x * (n - x) / (n * n * n) } else { 0.0 }
    };
    move |x, y| (variance(x, people.0) + variance(y, people.1)).sqrt()
}

fn interval(lower: f64, upper: f64) -> BootstrapInterval {
    let limit = |value| Limit { value, monte_carlo_error: Some(0.0), is_extreme: false };
    BootstrapInterval { lower: limit(lower), upper: limit(upper) }
}
