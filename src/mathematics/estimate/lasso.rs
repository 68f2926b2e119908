//! The arm's effect adjusted for covariates that a cross-fitted lasso selects.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use thiserror::Error;

use super::design::Design;
use super::elastic_net::{Partialled, PenalisedError, PenalisedFit};
use super::regression::{ArmEffect, ArmEffectError, arm_and_strata};
use super::sample::{SampleError, StratifiedSample};
use crate::numeric::interval::ConfidenceLevel;
use crate::numeric::sum::sum;

/// Why there is no cross-fitted estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CrossFittingError {
    /// Covariates or fold numbers are not of the same people as the outcomes.
    #[error("{covariates} rows of covariates, {folds} fold numbers and {outcomes} outcomes")]
    Lengths {
        /// Rows of the covariates.
        covariates: usize,
        /// Fold numbers.
        folds: usize,
        /// Outcomes.
        outcomes: usize,
    },
    /// A model is fitted on all folds but one, and its penalty validated between those.
    #[error("fewer than three folds have participants")]
    FewerThanThreeFolds,
    /// The lasso outside a fold.
    #[error("without fold {fold}: {error}")]
    Penalised {
        /// The fold left out.
        fold: usize,
        /// Why there is no lasso.
        error: PenalisedError,
    },
    /// The regression of what is left of the outcome.
    #[error(transparent)]
    Effect(#[from] ArmEffectError),
    /// What is left of the outcome is not finite.
    #[error(transparent)]
    Sample(#[from] SampleError),
}

/// The arm's effect after adjustment, and how much was adjusted for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossFittedEffect {
    /// Effect on the outcome less its prediction: the same estimand as without.
    pub effect: ArmEffect,
    /// Fewest covariates selected in a fold.
    pub fewest_selected: usize,
    /// Most covariates selected in a fold.
    pub most_selected: usize,
}

/// The lasso of the outcome on covariates, arm and strata not penalised, at one penalty.
///
/// See [`Partialled::fit`] for what is minimised. `covariates`: n × p, a row a participant of
/// `sample`.
///
/// # Errors
///
/// [`PenalisedError`].
pub fn lasso_at(
    sample: &StratifiedSample<'_>,
    covariates: ArrayView2<f64>,
    penalty: f64,
) -> Result<PenalisedFit, PenalisedError> {
    partialled(sample, covariates)?.fit(penalty)
}

/// [`lasso_at`] the penalty that cross-validation over these folds prefers.
///
/// # Errors
///
/// [`PenalisedError`].
pub fn lasso_cross_validated(
    sample: &StratifiedSample<'_>,
    covariates: ArrayView2<f64>,
    folds: &[usize],
) -> Result<PenalisedFit, PenalisedError> {
    partialled(sample, covariates)?.cross_validated(folds)
}

fn partialled(
    sample: &StratifiedSample<'_>,
    covariates: ArrayView2<f64>,
) -> Result<Partialled, PenalisedError> {
    let design = Design::new(sample, &sample.cells());
    Partialled::new(design.arm_and_strata().view(), covariates, design.outcomes.view())
}

/// Estimates the arm's effect, the outcome first relieved of what covariates predict.
///
/// For each fold k the lasso of the outcome on the covariates, arm and strata not penalised, is
/// fitted on the other folds, between which its penalty is cross-validated. With b⁽⁻ᵏ⁾ its
/// coefficients and x̄ the covariates' means over everyone:
///
/// ```text
/// yᵢ − (xᵢ − x̄)' b⁽⁻ᵏ⁽ⁱ⁾⁾   is regressed on arm and strata,   HC2, t on n − p
/// ```
///
/// Nobody's outcome is predicted from itself, so that selection does not bias the estimate. p
/// counts arm and strata only. The covariates must have no missing values.
///
/// # Shapes
///
/// `covariates`: n × p, a row a participant of `sample`. `folds`: n fold numbers, best drawn within
/// arm and stratum.
///
/// # Errors
///
/// [`CrossFittingError`].
///
/// # References
///
/// - Bloniarz A and others (2016). *PNAS* 113:7383–7390, on the lasso in trials.
/// - Wager S and others (2016). *PNAS* 113:12673–12678, on cross-fitting.
/// - Agrees with R's `glmnet`, cross-validated over the same folds, and `estimatr::lm_robust`; see
///   `tests/reference/r/lasso.R`.
pub fn lasso_cross_fitted(
    sample: &StratifiedSample<'_>,
    covariates: ArrayView2<f64>,
    folds: &[usize],
    level: ConfidenceLevel,
) -> Result<CrossFittedEffect, CrossFittingError> {
    let fits = outside_each_fold(sample, covariates, folds)?;
    let centred = centred(covariates);
    let mut rest = sample.outcomes().to_vec();
    for (fold, fit) in &fits {
        for i in (0..folds.len()).filter(|&i| folds[i] == *fold) {
            rest[i] -= centred.row(i).dot(&fit.coefficients);
        }
    }
    let (arms, strata): (Vec<_>, Vec<_>) = sample.iter().map(|(_, arm, s)| (arm, s)).unzip();
    let rest = StratifiedSample::new(&rest, &arms, &strata, sample.cells().len())?;
    let selected = || fits.iter().map(|(_, fit)| fit.selected());
    Ok(CrossFittedEffect {
        effect: arm_and_strata(&rest, level)?,
        fewest_selected: selected().min().unwrap_or(0),
        most_selected: selected().max().unwrap_or(0),
    })
}

/// The lasso fitted without each fold in turn, with the fold's number.
///
/// # Errors
///
/// As [`lasso_cross_fitted`].
pub fn outside_each_fold(
    sample: &StratifiedSample<'_>,
    covariates: ArrayView2<f64>,
    folds: &[usize],
) -> Result<Vec<(usize, PenalisedFit)>, CrossFittingError> {
    let labels = fold_labels(sample, covariates, folds)?;
    let members: Vec<_> = sample.iter().collect();
    let without = |fold: usize| {
        let kept: Vec<usize> = (0..folds.len()).filter(|&i| folds[i] != fold).collect();
        let outcomes: Vec<f64> = kept.iter().map(|&i| members[i].0).collect();
        let arms: Vec<_> = kept.iter().map(|&i| members[i].1).collect();
        let strata: Vec<usize> = kept.iter().map(|&i| members[i].2).collect();
        let inner: Vec<usize> = kept.iter().map(|&i| folds[i]).collect();
        let sample = StratifiedSample::new(&outcomes, &arms, &strata, sample.cells().len())?;
        let fit = lasso_cross_validated(&sample, covariates.select(Axis(0), &kept).view(), &inner);
        fit.map(|fit| (fold, fit)).map_err(|error| CrossFittingError::Penalised { fold, error })
    };
    labels.into_iter().map(without).collect()
}

/// The folds that have people, in increasing order.
pub(super) fn fold_labels(
    sample: &StratifiedSample<'_>,
    covariates: ArrayView2<f64>,
    folds: &[usize],
) -> Result<Vec<usize>, CrossFittingError> {
    let (outcomes, rows) = (sample.n(), covariates.nrows());
    if rows != outcomes || folds.len() != outcomes {
        return Err(CrossFittingError::Lengths { covariates: rows, folds: folds.len(), outcomes });
    }
    let mut labels = folds.to_vec();
    labels.sort_unstable();
    labels.dedup();
    if labels.len() < 3 {
        return Err(CrossFittingError::FewerThanThreeFolds);
    }
    Ok(labels)
}

/// Covariates less their means over everyone, so that their origin says nothing.
fn centred(covariates: ArrayView2<f64>) -> Array2<f64> {
    let n = covariates.nrows().max(1) as f64;
    let means: Array1<f64> =
        covariates.columns().into_iter().map(|column| sum(column.iter().copied()) / n).collect();
    &covariates - &means
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::arm::Arm;
    use ndarray::array;

    const I: Arm = Arm::Intervention;
    const C: Arm = Arm::Control;

    #[test]
    fn folds_that_do_not_serve_are_refused() {
        let (y, arms, strata) = ([1.0, 2.0, 3.0, 4.0], [I, C, I, C], [0; 4]);
        let sample = StratifiedSample::new(&y, &arms, &strata, 1).unwrap();
        let x = array![[1.0], [0.0], [2.0], [5.0]];
        let level = ConfidenceLevel::new(0.95).unwrap();
        let of = |folds: &[usize]| lasso_cross_fitted(&sample, x.view(), folds, level).unwrap_err();
        assert_eq!(of(&[0, 1, 0, 1]), CrossFittingError::FewerThanThreeFolds);
        let lengths = CrossFittingError::Lengths { covariates: 4, folds: 1, outcomes: 4 };
        assert_eq!(of(&[0]), lengths);
        let error = lasso_at(&sample, x.view(), -1.0).unwrap_err();
        assert_eq!(error, PenalisedError::Penalty);
        let one_fold = lasso_cross_validated(&sample, x.view(), &[3; 4]).unwrap_err();
        assert_eq!(one_fold, PenalisedError::FewerThanTwoFolds);
    }

    #[test]
    fn a_covariate_that_repeats_the_design_is_not_selected() {
        let (y, arms, strata) = ([1.0, 2.0, 3.0, 7.0], [I, C, I, C], [0, 0, 1, 1]);
        let sample = StratifiedSample::new(&y, &arms, &strata, 2).unwrap();
        let x = array![[1.0, 1e9], [0.0, 1e9], [1.0, 1e9], [0.0, 1e9]];
        let fit = lasso_at(&sample, x.view(), 0.0).unwrap();
        assert_eq!(fit.selected(), 0);
    }

    #[test]
    fn with_no_covariates_nothing_is_adjusted() {
        let y = [1.0, 2.0, 3.0, 7.0, 5.0, 6.0];
        let (arms, strata) = ([I, C, I, C, I, C], [0; 6]);
        let sample = StratifiedSample::new(&y, &arms, &strata, 1).unwrap();
        let level = ConfidenceLevel::new(0.95).unwrap();
        let none = Array2::zeros((6, 0));
        let got = lasso_cross_fitted(&sample, none.view(), &[0, 0, 1, 1, 2, 2], level).unwrap();
        assert_eq!(got.effect, arm_and_strata(&sample, level).unwrap());
        assert_eq!(got.most_selected, 0);
    }
}
