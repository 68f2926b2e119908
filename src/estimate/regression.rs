//! Least squares on arm and strata, with standard errors robust to unequal variances (HC2).

use thiserror::Error;

use super::design::{ARM, Design};
use super::least_squares::{Fit, quadratic_form};
use super::proportion::{EmptyArm, arm_name};
use super::risk_difference::NoStratumWithBothArms;
use super::sample::{Cell, StratifiedSample};
use super::two_by_two::ChiSquaredTest;
use crate::numeric::distribution::{chi_squared, student_t};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::trial::arm::{Arm, TwoArm};

/// Standard errors below this share of the outcomes' standard deviation are rounding.
const ROUNDING: f64 = 1e-12;

/// The arm's coefficient in a regression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmEffect {
    /// Intervention − control at equal stratum, in the outcome's unit.
    pub estimate: f64,
    /// Participants less coefficients, empty strata not counted.
    pub df: usize,
    /// Participants alone in their stratum: their own coefficient fits them exactly, so they say
    /// nothing of the arm and take as many degrees of freedom as they bring.
    pub alone_in_stratum: usize,
    /// How sure the estimate is; a reason where the outcomes do not tell.
    pub inference: Result<ArmInference, NoInference>,
}

/// Standard error, interval and test of an [`ArmEffect`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmInference {
    /// HC2 standard error.
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
    #[error("the design matrix is rank deficient")]
    RankDeficient,
}

/// Why an estimate has no standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoInference {
    /// As many coefficients as participants.
    #[error("no degrees of freedom are left")]
    NoDegreesOfFreedom,
    /// A participant's leverage is 1: their residual is 0 whatever their outcome, and HC2 divides
    /// by 0. It is so where the arms meet in one stratum only, and one of them has a single
    /// participant there.
    #[error("a single participant decides the estimate (leverage 1)")]
    LeverageOne,
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
/// part in the degrees of freedom and in nothing else. Participants alone in their stratum are set
/// aside, which changes neither β nor n − p; R's estimatr gives NaN there, because of 0/0.
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
    let (n, p) = (design.outcomes.len(), 1 + design.n_strata);
    let fit = Fit::new(&design.arm_and_strata(), &design.outcomes)
        .ok_or(ArmEffectError::RankDeficient)?;
    let estimate = fit.coefficients[ARM];
    let df = n - p;
    let inference = if df == 0 {
        Err(NoInference::NoDegreesOfFreedom)
    } else {
        infer(&fit, df, level, design.spread())
    };
    Ok(ArmEffect { estimate, df, alone_in_stratum: sample.n() - n, inference })
}

fn both_arms(cells: &[TwoArm<Cell>]) -> Result<(), ArmEffectError> {
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
    fit: &Fit,
    df: usize,
    level: ConfidenceLevel,
    spread: f64,
) -> Result<ArmInference, NoInference> {
    let covariance = fit.hc2().ok_or(NoInference::LeverageOne)?;
    let std_error = covariance[[ARM, ARM]].sqrt();
    if std_error <= ROUNDING * spread {
        return Err(NoInference::NoVariation);
    }
    let (estimate, df) = (fit.coefficients[ARM], df as f64);
    let t = student_t::quantile(1.0 - level.tail(), df);
    Ok(ArmInference {
        std_error,
        interval: Interval::around(estimate, t * std_error),
        p_value: student_t::two_sided_p(estimate / std_error, df),
    })
}

/// Why effects cannot be compared between strata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InteractionError {
    /// There are fewer than two strata with participants.
    #[error("fewer than two strata have participants")]
    FewerThanTwoStrata,
    /// A stratum has no effect of its own.
    #[error("no participants in the {} arm of stratum {stratum}", arm_name(*.arm))]
    StratumWithOneArm {
        /// Number of the stratum, from 0.
        stratum: usize,
        /// The arm without participants.
        arm: Arm,
    },
    /// A cell of one participant has leverage 1, so that HC2 divides by 0.
    #[error("a single participant in the {} arm of stratum {stratum}", arm_name(*.arm))]
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
    /// The coefficients, or their covariance, are not determined.
    #[error("the design matrix is rank deficient")]
    RankDeficient,
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
    let fit = Fit::new(&design.arm_by_stratum(), &design.outcomes)
        .ok_or(InteractionError::RankDeficient)?;
    let covariance = fit.hc2().ok_or(InteractionError::RankDeficient)?;
    let first = 1 + design.n_strata;
    let interactions = covariance.slice_each_axis(|_| ndarray::Slice::from(first..));
    let statistic = quadratic_form(interactions.to_owned(), &fit.coefficients[first..])
        .ok_or(InteractionError::RankDeficient)?;
    let df = design.n_strata - 1;
    Ok(ChiSquaredTest { statistic, df, p_value: chi_squared::sf(statistic, df as f64) })
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
