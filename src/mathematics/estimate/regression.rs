//! Least squares on arm and strata, with standard errors robust to unequal variances (HC2).

use ndarray::Slice;
use thiserror::Error;

use super::design::{ARM, Design};
use super::proportion::{EmptyArm, arm_name};
use super::risk_difference::NoStratumWithBothArms;
use super::sample::{Cell, StratifiedSample};
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::distribution::student_t;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::least_squares::{LeastSquares, LeastSquaresError};
use crate::numeric::symmetric::{NotPositiveDefinite, wald_statistic};
use crate::trial::arm::{Arm, TwoArm};

/// Standard errors below this share of the outcomes' standard deviation are rounding.
pub(super) const ROUNDING: f64 = 1e-12;

/// The arm's coefficient in a regression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmEffect {
    /// Intervention − control at equal stratum, in the outcome's unit.
    pub estimate: f64,
    /// Participants less coefficients, empty strata not counted.
    pub df: usize,
    /// How sure the estimate is; a reason where the outcomes do not tell.
    pub inference: Result<ArmInference, NoInference>,
}

/// Standard error, interval and test of an [`ArmEffect`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmInference {
    /// Robust standard error: HC2 unless another is asked for.
    pub std_error: f64,
    /// Estimate ± t × standard error, t on `df` degrees of freedom.
    pub interval: Interval,
    /// Two-sided p-value of no effect, t on `df` degrees of freedom.
    pub p_value: f64,
}

/// Why the arm's effect cannot be estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ArmEffectError {
    /// An arm has nobody in it.
    #[error(transparent)]
    EmptyArm(#[from] EmptyArm),
    /// Arm and strata say the same thing.
    #[error(transparent)]
    NoStratumWithBothArms(#[from] NoStratumWithBothArms),
    /// The coefficients are not determined.
    #[error(transparent)]
    LeastSquares(#[from] LeastSquaresError),
}

/// Why an estimate has no standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoInference {
    /// As many coefficients as participants.
    #[error("no degrees of freedom are left")]
    NoDegreesOfFreedom,
    /// The estimate moves with the outcome of a participant whose leverage is 1: the residual is 0
    /// whatever that outcome, and HC2 divides by 0. It is so where the arms meet in one stratum
    /// only, and one of them has a single participant there.
    #[error("a single participant decides the estimate (leverage 1)")]
    LeverageOne,
    /// The estimate moves with a cluster in a direction in which the fit leaves it no residual.
    #[error("a single cluster decides the estimate")]
    SingleCluster,
    /// The standard error is 0.
    #[error("the outcomes do not vary within arm and stratum")]
    NoVariation,
}

/// Estimates the arm's effect by least squares of the outcome on arm and strata.
///
/// ```text
/// y   = α + β arm + Σₛ γₛ [stratum = s] + e,       arm = 1 in the intervention, 0 in the control
/// V   = (X'X)⁻¹ X' diag(eᵢ² / (1 − hᵢ)) X (X'X)⁻¹
/// ```
///
/// β is the estimate, the square root of its diagonal element of V its standard error; hᵢ are the
/// leverages, X the design matrix with n rows and p columns. Interval and p-value come from t on
/// n − p degrees of freedom. For 0 and 1 outcomes β is a risk difference. β weighs the strata's
/// differences by n₁ₛ n₀ₛ / nₛ, as Mantel-Haenszel does.
///
/// Strata without participants have no coefficient. Those with one arm only keep theirs: they take
/// part in the degrees of freedom and in nothing else. A participant alone in a stratum does not
/// even that, and everything is as if they were not there; R's estimatr 1.0.0 gives NaN instead,
/// because e²/(1 − h) is 0/0 for them.
///
/// # Errors
///
/// [`ArmEffectError`] where β is not determined; [`NoInference`], inside the result, where its
/// variance is not.
///
/// # References
///
/// - `MacKinnon` JG, White H (1985). *Journal of Econometrics* 29:305–325.
/// - Agrees with R's `estimatr::lm_robust(y ~ arm + stratum, se_type = "HC2")`; see
///   `tests/reference/r/estimate.R`.
pub fn arm_and_strata(
    sample: &StratifiedSample<'_>,
    level: ConfidenceLevel,
) -> Result<ArmEffect, ArmEffectError> {
    let cells = sample.cells();
    both_arms(&cells)?;
    let design = Design::new(sample, &cells);
    let fit = LeastSquares::fit(design.arm_and_strata().view(), design.outcomes.view())?;
    let inference = infer(&fit, level, design.spread());
    Ok(ArmEffect { estimate: fit.coefficients[ARM], df: fit.residual_df, inference })
}

pub(super) fn both_arms(cells: &[TwoArm<Cell>]) -> Result<(), ArmEffectError> {
    for arm in Arm::BOTH {
        if cells.iter().all(|cell| cell.get(arm).n == 0) {
            return Err(EmptyArm { arm }.into());
        }
    }
    if !cells.iter().any(|cell| cell.intervention.n > 0 && cell.control.n > 0) {
        return Err(NoStratumWithBothArms.into());
    }
    Ok(())
}

fn infer(
    fit: &LeastSquares,
    level: ConfidenceLevel,
    spread: f64,
) -> Result<ArmInference, NoInference> {
    if fit.residual_df == 0 {
        return Err(NoInference::NoDegreesOfFreedom);
    }
    if fit.determined_by_one().contains(&ARM) {
        return Err(NoInference::LeverageOne);
    }
    let std_error = fit.hc2_covariance()[[ARM, ARM]].sqrt();
    if std_error <= ROUNDING * spread {
        return Err(NoInference::NoVariation);
    }
    Ok(ArmInference::student(fit.coefficients[ARM], std_error, fit.residual_df as f64, level))
}

impl ArmInference {
    /// Interval and test from t on `df` degrees of freedom.
    pub(super) fn student(estimate: f64, std_error: f64, df: f64, level: ConfidenceLevel) -> Self {
        let t = student_t::quantile(1.0 - level.tail(), df);
        Self {
            std_error,
            interval: Interval::around(estimate, t * std_error),
            p_value: student_t::two_sided_p(estimate / std_error, df),
        }
    }
}

/// Why effects cannot be compared between strata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InteractionError {
    /// There are fewer than two strata with participants.
    #[error("fewer than two strata have participants")]
    FewerThanTwoStrata,
    /// A stratum has no effect of its own.
    #[error("no participants in the {} arm of a stratum", arm_name(*.arm))]
    StratumWithOneArm {
        /// Number of the stratum, from 0.
        stratum: usize,
        /// The arm without participants.
        arm: Arm,
    },
    /// A cell of one participant has leverage 1, so that HC2 divides by 0.
    #[error("too few participants in the {} arm of a stratum", arm_name(*.arm))]
    SingleParticipant {
        /// Number of the stratum, from 0.
        stratum: usize,
        /// The arm of one participant.
        arm: Arm,
    },
    /// The effects of two or more strata have variance 0, so that their covariance has no inverse.
    #[error("outcomes do not vary within the arms of {strata} strata")]
    NoVariation {
        /// How many strata are so.
        strata: usize,
    },
    /// The coefficients are not determined.
    #[error(transparent)]
    LeastSquares(#[from] LeastSquaresError),
    /// The interaction terms' covariance has no inverse.
    #[error(transparent)]
    Covariance(#[from] NotPositiveDefinite),
}

/// Tests whether the arm's effect is the same in all strata.
///
/// ```text
/// y = α + β arm + Σₛ γₛ [stratum = s] + Σₛ θₛ arm [stratum = s] + e
/// W = θ' V(θ)⁻¹ θ
/// ```
///
/// with one stratum as reference, V the HC2 covariance as in [`arm_and_strata`] and no covariates.
/// W is held against χ² on (strata with participants − 1) degrees of freedom. The model is
/// saturated: W compares the strata's differences of means, each with variance Σ s²/n.
///
/// # Errors
///
/// [`InteractionError`], naming the first stratum that is in the way.
///
/// # References
///
/// - Agrees with the Wald test from R's `estimatr::lm_robust(y ~ arm * stratum, se_type = "HC2")`;
///   see `tests/reference/r/estimate.R`.
pub fn arm_by_stratum_wald(
    sample: &StratifiedSample<'_>,
) -> Result<ChiSquaredTest, InteractionError> {
    let cells = sample.cells();
    testable(&cells)?;
    let design = Design::new(sample, &cells);
    let fit = LeastSquares::fit(design.arm_by_stratum().view(), design.outcomes.view())?;
    let interactions = Slice::from(1 + design.n_strata..);
    let statistic = wald_statistic(
        fit.coefficients.slice_each_axis(|_| interactions),
        fit.hc2_covariance().slice_each_axis(|_| interactions),
    )?;
    let df = design.n_strata - 1;
    Ok(ChiSquaredTest::new(statistic, df))
}

fn testable(cells: &[TwoArm<Cell>]) -> Result<(), InteractionError> {
    let peopled = || cells.iter().enumerate().filter(|(_, cell)| is_peopled(cell));
    if peopled().count() < 2 {
        return Err(InteractionError::FewerThanTwoStrata);
    }
    for (stratum, cell) in peopled() {
        if let Some((arm, _)) = cell.iter().find(|(_, members)| members.n == 0) {
            return Err(InteractionError::StratumWithOneArm { stratum, arm });
        }
        if let Some((arm, _)) = cell.iter().find(|(_, members)| members.n == 1) {
            return Err(InteractionError::SingleParticipant { stratum, arm });
        }
    }
    let constant = |cell: &TwoArm<Cell>| !cell.intervention.varies() && !cell.control.varies();
    match peopled().filter(|(_, cell)| constant(cell)).count() {
        0 | 1 => Ok(()),
        strata => Err(InteractionError::NoVariation { strata }),
    }
}

fn is_peopled(cell: &TwoArm<Cell>) -> bool {
    cell.intervention.n + cell.control.n > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const I: Arm = Arm::Intervention;
    const C: Arm = Arm::Control;

    fn effect(y: &[f64], arms: &[Arm], strata: &[usize]) -> Result<ArmEffect, ArmEffectError> {
        let sample = StratifiedSample::new(y, arms, strata, 9).expect("a sample");
        arm_and_strata(&sample, ConfidenceLevel::new(0.95).expect("a level"))
    }

    fn interaction(
        y: &[f64],
        arms: &[Arm],
        strata: &[usize],
    ) -> Result<ChiSquaredTest, InteractionError> {
        arm_by_stratum_wald(&StratifiedSample::new(y, arms, strata, 9).expect("a sample"))
    }

    #[test]
    fn arms_that_never_meet_have_no_effect() {
        assert_eq!(effect(&[], &[], &[]), Err(EmptyArm { arm: I }.into()));
        assert_eq!(effect(&[1.0, 2.0], &[I, I], &[0, 1]), Err(EmptyArm { arm: C }.into()));
        let apart = effect(&[1.0, 2.0, 4.0], &[I, C, C], &[0, 1, 1]);
        assert_eq!(apart, Err(NoStratumWithBothArms.into()));
    }

    #[test]
    fn an_estimate_may_lack_a_standard_error() {
        let pair = effect(&[5.0, 3.0], &[I, C], &[4, 4]).unwrap();
        assert!((pair.estimate - 2.0).abs() < 1e-14);
        assert_eq!(pair.inference, Err(NoInference::NoDegreesOfFreedom));
        let one = effect(&[5.0, 3.0, 2.0, 6.0, 8.0], &[I, C, C, I, I], &[0, 0, 0, 1, 1]).unwrap();
        assert!((one.estimate - 2.5).abs() < 1e-14);
        assert_eq!((one.df, one.inference), (2, Err(NoInference::LeverageOne)));
    }

    #[test]
    fn outcomes_without_variation_have_no_standard_error() {
        let arms = [I, I, C, C, I, I, C, C];
        let strata = [0, 0, 0, 0, 1, 1, 1, 1];
        for y in [[0.1; 8], [1e9; 8], [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]] {
            let got = effect(&y, &arms, &strata).unwrap();
            assert_eq!(got.inference, Err(NoInference::NoVariation), "{y:?}");
            let test = interaction(&y, &arms, &strata);
            assert_eq!(test, Err(InteractionError::NoVariation { strata: 2 }));
        }
    }

    #[test]
    fn strata_in_the_way_of_the_interaction_are_named() {
        let y = [1.0, 2.0, 3.0, 4.0, 7.0];
        let one_stratum = interaction(&y, &[I, I, C, C, C], &[3; 5]);
        assert_eq!(one_stratum, Err(InteractionError::FewerThanTwoStrata));
        let one_arm = interaction(&y, &[I, I, C, C, C], &[0, 0, 0, 0, 5]);
        assert_eq!(one_arm, Err(InteractionError::StratumWithOneArm { stratum: 5, arm: I }));
        let single = interaction(&y, &[I, I, C, C, I], &[0, 0, 0, 5, 5]);
        assert_eq!(single, Err(InteractionError::SingleParticipant { stratum: 0, arm: C }));
    }
}
