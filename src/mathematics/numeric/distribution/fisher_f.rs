//! Fisher's F distribution.
//!
//! The degrees of freedom are any positive numbers.

use crate::numeric::elementary::{exp, ln};
use crate::numeric::special::Tails;
use crate::numeric::special::beta::BetaPoint;

/// Logarithms beyond which no double lies.
const LOG_RANGE: f64 = 709.0;

/// P(F ≤ x) on `numerator` and `denominator` degrees of freedom, accurate near 0.
///
/// I(w; d₁/2, d₂/2) with w = d₁x / (d₁x + d₂), I the regularised incomplete beta function; NaN where
/// a number of degrees is not positive. Agrees with R's `pf`.
pub fn cdf(x: f64, numerator: f64, denominator: f64) -> f64 {
    tails(x, numerator, denominator).lower
}

/// P(F > x), accurate far in the upper tail; see [`cdf`].
pub fn sf(x: f64, numerator: f64, denominator: f64) -> f64 {
    tails(x, numerator, denominator).upper
}

/// The x with P(F ≤ x) = `p`; 0 and infinite at 0 and 1, NaN outside or where a number of degrees
/// is not positive.
///
/// Newton's method on the logarithms of the smaller tail and of x, kept in a bracket. Agrees with
/// R's `qf`; see `tests/reference/r/reliability.R`.
pub fn quantile(p: f64, numerator: f64, denominator: f64) -> f64 {
    let degrees = numerator > 0.0 && denominator > 0.0;
    if !(0.0..=1.0).contains(&p) || !degrees || !(numerator + denominator).is_finite() {
        return f64::NAN;
    }
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    // What is missing of ln(tail), and the slope of ln(tail) in ln(x).
    let step = |log_x: f64| {
        let point = point(exp(log_x), numerator, denominator);
        let density = point.density_times_xy();
        let Tails { lower, upper } = point.tails();
        if p <= 0.5 {
            (ln(p / lower), density / lower)
        } else {
            // 1 − p is exact here.
            (ln((1.0 - p) / upper), -density / upper)
        }
    };
    let (mut low, mut high, mut log_x) = (-LOG_RANGE, LOG_RANGE, 0.0);
    for _ in 0..300 {
        let (off, slope) = step(log_x);
        if (off > 0.0) == (p <= 0.5) {
            low = log_x;
        } else {
            high = log_x;
        }
        let change = off / slope;
        if change.abs() < 1e-8 {
            // Quadratic convergence: this step is the last, and made on x itself.
            return exp(log_x) * (1.0 + change);
        }
        let next = log_x + change;
        log_x = if next > low && next < high { next } else { f64::midpoint(low, high) };
    }
    exp(log_x)
}

fn tails(x: f64, numerator: f64, denominator: f64) -> Tails {
    if x.is_nan() || !(numerator > 0.0 && denominator > 0.0) {
        return Tails { lower: f64::NAN, upper: f64::NAN };
    }
    if x <= 0.0 {
        return Tails { lower: 0.0, upper: 1.0 };
    }
    if x.is_infinite() {
        return Tails { lower: 1.0, upper: 0.0 };
    }
    point(x, numerator, denominator).tails()
}

fn point(x: f64, numerator: f64, denominator: f64) -> BetaPoint {
    let odds = numerator * (x / denominator);
    // Each written so that a huge or tiny ratio of degrees loses nothing.
    BetaPoint::new(numerator / 2.0, denominator / 2.0, odds / (1.0 + odds), 1.0 / (1.0 + odds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_and_two_degrees_of_freedom_are_odds() {
        // P(F ≤ x) = x / (1 + x).
        for p in [1e-12, 0.025, 0.5, 0.75, 0.975, 1.0 - 1e-9] {
            let want = p / (1.0 - p);
            assert!((quantile(p, 2.0, 2.0) / want - 1.0).abs() < 1e-12, "{p}");
        }
        assert!((cdf(3.0, 2.0, 2.0) - 0.75).abs() < 1e-15);
        assert!((sf(1e200, 2.0, 2.0) * 1e200 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_ends_are_certain() {
        assert_eq!((quantile(0.0, 3.0, 4.0), quantile(1.0, 3.0, 4.0)), (0.0, f64::INFINITY));
        assert_eq!((cdf(-1.0, 3.0, 4.0), sf(f64::INFINITY, 3.0, 4.0)), (0.0, 0.0));
        assert!(quantile(0.5, 0.0, 4.0).is_nan() && quantile(1.5, 3.0, 4.0).is_nan());
        assert!(cdf(1.0, -1.0, 4.0).is_nan() && sf(f64::NAN, 3.0, 4.0).is_nan());
    }
}
