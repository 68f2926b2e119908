//! Hazard ratios from brackets.

use ndarray::{Array1, Array2, ArrayView2};

use super::bracket::{Bracket, BracketError};
use super::likelihood::{Derivatives, Member, Parameters, derivatives, log_likelihood};
use super::maximise::MassLikelihood;
use super::support::Support;
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::distribution::normal;
use crate::numeric::elementary::{exp, ln};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::symmetric::Cholesky;
use crate::numeric::weights::FrequencyWeights;
use crate::survival::curve::Difference;
use crate::survival::not_estimable::NotEstimable;
use crate::trial::arm::Arm;

/// Newton steps at most.
const MOST_STEPS: usize = 200;

/// What the last step may change: log hazards over a covariate's range, and of the increments.
const TOLERANCE: f64 = 1e-9;

/// Longest step, in log hazards and logarithms of increments.
const LONGEST: f64 = 5.0;

/// An increment below this that adds less than that to the log-likelihood runs to zero.
const SMALLEST_INCREMENT: f64 = 1e-6;
const SMALLEST_GAIN: f64 = 1e-9;

/// Relative to the sum of the weights, ∂L/∂λ that an increment at zero may have.
const LARGEST_SLOPE: f64 = 1e-8;

/// Log hazards further apart than this within the data are on the way to infinity.
const FURTHEST: f64 = 30.0;

/// Brackets with arm and covariates, one row a participant.
#[derive(Clone, Copy, Debug)]
pub struct BracketSample<'a> {
    /// When the event came.
    pub brackets: &'a [Bracket],
    /// The arms.
    pub arms: &'a [Arm],
    /// Covariates beside the arm; may have no columns.
    pub covariates: ArrayView2<'a, f64>,
    /// How many times each participant counts, once by default.
    pub weights: Option<FrequencyWeights<'a>>,
}

/// The baseline's step in one zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BaselineStep {
    /// The zone; the day within it is not known.
    pub zone: Bracket,
    /// Cumulative hazard of the control arm with all covariates 0 by the end of the zone.
    pub cumulative_hazard: f64,
}

/// Proportional hazards fitted to brackets.
#[derive(Clone, Debug, PartialEq)]
pub struct BracketPhFit {
    /// Log hazard ratios: of the arm (intervention against control), then of the covariates.
    pub log_hazard_ratios: Array1<f64>,
    /// Their covariance.
    pub covariance: Array2<f64>,
    /// The baseline in all zones but the last, in which whoever remains has the event or is
    /// censored.
    pub baseline: Vec<BaselineStep>,
    /// The log-likelihood at its maximum.
    pub log_likelihood: f64,
    /// The likelihood ratio test of no effect of the arm, given the covariates.
    pub arm_test: ChiSquaredTest,
}

impl BracketPhFit {
    /// The arm's log hazard ratio with limits and Wald's p-value.
    pub fn arm(&self, level: ConfidenceLevel) -> Difference {
        let (estimate, std_error) = (self.log_hazard_ratios[0], self.covariance[[0, 0]].sqrt());
        Difference {
            estimate,
            std_error,
            limits: Interval::around(estimate, level.z() * std_error),
            p_value: Some(normal::two_sided_p(estimate / std_error)),
        }
    }
}

/// Proportional hazards S(t | x) = exp(−Λ(t) e^{xβ}) from brackets T ∈ (afterᵢ, byᵢ], by full
/// maximum likelihood with any baseline Λ.
///
/// ```text
/// L(β, λ) = Σᵢ wᵢ ln {S(afterᵢ | xᵢ) − S(byᵢ | xᵢ)},   Λ(t) = Σ {λₖ ≥ 0: zoneₖ ends by t}
/// ```
///
/// Zones are the innermost intervals, as for [`super::turnbull::Turnbull`]; with β = 0 this is its
/// likelihood, and its maximum is where Newton's iteration, in β and ln λ, starts. Increments λ that
/// run to 0 are left out as long as ∂L/∂λ ≤ 0 there. The covariance is the block for β of the inverse observed
/// information of β and the positive λ. The test of the arm is that of the likelihood ratio, the
/// model fitted again without it.
///
/// Where everyone is visited on the same few days and no visit is missed, this is the grouped
/// proportional hazards model (Prentice and Gloeckler 1978): a binomial regression of person-visits
/// with complementary log-log link.
///
/// # Conventions
///
/// The covariance takes the zones with mass as given: right for few, fixed visit days (see
/// [`super::turnbull::Turnbull`]); with many different days it is in practice close for β too
/// (Zeng, Mao and Lin 2016 show β̂ efficient), if there are many events a zone. Weights are
/// frequencies.
///
/// # Errors
///
/// [`NotEstimable::NoParticipants`] where an arm is empty, [`NotEstimable::NoEvents`],
/// [`BracketError::NoDay`], [`BracketError::NoOrder`], [`BracketError::Collinear`],
/// [`BracketError::Monotone`], [`BracketError::NotConverged`].
///
/// # Panics
///
/// If brackets, arms, covariates and weights differ in length.
///
/// # References
///
/// - Finkelstein DM (1986). *Biometrics* 42:845–854.
/// - Prentice RL, Gloeckler LA (1978). *Biometrics* 34:57–67.
/// - Zeng D, Mao L, Lin DY (2016). *Biometrika* 103:253–271.
/// - Agrees with `glm(binomial("cloglog"))` on person-visits, and with the same likelihood
///   maximised in R with a numerical Hessian: `tests/reference/r/interval_censored.R`.
pub fn bracket_ph(sample: &BracketSample<'_>) -> Result<BracketPhFit, BracketError> {
    let design = Design::new(sample)?;
    let full = design.fit(0)?;
    let without_arm = design.fit(1)?.log_likelihood;
    let n_increments = full.parameters.increments.len();
    let inverse = full.inverse_information()?;
    let n_coefficients = full.parameters.coefficients.len();
    let covariance =
        Array2::from_shape_fn((n_coefficients, n_coefficients), |(j, k)| inverse[[j, k]]);
    // The design is centred; the baseline is not.
    let scale = exp(-design.means.dot(&full.parameters.coefficients));
    let mut cumulative_hazard = 0.0;
    let baseline = (0..n_increments).map(|k| {
        cumulative_hazard += full.parameters.increments[k] * scale;
        BaselineStep { zone: design.support.zones[k], cumulative_hazard }
    });
    Ok(BracketPhFit {
        baseline: baseline.collect(),
        covariance,
        log_likelihood: full.log_likelihood,
        arm_test: ChiSquaredTest::new((2.0 * (full.log_likelihood - without_arm)).max(0.0), 1),
        log_hazard_ratios: full.parameters.coefficients,
    })
}

/// The participants as rows of a centred design, and where the likelihood starts.
struct Design {
    support: Support,
    /// Range of zones, centred row, weight.
    members: Vec<((usize, usize), Array1<f64>, f64)>,
    means: Array1<f64>,
    ranges: Array1<f64>,
    start: Vec<f64>,
}

impl Design {
    fn new(sample: &BracketSample<'_>) -> Result<Self, BracketError> {
        let n = sample.brackets.len();
        assert_eq!(n, sample.arms.len(), "one arm a participant");
        assert_eq!(n, sample.covariates.nrows(), "one row of covariates a participant");
        let support = Support::new(sample.brackets, sample.weights)?;
        let counted =
            |i: &usize| sample.weights.is_none_or(|weights: FrequencyWeights| weights.get(*i) > 0);
        let used: Vec<usize> = (0..n).filter(counted).collect();
        for arm in Arm::BOTH {
            if !used.iter().any(|&i| sample.arms[i] == arm) {
                return Err(NotEstimable::NoParticipants.into());
            }
        }
        if used.iter().all(|&i| sample.brackets[i].by.is_none()) {
            return Err(NotEstimable::NoEvents.into());
        }
        let n_zones = support.zones.len();
        if n_zones < 2 {
            return Err(BracketError::NoOrder);
        }
        let row = |i: usize| -> Array1<f64> {
            let arm = if sample.arms[i] == Arm::Intervention { 1.0 } else { 0.0 };
            std::iter::once(arm).chain(sample.covariates.row(i).iter().copied()).collect()
        };
        let weight = |i: usize| sample.weights.map_or(1.0, |weights| f64::from(weights.get(i)));
        let total: f64 = used.iter().map(|&i| weight(i)).sum();
        let width = sample.covariates.ncols() + 1;
        let mut means = Array1::<f64>::zeros(width);
        for &i in &used {
            means.scaled_add(weight(i) / total, &row(i));
        }
        let members: Vec<_> = used
            .iter()
            .map(|&i| (support.range(sample.brackets[i]), row(i) - &means, weight(i)))
            .collect();
        let ranges = check_columns(&members, width)?;
        let counts = support.counts(sample.brackets, sample.weights);
        let masses = MassLikelihood::new(&counts, n_zones).maximum()?;
        let start = (0..n_zones - 1).map(|k| {
            let left: f64 = masses[k + 1..].iter().sum();
            if masses[k] > 0.0 { ln((masses[k] + left) / left) } else { 0.0 }
        });
        let start = start.collect();
        Ok(Self { support, members, means, ranges, start })
    }

    /// Fits the design from that column on.
    fn fit(&self, first_column: usize) -> Result<Fit, BracketError> {
        let columns = |row: &Array1<f64>| row.iter().skip(first_column).copied().collect();
        let members: Vec<Member> = self
            .members
            .iter()
            .map(|(range, row, weight)| Member {
                range: *range,
                row: columns(row),
                weight: *weight,
            })
            .collect();
        let ranges = columns(&self.ranges);
        let parameters = Parameters {
            coefficients: Array1::zeros(ranges.len()),
            increments: self.start.clone(),
        };
        let log_likelihood = log_likelihood(&members, &parameters);
        let fit = Fit { members, ranges, parameters, log_likelihood };
        fit.maximised().map_err(|error| match error {
            BracketError::Monotone { column } => {
                BracketError::Monotone { column: column + first_column }
            }
            other => other,
        })
    }
}

/// The range of each column, or the first that the others determine.
fn check_columns(
    members: &[((usize, usize), Array1<f64>, f64)],
    width: usize,
) -> Result<Array1<f64>, BracketError> {
    let mut gram = Array2::<f64>::zeros((width, width));
    let mut ends = vec![(f64::INFINITY, f64::NEG_INFINITY); width];
    for (_, row, weight) in members {
        for j in 0..width {
            ends[j] = (ends[j].0.min(row[j]), ends[j].1.max(row[j]));
            for k in 0..width {
                gram[[j, k]] += weight * row[j] * row[k];
            }
        }
    }
    match Cholesky::new(gram.view()) {
        Ok(_) => Ok(ends.into_iter().map(|(least, most)| most - least).collect()),
        Err(crate::numeric::symmetric::NotPositiveDefinite::Row { row }) => {
            Err(BracketError::Collinear { column: row })
        }
        Err(_) => Err(BracketError::Collinear { column: 0 }),
    }
}

/// A fit under way.
struct Fit {
    members: Vec<Member>,
    ranges: Array1<f64>,
    parameters: Parameters,
    log_likelihood: f64,
}

impl Fit {
    /// Newton's iteration in the coefficients and the logarithms of the increments above zero.
    fn maximised(mut self) -> Result<Self, BracketError> {
        let n_coefficients = self.ranges.len();
        for _ in 0..MOST_STEPS {
            let derivatives = derivatives(&self.members, &self.parameters);
            let active = self.positive();
            let Some(step) = self.newton_step(&derivatives, &active) else { break };
            let unit = |at: usize| if at < n_coefficients { self.ranges[at] } else { 1.0 };
            let converged =
                active.iter().zip(&step).all(|(&at, s)| (s * unit(at)).abs() <= TOLERANCE);
            self.advance(&active, &step);
            if converged && !self.restore_increment() {
                return Ok(self);
            }
            self.drop_increments(&derivatives);
            let spread = |j: usize| (self.parameters.coefficients[j] * self.ranges[j]).abs();
            let furthest = (0..n_coefficients).max_by(|&j, &k| spread(j).total_cmp(&spread(k)));
            if let Some(column) = furthest.filter(|&j| spread(j) > FURTHEST) {
                return Err(BracketError::Monotone { column });
            }
        }
        Err(BracketError::NotConverged { iterations: MOST_STEPS })
    }

    /// Positions of the coefficients and of the increments above zero.
    fn positive(&self) -> Vec<usize> {
        let n_coefficients = self.ranges.len();
        let increments = self.parameters.increments.iter().enumerate();
        let above = increments.filter(|(_, l)| **l > 0.0).map(|(k, _)| n_coefficients + k);
        (0..n_coefficients).chain(above).collect()
    }

    /// Newton's step, the information's diagonal raised until it is positive definite.
    fn newton_step(&self, derivatives: &Derivatives, active: &[usize]) -> Option<Array1<f64>> {
        let n_coefficients = self.ranges.len();
        // ∂/∂ ln λ = λ ∂/∂λ.
        let scale: Array1<f64> = active
            .iter()
            .map(|&at| {
                at.checked_sub(n_coefficients).map_or(1.0, |k| self.parameters.increments[k])
            })
            .collect();
        let gradient: Array1<f64> =
            active.iter().zip(&scale).map(|(&at, s)| derivatives.gradient[at] * s).collect();
        let mut information = restricted(&derivatives.information, active);
        for ((j, k), value) in information.indexed_iter_mut() {
            *value *= scale[j] * scale[k];
            if j == k && active[j] >= n_coefficients {
                *value -= gradient[j];
            }
        }
        let mut raise = 1e-3;
        for _ in 0..12 {
            let factor = Cholesky::new(information.view());
            if let Ok(step) = factor.and_then(|factor| factor.solve(gradient.view())) {
                return Some(step);
            }
            information.diag_mut().mapv_inplace(|value| value.abs() * (1.0 + raise) + 1e-12);
            raise *= 10.0;
        }
        None
    }

    /// Takes the longest part of the step that does not lower the likelihood.
    fn advance(&mut self, active: &[usize], step: &Array1<f64>) {
        let n_coefficients = self.ranges.len();
        let allowed = self.log_likelihood - 1e-13 * self.log_likelihood.abs();
        let largest = step.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
        let mut length = (LONGEST / largest).min(1.0);
        for _ in 0..60 {
            let mut next = self.parameters.clone();
            for (&at, s) in active.iter().zip(step) {
                match at.checked_sub(n_coefficients) {
                    None => next.coefficients[at] += length * s,
                    Some(k) => next.increments[k] *= exp(length * s),
                }
            }
            let value = log_likelihood(&self.members, &next);
            if value >= allowed {
                (self.parameters, self.log_likelihood) = (next, value);
                return;
            }
            length /= 2.0;
        }
    }

    /// Sets to zero what runs to zero: increments too small to matter which the likelihood lowers.
    fn drop_increments(&mut self, derivatives: &Derivatives) {
        let n_coefficients = self.ranges.len();
        let mut next = self.parameters.clone();
        for (k, increment) in next.increments.iter_mut().enumerate() {
            let gain = *increment * derivatives.gradient[n_coefficients + k];
            if gain < 0.0 && gain > -SMALLEST_GAIN && *increment < SMALLEST_INCREMENT {
                *increment = 0.0;
            }
        }
        let value = log_likelihood(&self.members, &next);
        if value.is_finite() {
            (self.parameters, self.log_likelihood) = (next, value);
        }
    }

    /// Takes back the increment at zero with which the likelihood would grow most, if any.
    fn restore_increment(&mut self) -> bool {
        let n_coefficients = self.ranges.len();
        let Derivatives { gradient, information } = derivatives(&self.members, &self.parameters);
        let n: f64 = self.members.iter().map(|member| member.weight).sum();
        let zero =
            (0..self.parameters.increments.len()).filter(|&k| self.parameters.increments[k] <= 0.0);
        let slope = |k: usize| gradient[n_coefficients + k];
        let Some(worst) = zero.max_by(|&j, &k| slope(j).total_cmp(&slope(k))) else {
            return false;
        };
        if slope(worst) <= LARGEST_SLOPE * n {
            return false;
        }
        let bend = information[[n_coefficients + worst, n_coefficients + worst]];
        self.parameters.increments[worst] = 0.1 * slope(worst) / bend.max(f64::MIN_POSITIVE);
        self.log_likelihood = log_likelihood(&self.members, &self.parameters);
        true
    }

    /// The inverse information of coefficients and positive increments.
    fn inverse_information(&self) -> Result<Array2<f64>, BracketError> {
        let Derivatives { information, .. } = derivatives(&self.members, &self.parameters);
        Cholesky::new(restricted(&information, &self.positive()).view())
            .map(|factor| factor.inverse())
            .map_err(|_| BracketError::NotConverged { iterations: MOST_STEPS })
    }
}

fn restricted(information: &Array2<f64>, active: &[usize]) -> Array2<f64> {
    let size = active.len();
    Array2::from_shape_fn((size, size), |(j, k)| information[[active[j], active[k]]])
}
