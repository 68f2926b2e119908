//! The χ² distribution.

/// P(X > x) on `df` degrees of freedom.
pub fn sf(x: f64, df: f64) -> f64 {
    statrs::function::gamma::gamma_ur(df / 2.0, x / 2.0)
}
