//! How far a resampled number would move in another run with another seed.

use super::order_statistics::normal_scale_quantile;
use crate::numeric::distribution::normal;
use crate::numeric::elementary::exp;

/// Monte Carlo error of the quantile Q at a probability that is known to `error`, in the scale
/// of probabilities: (Q(p + error) − Q(p − error)) / 2, which needs no density.
///
/// `None` where one of the two lies beyond the second smallest or second largest replicate:
/// there are then too few replicates to say.
pub(super) fn quantile_error(sorted: &[f64], probability: f64, error: f64) -> Option<f64> {
    let lower = normal_scale_quantile(sorted, probability - error);
    let upper = normal_scale_quantile(sorted, probability + error);
    let known = !lower.is_extreme && !upper.is_extreme;
    known.then(|| (upper.value - lower.value) / 2.0)
}

/// Error of the proportion of replicates below the quantile at a fixed probability p,
/// √(p (1 − p) / R).
pub(super) fn fixed_level_error(probability: f64, replicates: usize) -> f64 {
    (probability * (1.0 - probability) / replicates as f64).sqrt()
}

/// The level of a `BCa` limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AdjustedLevel {
    /// α′ = Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z))).
    pub(super) probability: f64,
    /// Error of α′ less the proportion of replicates below its quantile.
    pub(super) error: f64,
}

/// The level at which `BCa` reads a limit, z the normal quantile of the nominal level.
///
/// z₀ = Φ⁻¹(p) is itself estimated, by the proportion p of replicates below the estimate. With
/// g = dα′/dp = φ(Φ⁻¹(α′)) (1 + (1 − a (z₀ + z))⁻²) / φ(z₀), and p and the proportion below the
/// limit counted over the same replicates, the error is
///
/// ```text
/// δ² = ( g² p (1 − p) + α′ (1 − α′) − 2 g (min(p, α′) − p α′) ) / R
/// ```
///
/// `None` where 1 − a (z₀ + z) is not positive: the level would turn round.
pub(super) fn adjusted_level(
    below: f64,
    acceleration: f64,
    z: f64,
    replicates: usize,
) -> Option<AdjustedLevel> {
    let (probability, slope) = level_and_slope(below, acceleration, z)?;
    let variance = slope * slope * below * (1.0 - below) + probability * (1.0 - probability)
        - 2.0 * slope * (below.min(probability) - below * probability);
    let error = (variance.max(0.0) / replicates as f64).sqrt();
    Some(AdjustedLevel { probability, error })
}

/// α′ and its derivative g with respect to p.
pub(super) fn level_and_slope(below: f64, acceleration: f64, z: f64) -> Option<(f64, f64)> {
    let z0 = normal::quantile(below);
    let shifted = z0 + z;
    let denominator = 1.0 - acceleration * shifted;
    if denominator.is_nan() || denominator <= 0.0 {
        return None;
    }
    let z_adjusted = z0 + shifted / denominator;
    let slope = (1.0 + 1.0 / (denominator * denominator)) * density_ratio(z_adjusted, z0);
    Some((normal::cdf(z_adjusted), slope))
}

/// φ(x) / φ(y) of the standard normal density.
fn density_ratio(x: f64, y: f64) -> f64 {
    exp(0.5 * (y - x) * (y + x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_of_the_adjusted_level_is_its_derivative() {
        for below in [0.35, 0.5, 0.62] {
            for acceleration in [-0.08, 0.0, 0.12] {
                for z in [-2.575_829, -1.959_964, 1.281_552, 1.959_964] {
                    let level = |p| level_and_slope(p, acceleration, z).unwrap().0;
                    let step = 1e-5;
                    let quotient = (level(below + step) - level(below - step)) / (2.0 * step);
                    let slope = level_and_slope(below, acceleration, z).unwrap().1;
                    let off = (slope / quotient - 1.0).abs();
                    assert!(off < 1e-7, "{below} {acceleration} {z}: {slope} and {quotient}");
                }
            }
        }
    }

    #[test]
    fn a_level_that_turns_round_is_refused() {
        assert_eq!(adjusted_level(0.5, 0.6, 1.96, 100), None);
        assert_eq!(adjusted_level(0.5, f64::NAN, 1.96, 100), None);
        assert_eq!(adjusted_level(0.5, f64::NEG_INFINITY, -1.96, 100), None);
    }

    #[test]
    fn too_few_replicates_give_no_error() {
        let sorted: Vec<f64> = (1..=39).map(f64::from).collect();
        assert_eq!(quantile_error(&sorted, 0.025, fixed_level_error(0.025, 39)), None);
        assert!(quantile_error(&sorted, 0.5, fixed_level_error(0.5, 39)).is_some());
    }
}
