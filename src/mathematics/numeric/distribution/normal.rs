//! The standard normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

use statrs::distribution::{ContinuousCDF as _, Normal};

use crate::numeric::elementary::{erfc, exp};

/// Density e^(−x²/2) / √(2π).
///
/// Agrees with mpmath to 1e-15 for |x| up to 38.
pub fn pdf(x: f64) -> f64 {
    if !x.is_finite() {
        return if x.is_nan() { f64::NAN } else { 0.0 };
    }
    // x = whole + rest with an exact square of `whole`: else x² loses x² · 1e-16 of the density.
    let whole = (x * 16.0).trunc() / 16.0;
    let rest = (x - whole) * (x + whole);
    exp(-0.5 * whole * whole) * exp(-0.5 * rest) / (2.0 * PI).sqrt()
}

/// P(Z ≤ x), accurate far in the lower tail.
///
/// ½ erfc(−x/√2). Agrees with mpmath to 1e-15 down to 1e-300.
pub fn cdf(x: f64) -> f64 {
    sf(-x)
}

/// P(Z > x), accurate far in the upper tail.
///
/// As [`cdf`]: ½ erfc(x/√2).
pub fn sf(x: f64) -> f64 {
    let y = x / SQRT_2;
    let tail = 0.5 * erfc(y);
    if x.abs() > 40.0 || x.is_nan() {
        return tail;
    }
    // y is rounded, which costs x² · 1e-16 of the tail. What the rounding lost is known.
    tail - pdf(x) * SQRT_2 * lost_by_dividing(x, y)
}

/// x/√2 − y, where y is x/√2 rounded.
fn lost_by_dividing(x: f64, y: f64) -> f64 {
    /// √2 less its double.
    const SQRT_2_REST: f64 = -9.667_293_313_452_913e-17;
    let (product, rest) = product_and_rest(y, SQRT_2);
    ((x - product) - rest - y * SQRT_2_REST) * FRAC_1_SQRT_2
}

/// a · b rounded, and what the rounding lost (Dekker 1971), for moderate a and b.
fn product_and_rest(a: f64, b: f64) -> (f64, f64) {
    fn halves(a: f64) -> (f64, f64) {
        let c = 134_217_729.0 * a;
        let high = c - (c - a);
        (high, a - high)
    }
    let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
    let product = a * b;
    let rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, rest)
}

/// Two-sided p-value 2 P(Z > |z|).
pub fn two_sided_p(z: f64) -> f64 {
    2.0 * sf(z.abs())
}

/// The x with P(Z ≤ x) = `p`; infinite at 0 and 1, NaN outside.
///
/// By statrs, which agrees with mpmath to 1e-15 from 1e-300 to 1 − 1e-16.
pub fn quantile(p: f64) -> f64 {
    if (0.0..=1.0).contains(&p) { Normal::standard().inverse_cdf(p) } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_certain() {
        for (x, below) in [(f64::NEG_INFINITY, 0.0), (-1e300, 0.0), (f64::INFINITY, 1.0)] {
            assert_eq!((cdf(x), sf(x), pdf(x)), (below, 1.0 - below, 0.0));
        }
        assert_eq!((quantile(0.0), quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert!(cdf(f64::NAN).is_nan() && sf(f64::NAN).is_nan() && quantile(f64::NAN).is_nan());
        assert!(quantile(-0.1).is_nan() && quantile(1.1).is_nan());
    }
}
