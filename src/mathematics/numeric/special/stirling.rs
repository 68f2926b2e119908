//! Deviance and Stirling's error: the two parts of a factorial that do not cancel.

use crate::numeric::elementary::{ln, ln_1p};

/// What Stirling's formula leaves out: ln Γ(n + 1) − [½ ln(2πn) + n ln n − n], for n > 0.
///
/// From n = 16 by its asymptotic series (DLMF 5.11.1); below, by steps up to there:
/// S(n) − S(n + 1) = (n + ½) ln(1 + 1/n) − 1, a sum of positive terms. Relative error about 1e-15.
pub fn stirling_error(n: f64) -> f64 {
    let (mut m, mut steps) = (n, 0.0);
    while m < 16.0 {
        steps += step_up(m);
        m += 1.0;
    }
    steps + asymptotic(m)
}

/// (n + ½) ln(1 + 1/n) − 1.
fn step_up(n: f64) -> f64 {
    if n < 0.5 {
        // Where 1/n is infinite, n ln(1/n) is 0 and the logarithm is −ln n.
        let logarithm = if n < 1e-300 { -ln(n) } else { ln_1p(1.0 / n) };
        return (n + 0.5) * logarithm - 1.0;
    }
    let v = 1.0 / (2.0 * n + 1.0);
    odd_tail(v * v)
}

/// Σ_{j ≥ 1} s^j / (2j + 1), which is (artanh √s) / √s − 1.
fn odd_tail(s: f64) -> f64 {
    let (mut power, mut sum, mut odd) = (s, 0.0, 3.0);
    loop {
        let next = sum + power / odd;
        if next <= sum {
            return sum;
        }
        sum = next;
        power *= s;
        odd += 2.0;
    }
}

/// Σ B_{2k} / (2k (2k − 1) n^(2k − 1)), for n ≥ 16.
fn asymptotic(n: f64) -> f64 {
    const COEFFICIENTS: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    let s = 1.0 / n / n;
    COEFFICIENTS.iter().rev().fold(0.0, |sum, c| sum * s + c) / n
}

/// Half the Poisson deviance of a count m whose mean is μ: m ln(m/μ) + μ − m ≥ 0.
///
/// `difference` is μ − m. The caller often knows it better than the difference of two rounded
/// numbers, and near m = μ the deviance is its square.
pub fn deviance(m: f64, mu: f64, difference: f64) -> f64 {
    if m <= 0.0 {
        return mu;
    }
    let v = difference / (m + mu);
    if v.abs() < 0.5 {
        return difference * v - 2.0 * m * v * odd_tail(v * v);
    }
    let ratio = m / mu;
    let logarithm = if ratio > 0.0 && ratio < f64::INFINITY { ln(ratio) } else { ln(m) - ln(mu) };
    m * logarithm + difference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_is_what_stirling_misses() {
        // ln 1! = 0 = ½ ln 2π − 1 + S(1).
        let want = 1.0 - 0.5 * ln(2.0 * std::f64::consts::PI);
        assert!((stirling_error(1.0) - want).abs() < 1e-16);
    }

    #[test]
    fn of_a_tiny_number_is_finite() {
        assert!(stirling_error(1e-310).is_finite());
        assert!(stirling_error(5e-324).is_finite());
    }

    #[test]
    fn deviance_vanishes_at_the_mean_and_is_continuous() {
        assert!(deviance(3.0, 3.0, 0.0).abs() < 1e-300);
        assert!((deviance(0.0, 2.0, 2.0) - 2.0).abs() < 1e-300);
        let (inside, outside) = (deviance(1.0, 3.0 - 1e-9, 2.0 - 1e-9), deviance(1.0, 3.0, 2.0));
        assert!((outside - inside).abs() < 1e-9, "{inside} {outside}");
    }
}
