//! The functions that distributions are made of, without cancellation.
//!
//! A density such as x^a e^−x / Γ(a + 1) is a quotient of huge numbers. Written with the
//! [deviance](stirling::deviance) and [Stirling's error](stirling::stirling_error) it is one
//! exponential of small, exactly signed parts, right for parameters from 1e-10 to 1e9 (Loader
//! 2000, *Fast and Accurate Computation of Binomial Probabilities*).

pub mod beta;
pub mod gamma;
pub mod stirling;

/// The two tails of a distribution at a point: each right where it is small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    /// P(X ≤ x).
    pub lower: f64,
    /// P(X > x).
    pub upper: f64,
}

impl Tails {
    /// Both tails of a lower one that is not close to 1.
    fn from_lower(lower: f64) -> Self {
        let lower = lower.min(1.0);
        Self { lower, upper: 1.0 - lower }
    }

    /// Both tails of an upper one that is not close to 1.
    fn from_upper(upper: f64) -> Self {
        Self::from_lower(upper).exchanged()
    }

    /// The tails of −X.
    fn exchanged(self) -> Self {
        Self { lower: self.upper, upper: self.lower }
    }
}

/// Sums `first` and the terms that follow, each the last times `ratio(n)`, n = 0, 1, …, until a
/// term no longer counts.
///
/// The terms are positive and in the end fall by a constant factor.
fn sum_by_ratio(first: f64, ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut term, mut sum, mut n) = (first, first, 0.0);
    loop {
        let r = ratio(n);
        term *= r;
        let next = sum + term;
        // The rest is below term · r / (1 − r), so a small last term is not enough.
        if r < 1.0 && term <= sum * f64::EPSILON * 0.25 * (1.0 - r) || !next.is_finite() {
            return next;
        }
        sum = next;
        n += 1.0;
    }
}

/// The most steps that a continued fraction takes; those used here need far fewer.
const MOST_STEPS: u32 = 1_000_000;

/// The continued fraction b(0) + a(1) / (b(1) + a(2) / (b(2) + …)), by Lentz's method as modified
/// by Thompson and Barnett (1986).
///
/// `step(n)` gives a(n) and b(n).
fn continued_fraction(first: f64, step: impl Fn(f64) -> (f64, f64)) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |x: f64| if x.abs() < TINY { TINY } else { x };
    let mut value = away_from_zero(first);
    let (mut numerator, mut denominator) = (value, 0.0);
    for n in 1..=MOST_STEPS {
        let (a, b) = step(f64::from(n));
        denominator = 1.0 / away_from_zero(b + a * denominator);
        numerator = away_from_zero(b + a / numerator);
        let change = numerator * denominator;
        value *= change;
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}
