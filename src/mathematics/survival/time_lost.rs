//! Restricted mean time lost to one cause.

use super::curve::Difference;
use super::ending::{Cause, Ending};
use super::event_table::EventTable;
use super::influence::DayEffects;
use super::not_estimable::NotEstimable;
use crate::numeric::interval::ConfidenceLevel;
use crate::numeric::weights::FrequencyWeights;
use crate::trial::arm::TwoArm;

/// A restricted mean time lost to a cause, in days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeLost {
    /// The area under the cause's cumulative incidence.
    pub estimate_days: f64,
    /// Its standard error.
    pub std_error_days: f64,
}

/// The mean time lost to one cause before τ, `horizon_days`: E (τ − T)⁺ [by this cause], the area
/// under the Aalen-Johansen curve F of the cause.
///
/// ```text
/// L(τ)     = ∫₀^τ F(u) du = Σ_{tⱼ ≤ τ} (τ − tⱼ) S(tⱼ₋₁) dⱼ / nⱼ
/// Var L(τ) = Σᵢ lᵢ²,   lᵢ = ∂L(τ)/∂wᵢ           (infinitesimal jackknife)
/// ```
///
/// where dⱼ left by the cause on day tⱼ and nⱼ were at risk on it, and S is the survival free of
/// both causes. The times lost to both causes and the mean of min(T, τ), T the time to either,
/// are τ together. Of the event it is, in a trial of time to first job, the mean time *since* the
/// first job by τ: what is lost is time without one.
///
/// # Units
///
/// Days in, days out; τ need not be a whole day. The work is one walk over the days of the table.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`]; [`NotEstimable::PastLastFollowUp`] where τ is past the last
/// follow-up.
///
/// # Panics
///
/// If τ is negative.
///
/// # References
///
/// - Andersen PK (2013). *Statistics in Medicine* 32:5278–5285, doi:10.1002/sim.5903.
/// - The estimate agrees with `summary(survfit(Surv(day, factor(ending))), rmean = τ)` of R's
///   survival 3.5-3, the standard error with the root of the sum of squares of its
///   `residuals(..., times = τ, type = "auc")`: `tests/reference/r/competing.R`.
pub fn time_lost(
    table: &EventTable,
    cause: Cause,
    horizon_days: f64,
) -> Result<TimeLost, NotEstimable> {
    let effects = effects(table, cause, horizon_days)?;
    Ok(TimeLost { estimate_days: effects.total(), std_error_days: effects.variance().sqrt() })
}

/// The derivative of [`time_lost`] with respect to each participant's case weight, in the order
/// of `days` and in the scale of [`super::influence::incidence_influence`].
///
/// # Errors
///
/// As [`time_lost`].
///
/// # Panics
///
/// If the slices differ in length, or τ is negative.
pub fn time_lost_influence(
    days: &[i32],
    endings: &[Ending],
    weights: Option<FrequencyWeights<'_>>,
    cause: Cause,
    horizon_days: f64,
) -> Result<Vec<f64>, NotEstimable> {
    let table = EventTable::new(days, endings, weights);
    let effects = effects(&table, cause, horizon_days)?;
    Ok(days.iter().zip(endings).map(|(&day, &ending)| effects.of(day, ending)).collect())
}

/// The difference of two times lost with one horizon, intervention − control, in days; variances
/// add, limits and p-value come from the normal.
pub fn time_lost_difference(arms: TwoArm<TimeLost>, level: ConfidenceLevel) -> Difference {
    Difference::of_independent(arms.map(|arm| (arm.estimate_days, arm.std_error_days)), level)
}

fn effects(table: &EventTable, cause: Cause, tau: f64) -> Result<DayEffects<'_>, NotEstimable> {
    assert!(tau >= 0.0, "a horizon lies after randomisation");
    DayEffects::new(table, cause, tau, |day, tau| tau - day)
}
