//! The curve of a group of brackets: Turnbull's estimate.

use ndarray::{Array1, Array2};

use super::bracket::{Bracket, BracketError};
use super::maximise::MassLikelihood;
use super::support::Support;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::symmetric::Cholesky;
use crate::numeric::weights::FrequencyWeights;
use crate::survival::curve::{Difference, log_log_limits};
use crate::survival::not_estimable::NotEstimable;
use crate::trial::arm::TwoArm;

/// The mass of one innermost interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mass {
    /// The zone within which the events lie, on days that cannot be told apart.
    pub zone: Bracket,
    /// Their probability; may be 0.
    pub probability: f64,
}

/// The probability of no event up to and on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BracketSurvival {
    /// The probability.
    pub estimate: f64,
    /// Its standard error; none where the curve is 0.
    pub std_error: Option<f64>,
    /// Its limits; none where the curve is 0 or 1.
    pub limits: Option<Interval>,
}

/// What the brackets say of the curve at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AtTime {
    /// The curve is known there.
    Known(BracketSurvival),
    /// The time lies within a zone: the curve is anywhere between these.
    Between {
        /// All events of the zone have come.
        least: BracketSurvival,
        /// None of them has.
        most: BracketSurvival,
        /// The zone.
        zone: Bracket,
    },
}

/// Turnbull's estimate of S(t) = P(T > t) from brackets T ∈ (afterᵢ, byᵢ]: the distribution under
/// which they are likeliest, whatever its shape.
///
/// ```text
/// L(p) = Σᵢ wᵢ ln Σ { pⱼ : zoneⱼ ⊂ (afterᵢ, byᵢ] },   pⱼ ≥ 0,  Σ pⱼ = 1
/// S(t) = 1 − Σ { pⱼ : zoneⱼ ends by t }
/// Cov p = H⁻¹ − H⁻¹ 1 1ᵀ H⁻¹ / (1ᵀ H⁻¹ 1),            H = −∂²L/∂p² where pⱼ > 0
/// ```
///
/// Only the innermost intervals of the brackets, here zones, can hold mass, and the likelihood
/// does not tell where within a zone. The masses are found by the EM algorithm (self-consistency)
/// and Newton's on what is left; converged means that the Kuhn-Tucker conditions hold to 1e-10:
/// n⁻¹ ∂L/∂pⱼ = 1 where pⱼ > 0 and ≤ 1 elsewhere. Equal brackets are counted once.
///
/// # Conventions
///
/// Days are whole: a time between two days is the earlier one. A bracket of one day is an event
/// seen on it, and with such brackets and censorings alone this is the Kaplan-Meier curve, with
/// Greenwood's variance. Limits are on the log(−log) scale, see [`log_log_limits`]; before the
/// first zone S is 1, its standard error 0, and there are no limits. Weights are frequencies.
///
/// The covariance takes the zones with mass as given. It is valid where the visit days are few
/// and fixed while the number of people grows; with a day of its own for every visit S converges
/// more slowly than n^(−1/2), and such standard errors are no more than a rough guide.
///
/// # References
///
/// - Turnbull BW (1976). *Journal of the Royal Statistical Society B* 38:290–295.
/// - Gentleman R, Geyer CJ (1994). *Biometrika* 81:618–623 (the Kuhn-Tucker conditions).
/// - Masses agree with an EM run to its end in R and with `survfit(Surv(left, right, type =
///   "interval2"))` of survival 3.5-3 as far as that goes; standard errors with a numerical
///   Hessian: `tests/reference/r/interval_censored.R`.
#[derive(Clone, Debug, PartialEq)]
pub struct Turnbull {
    masses: Vec<Mass>,
    /// Of the positive masses, in their order.
    covariance: Array2<f64>,
    log_likelihood: f64,
    last_day: i32,
    level: ConfidenceLevel,
}

impl Turnbull {
    /// The curve of one group; `weights` tell how many times each bracket counts.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::NoParticipants`], [`BracketError::NoDay`], [`BracketError::NotConverged`].
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn new(
        brackets: &[Bracket],
        weights: Option<FrequencyWeights<'_>>,
        level: ConfidenceLevel,
    ) -> Result<Self, BracketError> {
        let support = Support::new(brackets, weights)?;
        let counts = support.counts(brackets, weights);
        let likelihood = MassLikelihood::new(&counts, support.zones.len());
        let mut p = likelihood.maximum()?;
        let total: f64 = p.iter().sum();
        for p in &mut p {
            *p /= total;
        }
        let (_, information) = likelihood.information(&p);
        let inverse = Cholesky::new(information.view())
            .map_err(|_| BracketError::NotConverged { iterations: 0 })?
            .inverse();
        let sums = inverse.sum_axis(ndarray::Axis(0));
        let whole = sums.sum();
        let covariance = Array2::from_shape_fn(inverse.dim(), |(j, k)| {
            inverse[[j, k]] - sums[j] * sums[k] / whole
        });
        let counted = |i: &usize| weights.is_none_or(|weights| weights.get(*i) > 0);
        let last_days = (0..brackets.len()).filter(counted).map(|i| brackets[i]);
        let last_day = last_days.map(|b| b.by.unwrap_or(b.after)).max();
        let zones = support.zones.iter().zip(&p);
        Ok(Self {
            masses: zones.map(|(&zone, &probability)| Mass { zone, probability }).collect(),
            covariance,
            log_likelihood: likelihood.value(&p),
            last_day: last_day.ok_or(NotEstimable::NoParticipants)?,
            level,
        })
    }

    /// All zones with their masses, in the order of days.
    pub fn masses(&self) -> &[Mass] {
        &self.masses
    }

    /// The log-likelihood at its maximum.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// The curve `time_days` after randomisation; the time need not be a whole day.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::PastLastFollowUp`] past the last day of which any bracket tells.
    pub fn at(&self, time_days: f64) -> Result<AtTime, BracketError> {
        if time_days > f64::from(self.last_day) {
            let last_day = self.last_day;
            return Err(NotEstimable::PastLastFollowUp { time_days, last_day }.into());
        }
        let time = time_days.floor();
        let ended = self
            .masses
            .partition_point(|mass| mass.zone.by.is_some_and(|by| f64::from(by) <= time));
        let most = self.after_zones(ended);
        let open = self
            .masses
            .get(ended)
            .filter(|mass| f64::from(mass.zone.after) < time && mass.probability > 0.0);
        Ok(open.map_or(AtTime::Known(most), |mass| AtTime::Between {
            least: self.after_zones(ended + 1),
            most,
            zone: mass.zone,
        }))
    }

    /// The curve `time_days` after randomisation, where it is known.
    ///
    /// # Errors
    ///
    /// As [`Turnbull::at`], and [`BracketError::NotIdentified`] within a zone.
    pub fn known_at(&self, time_days: f64) -> Result<BracketSurvival, BracketError> {
        match self.at(time_days)? {
            AtTime::Known(survival) => Ok(survival),
            AtTime::Between { zone, .. } => Err(BracketError::NotIdentified {
                after: zone.after,
                by: zone.by.unwrap_or(self.last_day),
            }),
        }
    }

    /// The curve after the first `n_zones`.
    fn after_zones(&self, n_zones: usize) -> BracketSurvival {
        let positive = |masses: &[Mass]| masses.iter().filter(|m| m.probability > 0.0).count();
        let (gone, all) = (positive(&self.masses[..n_zones]), positive(&self.masses));
        if gone == all {
            return BracketSurvival { estimate: 0.0, std_error: None, limits: None };
        }
        if gone == 0 {
            return BracketSurvival { estimate: 1.0, std_error: Some(0.0), limits: None };
        }
        let to_come = self.masses[n_zones..].iter().map(|mass| mass.probability);
        let estimate = to_come.sum::<f64>();
        // The smaller sum of the two: those gone or those to come.
        let chosen: Array1<f64> =
            (0..all).map(|j| if (j < gone) == (gone * 2 <= all) { 1.0 } else { 0.0 }).collect();
        let std_error = chosen.dot(&self.covariance.dot(&chosen)).max(0.0).sqrt();
        let limits = log_log_limits(estimate, std_error, self.level);
        BracketSurvival { estimate, std_error: Some(std_error), limits }
    }
}

/// The difference of the probabilities of an event by a time, intervention − control: 1 − S of
/// each arm's [`Turnbull`] curve, variances added, limits and p-value from the normal.
///
/// # Errors
///
/// As [`Turnbull::known_at`] in either arm. An arm in which everyone had the event by then adds no
/// variance.
pub fn bracket_risk_difference(
    arms: TwoArm<&Turnbull>,
    time_days: f64,
) -> Result<Difference, BracketError> {
    let of = |curve: &Turnbull| -> Result<(f64, f64), BracketError> {
        let survival = curve.known_at(time_days)?;
        Ok((1.0 - survival.estimate, survival.std_error.unwrap_or(0.0)))
    };
    let arms_values = TwoArm { intervention: of(arms.intervention)?, control: of(arms.control)? };
    Ok(Difference::of_independent(arms_values, arms.intervention.level))
}
