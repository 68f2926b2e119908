//! The regularised incomplete gamma function.

use std::f64::consts::PI;

use super::stirling::{deviance, stirling_error};
use super::{Tails, continued_fraction, sum_by_ratio};
use crate::numeric::distribution::normal;
use crate::numeric::elementary::{exp, exp_m1, ln, ln_gamma};

/// P(a, x) = 1/Γ(a) ∫₀^x t^(a−1) e^−t dt below and Q(a, x) = 1 − P(a, x) above.
///
/// Each is computed itself where it is the smaller one. NaN unless a > 0 and x is a number.
///
/// Methods: power series and Legendre's continued fraction (DLMF 8.7.1, 8.9.2); for a ≥ 1e5
/// near x = a, Temme's uniform expansion (DLMF 8.12); for a and x below 1, a series in which 1
/// cancels beforehand. Relative error below 2e-14 where the tail exceeds 1e-20, and 2e-13 down
/// to 1e-300, for a to 5e8 (mpmath, `tests/reference/python/distributions.py`).
pub fn regularised_gamma(a: f64, x: f64) -> Tails {
    if a.is_nan() || x.is_nan() || a <= 0.0 {
        return Tails { lower: f64::NAN, upper: f64::NAN };
    }
    if x <= 0.0 || a == f64::INFINITY {
        return Tails { lower: 0.0, upper: 1.0 };
    }
    if x == f64::INFINITY {
        return Tails { lower: 1.0, upper: 0.0 };
    }
    if a >= 1e5 && (x - a).abs() <= 0.2 * a {
        return uniform_expansion(a, x);
    }
    if a < 1.0 && x < 1.0 {
        return both_small(a, x);
    }
    let mass = poisson_mass(a, x);
    if x < a + 1.0 {
        return Tails::from_lower(mass * sum_by_ratio(1.0, |n| x / (a + n + 1.0)));
    }
    // Q = x^a e^−x / Γ(a) / (x + 1 − a − 1(1 − a) / (x + 3 − a − 2(2 − a) / …)).
    let first = x - a + 1.0;
    let fraction = continued_fraction(first, |n| (-n * (n - a), first + 2.0 * n));
    Tails::from_upper(mass * a / fraction)
}

/// x^a e^−x / Γ(a + 1): a Poisson variable of mean x is a.
fn poisson_mass(a: f64, x: f64) -> f64 {
    exp(-stirling_error(a) - deviance(a, x, x - a)) / (2.0 * PI * a).sqrt()
}

/// For a < 1 and x < 1, where Q can be small without x being large.
///
/// With g = x^a / Γ(1 + a): P = g (1 + a s), Q = (1 − g) − g a s,
/// s = Σ_{k ≥ 1} (−x)^k / (k! (a + k)) < 0 (DLMF 8.7.1).
fn both_small(a: f64, x: f64) -> Tails {
    let (mut power, mut s, mut k) = (1.0, 0.0, 1.0);
    loop {
        power *= -x / k;
        let next = s + power / (a + k);
        if (next - s).abs() <= f64::EPSILON * 1e-3 * s.abs() {
            break;
        }
        s = next;
        k += 1.0;
    }
    let ln_g = a * ln(x) - ln_gamma_1p(a);
    let g = exp(ln_g);
    Tails { lower: g * (1.0 + a * s), upper: -exp_m1(ln_g) - g * a * s }
}

/// ln Γ(1 + a) for 0 < a < 1, also right where 1 + a rounds.
fn ln_gamma_1p(a: f64) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    let rounded = 1.0 + a;
    let lost = a - (rounded - 1.0);
    // ψ(1) = −γ; what is lost matters only next to 1.
    ln_gamma(rounded) - EULER * lost
}

/// Temme's expansion: Q = P(Z > z) + R, z = sign(x − a) √(2D), D the deviance of a at mean x,
/// R = e^−D / √(2πa) Σ `c_k(η)` / a^k, η = z / √a (DLMF 8.12.3–8.12.11).
///
/// From a = 1e5 three coefficients suffice, each by its power series in η. Beyond |η| = 0.2 both
/// R and the tail are below 1e-600.
fn uniform_expansion(a: f64, x: f64) -> Tails {
    const C0: [f64; 14] = [
        -1.0 / 3.0,
        1.0 / 12.0,
        -2.0 / 135.0,
        1.0 / 864.0,
        0.000_352_733_686_067_019_4,
        -0.000_178_755_144_032_921_8,
        3.919_263_178_522_438e-5,
        -2.185_448_510_679_992e-6,
        -1.854_062_210_715_16e-6,
        8.296_711_340_953_087e-7,
        -1.766_595_273_682_607_8e-7,
        6.707_853_543_401_498e-9,
        1.026_180_978_424_030_9e-8,
        -4.382_036_018_453_353e-9,
    ];
    const C1: [f64; 8] = [
        -1.0 / 540.0,
        -1.0 / 288.0,
        1.0 / 378.0,
        -77.0 / 77_760.0,
        1.0 / 4860.0,
        -4.018_775_720_164_609e-7,
        -1.809_855_033_448_997_7e-5,
        7.649_160_916_081_11e-6,
    ];
    const C2: [f64; 4] = [25.0 / 6048.0, -139.0 / 51_840.0, 1.0 / 1296.0, 1.0 / 497_664.0];
    let d = deviance(a, x, x - a);
    let z = (2.0 * d).sqrt().copysign(x - a);
    let eta = z / a.sqrt();
    let series = |c: &[f64]| c.iter().rev().fold(0.0, |sum, c| sum * eta + c);
    let r = exp(-d) / (2.0 * PI * a).sqrt() * (series(&C0) + (series(&C1) + series(&C2) / a) / a);
    Tails { lower: normal::cdf(z) - r, upper: normal::sf(z) + r }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_are_zero_and_one() {
        assert_eq!(regularised_gamma(2.0, 0.0), Tails { lower: 0.0, upper: 1.0 });
        assert_eq!(regularised_gamma(2.0, f64::INFINITY), Tails { lower: 1.0, upper: 0.0 });
        assert!(regularised_gamma(-1.0, 1.0).lower.is_nan());
        assert!(regularised_gamma(1.0, f64::NAN).upper.is_nan());
    }

    #[test]
    fn of_one_is_the_exponential() {
        for x in [1e-20, 0.3, 1.0, 1.999, 2.0, 30.0, 700.0] {
            let Tails { lower, upper } = regularised_gamma(1.0, x);
            assert!((upper / exp(-x) - 1.0).abs() < 1e-13, "{x}");
            assert!((lower / -exp_m1(-x) - 1.0).abs() < 1e-13, "{x}");
        }
    }
}
