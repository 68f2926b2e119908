//! What a curve says at one time, its limits, and the difference of two arms.

use crate::numeric::distribution::normal;
use crate::numeric::elementary::{exp, ln};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::trial::arm::TwoArm;

/// A probability read off a curve at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveEstimate {
    /// The probability.
    pub estimate: f64,
    /// Its standard error, where it has one.
    pub std_error: Option<f64>,
    /// Its limits, where it has them.
    pub limits: Option<Interval>,
    /// Those whose last day at risk is that time or later.
    pub n_at_risk: f64,
}

/// A day on which a curve may step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Days since randomisation.
    pub day: i32,
    /// The curve's value from that day on, and those at risk on it.
    pub value: CurveEstimate,
}

/// Limits of a probability on the log(−log) scale, which stay between 0 and 1.
///
/// ```text
/// p ^ exp(±z · se / (p ln p))
/// ```
///
/// where p is the probability, se its standard error and z the normal's quantile. None where p is
/// 0 or 1. It is the "log-log" of R's `survfit`, for survival and for cumulative incidence alike.
pub fn log_log_limits(p: f64, std_error: f64, level: ConfidenceLevel) -> Option<Interval> {
    log_log_band(p, std_error, level.z())
}

/// [`log_log_limits`] with another multiplier than the normal's quantile: with the critical value
/// of the largest of many estimates they are one point of a simultaneous band.
///
/// Where the standard error is 0 both limits are p. None where p is 0 or 1.
pub fn log_log_band(p: f64, std_error: f64, multiplier: f64) -> Option<Interval> {
    if p <= 0.0 || p >= 1.0 {
        return None;
    }
    let hazard = -ln(p);
    let margin = multiplier * std_error / (p * hazard);
    let limit = |shift: f64| exp(-hazard * exp(shift));
    Some(Interval { lower: limit(margin), upper: limit(-margin) })
}

/// The difference of two independent estimates, intervention − control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Intervention − control, in the unit of the estimates.
    pub estimate: f64,
    /// The root of the sum of both variances.
    pub std_error: f64,
    /// Estimate ± z standard errors.
    pub limits: Interval,
    /// Two-sided, from the normal; none where the standard error is 0.
    pub p_value: Option<f64>,
}

impl Difference {
    /// From the estimate and the standard error of each arm.
    pub(super) fn of_independent(arms: TwoArm<(f64, f64)>, level: ConfidenceLevel) -> Self {
        let (intervention, control) = (arms.intervention, arms.control);
        let estimate = intervention.0 - control.0;
        let std_error = (intervention.1 * intervention.1 + control.1 * control.1).sqrt();
        Self {
            estimate,
            std_error,
            limits: Interval::around(estimate, level.z() * std_error),
            p_value: (std_error > 0.0).then(|| normal::two_sided_p(estimate / std_error)),
        }
    }
}
