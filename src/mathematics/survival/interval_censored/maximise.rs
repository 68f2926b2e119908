//! The masses that maximise the likelihood of brackets.

use ndarray::{Array1, Array2};

use super::bracket::BracketError;
use super::squares::add_squares;
use crate::numeric::elementary::ln;
use crate::numeric::symmetric::Cholesky;

/// Steps of the EM algorithm before Newton's.
const EM_STEPS: usize = 30;

/// Newton steps at most.
const MOST_STEPS: usize = 1000;

/// Relative to the sum of the weights, what a derivative may be off.
const TOLERANCE: f64 = 1e-10;

/// A range of masses and how many brackets are that range.
pub(super) type Count = ((usize, usize), f64);

/// The likelihood L(p) = Σᵢ wᵢ ln Pᵢ of masses p, Pᵢ the sum of those in range i.
pub(super) struct MassLikelihood<'a> {
    counts: &'a [Count],
    n_masses: usize,
    n: f64,
}

impl<'a> MassLikelihood<'a> {
    pub(super) fn new(counts: &'a [Count], n_masses: usize) -> Self {
        Self { counts, n_masses, n: counts.iter().map(|count| count.1).sum() }
    }

    /// L, −∞ where a bracket has no mass.
    pub(super) fn value(&self, p: &[f64]) -> f64 {
        let term = |&((from, to), w): &Count| {
            let total: f64 = p[from..to].iter().sum();
            if total > 0.0 { w * ln(total) } else { f64::NEG_INFINITY }
        };
        self.counts.iter().map(term).sum()
    }

    /// ∂L/∂p.
    fn gradient(&self, p: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; self.n_masses];
        for &((from, to), w) in self.counts {
            let share = w / p[from..to].iter().sum::<f64>();
            gradient[from..to].iter_mut().for_each(|g| *g += share);
        }
        gradient
    }

    /// −∂²L/∂p², of the masses that are not zero; returns their positions too.
    pub(super) fn information(&self, p: &[f64]) -> (Vec<usize>, Array2<f64>) {
        let active: Vec<usize> = (0..p.len()).filter(|&j| p[j] > 0.0).collect();
        let information = self.information_of(p, &active);
        (active, information)
    }

    fn information_of(&self, p: &[f64], active: &[usize]) -> Array2<f64> {
        let mut information = Array2::zeros((active.len(), active.len()));
        let squares = self.counts.iter().map(|&((from, to), w)| {
            let total: f64 = p[from..to].iter().sum();
            let position = |zone: usize| active.partition_point(|&j| j < zone);
            ((position(from), position(to)), w / total / total)
        });
        add_squares(information.view_mut(), squares);
        information
    }

    /// L(p) − n Σ p, which has the same maximum, without the condition that masses add up to 1.
    fn penalised(&self, p: &[f64]) -> f64 {
        self.value(p) - self.n * p.iter().sum::<f64>()
    }

    /// The maximum: EM steps, then Newton's on the masses that are not zero, cut at zero and
    /// halved until L grows.
    ///
    /// It has converged when the Kuhn-Tucker conditions hold: ∂L/∂pⱼ is n within 1e-10 n where
    /// there is mass, and no more than that elsewhere.
    pub(super) fn maximum(&self) -> Result<Vec<f64>, BracketError> {
        let mut p = vec![1.0 / self.n_masses as f64; self.n_masses];
        for _ in 0..EM_STEPS {
            let gradient = self.gradient(&p);
            p.iter_mut().zip(gradient).for_each(|(p, g)| *p *= g / self.n);
        }
        let mut active: Vec<usize> = (0..self.n_masses).collect();
        for _ in 0..MOST_STEPS {
            let gradient = self.gradient(&p);
            let off = |j: usize| gradient[j] / self.n - 1.0;
            if active.iter().all(|&j| off(j).abs() <= TOLERANCE) {
                let outside = (0..p.len()).filter(|j| !active.contains(j));
                let Some(worst) = outside.max_by(|&j, &k| off(j).total_cmp(&off(k))) else {
                    return Ok(p);
                };
                if off(worst) <= TOLERANCE {
                    return Ok(p);
                }
                active.push(worst);
                active.sort_unstable();
            }
            let step = self.newton_step(&p, &gradient, &active)?;
            p = self.advance(p, &active, &step);
            active.retain(|&j| p[j] > 0.0);
        }
        Err(BracketError::NotConverged { iterations: MOST_STEPS })
    }

    fn newton_step(
        &self,
        p: &[f64],
        gradient: &[f64],
        active: &[usize],
    ) -> Result<Array1<f64>, BracketError> {
        let right: Array1<f64> = active.iter().map(|&j| gradient[j] - self.n).collect();
        Cholesky::new(self.information_of(p, active).view())
            .and_then(|factor| factor.solve(right.view()))
            .map_err(|_| BracketError::NotConverged { iterations: MOST_STEPS })
    }

    /// The masses after the longest step that does not lower the likelihood.
    fn advance(&self, p: Vec<f64>, active: &[usize], step: &Array1<f64>) -> Vec<f64> {
        let before = self.penalised(&p);
        let allowed = before - 1e-13 * before.abs();
        let along = |length: f64| {
            let mut next = p.clone();
            for (&j, s) in active.iter().zip(step) {
                next[j] = (p[j] + length * s).max(0.0);
            }
            next
        };
        // First cut at zero, several masses at once; then up to the first that reaches zero.
        let cut = along(1.0);
        if self.penalised(&cut) >= allowed {
            return cut;
        }
        let to_zero = active.iter().zip(step).filter(|(_, s)| **s < 0.0).map(|(&j, s)| p[j] / -s);
        let mut length = to_zero.fold(1.0, f64::min);
        for _ in 0..60 {
            let next = along(length);
            if self.penalised(&next) >= allowed {
                return next;
            }
            length /= 2.0;
        }
        p
    }
}
