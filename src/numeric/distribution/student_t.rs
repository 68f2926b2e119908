//! Student's t distribution.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// Two-sided p-value 2 P(T > |t|) on `df` degrees of freedom; NaN where `df` is not positive.
pub fn two_sided_p(t: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |d| 2.0 * d.sf(t.abs()))
}

/// The x with P(T ≤ x) = `p` on `df` degrees of freedom; NaN where `df` is not positive.
pub fn quantile(p: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |d| d.inverse_cdf(p))
}
