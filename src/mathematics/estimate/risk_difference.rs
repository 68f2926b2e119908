//! The difference of two proportions, intervention − control.

use thiserror::Error;

use super::proportion::{Count, EmptyArm, NoParticipants, proportions, wilson};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::trial::arm::{Arm, TwoArm};

/// A risk difference whose interval comes without a standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreDifference {
    /// Proportion of the intervention arm less that of the control arm.
    pub estimate: f64,
    /// Newcombe's interval, within [−1, 1].
    pub interval: Interval,
}

/// A risk difference with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RiskDifference {
    /// Proportion of the intervention arm less that of the control arm.
    pub estimate: f64,
    /// Standard error of the estimate.
    pub std_error: f64,
    /// Estimate ± z × standard error; it may pass −1 or 1.
    pub interval: Interval,
}

/// Estimates the risk difference with Newcombe's hybrid score interval.
///
/// With p₁, p₀ the arms' proportions and (l₁, u₁), (l₀, u₀) their Wilson intervals:
///
/// ```text
/// lower = p₁ − p₀ − √((p₁ − l₁)² + (u₀ − p₀)²)
/// upper = p₁ − p₀ + √((u₁ − p₁)² + (p₀ − l₀)²)
/// ```
///
/// 1 is the intervention, 0 the control. The interval lies within [−1, 1].
///
/// # Errors
///
/// [`EmptyArm`] where an arm has no participants.
///
/// # References
///
/// - Newcombe RG (1998). *Statistics in Medicine* 17:873–890, method 10, whose table II it gives.
/// - Agrees with the formula on R's `prop.test` intervals; see `tests/reference/r/estimate.R`.
pub fn newcombe(
    counts: TwoArm<Count>,
    level: ConfidenceLevel,
) -> Result<ScoreDifference, EmptyArm> {
    let of = |arm: Arm| wilson(*counts.get(arm), level).map_err(|NoParticipants| EmptyArm { arm });
    let (intervention, control) = (of(Arm::Intervention)?, of(Arm::Control)?);
    let below = |p: super::proportion::ProportionEstimate| p.estimate - p.interval.lower;
    let above = |p: super::proportion::ProportionEstimate| p.interval.upper - p.estimate;
    let distance = |a: f64, b: f64| (a * a + b * b).sqrt();
    let estimate = intervention.estimate - control.estimate;
    let lower = estimate - distance(below(intervention), above(control));
    let upper = estimate + distance(above(intervention), below(control));
    // Only rounding can pass −1 or 1.
    let interval = Interval { lower: lower.max(-1.0), upper: upper.min(1.0) };
    Ok(ScoreDifference { estimate, interval })
}

/// Estimates the risk difference with Wald's interval, variances not pooled.
///
/// ```text
/// std_error = √(p₁ (1 − p₁)/n₁ + p₀ (1 − p₀)/n₀),   interval = p₁ − p₀ ± z std_error
/// ```
///
/// An arm in which nobody or everybody had the event adds no variance; where both arms are so,
/// the standard error is 0 and the interval a point: a known weakness, for which Newcombe's
/// interval is the one to read.
///
/// # Errors
///
/// [`EmptyArm`] where an arm has no participants.
///
/// # References
///
/// - Agrees with R's `prop.test(correct = FALSE)` where that does not cut its limits at −1 or 1.
pub fn wald(counts: TwoArm<Count>, level: ConfidenceLevel) -> Result<RiskDifference, EmptyArm> {
    let p = proportions(counts)?;
    let variance = |arm: Arm| p.get(arm) * (1.0 - p.get(arm)) / counts.get(arm).n() as f64;
    let estimate = p.intervention - p.control;
    let std_error = (variance(Arm::Intervention) + variance(Arm::Control)).sqrt();
    let interval = Interval::around(estimate, level.z() * std_error);
    Ok(RiskDifference { estimate, std_error, interval })
}

/// No stratum compares the arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no stratum has participants in both arms")]
pub struct NoStratumWithBothArms;

/// A risk difference common to the strata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StratifiedRiskDifference {
    /// The Mantel-Haenszel estimate with Sato's standard error.
    pub difference: RiskDifference,
    /// Strata with participants in both arms.
    pub strata_used: usize,
    /// Strata in which an arm is empty; they contribute nothing.
    pub strata_without_both_arms: usize,
}

/// Estimates the Mantel-Haenszel risk difference over strata, with Sato's variance.
///
/// With n₁ₖ, n₀ₖ participants and p₁ₖ, p₀ₖ proportions of stratum k, Nₖ = n₁ₖ + n₀ₖ and weights
/// wₖ = n₁ₖ n₀ₖ / Nₖ:
///
/// ```text
/// δ     = Σ wₖ (p₁ₖ − p₀ₖ) / Σ wₖ
/// Var δ = Σ wₖ (δ aₖ + bₖ) / (Σ wₖ)²
/// aₖ    = (n₁ₖ p₀ₖ − n₀ₖ p₁ₖ + (n₀ₖ − n₁ₖ)/2) / Nₖ
/// bₖ    = (p₁ₖ (1 − p₀ₖ) + p₀ₖ (1 − p₁ₖ)) / 2
/// ```
///
/// wₖaₖ and wₖbₖ are Sato's Pₖ and Qₖ. The variance is consistent both for few large and for many
/// small strata. In a single stratum estimate and variance are Wald's.
///
/// # Errors
///
/// [`NoStratumWithBothArms`] where no stratum has participants in both arms.
///
/// # References
///
/// - Mantel N, Haenszel W (1959). *Journal of the National Cancer Institute* 22:719–748.
/// - Sato T (1989). *Biometrics* 45:1323–1324.
/// - Agrees with an R script of the published formula, itself held against the printed output of
///   SAS PROC FREQ (COMMONRISKDIFF); see `tests/reference/r/estimate.R`.
pub fn mantel_haenszel(
    strata: &[TwoArm<Count>],
    level: ConfidenceLevel,
) -> Result<StratifiedRiskDifference, NoStratumWithBothArms> {
    let used: Vec<Stratum> = strata.iter().filter_map(|counts| Stratum::new(*counts)).collect();
    if used.is_empty() {
        return Err(NoStratumWithBothArms);
    }
    let weight: f64 = used.iter().map(|k| k.weight).sum();
    let estimate = used.iter().map(|k| k.weight * (k.p1 - k.p0)).sum::<f64>() / weight;
    let spread: f64 = used.iter().map(|k| k.weight * (estimate * k.a() + k.b())).sum();
    // Only rounding can make it negative: with q = 1 − p it is Σ w (p₁q₀ − δ m), m a mean of q₀ and
    // p₁, so at most 1; and p₁q₀ ≥ p₁ − p₀, so that Σ w p₁q₀ ≥ δ Σ w.
    let std_error = spread.max(0.0).sqrt() / weight;
    let interval = Interval::around(estimate, level.z() * std_error);
    Ok(StratifiedRiskDifference {
        difference: RiskDifference { estimate, std_error, interval },
        strata_used: used.len(),
        strata_without_both_arms: strata.len() - used.len(),
    })
}

/// A stratum with both arms, in the notation of [`mantel_haenszel`].
struct Stratum {
    n1: f64,
    n0: f64,
    p1: f64,
    p0: f64,
    weight: f64,
}

impl Stratum {
    fn new(counts: TwoArm<Count>) -> Option<Self> {
        let p = proportions(counts).ok()?;
        let (n1, n0) = (counts.intervention.n() as f64, counts.control.n() as f64);
        Some(Self { n1, n0, p1: p.intervention, p0: p.control, weight: n1 * n0 / (n1 + n0) })
    }

    fn a(&self) -> f64 {
        let Self { n1, n0, p1, p0, .. } = self;
        (n1 * p0 - n0 * p1 + (n0 - n1) / 2.0) / (n1 + n0)
    }

    fn b(&self) -> f64 {
        0.5 * (self.p1 * (1.0 - self.p0) + self.p0 * (1.0 - self.p1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arms(intervention: (u64, u64), control: (u64, u64)) -> TwoArm<Count> {
        let count = |(events, n)| Count::new(n, events).expect("events among participants");
        TwoArm { intervention: count(intervention), control: count(control) }
    }

    fn level() -> ConfidenceLevel {
        ConfidenceLevel::new(0.95).expect("a level")
    }

    #[test]
    fn an_empty_arm_gives_a_reason() {
        let counts = arms((0, 0), (3, 9));
        let empty = EmptyArm { arm: Arm::Intervention };
        assert_eq!(newcombe(counts, level()), Err(empty));
        assert_eq!(wald(counts, level()), Err(empty));
        assert_eq!(mantel_haenszel(&[counts], level()), Err(NoStratumWithBothArms));
        assert_eq!(mantel_haenszel(&[], level()), Err(NoStratumWithBothArms));
    }

    #[test]
    fn the_widest_difference_stays_within_bounds() {
        let interval = newcombe(arms((5, 5), (0, 5)), level()).unwrap().interval;
        assert!(interval.upper <= 1.0 && interval.lower > 0.0, "{interval:?}");
        let interval = newcombe(arms((0, 5), (5, 5)), level()).unwrap().interval;
        assert!(interval.lower >= -1.0 && interval.upper < 0.0, "{interval:?}");
    }

    #[test]
    fn everybody_against_nobody_has_no_variance_left() {
        let all = mantel_haenszel(&[arms((7, 7), (0, 3)), arms((4, 4), (0, 9))], level()).unwrap();
        assert!(all.difference.std_error < 1e-8, "{all:?}");
    }
}
