//! Estimates of several groups shrunken towards their mean (empirical Bayes).

use thiserror::Error;

use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::sum::sum;

/// More steps than Newton's method ever takes: each halves the distance at least.
const MOST_STEPS: usize = 4096;

/// A group's own estimate, such as the effect in a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupEstimate {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error, taken as known.
    pub std_error: f64,
}

/// A group's estimate after shrinkage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrunken {
    /// Between the group's own estimate and the mean of all.
    pub estimate: f64,
    /// Standard error: of the group's effect given the data, the mean's own uncertainty included,
    /// that of τ² not.
    pub std_error: f64,
    /// Estimate ± z × standard error.
    pub interval: Interval,
    /// Weight of the group's own estimate, τ²/(τ² + s²), from 0 to 1.
    pub own_weight: f64,
}

/// All groups after shrinkage.
#[derive(Clone, Debug, PartialEq)]
pub struct Shrinkage {
    /// Mean of the groups' effects.
    pub mean: f64,
    /// Its standard error.
    pub mean_std_error: f64,
    /// Variance of the groups' effects, τ², in the square of the estimates' unit.
    pub tau_squared: f64,
    /// Cochran's Q of no difference between the groups.
    pub heterogeneity: ChiSquaredTest,
    /// The groups, in the order given.
    pub groups: Vec<Shrunken>,
}

/// Why the estimates cannot be shrunken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ShrinkageError {
    /// One estimate has nothing to be shrunken towards.
    #[error("fewer than two estimates")]
    FewerThanTwo,
    /// A standard error of 0 says that the outcomes of a group did not vary, not that its effect
    /// is known.
    #[error("an estimate has no standard error, or one of 0")]
    NoStandardError {
        /// Number of the group, from 0.
        group: usize,
    },
    /// An estimate is NaN or infinite.
    #[error("an estimate is not a finite number")]
    NotFinite {
        /// Number of the group, from 0.
        group: usize,
    },
}

/// Shrinks the estimates of k groups towards their mean.
///
/// Group i has the effect θᵢ ~ N(μ, τ²) and the estimate yᵢ ~ N(θᵢ, sᵢ²), sᵢ known:
///
/// ```text
/// wᵢ = 1/(sᵢ² + τ²),   μ̂ = Σ wᵢ yᵢ / Σ wᵢ,   Bᵢ = τ²/(τ² + sᵢ²)
/// θ̃ᵢ = Bᵢ yᵢ + (1 − Bᵢ) μ̂
/// Var θ̃ᵢ = Bᵢ sᵢ² + (1 − Bᵢ)² / Σ wᵢ
/// ```
///
/// τ² is Paule and Mandel's: the value at which Σ wᵢ (yᵢ − μ̂)² is its expectation, k − 1; 0 where
/// it is already less at τ² = 0. It needs no normal effects, unlike REML, is biased less than
/// `DerSimonian` and Laird's for few groups, and has one solution. Q is the same sum at τ² = 0, held
/// against χ² on k − 1 degrees of freedom. Limits are normal. With few groups τ² is poorly known,
/// and the limits are then too narrow; where τ² is 0 every group gets the mean.
///
/// # Errors
///
/// [`ShrinkageError`].
///
/// # References
///
/// - Paule RC, Mandel J (1982). *Journal of Research of the National Bureau of Standards* 87:377–385.
/// - Efron B, Morris C (1975). *Journal of the American Statistical Association* 70:311–319.
/// - Veroniki AA and others (2016). *Research Synthesis Methods* 7:55–79, on the choice of τ².
/// - Agrees with R's `metafor::rma(method = "PM")` and `blup`; see `tests/reference/r/shrinkage.R`.
pub fn shrink(
    estimates: &[GroupEstimate],
    level: ConfidenceLevel,
) -> Result<Shrinkage, ShrinkageError> {
    check(estimates)?;
    let none = Weighted::at(estimates, 0.0);
    let tau_squared = paule_mandel(estimates);
    let weighted = Weighted::at(estimates, tau_squared);
    let variance_of_mean = 1.0 / weighted.weight;
    let shrunken = |group: &GroupEstimate| {
        let variance = group.std_error * group.std_error;
        let own_weight = tau_squared / (tau_squared + variance);
        let rest = variance / (tau_squared + variance);
        let estimate = weighted.mean + own_weight * (group.estimate - weighted.mean);
        let std_error = (own_weight * variance + rest * rest * variance_of_mean).sqrt();
        let interval = Interval::around(estimate, level.z() * std_error);
        Shrunken { estimate, std_error, interval, own_weight }
    };
    Ok(Shrinkage {
        mean: weighted.mean,
        mean_std_error: variance_of_mean.sqrt(),
        tau_squared,
        heterogeneity: ChiSquaredTest::new(none.q, estimates.len() - 1),
        groups: estimates.iter().map(shrunken).collect(),
    })
}

fn check(estimates: &[GroupEstimate]) -> Result<(), ShrinkageError> {
    if estimates.len() < 2 {
        return Err(ShrinkageError::FewerThanTwo);
    }
    if let Some(group) = estimates.iter().position(|group| !group.estimate.is_finite()) {
        return Err(ShrinkageError::NotFinite { group });
    }
    let known = |s: f64| s.is_finite() && s > 0.0 && s * s > 0.0;
    match estimates.iter().position(|group| !known(group.std_error)) {
        Some(group) => Err(ShrinkageError::NoStandardError { group }),
        None => Ok(()),
    }
}

/// The sums of [`shrink`] at one τ².
struct Weighted {
    weight: f64,
    mean: f64,
    q: f64,
    /// −dQ/dτ².
    slope: f64,
}

impl Weighted {
    fn at(estimates: &[GroupEstimate], tau_squared: f64) -> Self {
        let weight_of =
            |group: &GroupEstimate| 1.0 / (group.std_error * group.std_error + tau_squared);
        // About the first estimate, so that estimates far from 0 keep their digits.
        let origin = estimates[0].estimate;
        let weight = sum(estimates.iter().map(weight_of));
        let about = sum(estimates.iter().map(|g| weight_of(g) * (g.estimate - origin))) / weight;
        let off = |group: &GroupEstimate| {
            let distance = (group.estimate - origin) - about;
            distance * distance * weight_of(group)
        };
        let q = sum(estimates.iter().map(off));
        let slope = sum(estimates.iter().map(|group| off(group) * weight_of(group)));
        Self { weight, mean: origin + about, q, slope }
    }
}

/// The τ² at which Q is k − 1. Q falls and is convex, so that Newton's steps from 0 go up to the
/// solution and never past it, but for rounding.
fn paule_mandel(estimates: &[GroupEstimate]) -> f64 {
    let expected = estimates.len() as f64 - 1.0;
    let mut tau_squared = 0.0;
    for _ in 0..MOST_STEPS {
        let at = Weighted::at(estimates, tau_squared);
        let step = (at.q - expected) / at.slope;
        // Also where the slope is 0: all estimates are equal.
        if step.is_nan() || step <= f64::EPSILON * tau_squared {
            break;
        }
        tau_squared += step;
    }
    tau_squared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(f64, f64)]) -> Result<Shrinkage, ShrinkageError> {
        let group = |&(estimate, std_error): &(f64, f64)| GroupEstimate { estimate, std_error };
        let groups: Vec<_> = pairs.iter().map(group).collect();
        shrink(&groups, ConfidenceLevel::new(0.95).expect("a level"))
    }

    #[test]
    fn what_cannot_be_shrunken_is_named() {
        assert_eq!(of(&[(1.0, 1.0)]), Err(ShrinkageError::FewerThanTwo));
        let zero = of(&[(1.0, 1.0), (2.0, 0.0)]);
        assert_eq!(zero, Err(ShrinkageError::NoStandardError { group: 1 }));
        let nan = of(&[(f64::NAN, 1.0), (2.0, 1.0)]);
        assert_eq!(nan, Err(ShrinkageError::NotFinite { group: 0 }));
    }

    #[test]
    fn two_groups_in_whole_numbers() {
        // With equal errors s, τ² is the sample variance less s²: 8 − 1.
        let got = of(&[(0.0, 1.0), (4.0, 1.0)]).unwrap();
        assert!((got.tau_squared - 7.0).abs() < 1e-14 && (got.mean - 2.0).abs() < 1e-15);
        assert!((got.groups[0].estimate - 0.25).abs() < 1e-14, "{got:?}");
        assert!((got.heterogeneity.statistic - 8.0).abs() < 1e-14);
    }

    #[test]
    fn groups_that_do_not_differ_all_get_the_mean() {
        for got in [of(&[(3.0, 1.0), (3.0, 2.0)]).unwrap(), of(&[(3.0, 1.0), (3.5, 2.0)]).unwrap()]
        {
            assert!(got.tau_squared.abs() < 1e-300);
            for group in got.groups {
                assert!((group.estimate - got.mean).abs() < 1e-15);
                assert!((group.std_error - got.mean_std_error).abs() < 1e-15);
            }
        }
    }
}
