//! Risk ratio and odds ratio, intervention / control.

use thiserror::Error;

use super::proportion::{Count, EmptyArm, arm_name, proportions};
use crate::numeric::elementary::{exp, ln};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::trial::arm::{Arm, TwoArm};

/// A ratio with limits that are symmetric on the log scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioEstimate {
    /// The ratio.
    pub estimate: f64,
    /// Its natural logarithm.
    pub log_estimate: f64,
    /// Standard error of the logarithm.
    pub log_std_error: f64,
    /// Limits of the ratio.
    pub interval: Interval,
}

/// Why there is no ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RatioError {
    /// An arm has nobody in it.
    #[error(transparent)]
    EmptyArm(#[from] EmptyArm),
    /// Nobody in an arm had the event.
    #[error("no events in the {} arm", arm_name(*.arm))]
    NoEvents {
        /// The arm; the intervention where it is so of both.
        arm: Arm,
    },
    /// Everybody in an arm had the event, so that its odds are infinite.
    #[error("nobody without the event in the {} arm", arm_name(*.arm))]
    NoNonEvents {
        /// The arm; the intervention where it is so of both.
        arm: Arm,
    },
}

/// Estimates the risk ratio p₁ / p₀ with Katz's limits.
///
/// With x₁, x₀ events among n₁, n₀ participants:
///
/// ```text
/// log_std_error = √(1/x₁ − 1/n₁ + 1/x₀ − 1/n₀)
/// interval      = exp(log(p₁/p₀) ± z log_std_error)
/// ```
///
/// Nothing is added to empty cells. Where everybody in both arms had the event the ratio is 1 and
/// its standard error 0.
///
/// # Errors
///
/// [`RatioError::EmptyArm`] and [`RatioError::NoEvents`].
///
/// # References
///
/// - Katz D, Baptista J, Azen SP, Pike MC (1978). *Biometrics* 34:469–474.
/// - Agrees with R's `glm(family = binomial("log"))`; see `tests/reference/r/estimate.R`.
pub fn risk_ratio(
    counts: TwoArm<Count>,
    level: ConfidenceLevel,
) -> Result<RatioEstimate, RatioError> {
    let p = proportions(counts)?;
    need_events(counts)?;
    // 1/x − 1/n, without cancellation.
    let variance = |arm: Arm| {
        let count = counts.get(arm);
        count.non_events() as f64 / (count.events() as f64 * count.n() as f64)
    };
    Ok(on_the_log_scale(
        p.intervention / p.control,
        variance(Arm::Intervention) + variance(Arm::Control),
        level,
    ))
}

/// Estimates the odds ratio x₁ (n₀ − x₀) / (x₀ (n₁ − x₁)) with Woolf's limits.
///
/// With x₁, x₀ events among n₁, n₀ participants:
///
/// ```text
/// log_std_error = √(1/x₁ + 1/(n₁ − x₁) + 1/x₀ + 1/(n₀ − x₀))
/// interval      = exp(log ratio ± z log_std_error)
/// ```
///
/// It is the ratio of the observed odds, not the conditional maximum likelihood estimate that
/// R's `fisher.test` prints. Nothing is added to empty cells.
///
/// # Errors
///
/// [`RatioError::EmptyArm`], [`RatioError::NoEvents`] and [`RatioError::NoNonEvents`].
///
/// # References
///
/// - Woolf B (1955). *Annals of Human Genetics* 19:251–253.
/// - Agrees with R's `glm(family = binomial)`; see `tests/reference/r/estimate.R`.
pub fn odds_ratio(
    counts: TwoArm<Count>,
    level: ConfidenceLevel,
) -> Result<RatioEstimate, RatioError> {
    proportions(counts)?;
    need_events(counts)?;
    if let Some((arm, _)) = counts.iter().find(|(_, count)| count.non_events() == 0) {
        return Err(RatioError::NoNonEvents { arm });
    }
    let odds = |arm: Arm| counts.get(arm).events() as f64 / counts.get(arm).non_events() as f64;
    let variance = |arm: Arm| {
        1.0 / counts.get(arm).events() as f64 + 1.0 / counts.get(arm).non_events() as f64
    };
    Ok(on_the_log_scale(
        odds(Arm::Intervention) / odds(Arm::Control),
        variance(Arm::Intervention) + variance(Arm::Control),
        level,
    ))
}

fn need_events(counts: TwoArm<Count>) -> Result<(), RatioError> {
    match counts.iter().find(|(_, count)| count.events() == 0) {
        Some((arm, _)) => Err(RatioError::NoEvents { arm }),
        None => Ok(()),
    }
}

fn on_the_log_scale(estimate: f64, log_variance: f64, level: ConfidenceLevel) -> RatioEstimate {
    let log_estimate = ln(estimate);
    let log_std_error = log_variance.sqrt();
    let interval = Interval::around(log_estimate, level.z() * log_std_error).map_increasing(exp);
    RatioEstimate { estimate, log_estimate, log_std_error, interval }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_cells_give_their_reason() {
        let level = ConfidenceLevel::new(0.95).unwrap();
        let arms = |x1, n1, x0, n0| TwoArm {
            intervention: Count::new(n1, x1).unwrap(),
            control: Count::new(n0, x0).unwrap(),
        };
        let (intervention, control) = (Arm::Intervention, Arm::Control);
        let none = |arm| Err(RatioError::NoEvents { arm });
        assert_eq!(risk_ratio(arms(0, 9, 2, 9), level), none(intervention));
        assert_eq!(risk_ratio(arms(2, 9, 0, 9), level), none(control));
        assert_eq!(odds_ratio(arms(2, 9, 0, 9), level), none(control));
        let all = odds_ratio(arms(2, 9, 9, 9), level);
        assert_eq!(all, Err(RatioError::NoNonEvents { arm: control }));
        let nobody = Err(RatioError::EmptyArm(EmptyArm { arm: control }));
        assert_eq!(risk_ratio(arms(2, 9, 0, 0), level), nobody);
        assert_eq!(odds_ratio(arms(2, 9, 0, 0), level), nobody);
        assert!(risk_ratio(arms(9, 9, 9, 9), level).is_ok());
    }
}
