//! The outcome of a χ² test.

use super::distribution::chi_squared;

/// A χ² test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquaredTest {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: usize,
    /// P(χ² > statistic).
    pub p_value: f64,
}

impl ChiSquaredTest {
    /// The test with that statistic, its p-value from the upper tail.
    pub fn new(statistic: f64, df: usize) -> Self {
        Self { statistic, df, p_value: chi_squared::sf(statistic, df as f64) }
    }
}
