//! Least squares adjusted for strata and baseline covariates.

use ndarray::{Array1, Array2};
use thiserror::Error;

use super::covariates::{AdjustedSample, MergedStratum, Model, Omission, Terms};
use super::design::ARM;
use super::regression::{ArmEffectError, ArmInference, NoInference, ROUNDING, both_arms};
use crate::numeric::interval::ConfidenceLevel;
use crate::numeric::least_squares::{LeastSquares, LeastSquaresError};
use crate::numeric::robust::Robust;
use crate::numeric::sum::mean;
use crate::numeric::weights::SamplingWeights;
use crate::trial::arm::{Arm, TwoArm};

/// Fewer named clusters than this give no interval worth reading.
pub const FEWEST_CLUSTERS: usize = 8;

/// The arm's effect in a regression with covariates.
#[derive(Clone, Debug, PartialEq)]
pub struct AdjustedEffect {
    /// Intervention − control at equal stratum and covariates, in the outcome's unit.
    pub estimate: f64,
    /// Degrees of freedom: participants less coefficients, or Satterthwaite's; 0 where there are
    /// none.
    pub df: f64,
    /// How sure the estimate is; a reason where the outcomes do not tell.
    pub inference: Result<ArmInference, NoInference>,
    /// Covariates and levels left out, in their order.
    pub omissions: Vec<Omission>,
    /// Strata joined to the reference stratum, in their order.
    pub merged_strata: Vec<MergedStratum>,
}

/// Estimates the arm's effect by least squares on arm, strata and covariates.
///
/// ```text
/// y = α + β arm + Σₛ γₛ [stratum = s] + Σⱼ δⱼ xⱼ + e
/// ```
///
/// β is the estimate, its variance the one `robust` names; interval and p-value come from t on n − p
/// degrees of freedom, p the coefficients that are left. Weights, where given, are sampling weights:
/// Σ w e² is minimised. A categorical covariate has a dummy for each level but the first with
/// people. A covariate that is constant, or that arm, strata and earlier covariates determine, is
/// left out and named.
///
/// # Errors
///
/// [`ArmEffectError`] where β is not determined; [`NoInference`], inside the result, where its
/// variance is not.
///
/// # References
///
/// - `MacKinnon` JG, White H (1985). *Journal of Econometrics* 29:305–325.
/// - Agrees with R's `estimatr::lm_robust`, with and without `weights`; see
///   `tests/reference/r/adjusted.R`. HC1 is Stata's `regress, robust`.
pub fn ols_adjusted(
    data: &AdjustedSample<'_>,
    robust: Robust,
    level: ConfidenceLevel,
) -> Result<AdjustedEffect, ArmEffectError> {
    let main = MainEffects::fit(data)?;
    let df = main.fit.residual_df as f64;
    let inference = if main.fit.residual_df == 0 {
        Err(NoInference::NoDegreesOfFreedom)
    } else if main.fit.determined_by_one().contains(&ARM) {
        Err(NoInference::LeverageOne)
    } else {
        main.infer(main.fit.robust_covariance(robust)[[ARM, ARM]], df, level)
    };
    Ok(main.effect(df, inference))
}

/// Which participants are alike: those of one job coach, or of one site.
#[derive(Clone, Copy, Debug)]
pub struct Clusters<'a> {
    /// A number for each participant; a participant without a cluster has a number of their own.
    pub codes: &'a [usize],
    /// Clusters that have a name: those of participants without one are not counted.
    pub n_named: usize,
}

/// [`ols_adjusted_clustered`]'s estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusteredEffect {
    /// The arm's effect, with CR2 variance and Satterthwaite's degrees of freedom.
    pub effect: AdjustedEffect,
    /// Clusters in the sample, participants without one counted as one each.
    pub n_clusters: usize,
    /// Clusters that have a name, as given.
    pub n_named: usize,
}

/// Why there is no estimate with clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ClusteredError {
    /// The arm's effect cannot be estimated.
    #[error(transparent)]
    Effect(#[from] ArmEffectError),
    /// Too few clusters to estimate a variance between them.
    #[error("{n_named} clusters, fewer than {FEWEST_CLUSTERS}")]
    TooFew {
        /// Clusters that have a name.
        n_named: usize,
    },
    /// As many codes as participants are needed.
    #[error("{found} cluster codes, and there are {expected} participants")]
    Lengths {
        /// Codes given.
        found: usize,
        /// Participants.
        expected: usize,
    },
}

/// Estimates the arm's effect as [`ols_adjusted`] does, for participants who are alike in clusters.
///
/// The variance is CR2 and the degrees of freedom Satterthwaite's: see
/// [`LeastSquares::cluster_robust`] for both formulas and the working model. Participants without a
/// cluster are clusters of one. Where every cluster is one participant this is HC2, but for the
/// degrees of freedom.
///
/// # Errors
///
/// [`ClusteredError`]; fewer than [`FEWEST_CLUSTERS`] named clusters are refused.
///
/// # References
///
/// - Pustejovsky JE, Tipton E (2018). *Journal of Business & Economic Statistics* 36:672–683.
/// - Agrees with R's `estimatr::lm_robust(se_type = "CR2")` and with clubSandwich; see
///   `tests/reference/r/adjusted.R`.
pub fn ols_adjusted_clustered(
    data: &AdjustedSample<'_>,
    clusters: Clusters<'_>,
    level: ConfidenceLevel,
) -> Result<ClusteredEffect, ClusteredError> {
    let (found, expected) = (clusters.codes.len(), data.sample.n());
    if found != expected {
        return Err(ClusteredError::Lengths { found, expected });
    }
    if clusters.n_named < FEWEST_CLUSTERS {
        return Err(ClusteredError::TooFew { n_named: clusters.n_named });
    }
    let main = MainEffects::fit(data)?;
    let robust = main.fit.cluster_robust(clusters.codes, ARM);
    let inference = if main.fit.residual_df == 0 {
        Err(NoInference::NoDegreesOfFreedom)
    } else if robust.determined_by_one {
        Err(NoInference::SingleCluster)
    } else {
        main.infer(robust.variance, robust.df, level)
    };
    let effect = main.effect(robust.df, inference);
    Ok(ClusteredEffect { effect, n_clusters: robust.n_clusters, n_named: clusters.n_named })
}

/// Lin's estimate: the arm's effect at the means of strata and covariates, in a regression with
/// coefficients for each arm.
///
/// ```text
/// y = α + β arm + Σⱼ (γⱼ + θⱼ arm) (xⱼ − x̄ⱼ) + e
/// ```
///
/// xⱼ are stratum dummies and covariates, x̄ⱼ their means among everyone in the sample (weighted,
/// where there are weights). β is consistent whatever the true model, and asymptotically never less
/// precise than the difference of means. Its variance is the one `robust` names, HC2 by custom;
/// interval and p-value come from t on n − p degrees of freedom. The means are taken as given.
///
/// The two arms are fitted apart, which is the same model: β is the difference of their intercepts,
/// and the variances add.
///
/// Levels and strata with fewer than two people in an arm have no effect of their own: their people
/// count with the reference level or stratum, and they are named.
///
/// # Errors
///
/// As [`ols_adjusted`].
///
/// # References
///
/// - Lin W (2013). *Annals of Applied Statistics* 7:295–318.
/// - Agrees with R's `estimatr::lm_lin`; see `tests/reference/r/adjusted.R`.
pub fn lin(
    data: &AdjustedSample<'_>,
    robust: Robust,
    level: ConfidenceLevel,
) -> Result<AdjustedEffect, ArmEffectError> {
    both_arms(&data.sample.cells())?;
    let terms = Terms::new(*data, Model::Interacted);
    let outcomes = centred(data.sample.outcomes());
    let fit = |arm| fit_arm(data, &terms, &outcomes, arm);
    let fits = TwoArm { intervention: fit(Arm::Intervention)?, control: fit(Arm::Control)? };
    let estimate = fits.intervention.coefficients[0] - fits.control.coefficients[0];
    let df = fits.intervention.residual_df + fits.control.residual_df;
    let inference = if df == 0 {
        Err(NoInference::NoDegreesOfFreedom)
    } else if fits.iter().any(|(_, fit)| fit.determined_by_one().contains(&0)) {
        Err(NoInference::LeverageOne)
    } else {
        // HC1's factor is one for both arms together.
        let base = if robust == Robust::Hc1 { Robust::Hc0 } else { robust };
        let of = |fit: &LeastSquares| fit.robust_covariance(base)[[0, 0]];
        let variance = of(&fits.intervention) + of(&fits.control);
        let variance = variance * robust.common_factor(outcomes.len(), df);
        infer((estimate, variance), df as f64, level, spread(&outcomes))
    };
    Ok(AdjustedEffect {
        estimate,
        df: df as f64,
        inference,
        omissions: terms.omissions(),
        merged_strata: terms.merged_strata(),
    })
}

fn fit_arm(
    data: &AdjustedSample<'_>,
    terms: &Terms<'_>,
    outcomes: &Array1<f64>,
    arm: Arm,
) -> Result<LeastSquares, LeastSquaresError> {
    let arms = data.sample.arms();
    let members: Vec<usize> = (0..arms.len()).filter(|&i| arms[i] == arm).collect();
    let mut design = terms.matrix(&members, 1);
    design.column_mut(0).fill(1.0);
    let outcomes: Array1<f64> = members.iter().map(|&i| outcomes[i]).collect();
    let weights: Option<Vec<f64>> =
        data.weights.map(|weights| members.iter().map(|&i| weights.values()[i]).collect());
    fit(&design, &outcomes, weights.as_deref())
}

fn fit(
    design: &Array2<f64>,
    outcomes: &Array1<f64>,
    weights: Option<&[f64]>,
) -> Result<LeastSquares, LeastSquaresError> {
    match weights.and_then(|weights| SamplingWeights::new(weights).ok()) {
        None => LeastSquares::fit(design.view(), outcomes.view()),
        Some(weights) => LeastSquares::fit_weighted(design.view(), outcomes.view(), weights),
    }
}

/// Outcomes less their mean, which the intercept takes.
fn centred(outcomes: &[f64]) -> Array1<f64> {
    let centre = mean(outcomes).unwrap_or(0.0);
    outcomes.iter().map(|y| y - centre).collect()
}

/// Standard deviation of centred outcomes, divisor n.
fn spread(outcomes: &Array1<f64>) -> f64 {
    (outcomes.dot(outcomes) / outcomes.len() as f64).sqrt()
}

fn infer(
    (estimate, variance): (f64, f64),
    df: f64,
    level: ConfidenceLevel,
    spread: f64,
) -> Result<ArmInference, NoInference> {
    let std_error = variance.sqrt();
    if std_error <= ROUNDING * spread {
        return Err(NoInference::NoVariation);
    }
    Ok(ArmInference::student(estimate, std_error, df, level))
}

/// A fit on intercept, arm, strata and covariates.
struct MainEffects<'a> {
    terms: Terms<'a>,
    fit: LeastSquares,
    spread: f64,
}

impl<'a> MainEffects<'a> {
    fn fit(data: &AdjustedSample<'a>) -> Result<Self, ArmEffectError> {
        both_arms(&data.sample.cells())?;
        let terms = Terms::new(*data, Model::MainEffects);
        let everyone: Vec<usize> = (0..data.sample.n()).collect();
        let mut design = terms.matrix(&everyone, 2);
        design.column_mut(0).fill(1.0);
        for (to, arm) in design.column_mut(ARM).iter_mut().zip(data.sample.arms()) {
            *to = if *arm == Arm::Intervention { 1.0 } else { 0.0 };
        }
        let outcomes = centred(data.sample.outcomes());
        let fit = fit(&design, &outcomes, data.weights.map(|weights| weights.values()))?;
        Ok(Self { terms, fit, spread: spread(&outcomes) })
    }

    fn infer(
        &self,
        variance: f64,
        df: f64,
        level: ConfidenceLevel,
    ) -> Result<ArmInference, NoInference> {
        infer((self.fit.coefficients[ARM], variance), df, level, self.spread)
    }

    fn effect(self, df: f64, inference: Result<ArmInference, NoInference>) -> AdjustedEffect {
        AdjustedEffect {
            estimate: self.fit.coefficients[ARM],
            df,
            inference,
            omissions: self.terms.omissions(),
            merged_strata: self.terms.merged_strata(),
        }
    }
}
