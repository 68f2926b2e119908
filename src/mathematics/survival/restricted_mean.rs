//! Restricted mean time to the event.

use super::curve::Difference;
use super::event_table::{EventDay, EventTable};
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
/// follow-up, also where S is 0 by then; [`NotEstimable::NobodyAtRisk`];
/// [`NotEstimable::NeedsInfluence`] with sampling weights, for which there is
/// [`super::curve_influence::robust_restricted_mean`].
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
///   `tests/reference/r/survival.R`, `tests/reference/r/survival_curves.R`. R refuses a τ before
///   the first day; S is 1 until then.
pub fn restricted_mean(
    table: &EventTable,
    horizon_days: f64,
) -> Result<RestrictedMean, NotEstimable> {
    let heights = survival_after(table.rows());
    of_heights(table, &heights, horizon_days)
}

/// The restricted means for many horizons, in their order: each as [`restricted_mean`], the curve
/// computed once.
///
/// # Errors
///
/// Each horizon has its own.
///
/// # Panics
///
/// If a horizon is negative.
pub fn restricted_means(
    table: &EventTable,
    horizons_days: &[f64],
) -> Vec<Result<RestrictedMean, NotEstimable>> {
    let heights = survival_after(table.rows());
    horizons_days.iter().map(|&horizon| of_heights(table, &heights, horizon)).collect()
}

fn of_heights(
    table: &EventTable,
    heights: &[f64],
    horizon_days: f64,
) -> Result<RestrictedMean, NotEstimable> {
    assert!(horizon_days >= 0.0, "a horizon lies after randomisation");
    let rows = &table.rows()[..table.n_event_days_by(horizon_days)?];
    if table.has_sampling_weights() {
        return Err(NotEstimable::NeedsInfluence);
    }
    // From the horizon backwards, so that the area after each day is known on it.
    let (mut area, mut variance, mut end) = (0.0, 0.0, horizon_days);
    for (row, height) in rows.iter().zip(heights).rev() {
        let (n, d) = (row.n_at_risk, row.n_events);
        area += height * (end - f64::from(row.day));
        end = f64::from(row.day);
        if d < n {
            variance += area * area * d / (n * (n - d));
        }
    }
    Ok(RestrictedMean {
        estimate_days: mean_before(rows, horizon_days),
        std_error_days: variance.sqrt(),
    })
}

/// S after each day.
pub(super) fn survival_after(rows: &[EventDay]) -> Vec<f64> {
    let heights = rows.iter().scan(1.0, |survival, row| {
        *survival *= (row.n_at_risk - row.n_events) / row.n_at_risk;
        Some(*survival)
    });
    heights.collect()
}

/// The area under S up to the horizon, which lies on the last of those days or after it.
pub(super) fn mean_before(rows: &[EventDay], horizon_days: f64) -> f64 {
    let mut walk = AreaWalk::START;
    for row in rows {
        walk.step(f64::from(row.day), row.n_at_risk, row.n_events);
    }
    walk.area_until(horizon_days)
}

/// A Kaplan-Meier curve walked day by day, with the area under it so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct AreaWalk {
    pub(super) survival: f64,
    day: f64,
    area: f64,
}

impl AreaWalk {
    pub(super) const START: Self = Self { survival: 1.0, day: 0.0, area: 0.0 };

    /// Past a day on which `n_events` of `n_at_risk` had the event.
    pub(super) fn step(&mut self, day: f64, n_at_risk: f64, n_events: f64) {
        self.area = self.area_until(day);
        self.day = day;
        self.survival *= (n_at_risk - n_events) / n_at_risk;
    }

    /// The area up to a time on or after the last day.
    pub(super) fn area_until(&self, time_days: f64) -> f64 {
        self.area + self.survival * (time_days - self.day)
    }
}

/// The difference of two restricted means with one horizon, intervention − control, in days;
/// variances add, limits and p-value come from the normal.
pub fn restricted_mean_difference(
    arms: TwoArm<RestrictedMean>,
    level: ConfidenceLevel,
) -> Difference {
    Difference::of_independent(arms.map(|arm| (arm.estimate_days, arm.std_error_days)), level)
}
