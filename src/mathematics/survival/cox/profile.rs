//! Profile likelihood of one coefficient: limits and test.

use super::CoxError;
use super::fit::CoxFit;
use super::newton::{Evaluation, Objective};
use super::sorted::{CoxScratch, SortedCox};
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::weights::CaseWeights;

const MOST_DOUBLINGS: usize = 50;
const MOST_STEPS: usize = 200;

/// The profile of one coefficient of a fit.
struct Profile<'a> {
    sorted: &'a SortedCox,
    objective: Objective,
    column: usize,
    /// The (penalised) log-likelihood at the estimate, before the change of units.
    highest: f64,
    scratch: CoxScratch,
    /// Where the last search ended.
    last: Evaluation,
}

impl Profile<'_> {
    /// The root of twice the loss of log-likelihood with that coefficient, others at their best.
    fn root_of_loss(&mut self, value: f64) -> Result<f64, CoxError> {
        let mut beta = self.last.beta.clone();
        beta[self.column] = value;
        let scratch = &mut self.scratch;
        let mut start = self.sorted.evaluate(&beta, self.objective, scratch);
        if start.is_none() {
            beta.fill(0.0);
            beta[self.column] = value;
            start = self.sorted.evaluate(&beta, self.objective, scratch);
        }
        let start = start.ok_or(CoxError::NotConverged)?;
        let maximum = self.sorted.maximise(start, self.objective, scratch)?;
        let loss = 2.0 * (self.highest - maximum.at.value);
        self.last = maximum.at;
        Ok(loss.max(0.0).sqrt())
    }

    /// Where the root of the loss is z, from the estimate on in steps that double.
    fn limit(&mut self, estimate: f64, step: f64, z: f64) -> Result<f64, CoxError> {
        let (mut near, mut near_height) = (estimate, -z);
        let (mut far, mut far_height) = (estimate + step, 0.0);
        for doubling in 0..=MOST_DOUBLINGS {
            far_height = self.root_of_loss(far)? - z;
            if far_height >= 0.0 {
                break;
            }
            if doubling == MOST_DOUBLINGS {
                return Err(CoxError::NotConverged);
            }
            (near, near_height) = (far, far_height);
            far = estimate + 2.0 * (far - estimate);
        }
        // Regula falsi, halving the end that stays (Illinois).
        for _ in 0..MOST_STEPS {
            let between = far - far_height * (far - near) / (far_height - near_height);
            let height = self.root_of_loss(between)? - z;
            if height.abs() <= 1e-13 * z || (far - near).abs() <= 1e-13 * between.abs() {
                return Ok(between);
            }
            if (height >= 0.0) == (far_height >= 0.0) {
                near_height /= 2.0;
            } else {
                (near, near_height) = (far, far_height);
            }
            (far, far_height) = (between, height);
        }
        Err(CoxError::NotConverged)
    }
}

impl SortedCox {
    /// Profile-likelihood limits of one coefficient: the values at which twice the log-likelihood,
    /// the other coefficients at their best, is the χ² quantile of 1 degree of freedom below its
    /// maximum. With Firth's penalty the likelihood is the penalised one, with the information of all
    /// coefficients: these limits are finite also where an arm has no events.
    ///
    /// # Errors
    ///
    /// [`CoxError::NotWithSamplingWeights`], [`CoxError::NotConverged`].
    ///
    /// # Panics
    ///
    /// If there is no such column, or the fit is of others.
    ///
    /// # References
    ///
    /// - Heinze G, Schemper M (2001). *Biometrics* 57:114–119.
    /// - Agrees with limits that R's `uniroot` finds on the profile: `tests/reference/r/cox.R`.
    pub fn profile_limits(
        &self,
        fit: &CoxFit,
        weights: CaseWeights<'_>,
        column: usize,
        level: ConfidenceLevel,
    ) -> Result<Interval, CoxError> {
        let mut profile = self.profile(fit, weights, column)?;
        let estimate = profile.last.beta[column];
        let error = fit.std_error(column) * self.scale[column];
        let best = profile.last.clone();
        let lower = profile.limit(estimate, -error * level.z(), level.z())?;
        profile.last = best;
        let upper = profile.limit(estimate, error * level.z(), level.z())?;
        Ok(Interval { lower: lower / self.scale[column], upper: upper / self.scale[column] })
    }

    /// The likelihood-ratio test that one coefficient is zero, the others at their best; with
    /// Firth's penalty of the penalised likelihood, with the information of all coefficients.
    ///
    /// # Errors
    ///
    /// As [`SortedCox::profile_limits`].
    ///
    /// # Panics
    ///
    /// As [`SortedCox::profile_limits`].
    pub fn profile_test(
        &self,
        fit: &CoxFit,
        weights: CaseWeights<'_>,
        column: usize,
    ) -> Result<ChiSquaredTest, CoxError> {
        let root = self.profile(fit, weights, column)?.root_of_loss(0.0)?;
        Ok(ChiSquaredTest::new(root * root, 1))
    }

    fn profile(
        &self,
        fit: &CoxFit,
        weights: CaseWeights<'_>,
        column: usize,
    ) -> Result<Profile<'_>, CoxError> {
        assert!(column < self.p, "there is such a column");
        let objective = Objective { ties: fit.ties, penalty: fit.penalty, fixed: Some(column) };
        if fit.is_sampled {
            return Err(CoxError::NotWithSamplingWeights);
        }
        let mut scratch = CoxScratch::default();
        self.prepare(weights, objective, &mut scratch)?;
        let beta = self.sums_at(fit, weights, &mut scratch)?;
        let last = self.evaluate(&beta, objective, &mut scratch).ok_or(CoxError::NotConverged)?;
        let highest = fit.log_likelihood - self.log_scale(fit.penalty);
        Ok(Profile { sorted: self, objective, column, highest, scratch, last })
    }
}
