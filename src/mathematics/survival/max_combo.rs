//! The largest of several weighted log-rank tests.

use thiserror::Error;

use super::event_table::EventTable;
use super::not_estimable::NotEstimable;
use super::weighted_log_rank::{FlemingHarrington, Scores, SignedTest, signed};
use crate::numeric::multivariate_normal::{LargestError, largest_sf};
use crate::trial::arm::TwoArm;

/// Why there is no MaxCombo test.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum MaxComboError {
    /// One of the tests does not exist, or the list of weights is empty
    /// ([`NotEstimable::NoVariance`]).
    #[error(transparent)]
    NotEstimable(#[from] NotEstimable),
    /// The weights span more than three dimensions: the p-value is computed up to three.
    #[error("the weights span more than three dimensions")]
    TooManyDimensions,
}

/// A MaxCombo test.
#[derive(Clone, Debug, PartialEq)]
pub struct MaxCombo {
    /// The largest |z|.
    pub statistic: f64,
    /// Its two-sided p-value, from the joint normal distribution of all z.
    pub p_value: f64,
    /// Which of the weights has it, from 0; the first of equals.
    pub largest: usize,
    /// The tests, in the order of the weights.
    pub tests: Vec<SignedTest>,
}

/// The MaxCombo test: the largest |Zₖ| of Fleming and Harrington's tests, with a p-value that
/// allows for the choice.
///
/// ```text
/// p = P(maxₖ |Xₖ| > maxₖ |Zₖ|),   X normal, mean 0, Cov(Xₖ, Xₗ) = Vₖₗ / √(Vₖₖ Vₗₗ)
/// Vₖₗ = Σⱼ wₖⱼ wₗⱼ dⱼ (n₁ⱼ / nⱼ) (n₀ⱼ / nⱼ) (nⱼ − dⱼ) / (nⱼ − 1)
/// ```
///
/// in the notation of [`super::weighted_log_rank::fleming_harrington`]. The usual weights are
/// [`FlemingHarrington::MAX_COMBO`]. V is singular there, U of (0, 0) being those of (1, 0) and
/// (0, 1) together; the probability is computed in the three dimensions that there are, with a
/// relative error below 1e-11 however small it is: see [`largest_sf`].
///
/// # Errors
///
/// Those of [`super::weighted_log_rank::fleming_harrington`] where any of the tests has one;
/// [`MaxComboError::TooManyDimensions`].
///
/// # References
///
/// - Lin RS and others (2020). *Statistics in Biopharmaceutical Research* 12:187–198.
/// - Karrison TG (2016). *Stata Journal* 16:678–690.
/// - Agrees with mvtnorm 1.1-3's `pmvnorm` as far as that is exact, and with nested integration
///   in R: `tests/reference/r/weighted_log_rank.R`.
pub fn max_combo(
    arms: TwoArm<&EventTable>,
    weights: &[FlemingHarrington],
) -> Result<MaxCombo, MaxComboError> {
    max_combo_stratified(&[arms], weights)
}

/// [`max_combo`] within strata: U and V are summed over strata.
///
/// # Errors
///
/// As [`max_combo`], over all strata together.
pub fn max_combo_stratified(
    strata: &[TwoArm<&EventTable>],
    weights: &[FlemingHarrington],
) -> Result<MaxCombo, MaxComboError> {
    let Scores { excess, covariance } = Scores::new(strata, weights)?;
    let tests: Vec<SignedTest> = excess
        .iter()
        .zip(covariance.diag())
        .map(|(&excess, &variance)| signed(excess, variance))
        .collect::<Result<_, _>>()?;
    let (mut largest, mut statistic) = (0, -1.0);
    for (k, test) in tests.iter().enumerate() {
        if test.z.abs() > statistic {
            (largest, statistic) = (k, test.z.abs());
        }
    }
    let p_value = largest_sf(statistic, covariance.view()).map_err(|error| match error {
        LargestError::TooManyDimensions => MaxComboError::TooManyDimensions,
        LargestError::Shape { .. } | LargestError::NoVariance { .. } => {
            MaxComboError::NotEstimable(NotEstimable::NoVariance)
        }
    })?;
    Ok(MaxCombo { statistic, p_value, largest, tests })
}
