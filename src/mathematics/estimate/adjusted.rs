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
/// - Lin W (2013). *Annals of Applied Statistics* 7:295–318; gives its Table 2, see
///   `tests/reference/r/lin_2013.R`.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::covariates::{AdjustedSampleError, Covariate, OmissionReason};
    use crate::estimate::sample::StratifiedSample;

    const N: usize = 24;

    fn level() -> ConfidenceLevel {
        ConfidenceLevel::new(0.95).expect("a level")
    }

    /// Alternating arms; `strata` and `outcomes` by place.
    fn with<T>(
        outcome: impl Fn(usize) -> f64,
        stratum: impl Fn(usize) -> usize,
        covariates: &[Covariate<'_>],
        run: impl FnOnce(&AdjustedSample<'_>) -> T,
    ) -> T {
        let outcomes: Vec<f64> = (0..N).map(outcome).collect();
        let arms: Vec<Arm> = (0..N).map(|i| Arm::BOTH[i % 2]).collect();
        let strata: Vec<usize> = (0..N).map(stratum).collect();
        let sample = StratifiedSample::new(&outcomes, &arms, &strata, N).expect("a sample");
        run(&AdjustedSample::new(sample, covariates, None).expect("a sample"))
    }

    fn some(i: usize) -> f64 {
        (i * i % 7) as f64
    }

    #[test]
    fn outcomes_all_zero_have_no_standard_error() {
        let age: Vec<f64> = (0..N).map(|i| some(i + 3)).collect();
        let covariates = [Covariate::Numeric(&age)];
        with(
            |_| 0.0,
            |i| i % 3,
            &covariates,
            |data| {
                let ols = ols_adjusted(data, Robust::Hc2, level()).unwrap();
                let lin = lin(data, Robust::Hc2, level()).unwrap();
                for got in [ols, lin] {
                    assert!(got.estimate.abs() < 1e-300);
                    assert_eq!(got.inference, Err(NoInference::NoVariation));
                }
            },
        );
    }

    #[test]
    fn few_clusters_are_refused_whoever_else_there_is() {
        let codes: Vec<usize> = (0..N).collect();
        let run = |n_named, codes: &[usize]| {
            with(
                some,
                |_| 0,
                &[],
                |data| ols_adjusted_clustered(data, Clusters { codes, n_named }, level()),
            )
        };
        assert_eq!(run(7, &codes).unwrap_err(), ClusteredError::TooFew { n_named: 7 });
        assert_eq!(run(8, &codes).unwrap().n_clusters, N);
        let short = ClusteredError::Lengths { found: 3, expected: N };
        assert_eq!(run(8, &codes[..3]).unwrap_err(), short);
        // An arm that is one cluster decides the estimate.
        let arm: Vec<usize> = (0..N).map(|i| if i % 2 == 0 { 0 } else { i }).collect();
        let inference = run(8, &arm).unwrap().effect.inference;
        assert_eq!(inference, Err(NoInference::SingleCluster));
    }

    #[test]
    fn everyone_alone_in_a_stratum_but_two_still_has_an_estimate() {
        let got = with(some, |i| i.max(3) - 3, &[], |data| lin(data, Robust::Hc2, level()));
        // Strata have at most four people; those of one join the first.
        let got = got.unwrap();
        assert_eq!(got.merged_strata.len(), N - 4);
        assert!(got.inference.is_ok());
        let main =
            with(some, |i| i.max(3) - 3, &[], |data| ols_adjusted(data, Robust::Hc2, level()));
        let main = main.unwrap();
        assert!((main.df - 2.0).abs() < 1e-12 && main.merged_strata.is_empty(), "{main:?}");
    }

    #[test]
    fn a_quantity_that_varies_in_one_arm_only_is_named_where_arms_are_fitted_apart() {
        let dose: Vec<f64> = (0..N).map(|i| if i % 2 == 0 { some(i + 1) } else { 0.0 }).collect();
        let covariates = [Covariate::Numeric(&dose)];
        let (lin, ols) = with(
            some,
            |_| 0,
            &covariates,
            |data| {
                (
                    lin(data, Robust::Hc2, level()).unwrap(),
                    ols_adjusted(data, Robust::Hc2, level()).unwrap(),
                )
            },
        );
        let reason = OmissionReason::OneArmOnly;
        assert_eq!(lin.omissions, [Omission { covariate: 0, level: None, reason }]);
        assert!(ols.omissions.is_empty());
    }

    #[test]
    fn more_covariates_than_participants_leave_what_can_be_estimated() {
        let columns: Vec<Vec<f64>> = (2..40)
            .map(|k| (0..N).map(|i| ((i * 37 + k * 91).pow(2) % 1009) as f64).collect())
            .collect();
        let covariates: Vec<Covariate<'_>> =
            columns.iter().map(|values| Covariate::Numeric(values)).collect();
        with(
            some,
            |_| 0,
            &covariates,
            |data| {
                let ols = ols_adjusted(data, Robust::Hc2, level()).unwrap();
                assert_eq!(ols.inference, Err(NoInference::NoDegreesOfFreedom));
                assert_eq!(ols.omissions.len(), columns.len() - (N - 2));
                // An arm of twelve has room for eleven columns, those that both arms can estimate.
                let lin = lin(data, Robust::Hc2, level()).unwrap();
                assert!(lin.df < 4.0 && lin.omissions.len() >= columns.len() - (N / 2 - 1));
            },
        );
    }

    #[test]
    fn covariates_that_do_not_fit_are_refused() {
        let sample = StratifiedSample::new(&[1.0, 2.0], &Arm::BOTH, &[0, 0], 1).expect("a sample");
        let refuse = |covariate| AdjustedSample::new(sample, &[covariate], None).unwrap_err();
        let length = AdjustedSampleError::Length { covariate: 0, found: 1, expected: 2 };
        assert_eq!(refuse(Covariate::Numeric(&[1.0])), length);
        let nan = AdjustedSampleError::NotFinite { covariate: 0, position: 1 };
        assert_eq!(refuse(Covariate::Numeric(&[1.0, f64::NAN])), nan);
        let code = AdjustedSampleError::Level { covariate: 0, position: 0 };
        assert_eq!(refuse(Covariate::Categorical { codes: &[2, 0], n_levels: 2 }), code);
    }
}
