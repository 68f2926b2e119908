//! The largest absolute value of a Brownian bridge.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, PI};

use super::elementary::{erfc, exp};
use super::root;

/// Width of the steps of the double exponential quadrature, and how far they reach.
const STEP: f64 = 1.0 / 32.0;
const N_STEPS: i32 = 32 * 7 / 2;

/// P(|B(u)| ≤ k for all u from `low` to `high`), B the Brownian bridge on [0, 1].
///
/// Given B(low) = x the path reaches `high` within ±k, never having left, with the probability
///
/// ```text
/// Σⱼ {q(x + 4jk) − q(2k − x + 4jk)},   j all whole numbers
/// q(c) = exp{−(c² − x²) / (2 (1 − low))} · P(|N(c (1 − high) / (1 − low), v)| ≤ k)
/// v    = (high − low) (1 − high) / (1 − low)
/// ```
///
/// by reflection at both boundaries; its mean over B(low) ~ N(0, low (1 − low)) is integrated
/// numerically. From 0 to 1 it is Kolmogorov's distribution. Error below 1e-13.
///
/// # Panics
///
/// Unless 0 ≤ `low` ≤ `high` ≤ 1.
///
/// # References
///
/// - Doob JL (1949). *Annals of Mathematical Statistics* 20:393–403.
/// - Hall WJ, Wellner JA (1980). *Biometrika* 67:133–143.
/// - Agrees with the expansion by eigenfunctions in mpmath, `tests/reference/python/bands.py`.
pub fn supremum_cdf(k: f64, (low, high): (f64, f64)) -> f64 {
    assert!(0.0 <= low && low <= high && high <= 1.0, "a part of the unit interval");
    if k <= 0.0 {
        // A bridge at rest is nowhere but at 0.
        return if high <= 0.0 || low >= 1.0 { 1.0 } else { 0.0 };
    }
    // The bridge run backwards is one: fewer reflections count where 1 − low is smaller.
    let (low, high) = if 1.0 - low > high { (1.0 - high, 1.0 - low) } else { (low, high) };
    let spread = (low * (1.0 - low)).sqrt();
    if spread <= 0.0 {
        return if low >= 1.0 { 1.0 } else { within(0.0, k, (low, high)) };
    }
    // Over x from 0 to k, or to where no normal goes, by x = reach · (1 + tanh(π/2 sinh t)) / 2.
    let reach = k.min(10.0 * spread);
    let mut total = 0.0;
    for i in -N_STEPS..=N_STEPS {
        let t = f64::from(i) * STEP;
        let (e, e_minus) = (exp(t), exp(-t));
        let u = FRAC_PI_2 * (e - e_minus);
        // (1 + tanh(u/2)) / 2 and its derivative in t.
        let share = 1.0 / (1.0 + exp(-u));
        let rest = 1.0 / (1.0 + exp(u));
        let slope = share * rest * FRAC_PI_2 * (e + e_minus);
        let x = if share < 0.5 { reach * share } else { reach - reach * rest };
        let z = x / spread;
        total += exp(-0.5 * z * z) * slope * within(x, k, (low, high));
    }
    // Both signs of x.
    let density = 2.0 * reach / (spread * (2.0 * PI).sqrt());
    (total * STEP * density).clamp(0.0, 1.0)
}

/// The probability of staying within ±k until `high`, given the value x at `low`.
fn within(x: f64, k: f64, (low, high): (f64, f64)) -> f64 {
    let rest = 1.0 - low;
    let shrink = (1.0 - high) / rest;
    let sd = ((high - low) * shrink).sqrt();
    let image = |c: f64| {
        let relative = exp(-(c - x) * (c + x) / (2.0 * rest));
        if sd <= 0.0 {
            // The end is certain: at 0, or where it was.
            return if (c * shrink).abs() <= k { relative } else { 0.0 };
        }
        let below = |z: f64| 0.5 * erfc(-z * FRAC_1_SQRT_2);
        relative * (below((k - c * shrink) / sd) - below((-k - c * shrink) / sd))
    };
    let mut total = image(x) - image(2.0 * k - x) - image(-2.0 * k - x);
    let mut shift = 4.0 * k;
    loop {
        let (further, nearer) = (image(x + shift) + image(x - shift), 2.0 * k + shift);
        total += further - image(nearer - x) - image(-nearer - x);
        // All later images are smaller than the nearest of these.
        if (shift - x) * (shift - x) > 80.0 * rest + x * x {
            return total;
        }
        shift += 4.0 * k;
    }
}

/// The k that |B| does not exceed between `low` and `high` with that probability: critical value
/// of the Hall-Wellner band. 0 where the bridge is at rest.
///
/// # Panics
///
/// Unless 0 ≤ `low` ≤ `high` ≤ 1 and 0 < `probability` < 1.
pub fn supremum_quantile(probability: f64, (low, high): (f64, f64)) -> f64 {
    assert!(probability > 0.0 && probability < 1.0, "a probability strictly between 0 and 1");
    root::of_increasing(|k| supremum_cdf(k, (low, high)), probability, (0.0, 0.5), 1e-13)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::distribution::normal;

    #[test]
    fn the_whole_interval_is_kolmogorovs() {
        for k in [0.3, 0.8, 1.358_098_639, 2.5] {
            let terms = (1..20_i32).map(|j| {
                let sign = if j % 2 == 0 { 1.0 } else { -1.0 };
                2.0 * sign * exp(-2.0 * f64::from(j * j) * k * k)
            });
            let want = 1.0 + terms.sum::<f64>();
            assert!((supremum_cdf(k, (0.0, 1.0)) - want).abs() < 1e-14, "{k}");
        }
    }

    #[test]
    fn one_point_is_normal_and_a_bridge_at_rest_stays() {
        let want = 1.0 - normal::two_sided_p(0.5 / (0.3_f64 * 0.7).sqrt());
        assert!((supremum_cdf(0.5, (0.3, 0.3)) - want).abs() < 1e-13);
        for end in [0.0, 1.0] {
            assert!((supremum_cdf(0.0, (end, end)) - 1.0).abs() < 1e-15);
            assert!(supremum_quantile(0.95, (end, end)).abs() < 1e-15);
        }
        assert!(supremum_cdf(0.0, (0.1, 0.2)).abs() < 1e-300);
    }

    #[test]
    fn backwards_is_forwards() {
        for (low, high) in [(0.0, 0.4), (0.01, 0.3), (0.2, 0.95)] {
            let (a, b) =
                (supremum_cdf(0.7, (low, high)), supremum_cdf(0.7, (1.0 - high, 1.0 - low)));
            assert!((a - b).abs() < 1e-13, "{a} {b}");
        }
    }
}
