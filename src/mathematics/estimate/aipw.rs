//! Augmented inverse-probability weighting with cross-fitted nuisances.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use thiserror::Error;

use super::elastic_net::{Partialled, PenalisedError};
use super::lasso::{CrossFittingError, fold_labels};
use super::logistic::{Counting, Logistic, LogisticData, LogisticError, both};
use super::proportion::arm_name;
use super::sample::StratifiedSample;
use crate::numeric::distribution::normal;
use crate::numeric::elementary::{exp, ln_1p};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::least_squares::{LeastSquares, LeastSquaresError};
use crate::numeric::sum::{mean, sample_variance, sum};
use crate::trial::arm::{Arm, TwoArm};

/// Standard errors below this share of the outcomes' range are rounding.
const ROUNDING: f64 = 1e-12;

/// Steps of Newton's method after which the maximum under the prior is taken as found.
const MOST_STEPS: usize = 40;

/// Linear predictors beyond this are fitted probabilities of 0 or 1: as good as separated.
const SEPARATED: f64 = 20.0;

/// Precision of the normal prior that separated coefficients are given, 1/2.5²: a standard
/// deviation of 2.5 on the logit scale for a covariate moved by one of its own.
const PRIOR_PRECISION: f64 = 0.16;

/// How the outcome is predicted in each arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeModel {
    /// Logistic regression on strata and covariates, for outcomes of 0 and 1.
    Logistic,
    /// The lasso on covariates, strata not penalised; outcomes of 0 and 1 are predicted within
    /// [0, 1].
    Lasso,
}

/// An effect by augmented weighting.
#[derive(Clone, Debug, PartialEq)]
pub struct AugmentedEffect {
    /// Intervention − control over everyone, in the outcome's unit.
    pub estimate: f64,
    /// Standard deviation of `influence` over √n.
    pub std_error: f64,
    /// Estimate ± z × standard error.
    pub interval: Interval,
    /// Two-sided p-value of no effect, normal.
    pub p_value: f64,
    /// What each participant adds: ψᵢ less the estimate; their sum is 0.
    pub influence: Vec<f64>,
    /// Logistic regressions, of two a fold, that were separated and given a prior.
    pub separated: usize,
}

/// Why there is no augmented estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AugmentedError {
    /// Lengths, or too few folds.
    #[error(transparent)]
    Folds(#[from] CrossFittingError),
    /// Logistic regression needs outcomes of 0 and 1.
    #[error("an outcome is neither 0 nor 1")]
    NotBinary,
    /// An arm of a stratum is in one fold only: without it nothing is known of that arm.
    #[error("no participants in the {} arm of a stratum without fold {fold}", arm_name(*.arm))]
    EmptyArm {
        /// Number of the stratum, from 0.
        stratum: usize,
        /// The arm.
        arm: Arm,
        /// The fold left out.
        fold: usize,
    },
    /// An outcome or covariate that no logistic regression takes.
    #[error(transparent)]
    Logistic(#[from] LogisticError),
    /// A least squares fit is not determined.
    #[error(transparent)]
    LeastSquares(#[from] LeastSquaresError),
    /// The lasso is not determined.
    #[error(transparent)]
    Penalised(#[from] PenalisedError),
    /// The influence is the same for everyone.
    #[error("the outcomes do not vary")]
    NoVariation,
}

/// Estimates the average effect by augmented inverse-probability weighting, cross-fitted.
///
/// With z = 1 in the intervention, π̂ the share of the intervention in the participant's stratum
/// and m̂₁, m̂₀ the outcome predicted in either arm, all of them fitted without the participant's
/// fold:
///
/// ```text
/// ψᵢ = m̂₁ − m̂₀ + zᵢ (yᵢ − m̂₁)/π̂ − (1 − zᵢ)(yᵢ − m̂₀)/(1 − π̂)
/// estimate  = Σ ψᵢ / n
/// std_error = √(Σ (ψᵢ − estimate)² / (n − 1) / n)
/// ```
///
/// As the arms are randomised it is consistent whatever the predictions are worth; they only make
/// it more precise. The standard error leaves out what stratified randomisation gains beyond the
/// strata in the predictions, and is then too large rather than too small.
///
/// [`OutcomeModel::Logistic`] is maximum likelihood on an intercept, the strata and those
/// covariates that are not combinations of the columns before them among the people fitted. Where
/// it is separated, or has a linear predictor beyond ±20, the coefficients but the intercept get a
/// normal prior of mean 0 and standard deviation 2.5 per standard deviation (divisor n) of their
/// column; `separated` counts how often. An arm of one outcome only is predicted to have it.
/// [`OutcomeModel::Lasso`] is the lasso at the penalty preferred by cross-validation between the
/// other folds.
///
/// # Shapes
///
/// `covariates`: n × p, a row a participant of `sample`, none missing. `folds`: n fold numbers, of
/// three folds or more, best drawn within arm and stratum.
///
/// # Errors
///
/// [`AugmentedError`].
///
/// # References
///
/// - Robins JM, Rotnitzky A, Zhao LP (1994). *Journal of the American Statistical Association*
///   89:846–866.
/// - Chernozhukov V and others (2018). *Econometrics Journal* 21:C1–C68, on cross-fitting.
/// - Gelman A and others (2008). *Annals of Applied Statistics* 2:1360–1383, for the scale of 2.5.
/// - Agrees with an R script on `glm` and `glmnet` with the same folds; see
///   `tests/reference/r/aipw.R`.
pub fn aipw_cross_fitted<'a>(
    sample: &StratifiedSample<'a>,
    covariates: ArrayView2<'a, f64>,
    folds: &'a [usize],
    model: OutcomeModel,
    level: ConfidenceLevel,
) -> Result<AugmentedEffect, AugmentedError> {
    let labels = fold_labels(sample, covariates, folds)?;
    let people = People::new(sample, covariates, folds);
    if model == OutcomeModel::Logistic && !people.is_binary {
        return Err(AugmentedError::NotBinary);
    }
    let mut psi = vec![0.0; folds.len()];
    let mut separated = 0;
    for fold in labels {
        let shares = people.shares(fold)?;
        let held: Vec<usize> = (0..folds.len()).filter(|&i| folds[i] == fold).collect();
        let intervention = people.predict(Arm::Intervention, fold, model)?;
        let control = people.predict(Arm::Control, fold, model)?;
        separated += usize::from(intervention.separated) + usize::from(control.separated);
        for (place, &i) in held.iter().enumerate() {
            let (m1, m0) = (intervention.values[place], control.values[place]);
            let share = shares[people.strata[i]];
            let rest = match people.arms[i] {
                Arm::Intervention => (people.outcomes[i] - m1) / share,
                Arm::Control => -(people.outcomes[i] - m0) / (1.0 - share),
            };
            psi[i] = m1 - m0 + rest;
        }
    }
    people.effect(&psi, separated, level)
}

/// Predictions for the people of a fold, in their order.
struct Predicted {
    values: Array1<f64>,
    separated: bool,
}

struct People<'a> {
    outcomes: &'a [f64],
    arms: Vec<Arm>,
    strata: Vec<usize>,
    n_strata: usize,
    covariates: ArrayView2<'a, f64>,
    folds: &'a [usize],
    is_binary: bool,
    /// Largest less smallest outcome.
    range: f64,
}

impl<'a> People<'a> {
    fn new(
        sample: &StratifiedSample<'a>,
        covariates: ArrayView2<'a, f64>,
        folds: &'a [usize],
    ) -> Self {
        let outcomes = sample.outcomes();
        let (arms, strata) = sample.iter().map(|(_, arm, stratum)| (arm, stratum)).unzip();
        let largest = outcomes.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let smallest = outcomes.iter().fold(f64::INFINITY, |a, &b| a.min(b));
        let is_0_or_1 = |y: &f64| y.abs() <= 0.0 || (y - 1.0).abs() <= 0.0;
        Self {
            outcomes,
            arms,
            strata,
            n_strata: sample.cells().len(),
            covariates,
            folds,
            is_binary: outcomes.iter().all(is_0_or_1),
            range: largest - smallest,
        }
    }

    /// Share of the intervention in each stratum, without a fold.
    fn shares(&self, fold: usize) -> Result<Vec<f64>, AugmentedError> {
        let mut counts = vec![TwoArm { intervention: 0_usize, control: 0 }; self.n_strata];
        let mut held = vec![false; self.n_strata];
        for ((arm, &stratum), &in_fold) in self.arms.iter().zip(&self.strata).zip(self.folds) {
            if in_fold == fold {
                held[stratum] = true;
            } else {
                *counts[stratum].get_mut(*arm) += 1;
            }
        }
        let share = |(stratum, count): (usize, &TwoArm<usize>)| match count
            .iter()
            .find(|(_, n)| **n == 0)
        {
            Some((arm, _)) if held[stratum] => Err(AugmentedError::EmptyArm { stratum, arm, fold }),
            _ => {
                let all = (count.intervention + count.control).max(1);
                Ok(count.intervention as f64 / all as f64)
            }
        };
        counts.iter().enumerate().map(share).collect()
    }

    fn predict(
        &self,
        arm: Arm,
        fold: usize,
        model: OutcomeModel,
    ) -> Result<Predicted, AugmentedError> {
        let rows = |take: &dyn Fn(usize) -> bool| {
            (0..self.folds.len()).filter(|&i| take(i)).collect::<Vec<usize>>()
        };
        let kept = rows(&|i| self.folds[i] != fold && self.arms[i] == arm);
        let held = rows(&|i| self.folds[i] == fold);
        let outcomes: Array1<f64> = kept.iter().map(|&i| self.outcomes[i]).collect();
        let strata = self.strata_among(&kept);
        let (fitted, wanted) = (self.dummies(&strata, &kept), self.dummies(&strata, &held));
        let x = self.covariates.select(Axis(0), &kept);
        let new_x = self.covariates.select(Axis(0), &held);
        match model {
            OutcomeModel::Logistic => {
                let fitted = beside(&fitted, &x);
                let fit = ArmModel::fit(&fitted, outcomes.view())?;
                let values = fit.predict(&beside(&wanted, &new_x));
                Ok(Predicted { values, separated: fit.separated })
            }
            OutcomeModel::Lasso => {
                let inner: Vec<usize> = kept.iter().map(|&i| self.folds[i]).collect();
                let partialled = Partialled::new(fitted.view(), x.view(), outcomes.view())?;
                let b = partialled.cross_validated(&inner)?.coefficients;
                let rest = &outcomes - &x.dot(&b);
                let own = LeastSquares::fit(fitted.view(), rest.view())?.coefficients;
                let linear = wanted.dot(&own) + new_x.dot(&b);
                let bounded = |m: f64| if self.is_binary { m.clamp(0.0, 1.0) } else { m };
                Ok(Predicted { values: linear.mapv(bounded), separated: false })
            }
        }
    }

    /// The strata of these people, in increasing order.
    fn strata_among(&self, rows: &[usize]) -> Vec<usize> {
        let mut strata: Vec<usize> = rows.iter().map(|&i| self.strata[i]).collect();
        strata.sort_unstable();
        strata.dedup();
        strata
    }

    /// A column of ones and one a stratum but the first.
    fn dummies(&self, strata: &[usize], rows: &[usize]) -> Array2<f64> {
        Array2::from_shape_fn((rows.len(), strata.len()), |(row, column)| {
            if column == 0 || self.strata[rows[row]] == strata[column] { 1.0 } else { 0.0 }
        })
    }

    fn effect(
        &self,
        psi: &[f64],
        separated: usize,
        level: ConfidenceLevel,
    ) -> Result<AugmentedEffect, AugmentedError> {
        let (Some(estimate), Some(variance)) = (mean(psi), sample_variance(psi)) else {
            return Err(AugmentedError::NoVariation);
        };
        let std_error = (variance / psi.len() as f64).sqrt();
        if std_error <= ROUNDING * self.range {
            return Err(AugmentedError::NoVariation);
        }
        Ok(AugmentedEffect {
            estimate,
            std_error,
            interval: Interval::around(estimate, level.z() * std_error),
            p_value: normal::two_sided_p(estimate / std_error),
            influence: psi.iter().map(|psi| psi - estimate).collect(),
            separated,
        })
    }
}

fn beside(left: &Array2<f64>, right: &Array2<f64>) -> Array2<f64> {
    let (n, q) = left.dim();
    Array2::from_shape_fn((n, q + right.ncols()), |(i, j)| {
        if j < q { left[[i, j]] } else { right[[i, j - q]] }
    })
}

/// A logistic regression of one arm, with a column of ones in front.
struct ArmModel {
    /// Columns with a coefficient.
    kept: Vec<usize>,
    /// Means and standard deviations of those columns; 0 and 1 for the ones.
    scales: Vec<(f64, f64)>,
    coefficients: Array1<f64>,
    separated: bool,
}

impl ArmModel {
    fn fit(x: &Array2<f64>, y: ArrayView1<f64>) -> Result<Self, AugmentedError> {
        let all = (0..x.ncols()).map(|j| scale_of(x, j)).collect::<Vec<_>>();
        let kept = independent(&standardised(x, &all), y)?;
        let scales: Vec<(f64, f64)> = kept.iter().map(|&j| all[j]).collect();
        let x = standardised(&x.select(Axis(1), &kept), &scales);
        let share = y.sum() / y.len() as f64;
        if share <= 0.0 || share >= 1.0 {
            // One outcome only: an intercept of infinity, which predicts it for everyone.
            let mut coefficients = Array1::zeros(kept.len());
            coefficients[0] = if share > 0.5 { f64::INFINITY } else { f64::NEG_INFINITY };
            return Ok(Self { kept, scales, coefficients, separated: false });
        }
        let data = LogisticData { design: x.view(), outcomes: y.view(), counting: Counting::Once };
        let likelihood = match Logistic::fit(data, None) {
            Ok(fit) => Some(fit.coefficients),
            // The columns are independent: what is flat here is the likelihood far out.
            Err(
                LogisticError::Separated { .. }
                | LogisticError::Singular { .. }
                | LogisticError::Diverged { .. },
            ) => None,
            Err(error) => return Err(error.into()),
        };
        let within = |b: &Array1<f64>| x.dot(b).iter().all(|eta| eta.abs() <= SEPARATED);
        let likelihood = likelihood.filter(within);
        let separated = likelihood.is_none();
        let coefficients = likelihood.map_or_else(|| with_prior(&x, y), Ok)?;
        Ok(Self { kept, scales, coefficients, separated })
    }

    fn predict(&self, x: &Array2<f64>) -> Array1<f64> {
        if self.coefficients[0].is_infinite() {
            let certain = if self.coefficients[0] > 0.0 { 1.0 } else { 0.0 };
            return Array1::from_elem(x.nrows(), certain);
        }
        let x = standardised(&x.select(Axis(1), &self.kept), &self.scales);
        x.dot(&self.coefficients).mapv(probability)
    }
}

fn scale_of(x: &Array2<f64>, column: usize) -> (f64, f64) {
    if column == 0 {
        return (0.0, 1.0);
    }
    let n = x.nrows() as f64;
    let centre = sum(x.column(column).iter().copied()) / n;
    let spread = (sum(x.column(column).iter().map(|v| (v - centre) * (v - centre))) / n).sqrt();
    let raw = (sum(x.column(column).iter().map(|v| v * v)) / n).sqrt();
    // A constant column becomes zeros, and is then left out.
    if spread > ROUNDING * raw { (centre, spread) } else { (centre, f64::INFINITY) }
}

fn standardised(x: &Array2<f64>, scales: &[(f64, f64)]) -> Array2<f64> {
    Array2::from_shape_fn(x.dim(), |(i, j)| (x[[i, j]] - scales[j].0) / scales[j].1)
}

/// The columns that are not combinations of those before them.
fn independent(x: &Array2<f64>, y: ArrayView1<f64>) -> Result<Vec<usize>, LeastSquaresError> {
    let mut kept: Vec<usize> = (0..x.ncols()).collect();
    loop {
        match LeastSquares::fit(x.select(Axis(1), &kept).view(), y) {
            Ok(_) => return Ok(kept),
            Err(LeastSquaresError::RankDeficient { column }) if column > 0 => {
                kept.remove(column);
            }
            Err(error) => return Err(error),
        }
    }
}

fn probability(eta: f64) -> f64 {
    both(eta).0
}

/// Maximum of Σ log-likelihood − Σ bⱼ²/(2 · 2.5²) over all coefficients, the intercept b₀ not in
/// the second sum. The prior makes it exist; `Logistic` has none, so that it cannot find it.
fn with_prior(x: &Array2<f64>, y: ArrayView1<f64>) -> Result<Array1<f64>, LeastSquaresError> {
    let (n, p) = x.dim();
    let mut b = Array1::<f64>::zeros(p);
    let mut value = objective(x, y, &b);
    for _ in 0..MOST_STEPS {
        let fitted = x.dot(&b).mapv(probability);
        let root = fitted.mapv(|m| (m * (1.0 - m)).sqrt());
        // The prior as rows of data: √precision bⱼ = 0.
        let design = Array2::from_shape_fn((n + p - 1, p), |(i, j)| match i.checked_sub(n) {
            None => root[i] * x[[i, j]],
            Some(prior) if prior + 1 == j => PRIOR_PRECISION.sqrt(),
            Some(_) => 0.0,
        });
        let target = Array1::from_shape_fn(n + p - 1, |i| match i.checked_sub(n) {
            None => (y[i] - fitted[i]) / root[i],
            Some(prior) => -PRIOR_PRECISION.sqrt() * b[prior + 1],
        });
        let step = LeastSquares::fit(design.view(), target.view())?.coefficients;
        let (next, reached) = climb(x, y, &b, &step);
        let moved = (&next - &b).iter().fold(0.0_f64, |most, d| most.max(d.abs()));
        let gained = reached - value;
        (b, value) = (next, reached);
        if moved <= 1e-9 || (moved <= 1e-6 && gained <= 1e-15 * value.abs()) {
            break;
        }
    }
    Ok(b)
}

/// The step, halved until it does not lose.
fn climb(
    x: &Array2<f64>,
    y: ArrayView1<f64>,
    b: &Array1<f64>,
    step: &Array1<f64>,
) -> (Array1<f64>, f64) {
    let before = objective(x, y, b);
    let mut share = 1.0;
    loop {
        let next = b + &(share * step);
        let value = objective(x, y, &next);
        if value >= before - 1e-12 * before.abs() || share < 1e-9 {
            return (next, value);
        }
        share /= 2.0;
    }
}

fn objective(x: &Array2<f64>, y: ArrayView1<f64>, b: &Array1<f64>) -> f64 {
    let eta = x.dot(b);
    // log(1 + e^η) without overflow.
    let log_partition = |eta: f64| eta.max(0.0) + ln_1p(exp(-eta.abs()));
    let likelihood = sum(eta.iter().zip(y).map(|(&eta, y)| y * eta - log_partition(eta)));
    let prior: f64 = b.iter().skip(1).map(|b| b * b).sum();
    likelihood - PRIOR_PRECISION * prior / 2.0
}
