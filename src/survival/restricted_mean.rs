//! Restricted mean time to the event.

use super::curve::Difference;
use super::event_table::EventTable;
use super::not_estimable::NotEstimable;
use crate::numeric::interval::ConfidenceLevel;
use crate::trial::arm::TwoArm;

/// A restricted mean in days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RestrictedMean {
    /// The area under the curve.
    pub estimate_days: f64,
    /// Its standard error.
    pub std_error_days: f64,
}

/// The mean of min(T, τ), T the time to the event and τ `horizon_days`: the area under the
/// Kaplan-Meier curve S, competing exits counted as censored.
///
/// ```text
/// μ(τ)     = ∫₀^τ S(t) dt
/// Var μ(τ) = Σ_{tⱼ ≤ τ} Aⱼ² dⱼ / (nⱼ (nⱼ − dⱼ)),   Aⱼ = ∫_{tⱼ}^τ S(t) dt
/// ```
///
/// where dⱼ had the event on day tⱼ and nⱼ were at risk on it. A day with dⱼ = nⱼ adds
/// nothing: no area is left.
///
/// # Units
///
/// Days in, days out; τ need not be a whole day.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`]; [`NotEstimable::PastLastFollowUp`] where τ is past the last
/// follow-up, also where S is 0 by then.
///
/// # Panics
///
/// If τ is negative.
///
/// # References
///
/// - Irwin JO (1949). *Journal of Hygiene* 47:188–189.
/// - Klein JP, Moeschberger ML (2003). *Survival Analysis*, section 4.5.
/// - Agrees with `summary(survfit(...), rmean = τ)` of R's survival 3.5-3:
///   `tests/reference/r/survival.R`. R refuses a τ before the first day; S is 1 until then.
pub fn restricted_mean(
    table: &EventTable,
    horizon_days: f64,
) -> Result<RestrictedMean, NotEstimable> {
    assert!(horizon_days >= 0.0, "a horizon lies after randomisation");
    let rows = &table.rows()[..table.n_days_by(horizon_days)?];
    let mut survival = 1.0;
    let heights: Vec<f64> = rows
        .iter()
        .map(|row| {
            survival *= (row.n_at_risk - row.n_events) / row.n_at_risk;
            survival
        })
        .collect();
    // From the horizon backwards, so that the area after each day is known on it.
    let (mut area, mut variance, mut end) = (0.0, 0.0, horizon_days);
    for (row, height) in rows.iter().zip(&heights).rev() {
        let (n, d) = (row.n_at_risk, row.n_events);
        area += height * (end - f64::from(row.day));
        end = f64::from(row.day);
        if d < n {
            variance += area * area * d / (n * (n - d));
        }
    }
    Ok(RestrictedMean { estimate_days: area + end, std_error_days: variance.sqrt() })
}

/// The difference of two restricted means with one horizon, intervention − control, in days;
/// variances add, limits and p-value come from the normal.
pub fn restricted_mean_difference(
    arms: TwoArm<RestrictedMean>,
    level: ConfidenceLevel,
) -> Difference {
    Difference::of_independent(arms.map(|arm| (arm.estimate_days, arm.std_error_days)), level)
}
