//! Newton's method on a partial likelihood, penalised or not, all coefficients free or one fixed.

use ndarray::{Array1, Array2};

use super::moments::Information;
use super::sorted::{CoxScratch, SortedCox};
use super::{CoxError, Penalty, Ties};
use crate::numeric::symmetric::{Cholesky, NotPositiveDefinite};

/// What must remain of a covariate's sum of squares among those at risk, and beside the
/// covariates before it.
const NO_INFORMATION: f64 = 1e-11;

/// Steps shorter than this, squared and in standard errors, are the last. The curvature of a
/// penalised likelihood comes from differences, and gains a factor a step only.
const LAST_STEP: f64 = 1e-18;
const LAST_PENALISED_STEP: f64 = 1e-22;

/// Below this a step that does not shrink any more is rounding.
const ROUNDING: f64 = 1e-12;

/// A last step longer than this, in standard deviations of its covariate, does not come from a
/// maximum: the likelihood is flat on the way to infinity.
const STILL_MOVING: f64 = 1e-4;

/// Steps before a direction without end is looked for.
const FIRST_STEPS: usize = 6;

/// How far apart scores are taken for their slope.
const DIFFERENCE: f64 = 1e-5;

const MOST_STEPS: usize = 60;
const MOST_PENALISED_STEPS: usize = 200;
const MOST_HALVINGS: usize = 30;

/// What is maximised.
#[derive(Clone, Copy, Debug)]
pub(super) struct Objective {
    pub(super) ties: Ties,
    pub(super) penalty: Penalty,
    /// A coefficient that stays as it is.
    pub(super) fixed: Option<usize>,
}

/// The objective at β.
#[derive(Clone, Debug)]
pub(super) struct Evaluation {
    pub(super) beta: Vec<f64>,
    pub(super) value: f64,
    pub(super) score: Vec<f64>,
    pub(super) information: Information,
}

/// The maximum.
#[derive(Clone, Debug)]
pub(super) struct Maximum {
    pub(super) at: Evaluation,
    pub(super) iterations: usize,
}

impl SortedCox {
    /// The objective at β; none where it is not finite. The weights are those of the scratch.
    pub(super) fn evaluate(
        &self,
        beta: &[f64],
        objective: Objective,
        scratch: &mut CoxScratch,
    ) -> Option<Evaluation> {
        let beta = beta.to_vec();
        if objective.ties == Ties::Exact {
            let (value, score, information) = self.exact(&beta, scratch)?;
            return Some(Evaluation { beta, value, score, information });
        }
        let value = self.log_likelihood(&beta, objective.ties, scratch)?;
        let score = self.score(None, scratch);
        let information = self.information(None, scratch);
        let evaluation = Evaluation { beta, value, score, information };
        match objective.penalty {
            Penalty::None => Some(evaluation),
            Penalty::Firth => self.penalised(evaluation, objective.ties, scratch),
        }
    }

    /// The maximum, from β on.
    pub(super) fn maximise(
        &self,
        from: Evaluation,
        objective: Objective,
        scratch: &mut CoxScratch,
    ) -> Result<Maximum, CoxError> {
        let penalised = objective.penalty == Penalty::Firth;
        let (most, last) = if penalised {
            (MOST_PENALISED_STEPS, LAST_PENALISED_STEP)
        } else {
            (MOST_STEPS, LAST_STEP)
        };
        let mut at = from;
        let mut before = f64::INFINITY;
        for iteration in 0..most {
            let step = self.step(&at, objective, scratch).ok_or(CoxError::NotConverged)?;
            let length: f64 = step.iter().zip(&at.score).map(|(s, u)| s * u).sum();
            let stuck = before <= ROUNDING && length > 0.25 * before;
            if length <= last || stuck {
                if !penalised && step.iter().any(|s| s.abs() > STILL_MOVING) {
                    return Err(CoxError::MonotoneLikelihood { column: furthest(&step) });
                }
                at.beta.iter_mut().zip(&step).for_each(|(b, s)| *b += s);
                at.value += 0.5 * length;
                return Ok(Maximum { at, iterations: iteration });
            }
            if !penalised && iteration >= FIRST_STEPS {
                self.must_not_recede(&step, objective.ties, scratch)?;
            }
            match self.uphill(&at, &step, objective, scratch) {
                Some(next) => at = next,
                None if length <= 1e-9 => return Ok(Maximum { at, iterations: iteration }),
                None => break,
            }
            before = length;
        }
        Err(CoxError::NotConverged)
    }

    /// The step: I⁻¹ U, but U* over the curvature of log L* by differences where there is a
    /// penalty, whose own curvature may be as large as I.
    fn step(
        &self,
        at: &Evaluation,
        objective: Objective,
        scratch: &mut CoxScratch,
    ) -> Option<Vec<f64>> {
        if objective.penalty == Penalty::Firth {
            let curvature = self.curvature(at, objective, scratch);
            let step = curvature.and_then(|c| step_of(&c, &at.score, objective.fixed));
            if step.is_some() {
                return step;
            }
        }
        step_of(&at.information.matrix, &at.score, objective.fixed)
    }

    /// −∂U*/∂β by central differences.
    fn curvature(
        &self,
        at: &Evaluation,
        objective: Objective,
        scratch: &mut CoxScratch,
    ) -> Option<Array2<f64>> {
        let p = self.p;
        let mut curvature = Array2::zeros((p, p));
        for k in 0..p {
            let mut beside = |by: f64| {
                let mut beta = at.beta.clone();
                beta[k] += by;
                Some(self.evaluate(&beta, objective, scratch)?.score)
            };
            let (below, above) = (beside(-DIFFERENCE)?, beside(DIFFERENCE)?);
            for a in 0..p {
                let slope = (below[a] - above[a]) / (2.0 * DIFFERENCE);
                curvature[[a, k]] += 0.5 * slope;
                curvature[[k, a]] += 0.5 * slope;
            }
        }
        Some(curvature)
    }

    /// The first point along the step, halved and halved again, that is no lower.
    fn uphill(
        &self,
        at: &Evaluation,
        step: &[f64],
        objective: Objective,
        scratch: &mut CoxScratch,
    ) -> Option<Evaluation> {
        let slack = 1e-13 * (1.0 + at.value.abs());
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let beta: Vec<f64> = at.beta.iter().zip(step).map(|(b, s)| b + share * s).collect();
            let next = self.evaluate(&beta, objective, scratch);
            if let Some(next) = next.filter(|next| next.value >= at.value - slack) {
                return Some(next);
            }
            share /= 2.0;
        }
        None
    }

    fn must_not_recede(
        &self,
        step: &[f64],
        ties: Ties,
        scratch: &CoxScratch,
    ) -> Result<(), CoxError> {
        if !self.recedes(step, ties, scratch) {
            return Ok(());
        }
        Err(CoxError::MonotoneLikelihood { column: furthest(step) })
    }
}

/// The covariate whose coefficient moves most.
fn furthest(step: &[f64]) -> usize {
    let mut column = 0;
    for k in 1..step.len() {
        if step[k].abs() > step[column].abs() {
            column = k;
        }
    }
    column
}

impl Information {
    /// Names a covariate without information of its own.
    pub(super) fn check(&self) -> Result<(), CoxError> {
        let p = self.uncentred.len();
        for column in 0..p {
            let own = self.matrix[[column, column]];
            if own.is_nan() || own <= NO_INFORMATION * self.uncentred[column] {
                return Err(CoxError::Collinear { column });
            }
        }
        // What the covariates before leave of each.
        let mut lower = Array2::<f64>::zeros((p, p));
        for a in 0..p {
            for b in 0..=a {
                let before: f64 = (0..b).map(|k| lower[[a, k]] * lower[[b, k]]).sum();
                let both = (self.matrix[[a, a]] * self.matrix[[b, b]]).sqrt();
                let rest = self.matrix[[a, b]] / both - before;
                if a == b {
                    if rest.is_nan() || rest <= NO_INFORMATION {
                        return Err(CoxError::Collinear { column: a });
                    }
                    lower[[a, a]] = rest.sqrt();
                } else {
                    lower[[a, b]] = rest / lower[[b, b]];
                }
            }
        }
        Ok(())
    }

    /// I⁻¹.
    pub(super) fn inverse(&self) -> Result<Array2<f64>, NotPositiveDefinite> {
        Ok(Cholesky::new(self.matrix.view())?.inverse())
    }
}

/// V⁻¹ U, with 0 for the coefficient that is fixed; none where V is not positive definite.
fn step_of(curvature: &Array2<f64>, score: &[f64], fixed: Option<usize>) -> Option<Vec<f64>> {
    let free: Vec<usize> = (0..score.len()).filter(|&k| Some(k) != fixed).collect();
    let mut step = vec![0.0; score.len()];
    if free.is_empty() {
        return Some(step);
    }
    let matrix =
        Array2::from_shape_fn((free.len(), free.len()), |(a, b)| curvature[[free[a], free[b]]]);
    let right: Array1<f64> = free.iter().map(|&k| score[k]).collect();
    let solved = Cholesky::new(matrix.view()).ok()?.solve(right.view()).ok()?;
    free.iter().zip(&solved).for_each(|(&k, s)| step[k] = *s);
    step.iter().all(|s| s.is_finite()).then_some(step)
}
