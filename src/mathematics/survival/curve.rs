//! What a curve says at one time, its limits, and the difference of two arms.

use crate::numeric::distribution::normal;
use crate::numeric::elementary::{exp, exp_m1, ln};
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

impl CurveEstimate {
    /// One less the probability, and its limits the other way round: of a survival the failure.
    #[must_use]
    pub fn complement(self) -> Self {
        let swapped = |l: Interval| Interval { lower: 1.0 - l.upper, upper: 1.0 - l.lower };
        Self { estimate: 1.0 - self.estimate, limits: self.limits.map(swapped), ..self }
    }

    /// The cumulative hazard −ln S of a survival S, its limits those of S the other way round,
    /// its standard error that of S divided by S. None where S is 0.
    ///
    /// It is Breslow's transform of the Kaplan-Meier curve, not the Nelson-Aalen sum.
    pub fn cumulative_hazard(self) -> Option<CumulativeHazard> {
        // From 0, so that the hazard of a certain survival is 0 and not −0.
        let hazard = |survival: f64| (survival > 0.0).then(|| 0.0 - ln(survival));
        Some(CumulativeHazard {
            estimate: hazard(self.estimate)?,
            std_error: self.std_error.map(|error| error / self.estimate),
            lower: self.limits.and_then(|limits| hazard(limits.upper)),
            upper: self.limits.and_then(|limits| hazard(limits.lower)),
        })
    }
}

/// A cumulative hazard read off a survival curve at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CumulativeHazard {
    /// −ln S.
    pub estimate: f64,
    /// Its standard error, where it has one.
    pub std_error: Option<f64>,
    /// −ln of the upper limit of S; none without limits.
    pub lower: Option<f64>,
    /// −ln of the lower limit of S; none without limits, or where that limit is 0: without bound.
    pub upper: Option<f64>,
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
    LimitScale::LogLog.around(p, level.z() * std_error)
}

/// The scale on which the limits of a probability are symmetric about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitScale {
    /// log(−log p), whose limits stay within 0 and 1.
    #[default]
    LogLog,
    /// log p; an upper limit past 1 is 1.
    Log,
    /// p itself; limits past 0 and 1 are 0 and 1.
    Plain,
    /// log(p / (1 − p)), whose limits stay within 0 and 1.
    Logit,
}

/// The level of a curve's limits, and their scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitSettings {
    /// The level of each limit by itself.
    pub level: ConfidenceLevel,
    /// The scale.
    pub scale: LimitScale,
}

impl LimitSettings {
    /// The limits of a probability with that standard error: [`LimitScale::around`] z standard
    /// errors, z the normal's quantile.
    ///
    /// They are those of R's `survfit(conf.type = )`, which gives none where a survival is 0.
    pub fn limits(self, p: f64, std_error: f64) -> Option<Interval> {
        self.scale.around(p, self.level.z() * std_error)
    }
}

impl LimitScale {
    /// The limits that a margin m of a probability p gives on this scale, by the delta method:
    ///
    /// ```text
    /// LogLog   p ^ exp(±m / (p ln p))                      none where p is 0 or 1
    /// Log      p · exp(±m / p), at most 1                  none where p is 0
    /// Plain    p ± m, brought into [0, 1]
    /// Logit    p / (p + (1 − p) exp(±m / (p (1 − p))))     none where p is 0 or 1
    /// ```
    pub fn around(self, p: f64, margin: f64) -> Option<Interval> {
        let is_inside = p > 0.0 && p < 1.0;
        match self {
            Self::LogLog => is_inside.then(|| {
                let hazard = -ln(p);
                let limit = |shift: f64| exp(-hazard * exp(shift));
                let shift = margin / (p * hazard);
                Interval { lower: limit(shift), upper: limit(-shift) }
            }),
            Self::Log => (p > 0.0).then(|| Interval {
                lower: p * exp(-margin / p),
                upper: (p * exp(margin / p)).min(1.0),
            }),
            Self::Plain => Some(Interval::around(p, margin).map_increasing(|x| x.clamp(0.0, 1.0))),
            Self::Logit => is_inside.then(|| {
                // p / (p + (1 − p) e) = p / (1 + (1 − p) (e − 1)).
                let limit = |shift: f64| p / (1.0 + (1.0 - p) * exp_m1(shift));
                let shift = margin / (p * (1.0 - p));
                Interval { lower: limit(shift), upper: limit(-shift).min(1.0) }
            }),
        }
    }
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
