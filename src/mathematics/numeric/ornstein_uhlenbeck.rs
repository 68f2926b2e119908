//! The largest absolute value of a stationary Ornstein-Uhlenbeck process.

use std::hint::black_box;

use super::distribution::normal;
use super::elementary::exp;
use super::root;

/// Terms of the Taylor series of one step; the step's √λ is at most 1.
const ORDER: usize = 26;

/// Below this duration the probability is interpolated between the ones at [`NODES`].
const SHORT: f64 = 0.005;

/// Roots of the durations between which short ones are interpolated, beside 0.
const NODES: [f64; 8] = [0.071, 0.075, 0.083, 0.095, 0.110, 0.128, 0.142, 0.150];

/// P(|X(t)| ≤ c for all t from 0 to `duration`), X stationary with standard normal values and
/// correlations e^{−|t − s|}.
///
/// ```text
/// P = Σₙ 2 φ(c) f′ₙ(c) / (λₙ² ḟₙ(c)) · exp(−λₙ duration)
/// f″ = x f′ − λ f,   f(0) = 1,   f′(0) = 0,   λₙ the zeros of f(c) as a function of λ
/// ```
///
/// φ the normal's density, ḟ the derivative of f with respect to λ: the process killed at ±c,
/// expanded by its even eigenfunctions. The equation is solved by Taylor steps; the zeros by
/// Newton's method on f divided by the zeros found before, which ascends to each. For durations
/// under 0.005, which would need very many terms, P is interpolated in √duration, of which it is a
/// smooth function, between longer ones and 0. Error below 1e-11.
///
/// # References
///
/// - Keilson J, Ross HF (1975). *Selected Tables in Mathematical Statistics* 3:233–327.
/// - Nair VN (1984). *Technometrics* 26:265–275.
/// - Agrees with Kummer's function in mpmath, `tests/reference/python/bands.py`.
///
/// # Panics
///
/// If `duration` is negative or not finite.
pub fn supremum_cdf(c: f64, duration: f64) -> f64 {
    assert!(duration >= 0.0 && duration.is_finite(), "a finite duration");
    if c <= 0.0 {
        return 0.0;
    }
    if duration >= SHORT {
        return Spectrum::of(c, duration).staying(duration);
    }
    let spectrum = Spectrum::of(c, SHORT);
    let at_once = 1.0 - normal::two_sided_p(c);
    let values = NODES.map(|node| (node, spectrum.staying(node * node)));
    interpolate(&values, at_once, duration.sqrt())
}

/// The c that |X| does not exceed with that probability for that long: critical value of the
/// equal precision band, with duration = ½ ln {b (1 − a) / (a (1 − b))}.
///
/// # Panics
///
/// Unless 0 < `probability` < 1, or as [`supremum_cdf`].
pub fn supremum_quantile(probability: f64, duration: f64) -> f64 {
    assert!(probability > 0.0 && probability < 1.0, "a probability strictly between 0 and 1");
    let at_once = normal::quantile(f64::midpoint(1.0, probability));
    root::of_increasing(|c| supremum_cdf(c, duration), probability, (at_once, 0.5), 1e-12)
}

/// Lagrange's polynomial through (0, `at_zero`) and the values.
fn interpolate(values: &[(f64, f64)], at_zero: f64, x: f64) -> f64 {
    let all = || std::iter::once((0.0, at_zero)).chain(values.iter().copied());
    let term = |(i, (node, value)): (usize, (f64, f64))| {
        let others = all().enumerate().filter(|(j, _)| *j != i);
        value * others.map(|(_, (other, _))| (x - other) / (node - other)).product::<f64>()
    };
    all().enumerate().map(term).sum()
}

/// The eigenvalues of the killed process and the weights of their exponentials.
struct Spectrum(Vec<(f64, f64)>);

impl Spectrum {
    /// As many as durations of `shortest` and more need.
    fn of(c: f64, shortest: f64) -> Self {
        let density = normal::pdf(c);
        let mut found: Vec<(f64, f64)> = Vec::new();
        let mut start = 0.0;
        loop {
            let (lambda, end) = next_zero(c, start, &found);
            found.push((lambda, 2.0 * density * end.slope / (lambda * lambda * end.by_lambda)));
            if lambda * shortest > 45.0 {
                return Self(found);
            }
            // Distances between eigenvalues are at least 2 and grow.
            let before = found.len().checked_sub(2).map_or(lambda - 1.0, |last| found[last].0);
            start = lambda + f64::max(1.0, 0.5 * (lambda - before));
        }
    }

    fn staying(&self, duration: f64) -> f64 {
        self.0.iter().rev().map(|(lambda, weight)| weight * exp(-lambda * duration)).sum()
    }
}

/// The first zero past `start`, and the solution there.
fn next_zero(c: f64, start: f64, found: &[(f64, f64)]) -> (f64, Solution) {
    let mut lambda = start;
    let mut end = Solution::at(c, lambda);
    for _ in 0..100 {
        let deflation: f64 = found.iter().map(|(zero, _)| 1.0 / (lambda - zero)).sum();
        let step = -1.0 / (end.by_lambda / end.value - deflation);
        // From the left every step goes right, until rounding takes over.
        if step <= 4.0 * f64::EPSILON * lambda || step.is_nan() {
            break;
        }
        lambda += step;
        end = Solution::at(c, lambda);
    }
    (lambda, end)
}

/// f, f′ and their derivatives with respect to λ at one x.
#[derive(Clone, Copy)]
struct Solution {
    value: f64,
    slope: f64,
    by_lambda: f64,
    slope_by_lambda: f64,
}

impl Solution {
    fn at(c: f64, lambda: f64) -> Self {
        let mut now = Self { value: 1.0, slope: 0.0, by_lambda: 0.0, slope_by_lambda: 0.0 };
        let n_steps = (c * f64::max(4.0, lambda.sqrt())).ceil();
        let step = c / n_steps;
        let mut done = 0.0;
        while done < n_steps {
            now = now.after(done * step, step, lambda);
            done += 1.0;
        }
        now
    }

    /// The solution a step after x: (k + 2) (k + 1) aₖ₊₂ = x (k + 1) aₖ₊₁ + (k − λ) aₖ.
    fn after(self, x: f64, step: f64, lambda: f64) -> Self {
        let mut a = (self.value, self.slope);
        let mut b = (self.by_lambda, self.slope_by_lambda);
        let mut power = step;
        let mut to = Self {
            value: a.0 + a.1 * step,
            slope: a.1,
            by_lambda: b.0 + b.1 * step,
            slope_by_lambda: b.1,
        };
        let mut order = 0.0;
        // A known number of terms would be written out one by one: minutes of the optimiser's time.
        for _ in 0..black_box(ORDER) {
            let scale = 1.0 / ((order + 2.0) * (order + 1.0));
            let next_a = (x * (order + 1.0) * a.1 + (order - lambda) * a.0) * scale;
            let next_b = (x * (order + 1.0) * b.1 + (order - lambda) * b.0 - a.0) * scale;
            (a, b) = ((a.1, next_a), (b.1, next_b));
            order += 1.0;
            // Coefficient number order + 1.
            to.slope += next_a * (order + 1.0) * power;
            to.slope_by_lambda += next_b * (order + 1.0) * power;
            power *= step;
            to.value += next_a * power;
            to.by_lambda += next_b * power;
        }
        to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_normal() {
        for c in [0.5, 1.96, 4.0] {
            let want = 1.0 - normal::two_sided_p(c);
            assert!((supremum_cdf(c, 0.0) - want).abs() < 1e-14);
            // Shortly after 0 it falls by a multiple of the root.
            let soon = want - supremum_cdf(c, 1e-6);
            assert!(soon > 0.0 && soon < 1e-2 * normal::pdf(c), "{soon}");
        }
    }

    #[test]
    fn interpolation_meets_the_expansion() {
        for c in [1.0, 2.0, 3.0] {
            let spectrum = Spectrum::of(c, 0.002);
            for duration in [0.002, 0.0035, 0.0049] {
                let (got, want) = (supremum_cdf(c, duration), spectrum.staying(duration));
                assert!((got - want).abs() < 1e-11, "{c}, {duration}: {got} {want}");
            }
        }
    }
}
