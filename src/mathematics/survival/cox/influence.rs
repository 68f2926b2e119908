//! What each participant does to the coefficients, and the covariance that follows from it.

use ndarray::{Array1, Array2};

use super::fit::CoxFit;
use super::moments::multiplier;
use super::newton::Evaluation;
use super::sorted::{CoxScratch, SortedCox};
use super::{CoxError, Ties};
use crate::numeric::symmetric::wald_statistic;
use crate::numeric::weights::CaseWeights;

impl SortedCox {
    /// The score residual of each participant at the fit, n × p, in the order given.
    ///
    /// ```text
    /// uᵢ = [event] (xᵢ − m̄) − exp(xᵢ β) (Λᵢ xᵢ − Mᵢ)
    /// ```
    ///
    /// where m̄ is the mean of those at risk on the day of the event (Efron: over the day's terms),
    /// and Λᵢ and Mᵢ what i cumulates of Σ w̄ / S₀ and Σ w̄ m / S₀ over the terms while at risk, less, on the
    /// day of the own event, the share by which Efron has left already. It is ∂U/∂wᵢ: residuals are
    /// for one unit of weight, and Σ wᵢ uᵢ = 0 at the estimate. Work is (n + d) p.
    ///
    /// # Conventions
    ///
    /// Of frequency weights the residual is that of one of the copies; who has weight 0 has 0. Of
    /// a penalised fit it is the unpenalised score at the penalised estimate, and does not sum to 0.
    ///
    /// # Errors
    ///
    /// [`CoxError::NotWithExactTies`]; those of [`SortedCox::fit`] about weights.
    ///
    /// # Panics
    ///
    /// If the fit is of other columns, or there is not one weight a participant.
    ///
    /// # References
    ///
    /// - Therneau TM, Grambsch PM, Fleming TR (1990). *Biometrika* 77:147–160.
    /// - Agrees with `residuals(coxph(...), type = "score")` of R's survival 3.5-3:
    ///   `tests/reference/r/cox.R`.
    pub fn score_residuals(
        &self,
        fit: &CoxFit,
        weights: CaseWeights<'_>,
    ) -> Result<Array2<f64>, CoxError> {
        let mut residuals = self.scaled_residuals(fit, weights)?;
        for mut row in residuals.rows_mut() {
            row.iter_mut().zip(&self.scale).for_each(|(u, s)| *u *= s);
        }
        Ok(residuals)
    }

    /// The influence of each participant on the coefficients, n × p: uᵢᵀ I⁻¹, u the
    /// [`SortedCox::score_residuals`].
    ///
    /// It is ∂β/∂wᵢ, the derivative with respect to the participant's case weight, not scaled by their
    /// number: with all weights 1 the sum of squares is the robust variance. Accelerated intervals and
    /// multiplier bootstraps read it.
    ///
    /// # Errors
    ///
    /// As [`SortedCox::score_residuals`].
    ///
    /// # Panics
    ///
    /// As [`SortedCox::score_residuals`].
    pub fn dfbeta(&self, fit: &CoxFit, weights: CaseWeights<'_>) -> Result<Array2<f64>, CoxError> {
        Ok(self.score_residuals(fit, weights)?.dot(&fit.model_covariance))
    }

    /// The robust covariance of Lin and Wei: the sum over clusters of `D Dᵀ`, D the cluster's sum of
    /// weight × [`SortedCox::dfbeta`].
    ///
    /// `clusters` has a number for each participant, any numbers; without, each is one. Frequency
    /// weights then are as many participants, so that one of weight w adds w times the square; in
    /// clusters given, all copies are in the participant's.
    ///
    /// # Errors
    ///
    /// As [`SortedCox::score_residuals`].
    ///
    /// # Panics
    ///
    /// As [`SortedCox::score_residuals`], and if there is not one cluster a participant.
    ///
    /// # References
    ///
    /// - Lin DY, Wei LJ (1989). *Journal of the American Statistical Association* 84:1074–1078.
    /// - Agrees with `coxph(..., robust = TRUE)` and `coxph(..., cluster = )`:
    ///   `tests/reference/r/cox.R`.
    pub fn robust_covariance(
        &self,
        fit: &CoxFit,
        weights: CaseWeights<'_>,
        clusters: Option<&[usize]>,
    ) -> Result<Array2<f64>, CoxError> {
        let influence = self.dfbeta(fit, weights)?;
        let mut covariance = Array2::zeros((self.p, self.p));
        let Some(clusters) = clusters else {
            for (i, row) in influence.rows().into_iter().enumerate() {
                let w = weights.get(i);
                let times = if fit.is_sampled { w * w } else { w };
                add_square(&mut covariance, row.as_slice().unwrap_or(&[]), times);
            }
            return Ok(covariance);
        };
        assert_eq!(clusters.len(), self.n, "one cluster a participant");
        let mut order: Vec<(usize, usize)> = clusters.iter().copied().zip(0..self.n).collect();
        order.sort_unstable();
        for members in order.chunk_by(|a, b| a.0 == b.0) {
            let mut sum = Array1::<f64>::zeros(self.p);
            for &(_, i) in members {
                sum.scaled_add(weights.get(i), &influence.row(i));
            }
            add_square(&mut covariance, sum.as_slice().unwrap_or(&[]), 1.0);
        }
        Ok(covariance)
    }

    /// Score residuals of the scaled covariates.
    fn scaled_residuals(
        &self,
        fit: &CoxFit,
        weights: CaseWeights<'_>,
    ) -> Result<Array2<f64>, CoxError> {
        if fit.ties == Ties::Exact {
            return Err(CoxError::NotWithExactTies);
        }
        let mut scratch = CoxScratch::default();
        self.sums_at(fit, weights, &mut scratch)?;
        let mut residuals = Array2::zeros((self.n, self.p));
        self.each_score(fit.ties, None, &scratch, |i, u| {
            let mut to = residuals.row_mut(self.positions[i] as usize);
            to.iter_mut().zip(u).for_each(|(to, u)| *to = *u);
        });
        Ok(residuals)
    }

    /// Reads the weights and sums over those at risk at the fit.
    pub(super) fn sums_at(
        &self,
        fit: &CoxFit,
        weights: CaseWeights<'_>,
        scratch: &mut CoxScratch,
    ) -> Result<Vec<f64>, CoxError> {
        assert_eq!(fit.coefficients.len(), self.p, "the fit is of these columns");
        let beta: Vec<f64> = fit.coefficients.iter().zip(&self.scale).map(|(b, s)| b * s).collect();
        self.load_weights(weights, scratch)?;
        if fit.ties != Ties::Exact {
            self.log_likelihood(&beta, fit.ties, scratch).ok_or(CoxError::NotConverged)?;
        }
        Ok(beta)
    }

    /// Calls with each row of positive weight and its score residual, each day's part multiplied.
    /// Needs the sums at β.
    pub(super) fn each_score(
        &self,
        ties: Ties,
        of_days: Option<&[f64]>,
        scratch: &CoxScratch,
        mut with: impl FnMut(usize, &[f64]),
    ) {
        let p = self.p;
        let mut u = vec![0.0; p];
        self.each_row(ties, of_days, scratch, |own| {
            let weight = scratch.weights[own.row];
            if weight <= 0.0 {
                return;
            }
            let risk = scratch.risks[own.row] / weight;
            let x = &self.x[own.row * p..(own.row + 1) * p];
            let sums = &scratch.days[own.day];
            for k in 0..p {
                u[k] = -risk * (own.hazard * x[k] - own.mean_hazard[k]);
                if own.has_event {
                    let at = own.day * p + k;
                    let mean = scratch.mean[at] + sums.g1 / sums.terms * scratch.delta[at];
                    u[k] += multiplier(of_days, own.day) * (x[k] - mean);
                }
            }
            with(own.row, &u);
        });
    }

    /// Σ wᵢ² uᵢ uᵢᵀ, of the scaled covariates, at the sums of the scratch.
    fn score_squares(&self, ties: Ties, scratch: &CoxScratch) -> Array2<f64> {
        let mut squares = Array2::zeros((self.p, self.p));
        self.each_score(ties, None, scratch, |i, u| {
            let w = scratch.weights[i];
            add_square(&mut squares, u, w * w);
        });
        squares
    }

    /// I⁻¹ (Σ wᵢ² uᵢ uᵢᵀ) I⁻¹.
    pub(super) fn sandwich(
        &self,
        inverse: &Array2<f64>,
        ties: Ties,
        scratch: &CoxScratch,
    ) -> Array2<f64> {
        inverse.dot(&self.score_squares(ties, scratch)).dot(inverse)
    }

    /// Uᵀ (Σ wᵢ² uᵢ uᵢᵀ)⁻¹ U; none where that is singular.
    pub(super) fn robust_score(
        &self,
        at: &Evaluation,
        ties: Ties,
        scratch: &CoxScratch,
    ) -> Option<f64> {
        let squares = self.score_squares(ties, scratch);
        wald_statistic(Array1::from(at.score.clone()).view(), squares.view()).ok()
    }
}

/// Adds times × u uᵀ.
pub(super) fn add_square(to: &mut Array2<f64>, u: &[f64], times: f64) {
    for ((a, b), to) in to.indexed_iter_mut() {
        *to += times * u[a] * u[b];
    }
}
