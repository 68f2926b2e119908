//! Proportional hazards of the subdistribution of one cause.

use ndarray::{Array1, Array2};
use thiserror::Error;

pub use super::fine_gray_data::FineGrayData;
use super::fine_gray_sums::{Likelihood, RiskSets, Sorted};
use crate::numeric::symmetric::Cholesky;
use crate::numeric::weights::CaseWeights;

/// A step of this many standard errors or less ends the iteration: Newton's next one is then at
/// rounding.
const LAST_STEP: f64 = 1e-9;

/// A last step longer than this, in standard deviations of its column, does not come from a
/// maximum.
const STILL_MOVING: f64 = 1e-4;

/// Information that has shrunk to this share of what it was at β = 0 does not either.
const FLAT: f64 = 1e-9;

/// A column with less than this share of its information left by those before it is a combination
/// of them: the sums over risk sets are not exact enough to tell.
const COLLINEAR: f64 = 1e-9;

/// Newton steps before the iteration is given up.
const MAX_STEPS: usize = 100;

/// Why there is no fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FineGrayError {
    /// The slices have different lengths.
    #[error("the lengths of days, endings, columns, groups and weights differ")]
    Shape,
    /// There is no covariate.
    #[error("there is no covariate")]
    NoColumns,
    /// Nobody, or only participants of weight zero.
    #[error("there are no participants")]
    NoParticipants,
    /// Weights that stand for people of a population.
    #[error("sampling weights are not supported: the censoring distribution has no such variance")]
    SamplingWeights,
    /// A covariate is infinite or not a number.
    #[error("covariate {column} of participant {position} is not a finite number")]
    NotFinite {
        /// The column, from 0.
        column: usize,
        /// The first such participant, from 0.
        position: usize,
    },
    /// Nobody left by the cause.
    #[error("there are no events")]
    NoEvents,
    /// A column is constant, or a combination of those before it, where there are events.
    #[error("covariate {column} is a linear combination of those before it")]
    Collinear {
        /// The first such column, from 0.
        column: usize,
    },
    /// The likelihood grows for ever, as with an arm in which nobody had an event.
    #[error("the likelihood has no maximum: the coefficient of covariate {column} grows for ever")]
    Monotone {
        /// The column that has gone furthest, in its standard deviations, from 0.
        column: usize,
    },
}

/// A fitted regression.
#[derive(Clone, Debug, PartialEq)]
pub struct FineGrayFit {
    /// Logarithms of subdistribution hazard ratios, one a column.
    pub coefficients: Array1<f64>,
    /// Their covariance I⁻¹ Σ fᵢ (ηᵢ + ψᵢ)(ηᵢ + ψᵢ)ᵀ I⁻¹.
    pub covariance: Array2<f64>,
    /// I⁻¹: the covariance were there no censoring weights to estimate and the model true.
    pub inverse_information: Array2<f64>,
    /// The log pseudo-likelihood at the coefficients.
    pub log_likelihood: f64,
    /// The log pseudo-likelihood where all coefficients are 0.
    pub log_likelihood_null: f64,
    /// The largest element of the score at the coefficients.
    pub largest_score: f64,
    /// I⁻¹ (ηᵢ + ψᵢ) of each participant, for each coefficient; 0 where the weight is 0.
    pub influence: Vec<Vec<f64>>,
    /// The weight of those who left by the cause.
    pub n_events: f64,
}

/// The proportional hazards regression of the subdistribution of one cause (Fine and Gray):
/// λ(t | z) = λ₀(t) exp(β·z), where λ is the hazard of min(T, ∞ if by another cause).
///
/// ```text
/// U(β)  = Σᵢ fᵢ [by the cause] { zᵢ − z̄(Tᵢ) },   z̄ = S₁ / S₀   (Breslow for ties)
/// Sₖ(t) = Σᵢ fᵢ wᵢ(t) zᵢᵏ exp(β·zᵢ)
/// wᵢ(t) = 1 where Tᵢ ≥ t;  G(t−) / G(Tᵢ−) where Tᵢ < t by another cause;  else 0
/// ηᵢ    = [by the cause] { zᵢ − z̄(Tᵢ) } − Σ_s wᵢ(s) { zᵢ − z̄(s) } exp(β·zᵢ) dΛ(s)
/// ψᵢ    = [censored] q(Tᵢ)/π(Tᵢ) − Σ_{u ≤ Tᵢ} q(u)/π(u) dΛᶜ(u)
/// q(u)  = Σᵢ fᵢ [Tᵢ < u] Σ_{s ≥ u} wᵢ(s) { zᵢ − z̄(s) } exp(β·zᵢ) dΛ(s)   (Tᵢ by another cause)
/// ```
///
/// dΛ is Breslow's increment, G the Kaplan-Meier of censoring, dΛᶜ its hazard and π(u) the number
/// with Tᵢ ≥ u. The covariance is I⁻¹ Σ fᵢ (ηᵢ + ψᵢ)(ηᵢ + ψᵢ)ᵀ I⁻¹: ψ is what estimating G adds.
///
/// # Conventions
///
/// G is pooled, or that of each of `censoring_groups` (then q and π are the group's own). Those
/// who leave on a day, by either cause, are at risk of censoring on it. Another cause on the day
/// of an event is at risk of it with weight 1. Nothing else is counted as censoring. A frequency
/// weight of 2 is the participant twice. Newton's method, from β = 0, until the score is
/// at rounding, below 1e-10 unless numbers are huge. The influence values are the paper's; with
/// ties they differ a little from the derivative by a weight.
///
/// The work is one sort, then O((n + days · groups) p²) a step: no loop over pairs.
///
/// # Errors
///
/// [`FineGrayError`]. Sampling weights are refused.
///
/// # References
///
/// - Fine JP, Gray RJ (1999). *Journal of the American Statistical Association* 94:496–509,
///   section 3, doi:10.1080/01621459.1999.10474144.
/// - Agrees with `crr(..., cengroup = )` of R's cmprsk 2.2-11, but for the covariance with several
///   groups, which agrees with numerical derivatives and not with crr's:
///   `tests/reference/r/competing.R`; without competing exits the coefficients with `coxph(..., ties = "breslow")`.
pub fn fine_gray(
    data: &FineGrayData<'_>,
    weights: CaseWeights<'_>,
) -> Result<FineGrayFit, FineGrayError> {
    check(data, weights)?;
    let weight = |i: usize| weights.get(i);
    let (centres, scales) = centres_and_scales(data, weights)?;
    let sorted = Sorted::new(data, weight, &centres, &scales);
    if sorted.n_events() <= 0.0 {
        return Err(FineGrayError::NoEvents);
    }
    let maximum = maximum(&sorted, data.columns.len())?;
    Ok(fit(data, &sorted, &maximum, &scales))
}

fn check(data: &FineGrayData<'_>, weights: CaseWeights<'_>) -> Result<(), FineGrayError> {
    let n = data.days.len();
    let fits = data.endings.len() == n
        && data.columns.iter().all(|column| column.len() == n)
        && data.censoring_groups.is_none_or(|groups| groups.len() == n)
        && weights.is_for(n);
    if !fits {
        return Err(FineGrayError::Shape);
    }
    if matches!(weights, CaseWeights::Sampling(_)) {
        return Err(FineGrayError::SamplingWeights);
    }
    if data.columns.is_empty() {
        return Err(FineGrayError::NoColumns);
    }
    for (column, values) in data.columns.iter().enumerate() {
        if let Some(position) = values.iter().position(|z| !z.is_finite()) {
            return Err(FineGrayError::NotFinite { column, position });
        }
    }
    Ok(())
}

/// Mean and standard deviation of each column, so that no unit spoils the sums.
fn centres_and_scales(
    data: &FineGrayData<'_>,
    weights: CaseWeights<'_>,
) -> Result<(Vec<f64>, Vec<f64>), FineGrayError> {
    let n: f64 = (0..data.days.len()).map(|i| weights.get(i)).sum();
    if n <= 0.0 {
        return Err(FineGrayError::NoParticipants);
    }
    let mean = |value: &dyn Fn(usize) -> f64| {
        (0..data.days.len()).map(|i| weights.get(i) * value(i)).sum::<f64>() / n
    };
    let (mut centres, mut scales) = (Vec::new(), Vec::new());
    for (column, values) in data.columns.iter().enumerate() {
        let centre = mean(&|i| values[i]);
        let scale = mean(&|i| (values[i] - centre) * (values[i] - centre)).sqrt();
        // All one value, but for the rounding of their mean.
        if scale.is_nan() || scale <= 1e-13 * centre.abs() {
            return Err(FineGrayError::Collinear { column });
        }
        centres.push(centre);
        scales.push(scale);
    }
    Ok((centres, scales))
}

/// Where the iteration ended, in standardised covariates.
struct Maximum {
    beta: Vec<f64>,
    null: f64,
    likelihood: Likelihood,
    inverse: Array2<f64>,
}

/// The information factorized, or the first column without information of its own: less than
/// `smallest_share` of what it has alone.
fn factor(likelihood: &Likelihood, p: usize, smallest_share: f64) -> Result<Cholesky, usize> {
    let at = |j: usize, k: usize| likelihood.information[j.max(k) * (j.max(k) + 1) / 2 + j.min(k)];
    let kept = |j, k| if j == k { 1.0 - smallest_share } else { 1.0 };
    let matrix = Array2::from_shape_fn((p, p), |(j, k)| at(j, k) * kept(j, k));
    Cholesky::new(matrix.view()).map_err(|error| match error {
        crate::numeric::symmetric::NotPositiveDefinite::Row { row } => row,
        crate::numeric::symmetric::NotPositiveDefinite::Shape { .. } => 0,
    })
}

/// Newton's method with halved steps.
fn maximum(sorted: &Sorted, p: usize) -> Result<Maximum, FineGrayError> {
    let mut beta = vec![0.0; p];
    let mut sets = RiskSets::default();
    let mut current = sorted.likelihood(&beta, &mut sets);
    let null = current.log;
    let at_null: Vec<f64> = (0..p).map(|j| diagonal(&current, j)).collect();
    factor(&current, p, COLLINEAR).map_err(|column| FineGrayError::Collinear { column })?;
    let mut information = factor(&current, p, 0.0).map_err(|_| monotone(&beta))?;
    for _ in 0..MAX_STEPS {
        let score = Array1::from(current.score.clone());
        let step = information.solve(score.view()).map_err(|_| monotone(&beta))?;
        let decrement = score.dot(&step).max(0.0).sqrt();
        let Some((next, likelihood)) = ascend(sorted, &mut sets, (&beta, &step), current.log)
        else {
            return Err(monotone(&beta));
        };
        (beta, current) = (next, likelihood);
        let flat = (0..p).any(|j| diagonal(&current, j) < FLAT * at_null[j]);
        information = factor(&current, p, 0.0).map_err(|_| monotone(&beta))?;
        if decrement <= LAST_STEP || flat {
            if flat || step.iter().any(|s| s.abs() > STILL_MOVING) {
                return Err(monotone(&beta));
            }
            let inverse = information.inverse();
            return Ok(Maximum { beta, null, likelihood: current, inverse });
        }
    }
    Err(monotone(&beta))
}

fn diagonal(likelihood: &Likelihood, j: usize) -> f64 {
    likelihood.information[j * (j + 1) / 2 + j]
}

fn monotone(beta: &[f64]) -> FineGrayError {
    let furthest = (0..beta.len()).max_by(|&j, &k| beta[j].abs().total_cmp(&beta[k].abs()));
    FineGrayError::Monotone { column: furthest.unwrap_or(0) }
}

/// The step, halved until the likelihood does not fall by more than rounding.
fn ascend(
    sorted: &Sorted,
    sets: &mut RiskSets,
    (beta, step): (&[f64], &Array1<f64>),
    log: f64,
) -> Option<(Vec<f64>, Likelihood)> {
    let mut size = 1.0;
    for _ in 0..60 {
        let next: Vec<f64> = beta.iter().zip(step).map(|(b, s)| b + size * s).collect();
        let likelihood = sorted.likelihood(&next, sets);
        if likelihood.log >= log - 1e-10 * (1.0 + log.abs()) {
            return Some((next, likelihood));
        }
        size /= 2.0;
    }
    None
}

/// The results in the units of the columns.
fn fit(data: &FineGrayData<'_>, sorted: &Sorted, maximum: &Maximum, scales: &[f64]) -> FineGrayFit {
    let p = scales.len();
    let residuals = sorted.residuals(&maximum.beta);
    let mut influence = vec![vec![0.0; data.days.len()]; p];
    let mut covariance = Array2::zeros((p, p));
    let mut values = vec![0.0; p];
    for (place, &position) in sorted.positions.iter().enumerate() {
        let residual = &residuals[place * p..(place + 1) * p];
        for j in 0..p {
            values[j] = (0..p).map(|k| maximum.inverse[[j, k]] * residual[k]).sum::<f64>();
            values[j] /= scales[j];
            influence[j][position] = values[j];
        }
        for j in 0..p {
            for k in 0..p {
                covariance[[j, k]] += sorted.weights[place] * (values[j] * values[k]);
            }
        }
    }
    let inverse = &maximum.inverse;
    let score = maximum.likelihood.score.iter().zip(scales).map(|(u, scale)| (u * scale).abs());
    FineGrayFit {
        coefficients: maximum.beta.iter().zip(scales).map(|(b, scale)| b / scale).collect(),
        covariance,
        inverse_information: Array2::from_shape_fn((p, p), |(j, k)| {
            inverse[[j, k]] / scales[j] / scales[k]
        }),
        log_likelihood: maximum.likelihood.log,
        log_likelihood_null: maximum.null,
        largest_score: score.fold(0.0, f64::max),
        influence,
        n_events: sorted.n_events(),
    }
}
