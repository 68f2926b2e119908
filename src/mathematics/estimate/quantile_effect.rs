//! Quantiles of an outcome by arm and their difference.

use thiserror::Error;

use super::proportion::{EmptyArm, NoParticipants};
use crate::numeric::distribution::binomial;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::quantile::{of_sorted, sorted};
use crate::trial::arm::{Arm, TwoArm};

/// A probability strictly between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probability(f64);

impl Probability {
    /// The median's.
    pub const HALF: Self = Self(0.5);

    /// The probability, if it lies strictly between 0 and 1.
    pub fn new(probability: f64) -> Option<Self> {
        (probability > 0.0 && probability < 1.0).then_some(Self(probability))
    }

    /// The probability as a number.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A quantile of an outcome, in the outcome's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileEstimate {
    /// Participants.
    pub n: usize,
    /// The quantile, type 2.
    pub estimate: f64,
    /// Limits, both of them values of participants.
    pub limits: Result<QuantileLimits, TooFewParticipants>,
}

/// Distribution-free limits of a quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileLimits {
    /// The limits.
    pub interval: Interval,
    /// Probability with which they cover the quantile of a continuous outcome: at least the level.
    /// With ties it is more.
    pub coverage: f64,
    /// Rank of the lower limit among the outcomes in increasing order, from 1.
    pub lower_rank: usize,
    /// Rank of the upper limit.
    pub upper_rank: usize,
}

/// With so few participants even the smallest and largest outcome do not reach the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("too few participants for distribution-free limits of this quantile")]
pub struct TooFewParticipants;

/// Estimates a quantile with distribution-free limits.
///
/// The estimate is the type 2 quantile: the ⌈n p⌉-th smallest outcome or, where n p is whole, the
/// mean of that and the next. It depends on the empirical distribution alone and is Stata's; with
/// many ties, as when half the people worked 0 days, it gives values that people have, where R's
/// type 7 interpolates.
///
/// The limits are order statistics y₍ₗ₎ and y₍ᵤ₎. With B binomial of n trials with probability p
/// and α = 1 − level:
///
/// ```text
/// l = the largest with     P(B ≤ l − 1) < α/2
/// u = the smallest with    P(B ≥ u) ≤ α/2
/// coverage = P(l ≤ B ≤ u − 1)
/// ```
///
/// They hold for any distribution; ties make them wider than the level asks, never narrower.
///
/// # Errors
///
/// [`NoParticipants`]; inside the result [`TooFewParticipants`] where l would be 0 or u above n.
///
/// # References
///
/// - Thompson WR (1936). *Annals of Mathematical Statistics* 7:122–128.
/// - Hyndman RJ, Fan Y (1996). *American Statistician* 50:361–365.
/// - Agrees with R's `quantile(type = 2)` and `qbinom`; see `tests/reference/r/quantile_effect.R`.
pub fn arm_quantile(
    outcomes: &[f64],
    probability: Probability,
    level: ConfidenceLevel,
) -> Result<QuantileEstimate, NoParticipants> {
    let order = sorted(outcomes);
    let estimate = of_sorted(&order, probability.get()).ok_or(NoParticipants)?;
    Ok(QuantileEstimate { n: order.len(), estimate, limits: limits(&order, probability, level) })
}

fn limits(
    order: &[f64],
    probability: Probability,
    level: ConfidenceLevel,
) -> Result<QuantileLimits, TooFewParticipants> {
    let (n, p) = (order.len() as u64, probability.get());
    // Of k, the smallest with P(B ≤ k) ≥ α/2; and the smallest with P(B > k) ≤ α/2.
    let lower_rank = first(n, |k| binomial::cdf(k, n, p) >= level.tail());
    let most = first(n, |k| binomial::sf(k, n, p) <= level.tail());
    if lower_rank == 0 || most >= n {
        return Err(TooFewParticipants);
    }
    let place = |rank: u64| usize::try_from(rank).map_err(|_| TooFewParticipants);
    let (lower, upper) = (place(lower_rank)?, place(most + 1)?);
    let outside = binomial::cdf(lower_rank - 1, n, p) + binomial::sf(most, n, p);
    Ok(QuantileLimits {
        interval: Interval { lower: order[lower - 1], upper: order[upper - 1] },
        coverage: 1.0 - outside,
        lower_rank: lower,
        upper_rank: upper,
    })
}

/// The first of 0 to n for which a condition holds that holds for all after it; n if for none.
fn first(n: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut from, mut to) = (0, n);
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

/// A difference of quantiles, intervention − control, in the outcome's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileDifference {
    /// Quantile of the intervention arm less that of the control arm.
    pub estimate: f64,
    /// Limits; a reason where an arm has none.
    pub interval: Result<Interval, TooFewParticipants>,
    /// The arms' quantiles.
    pub arms: TwoArm<QuantileEstimate>,
}

/// Estimates the difference of the arms' quantiles, with limits recovered from the arms' own.
///
/// With q₁, q₀ the arms' quantiles and (l₁, u₁), (l₀, u₀) their limits ([`arm_quantile`]):
///
/// ```text
/// lower = q₁ − q₀ − √((q₁ − l₁)² + (u₀ − q₀)²)
/// upper = q₁ − q₀ + √((u₁ − q₁)² + (q₀ − l₀)²)
/// ```
///
/// It is the difference of two distributions' quantiles, not the quantile of individual effects.
/// Where both arms' quantile and limits are 0, so are the difference and its limits.
///
/// # Errors
///
/// [`EmptyArm`]; inside the result [`TooFewParticipants`].
///
/// # References
///
/// - Zou GY, Donner A (2008). *Statistics in Medicine* 27:1693–1702 (MOVER).
/// - Newcombe RG (1998). *Statistics in Medicine* 17:873–890, for proportions.
/// - Agrees with the formula in R; see `tests/reference/r/quantile_effect.R`.
pub fn quantile_difference(
    outcomes: TwoArm<&[f64]>,
    probability: Probability,
    level: ConfidenceLevel,
) -> Result<QuantileDifference, EmptyArm> {
    let of = |arm: Arm| {
        let quantile = arm_quantile(outcomes.get(arm), probability, level);
        quantile.map_err(|NoParticipants| EmptyArm { arm })
    };
    let arms = TwoArm { intervention: of(Arm::Intervention)?, control: of(Arm::Control)? };
    let estimate = arms.intervention.estimate - arms.control.estimate;
    Ok(QuantileDifference { estimate, interval: recovered(&arms, estimate), arms })
}

fn recovered(
    arms: &TwoArm<QuantileEstimate>,
    estimate: f64,
) -> Result<Interval, TooFewParticipants> {
    let reach = |arm: &QuantileEstimate| {
        arm.limits.map(|limits| {
            (arm.estimate - limits.interval.lower, limits.interval.upper - arm.estimate)
        })
    };
    let ((below1, above1), (below0, above0)) = (reach(&arms.intervention)?, reach(&arms.control)?);
    let distance = |a: f64, b: f64| (a * a + b * b).sqrt();
    Ok(Interval {
        lower: estimate - distance(below1, above0),
        upper: estimate + distance(above1, below0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level() -> ConfidenceLevel {
        ConfidenceLevel::new(0.95).expect("a level")
    }

    #[test]
    fn few_participants_have_no_limits() {
        // Five values cover the median with probability 1 − 2/32, six with 1 − 2/64.
        let values: Vec<f64> = (1..=6).map(f64::from).collect();
        let five = arm_quantile(&values[..5], Probability::HALF, level()).unwrap();
        assert_eq!(five.limits, Err(TooFewParticipants));
        let six = arm_quantile(&values, Probability::HALF, level()).unwrap().limits.unwrap();
        assert_eq!((six.lower_rank, six.upper_rank), (1, 6));
        assert!((six.coverage - (1.0 - 2.0 / 64.0)).abs() < 1e-15);
        assert_eq!(arm_quantile(&[], Probability::HALF, level()), Err(NoParticipants));
        assert_eq!(Probability::new(1.0), None);
    }

    #[test]
    fn when_nobody_works_the_difference_is_zero() {
        let zeros = [0.0; 20];
        let both = TwoArm { intervention: &zeros[..], control: &zeros[..] };
        let got = quantile_difference(both, Probability::HALF, level()).unwrap();
        assert_eq!((got.estimate, got.interval), (0.0, Ok(Interval { lower: 0.0, upper: 0.0 })));
    }
}
