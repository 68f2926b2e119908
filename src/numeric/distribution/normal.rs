//! The standard normal distribution.

use statrs::distribution::{ContinuousCDF as _, Normal};

use crate::numeric::elementary::erfc;

/// P(Z ≤ x).
pub fn cdf(x: f64) -> f64 {
    0.5 * erfc(-x / std::f64::consts::SQRT_2)
}

/// P(Z > x), accurate far in the upper tail.
pub fn sf(x: f64) -> f64 {
    cdf(-x)
}

/// Two-sided p-value 2 P(Z > |z|).
pub fn two_sided_p(z: f64) -> f64 {
    2.0 * sf(z.abs())
}

/// The x with P(Z ≤ x) = `p`; infinite at 0 and 1.
pub fn quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}
