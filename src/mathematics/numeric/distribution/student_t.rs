//! Student's t distribution.
//!
//! `df` is any positive number, whole or not, up to infinity (then the normal).

use std::f64::consts::PI;

use super::normal;
use crate::numeric::elementary::{exp, ln, ln_gamma, pow};
use crate::numeric::special::beta::BetaPoint;

/// From here the normal is closer than a double can tell: the tails differ by the factor
/// 1 + z⁴ / (4 df), and no tail above 1e-308 has z > 38.
const AS_GOOD_AS_NORMAL: f64 = 1e22;

/// P(T ≤ t) on `df` degrees of freedom; NaN where `df` is not positive.
///
/// Relative error below 2e-14 in both tails above 1e-20, and 2e-13 down to 1e-300, for `df` from
/// 0.1 to 1e9 (mpmath); agrees with R's `pt`.
pub fn cdf(t: f64, df: f64) -> f64 {
    sf(-t, df)
}

/// P(T > t) on `df` degrees of freedom, accurate far in the upper tail; NaN where `df` is not
/// positive.
///
/// ½ I(x; df/2, ½) for t > 0, x = df / (df + t²), I the regularised incomplete beta function.
pub fn sf(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df >= AS_GOOD_AS_NORMAL {
        return normal::sf(t);
    }
    let positive = Positive::at(t.abs(), df);
    if t > 0.0 { positive.beyond } else { 0.5 + positive.within }
}

/// Two-sided p-value 2 P(T > |t|) on `df` degrees of freedom; NaN where `df` is not positive.
pub fn two_sided_p(t: f64, df: f64) -> f64 {
    2.0 * sf(t.abs(), df)
}

/// The x with P(T ≤ x) = `p` on `df` degrees of freedom; infinite at 0 and 1 and beyond 1e308;
/// NaN where `df` is not positive or `p` is no probability.
///
/// Newton's method on the logarithms of tail and t, kept in a bracket: it ends for every p and
/// df. Below a quarter the tail is solved for, else P(0 < T < t), so that t near 0 keeps its
/// digits too. Relative error below 5e-15 for `df` from 0.1 to 1e9 and p from 1e-300 to 1 − 1e-16
/// (mpmath); R's `qt` agrees but for far tails on few degrees of freedom, where it is off.
pub fn quantile(p: f64, df: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df >= AS_GOOD_AS_NORMAL || p <= 0.0 || p >= 1.0 {
        return normal::quantile(p);
    }
    if p > 0.5 {
        // 1 − p is exact here.
        return upper_point(1.0 - p, df);
    }
    if p < 0.5 { -upper_point(p, df) } else { 0.0 }
}

/// What is known of T at a point t ≥ 0.
struct Positive {
    /// P(T > t).
    beyond: f64,
    /// P(0 < T < t).
    within: f64,
    /// t times the density.
    t_density: f64,
}

impl Positive {
    fn at(t: f64, df: f64) -> Self {
        if t <= 0.0 {
            return Self { beyond: 0.5, within: 0.0, t_density: 0.0 };
        }
        if t == f64::INFINITY {
            return Self { beyond: 0.0, within: 0.5, t_density: 0.0 };
        }
        let (a, b) = (df / 2.0, 0.5);
        let point = if t * t <= df {
            let w = t * (t / df);
            let below_mean = 0.5 * (t * t - 1.0) / (1.0 + w);
            BetaPoint { a, b, x: 1.0 / (1.0 + w), y: w / (1.0 + w), below_mean }
        } else {
            let r = df / t / t;
            if r < 1e-17 {
                return Self::far_out(t, df);
            }
            let below_mean = 0.5 * (df - r) / (1.0 + r);
            BetaPoint { a, b, x: r / (1.0 + r), y: 1.0 / (1.0 + r), below_mean }
        };
        let tails = point.tails();
        Self {
            beyond: 0.5 * tails.lower,
            within: 0.5 * tails.upper,
            t_density: point.density_times_xy(),
        }
    }

    /// Where df / t² no longer counts beside 1, the tail is a power of t.
    fn far_out(t: f64, df: f64) -> Self {
        if df > 100.0 {
            // Below 1e-850.
            return Self { beyond: 0.0, within: 0.5, t_density: 0.0 };
        }
        let beyond = pow(df.sqrt() / t, df) * exp(ln_tail_constant(df));
        Self { beyond, within: 0.5 - beyond, t_density: df * beyond }
    }
}

/// ln C, where P(T > t) → C (√df / t)^df as t grows: C = Γ((df + 1)/2) / (2 √π Γ(df/2 + 1)).
fn ln_tail_constant(df: f64) -> f64 {
    ln_gamma(df / 2.0 + 0.5) - ln_gamma(df / 2.0 + 1.0) - 0.5 * ln(4.0 * PI)
}

/// The t > 0 with P(T > t) = `p`, for 0 < p < ½.
fn upper_point(p: f64, df: f64) -> f64 {
    // Each step gives ln(wanted / got) and the slope of ln(got) in ln(t).
    let step = |t: f64| {
        let at = Positive::at(t, df);
        if p < 0.25 {
            (ln(p / at.beyond), -at.t_density / at.beyond)
        } else {
            (ln((0.5 - p) / at.within), at.t_density / at.within)
        }
    };
    let (mut low, mut high) = (-800.0, 709.78);
    if Positive::at(exp(high), df).beyond > p {
        return f64::INFINITY;
    }
    let mut log_t = log_start(p, df).clamp(low, high);
    for _ in 0..200 {
        let t = exp(log_t);
        let (off, slope) = step(t);
        if (off > 0.0) == (slope > 0.0) {
            low = log_t;
        } else {
            high = log_t;
        }
        let change = off / slope;
        let next = log_t + change;
        if change.abs() < 1e-8 {
            // Quadratic convergence: this step is the last, and made on t itself.
            return t * (1.0 + change);
        }
        log_t = if next > low && next < high { next } else { f64::midpoint(low, high) };
    }
    exp(log_t)
}

/// A first ln t: from the power of t in the far tail, or from the normal's quantile.
fn log_start(p: f64, df: f64) -> f64 {
    let z = -normal::quantile(p);
    if p < 0.25 && z * z > df {
        return 0.5 * ln(df) + (ln_tail_constant(df) - ln(p)) / df;
    }
    ln(z + (z * z * z + z) / (4.0 * df))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_degree_of_freedom_is_cauchy() {
        for (p, want) in [(0.75, 1.0), (0.5, 0.0), (0.25, -1.0)] {
            assert!((quantile(p, 1.0) - want).abs() < 1e-15, "{p}");
        }
        assert!((sf(1.0, 1.0) - 0.25).abs() < 1e-16);
        assert!((sf(1e200, 1.0) * PI * 1e200 - 1.0).abs() < 1e-13);
    }

    #[test]
    fn every_probability_ends() {
        for df in [1e-3, 0.1, 1.0, 2.5, 30.0, 1e4, 1e7, 1e9, 1e15, 1e21, f64::INFINITY] {
            for p in [5e-324, 1e-310, 1e-300, 1e-17, 0.25, 0.3, 0.5 - 1e-17, 0.75, 1.0 - 1e-16] {
                assert!(!quantile(p, df).is_nan(), "{p} {df}");
            }
        }
    }

    #[test]
    fn the_ends_are_certain() {
        assert_eq!((cdf(f64::INFINITY, 3.0), sf(f64::INFINITY, 3.0)), (1.0, 0.0));
        assert_eq!((cdf(f64::NEG_INFINITY, 3.0), cdf(0.0, 3.0)), (0.0, 0.5));
        assert_eq!((quantile(0.0, 3.0), quantile(1.0, 3.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert!(
            sf(1.0, 0.0).is_nan() && quantile(0.5, -1.0).is_nan() && quantile(2.0, 3.0).is_nan()
        );
    }
}
