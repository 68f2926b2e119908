//! Confidence levels and intervals.

use super::distribution::normal;

/// A confidence level strictly between one half and one, such as 0.95.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConfidenceLevel(f64);

impl ConfidenceLevel {
    /// The level, if it lies strictly between 0.5 and 1.
    pub fn new(level: f64) -> Option<Self> {
        (level > 0.5 && level < 1.0).then_some(Self(level))
    }

    /// The level as a proportion.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Probability in each tail, (1 − level) / 2.
    pub fn tail(self) -> f64 {
        (1.0 - self.0) / 2.0
    }

    /// The normal's quantile at 1 − (1 − level) / 2: 1.96 at 0.95.
    pub fn z(self) -> f64 {
        normal::quantile(1.0 - self.tail())
    }
}

/// A two-sided confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Interval {
    /// `estimate` ± `margin`.
    pub fn around(estimate: f64, margin: f64) -> Self {
        Self { lower: estimate - margin, upper: estimate + margin }
    }

    /// Applies an increasing function to both limits.
    #[must_use]
    pub fn map_increasing(self, f: impl Fn(f64) -> f64) -> Self {
        Self { lower: f(self.lower), upper: f(self.upper) }
    }
}
