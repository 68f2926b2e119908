//! The χ² distribution.

use crate::numeric::special::gamma::regularised_gamma;

/// P(X > x) on `df` degrees of freedom, accurate far in the upper tail.
///
/// Q(df/2, x/2), the upper regularised incomplete gamma function; 1 for x ≤ 0. `df` is positive
/// and need not be whole; NaN where it is not positive.
/// Agrees with R's `pchisq(lower.tail = FALSE)` and mpmath; see [`regularised_gamma`].
pub fn sf(x: f64, df: f64) -> f64 {
    regularised_gamma(df / 2.0, x / 2.0).upper
}

/// P(X ≤ x) on `df` degrees of freedom, accurate near 0.
///
/// P(df/2, x/2); see [`sf`].
pub fn cdf(x: f64, df: f64) -> f64 {
    regularised_gamma(df / 2.0, x / 2.0).lower
}
