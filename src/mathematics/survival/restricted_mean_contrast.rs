//! Ratios of restricted means and of times lost, and their difference within strata.

use thiserror::Error;

use super::curve::Difference;
use super::event_table::EventTable;
use super::not_estimable::NotEstimable;
use super::restricted_mean::{RestrictedMean, restricted_mean};
use crate::numeric::distribution::normal;
use crate::numeric::elementary::{exp, ln};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::trial::arm::{Arm, TwoArm};

/// The ratio of two independent positive estimates, intervention / control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// Intervention / control.
    pub estimate: f64,
    /// The standard error of its logarithm.
    pub ln_std_error: f64,
    /// Symmetric on the log scale.
    pub limits: Interval,
    /// Two-sided, of a ratio of 1, from the normal on the log scale; none where the standard error
    /// is 0.
    pub p_value: Option<f64>,
}

impl Ratio {
    /// From the estimate and the standard error of each arm, by the delta method.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::OnTheEdge`] unless both estimates are positive.
    pub(super) fn of_independent(
        arms: TwoArm<(f64, f64)>,
        level: ConfidenceLevel,
    ) -> Result<Self, NotEstimable> {
        let (intervention, control) = (arms.intervention, arms.control);
        if !(intervention.0 > 0.0 && control.0 > 0.0) {
            return Err(NotEstimable::OnTheEdge);
        }
        let relative = arms.map(|(estimate, std_error)| std_error / estimate);
        let variance =
            relative.intervention * relative.intervention + relative.control * relative.control;
        let ln_ratio = ln(intervention.0 / control.0);
        let ln_std_error = variance.sqrt();
        Ok(Self {
            estimate: intervention.0 / control.0,
            ln_std_error,
            limits: Interval::around(ln_ratio, level.z() * ln_std_error).map_increasing(exp),
            p_value: (ln_std_error > 0.0).then(|| normal::two_sided_p(ln_ratio / ln_std_error)),
        })
    }
}

/// The ratio of two restricted means with one horizon, intervention / control.
///
/// ```text
/// Var ln(μ₁ / μ₀) = Var μ₁ / μ₁² + Var μ₀ / μ₀²
/// ```
///
/// # Errors
///
/// [`NotEstimable::OnTheEdge`] where a mean is 0.
///
/// # References
///
/// - Royston P, Parmar MKB (2013). *BMC Medical Research Methodology* 13:152.
/// - Uno H and others (2014). *Journal of Clinical Oncology* 32:2380–2385.
/// - The formula of survRM2's `rmst2`, computed of R's `survfit`:
///   `tests/reference/r/survival_curves.R`.
pub fn restricted_mean_ratio(
    arms: TwoArm<RestrictedMean>,
    level: ConfidenceLevel,
) -> Result<Ratio, NotEstimable> {
    Ratio::of_independent(arms.map(|arm| (arm.estimate_days, arm.std_error_days)), level)
}

/// The ratio of the times lost τ − μ(τ), intervention / control: of the time that participants
/// had the event behind them before τ, `horizon_days`. Of a first job it is the time gained.
///
/// # Errors
///
/// [`NotEstimable::OnTheEdge`] where an arm lost none.
///
/// # References
///
/// As [`restricted_mean_ratio`].
pub fn time_lost_ratio(
    arms: TwoArm<RestrictedMean>,
    horizon_days: f64,
    level: ConfidenceLevel,
) -> Result<Ratio, NotEstimable> {
    let lost = |arm: RestrictedMean| (horizon_days - arm.estimate_days, arm.std_error_days);
    Ratio::of_independent(arms.map(lost), level)
}

/// An arm of a stratum that cannot be estimated.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("stratum {stratum}: {reason}")]
pub struct NotEstimableIn {
    /// The stratum, from 0.
    pub stratum: usize,
    /// The arm.
    pub arm: Arm,
    /// Why.
    pub reason: NotEstimable,
}

/// The difference of restricted means within strata, averaged over the participants' strata.
///
/// ```text
/// Δ(τ)     = Σ_s (n_s / n) { μ₁ₛ(τ) − μ₀ₛ(τ) }
/// Var Δ(τ) = Σ_s (n_s / n)² { Var μ₁ₛ(τ) + Var μ₀ₛ(τ) }
/// ```
///
/// `n_s` the participants of both arms in stratum s, n those of all. The estimand is the difference
/// of means that the trial would have if its two arms had the strata of all participants. Weights
/// are taken as known.
///
/// # Errors
///
/// [`NotEstimableIn`] names the first stratum and arm that has no participants, or was not
/// followed until τ; a stratum without participants in either arm is passed over. Without any,
/// stratum 0 and [`NotEstimable::NoParticipants`].
///
/// # Panics
///
/// If τ is negative.
///
/// # References
///
/// - Karrison T (1987). *Journal of the American Statistical Association* 82:1169–1176.
/// - Agrees with sums over R's `survfit` by stratum: `tests/reference/r/survival_curves.R`.
pub fn stratified_restricted_mean_difference(
    strata: &[TwoArm<&EventTable>],
    horizon_days: f64,
    level: ConfidenceLevel,
) -> Result<Difference, NotEstimableIn> {
    let size =
        |s: &TwoArm<&EventTable>| s.intervention.n_participants() + s.control.n_participants();
    let n: f64 = strata.iter().map(size).sum();
    if n <= 0.0 {
        let reason = NotEstimable::NoParticipants;
        return Err(NotEstimableIn { stratum: 0, arm: Arm::Intervention, reason });
    }
    let mut means = TwoArm { intervention: (0.0, 0.0), control: (0.0, 0.0) };
    for (stratum, tables) in strata.iter().enumerate().filter(|(_, tables)| size(tables) > 0.0) {
        let share = size(tables) / n;
        for (arm, table) in tables.iter() {
            let mean = restricted_mean(table, horizon_days).map_err(|reason| NotEstimableIn {
                stratum,
                arm,
                reason,
            })?;
            let (estimate, variance) = means.get_mut(arm);
            *estimate += share * mean.estimate_days;
            let error = share * mean.std_error_days;
            *variance += error * error;
        }
    }
    Ok(Difference::of_independent(means.map(|(mean, variance)| (mean, variance.sqrt())), level))
}
