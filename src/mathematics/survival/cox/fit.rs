//! The fit: coefficients, their covariance and tests.

use ndarray::{Array1, Array2};

use super::newton::{Evaluation, Objective};
use super::sorted::{CoxScratch, SortedCox};
use super::{CoxError, Penalty, Settings, Ties};
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::elementary::ln;
use crate::numeric::symmetric::{solve_symmetric, wald_statistic};
use crate::numeric::weights::CaseWeights;

/// A fitted regression; coefficients are log hazard ratios, in the order of the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct CoxFit {
    /// Log hazard ratios.
    pub coefficients: Array1<f64>,
    /// Their covariance: I⁻¹, but with sampling weights the robust one of
    /// [`SortedCox::robust_covariance`], everyone a cluster.
    pub covariance: Array2<f64>,
    /// I⁻¹, whatever the weights.
    pub model_covariance: Array2<f64>,
    /// The log partial likelihood, with the penalty where there is one, all coefficients zero.
    pub log_likelihood_at_zero: f64,
    /// The same at the estimate.
    pub log_likelihood: f64,
    /// Tests that all coefficients are zero.
    pub tests: CoxTests,
    /// Those who had the event while at risk: frequency weights count, sampling weights do not.
    pub n_events: f64,
    /// Steps of Newton's method.
    pub iterations: usize,
    /// The treatment of ties.
    pub ties: Ties,
    /// The penalty.
    pub penalty: Penalty,
    /// Whether the weights were sampling weights.
    pub is_sampled: bool,
}

/// Three tests that all coefficients are zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoxTests {
    /// Twice the gain of log-likelihood; none with sampling weights, of which the likelihood is
    /// none. With a penalty, of the penalised one (Heinze and Schemper).
    pub likelihood_ratio: Option<ChiSquaredTest>,
    /// bᵀ V⁻¹ b, V the covariance reported.
    pub wald: ChiSquaredTest,
    /// Uᵀ I⁻¹ U at zero; with sampling weights Uᵀ (Σ wᵢ² uᵢ uᵢᵀ)⁻¹ U, and none where that is
    /// singular. With a penalty, of the modified score.
    pub score: Option<ChiSquaredTest>,
}

impl CoxFit {
    /// The standard error of a coefficient, from [`CoxFit::covariance`].
    pub fn std_error(&self, column: usize) -> f64 {
        self.covariance[[column, column]].sqrt()
    }
}

/// The test of the coefficients that `full` has and `reduced` has not: twice the gain of log
/// likelihood. Both are fits to the same participants, weights and ties.
///
/// # Errors
///
/// [`CoxError::NotWithPenalty`]: the penalties of nested fits differ, see
/// [`SortedCox::profile_test`]. [`CoxError::NotWithSamplingWeights`].
///
/// # Panics
///
/// Unless `full` has more coefficients than `reduced`.
pub fn likelihood_ratio(full: &CoxFit, reduced: &CoxFit) -> Result<ChiSquaredTest, CoxError> {
    let (more, fewer) = (full.coefficients.len(), reduced.coefficients.len());
    assert!(more > fewer, "the full model has more coefficients");
    if full.penalty != Penalty::None || reduced.penalty != Penalty::None {
        return Err(CoxError::NotWithPenalty);
    }
    if full.is_sampled || reduced.is_sampled {
        return Err(CoxError::NotWithSamplingWeights);
    }
    let gain = full.log_likelihood - reduced.log_likelihood;
    Ok(ChiSquaredTest::new((2.0 * gain).max(0.0), more - fewer))
}

impl SortedCox {
    /// The regression `λ(t | x) = λ_s(t) exp(x β)` of the hazard of the event, s the stratum.
    ///
    /// β maximises the partial likelihood of [`Ties`], by Newton's method from zero, to a last
    /// step shorter than 10⁻⁹ standard errors; its covariance is the inverse of the observed
    /// information, the same as the expected one given who is at risk. Work is one pass over the rows
    /// and the events a step, (n + d) p², after the sort of [`SortedCox::new`].
    ///
    /// # Conventions
    ///
    /// At risk on day t are those with entry < t ≤ day. Of frequency weights everything is what it is
    /// for participants written out so many times: w events on one day are w tied events, of one
    /// person or of several. With sampling weights each event enters with its weight, d events on a day
    /// are d terms of their mean weight (Efron), and the covariance is robust: a common factor changes
    /// no estimate, covariance or test.
    ///
    /// # Errors
    ///
    /// All of [`CoxError`]. [`CoxError::MonotoneLikelihood`] has a certificate: a direction in
    /// which those with the event are the highest of all at risk, each time. An arm that is empty is
    /// [`CoxError::Collinear`], an arm without events [`CoxError::MonotoneLikelihood`].
    ///
    /// # Panics
    ///
    /// If there is not one weight a participant, or not one start a column.
    ///
    /// # References
    ///
    /// - Cox DR (1972). *Journal of the Royal Statistical Society B* 34:187–220.
    /// - Efron B (1977). *Journal of the American Statistical Association* 72:557–565.
    /// - Gail MH, Lubin JH, Rubinstein LV (1981). *Biometrika* 68:703–707 (exact ties).
    /// - Heinze G, Schemper M (2001). *Biometrics* 57:114–119 (Firth's penalty).
    /// - Agrees with `coxph` of R's survival 3.5-3: `tests/reference/r/cox.R`; the penalised fit
    ///   with a numerical maximum of the penalised likelihood there.
    pub fn fit(
        &self,
        weights: CaseWeights<'_>,
        settings: &Settings<'_>,
    ) -> Result<CoxFit, CoxError> {
        self.fit_in(weights, settings, &mut CoxScratch::default())
    }

    /// [`SortedCox::fit`] in memory that an earlier fit has left.
    ///
    /// # Errors
    ///
    /// As [`SortedCox::fit`].
    ///
    /// # Panics
    ///
    /// As [`SortedCox::fit`].
    pub fn fit_in(
        &self,
        weights: CaseWeights<'_>,
        settings: &Settings<'_>,
        scratch: &mut CoxScratch,
    ) -> Result<CoxFit, CoxError> {
        let objective = Objective { ties: settings.ties, penalty: settings.penalty, fixed: None };
        self.prepare(weights, objective, scratch)?;
        let zero = self.at_zero(objective, scratch)?;
        let is_sampled = matches!(weights, CaseWeights::Sampling(_));
        let score = if is_sampled {
            self.robust_score(&zero, settings.ties, scratch)
        } else {
            let direction = solve_symmetric(
                zero.information.matrix.view(),
                Array1::from(zero.score.clone()).view(),
            );
            direction.ok().map(|d| d.iter().zip(&zero.score).map(|(d, u)| d * u).sum())
        };
        let start = settings.start.and_then(|start| {
            assert_eq!(start.len(), self.p, "one start a column");
            let scaled: Vec<f64> = start.iter().zip(&self.scale).map(|(b, s)| b * s).collect();
            self.evaluate(&scaled, objective, scratch)
        });
        let (shift, at_zero) = (self.log_scale(settings.penalty), zero.value);
        let maximum = self.maximise(start.unwrap_or(zero), objective, scratch)?;
        let at = maximum.at;
        let inverse = at.information.inverse().map_err(|_| CoxError::NotConverged)?;
        let scaled_covariance = if is_sampled {
            self.sandwich(&inverse, settings.ties, scratch)
        } else {
            inverse.clone()
        };
        let covariance = self.in_given_units(scaled_covariance);
        let coefficients: Array1<f64> =
            at.beta.iter().zip(&self.scale).map(|(b, s)| b / s).collect();
        let wald = wald_statistic(coefficients.view(), covariance.view());
        let test = |statistic: f64| ChiSquaredTest::new(statistic.max(0.0), self.p);
        Ok(CoxFit {
            tests: CoxTests {
                likelihood_ratio: (!is_sampled).then(|| test(2.0 * (at.value - at_zero))),
                wald: test(wald.map_err(|_| CoxError::NotConverged)?),
                score: score.map(test),
            },
            coefficients,
            covariance,
            model_covariance: self.in_given_units(inverse),
            log_likelihood_at_zero: at_zero + shift,
            log_likelihood: at.value + shift,
            n_events: scratch.days.iter().map(|day| day.terms).sum(),
            iterations: maximum.iterations,
            ties: settings.ties,
            penalty: settings.penalty,
            is_sampled,
        })
    }

    /// Reads the weights and refuses what is not defined with them.
    pub(super) fn prepare(
        &self,
        weights: CaseWeights<'_>,
        objective: Objective,
        scratch: &mut CoxScratch,
    ) -> Result<(), CoxError> {
        let is_sampled = matches!(weights, CaseWeights::Sampling(_));
        let is_exact = objective.ties == Ties::Exact;
        let is_penalised = objective.penalty == Penalty::Firth;
        if is_sampled && (is_exact || is_penalised) {
            return Err(CoxError::NotWithSamplingWeights);
        }
        if is_exact && is_penalised {
            return Err(CoxError::NotWithExactTies);
        }
        self.load_weights(weights, scratch)?;
        if is_exact { self.check_exact_work(scratch) } else { Ok(()) }
    }

    /// The objective with all coefficients zero, where covariates are checked.
    pub(super) fn at_zero(
        &self,
        objective: Objective,
        scratch: &mut CoxScratch,
    ) -> Result<Evaluation, CoxError> {
        let zeros = vec![0.0; self.p];
        let free = Objective { penalty: Penalty::None, ..objective };
        let plain = self.evaluate(&zeros, free, scratch).ok_or(CoxError::NotConverged)?;
        plain.information.check()?;
        match objective.penalty {
            Penalty::None => Ok(plain),
            Penalty::Firth => {
                self.penalised(plain, objective.ties, scratch).ok_or(CoxError::NotConverged)
            }
        }
    }

    /// From the scaled covariates to those given.
    pub(super) fn in_given_units(&self, mut covariance: Array2<f64>) -> Array2<f64> {
        for ((a, b), value) in covariance.indexed_iter_mut() {
            *value /= self.scale[a] * self.scale[b];
        }
        covariance
    }

    /// What ½ log|I| gains from the scaled covariates to those given.
    pub(super) fn log_scale(&self, penalty: Penalty) -> f64 {
        match penalty {
            Penalty::None => 0.0,
            Penalty::Firth => self.scale.iter().map(|s| ln(*s)).sum(),
        }
    }
}
