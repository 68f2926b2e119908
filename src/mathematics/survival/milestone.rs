//! Two survival curves compared at one time.

use super::curve::{CurveEstimate, Difference};
use super::not_estimable::NotEstimable;
use super::restricted_mean_contrast::Ratio;
use crate::numeric::elementary::ln;
use crate::numeric::interval::ConfidenceLevel;
use crate::trial::arm::TwoArm;

/// Two arms' survival at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MilestoneTest {
    /// S₁ − S₀ with Wald limits and p-value.
    pub difference: Difference,
    /// The ratio of the cumulative hazards −ln S₁ / −ln S₀ with limits and p-value from
    /// ln(−ln S): the test that keeps its level best in small arms.
    ///
    /// [`NotEstimable::OnTheEdge`] where an arm's survival is 0 or 1.
    pub hazard_ratio: Result<Ratio, NotEstimable>,
}

/// Compares the survival of two arms at one time, each read off its own curve.
///
/// ```text
/// plain     Z = (S₁ − S₀) / √(v₁ + v₀)
/// log-log   Z = {ln(−ln S₁) − ln(−ln S₀)} / √{v₁ / (S₁ ln S₁)² + v₀ / (S₀ ln S₀)²}
/// ```
///
/// v the variance of S. The standard error of the log-log difference is the delta method's. Z² is
/// χ² with one degree of freedom.
///
/// # Errors
///
/// [`NotEstimable::OnTheEdge`] where an arm's survival is 0 and so has no standard error, and
/// [`NotEstimable::NeedsInfluence`] where it is not and has none either.
///
/// # References
///
/// - Klein JP, Logan B, Harhoff M, Andersen PK (2007). *Statistics in Medicine* 26:4505–4519.
/// - The formulas in R, of `survfit`'s survival and standard error:
///   `tests/reference/r/survival_curves.R`.
pub fn milestone_test(
    arms: TwoArm<CurveEstimate>,
    level: ConfidenceLevel,
) -> Result<MilestoneTest, NotEstimable> {
    let read = |arm: CurveEstimate| match arm.std_error {
        Some(error) => Ok((arm.estimate, error)),
        None if arm.estimate > 0.0 => Err(NotEstimable::NeedsInfluence),
        None => Err(NotEstimable::OnTheEdge),
    };
    let arms = TwoArm { intervention: read(arms.intervention)?, control: read(arms.control)? };
    // The hazard's standard error is that of S divided by S: a ratio of hazards by the delta
    // method is the difference of their logarithms.
    let hazards = arms.map(|(survival, error)| (0.0 - ln(survival), error / survival));
    Ok(MilestoneTest {
        difference: Difference::of_independent(arms, level),
        hazard_ratio: Ratio::of_independent(hazards, level),
    })
}
