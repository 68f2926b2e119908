//! Whether the effect differs between the levels of a subgroup variable.

use thiserror::Error;

use super::proportion::{Count, arm_name};
use super::ratio::{RatioError, risk_ratio};
use super::regression::{InteractionError, arm_by_stratum_wald};
use super::sample::StratifiedSample;
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::interval::ConfidenceLevel;
use crate::numeric::sum::sum;
use crate::trial::arm::{Arm, TwoArm};

/// Why ratios cannot be compared between levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RatioHeterogeneityError {
    /// There are fewer than two levels with participants.
    #[error("fewer than two levels have participants")]
    FewerThanTwoLevels,
    /// A level has nobody in an arm.
    #[error("no participants in the {} arm of a level", arm_name(*.arm))]
    EmptyArm {
        /// Number of the level, from 0.
        level: usize,
        /// The arm without participants; the intervention where it is so of both.
        arm: Arm,
    },
    /// Nobody in an arm of a level had the event: there is no ratio.
    #[error("no events in the {} arm of a level", arm_name(*.arm))]
    NoEvents {
        /// Number of the level, from 0.
        level: usize,
        /// The arm without events; the intervention where it is so of both.
        arm: Arm,
    },
    /// Everybody in both arms had the event, in this level and in one before it: both ratios are 1
    /// with variance 0, and their covariance has no inverse.
    #[error("everybody had the event in both arms of two levels")]
    NoVariation {
        /// Number of the second such level, from 0.
        level: usize,
    },
}

/// Tests whether the arms' difference is the same at all levels, for a numeric or 0/1 outcome.
///
/// The strata of `sample` are the levels. Of the levels' differences δₗ = m₁ₗ − m₀ₗ with variances
/// vₗ = s₁ₗ²/n₁ₗ + s₀ₗ²/n₀ₗ (divisor n − 1: HC2 of the saturated regression):
///
/// ```text
/// W = Σ (δₗ − δ̄)² / vₗ,   δ̄ = Σ δₗ/vₗ / Σ 1/vₗ
/// ```
///
/// held against χ² on (levels with participants − 1) degrees of freedom: the joint Wald test that
/// all δₗ are equal, [`arm_by_stratum_wald`].
///
/// # Errors
///
/// [`InteractionError`], whose strata are the levels.
pub fn equal_differences(
    sample: &StratifiedSample<'_>,
) -> Result<ChiSquaredTest, InteractionError> {
    arm_by_stratum_wald(sample)
}

/// Tests whether the risk ratio is the same at all levels.
///
/// With θₗ the log risk ratio of level l and x events among n participants of its arms:
///
/// ```text
/// vₗ = 1/x₁ₗ − 1/n₁ₗ + 1/x₀ₗ − 1/n₀ₗ
/// W  = Σ (θₗ − θ̄)² / vₗ,   θ̄ = Σ θₗ/vₗ / Σ 1/vₗ
/// ```
///
/// held against χ² on (levels with participants − 1) degrees of freedom: the joint Wald test that
/// all θₗ are equal. A level in which everybody had the event has θ = 0 and v = 0; θ̄ is then 0.
/// Levels without participants are left out.
///
/// # Errors
///
/// [`RatioHeterogeneityError`], naming the first level that is in the way.
///
/// # References
///
/// - Fleiss JL (1981). *Statistical Methods for Rates and Proportions*, 2nd edition, chapter 10.
/// - Agrees with R's `metafor::rma(measure = "RR", method = "EE")`, its Q, and with the contrasts of
///   a log-binomial regression; see `tests/reference/r/heterogeneity.R`.
pub fn equal_risk_ratios(
    levels: &[TwoArm<Count>],
) -> Result<ChiSquaredTest, RatioHeterogeneityError> {
    let peopled = levels.iter().enumerate().filter(|(_, l)| l.intervention.n() + l.control.n() > 0);
    let ratios = peopled.map(log_ratio).collect::<Result<Vec<_>, _>>()?;
    if ratios.len() < 2 {
        return Err(RatioHeterogeneityError::FewerThanTwoLevels);
    }
    let mut certain = ratios.iter().filter(|ratio| ratio.variance <= 0.0);
    let centre = match (certain.next(), certain.next()) {
        (None, _) => {
            let weight = sum(ratios.iter().map(|ratio| 1.0 / ratio.variance));
            sum(ratios.iter().map(|ratio| ratio.theta / ratio.variance)) / weight
        }
        (Some(only), None) => only.theta,
        (Some(_), Some(second)) => {
            return Err(RatioHeterogeneityError::NoVariation { level: second.level });
        }
    };
    let off = |ratio: &LogRatio| (ratio.theta - centre) * (ratio.theta - centre) / ratio.variance;
    let statistic = sum(ratios.iter().filter(|ratio| ratio.variance > 0.0).map(off));
    Ok(ChiSquaredTest::new(statistic, ratios.len() - 1))
}

struct LogRatio {
    level: usize,
    theta: f64,
    variance: f64,
}

fn log_ratio((level, arms): (usize, &TwoArm<Count>)) -> Result<LogRatio, RatioHeterogeneityError> {
    // 95% is as good as any: only estimate and standard error are used.
    let any = ConfidenceLevel::new(0.95).ok_or(RatioHeterogeneityError::FewerThanTwoLevels)?;
    match risk_ratio(*arms, any) {
        Ok(ratio) => Ok(LogRatio {
            level,
            theta: ratio.log_estimate,
            variance: ratio.log_std_error * ratio.log_std_error,
        }),
        Err(RatioError::EmptyArm(empty)) => {
            Err(RatioHeterogeneityError::EmptyArm { level, arm: empty.arm })
        }
        Err(RatioError::NoEvents { arm } | RatioError::NoNonEvents { arm }) => {
            Err(RatioHeterogeneityError::NoEvents { level, arm })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(x1: u64, n1: u64, x0: u64, n0: u64) -> TwoArm<Count> {
        let count = |x, n| Count::new(n, x).expect("events among participants");
        TwoArm { intervention: count(x1, n1), control: count(x0, n0) }
    }

    #[test]
    fn the_level_in_the_way_is_named() {
        let (fine, empty) = (level(3, 9, 2, 9), level(0, 0, 0, 0));
        let of = |levels: &[TwoArm<Count>]| equal_risk_ratios(levels).unwrap_err();
        assert_eq!(of(&[fine, empty]), RatioHeterogeneityError::FewerThanTwoLevels);
        let arm = Arm::Control;
        let no_events = RatioHeterogeneityError::NoEvents { level: 2, arm };
        assert_eq!(of(&[fine, empty, level(3, 9, 0, 9)]), no_events);
        let empty_arm = RatioHeterogeneityError::EmptyArm { level: 1, arm };
        assert_eq!(of(&[fine, level(3, 9, 0, 0)]), empty_arm);
        let all = level(4, 4, 5, 5);
        assert_eq!(of(&[all, fine, all]), RatioHeterogeneityError::NoVariation { level: 2 });
        let one = equal_risk_ratios(&[all, fine]).unwrap();
        let theta = libm::log(1.5);
        let want = theta * theta / (1.0 / 3.0 - 1.0 / 9.0 + 1.0 / 2.0 - 1.0 / 9.0);
        assert!((one.statistic - want).abs() < 1e-14 && one.df == 1, "{one:?}");
    }
}
