//! The exact probabilities of the process that makes a synthetic trial.

use super::design::{Design, Hazards, RegionDesign};
use crate::numeric::elementary::{exp, exp_m1};
use crate::trial::arm::{Arm, TwoArm};

/// What the estimates of a synthetic trial should come near to.
///
/// For one region and arm, with λ the hazard a day of the first job and μ that of competing exits,
/// the first job would start on day ⌊T₁⌋ and the competing exit fall on ⌊T₂⌋. A job on the day of
/// the exit counts, so that the job is first if ⌊T₁⌋ ≤ ⌊T₂⌋, and the cumulative incidence by day D
/// is a geometric sum:
///
/// ```text
/// F(D) = Σ_{d = 0}^{D} P(⌊T₁⌋ = d) P(⌊T₂⌋ ≥ d) = Σ_{d = 0}^{D} (1 − e^{−λ}) e^{−(λ + μ) d}
///      = (1 − e^{−λ}) (1 − e^{−(λ + μ)(D + 1)}) / (1 − e^{−(λ + μ)})
/// ```
///
/// In continuous time, λ / (λ + μ) would stand in place of (1 − e^{−λ}) / (1 − e^{−(λ + μ)}).
///
/// For all regions it is the mean over regions, weighted by places. The Aalen-Johansen estimate is
/// consistent for it: censoring depends on the date of entry and the arm, neither of which says
/// anything about the job. The share employed among those observed is close to it but not the
/// same, because people with a competing exit are observed wherever they go.
///
/// # References
///
/// - Matches a sum over days of R's exponential probabilities to 1e-12; see
///   `tests/reference/r/simulate_truth.R`.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    regions: Vec<RegionDesign>,
}

/// Whom a truth is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Everyone randomised.
    All,
    /// The people of one region.
    Region(&'a str),
}

impl Truth {
    /// The truth of a design.
    pub fn of(design: &Design) -> Self {
        Self { regions: design.regions.clone() }
    }

    /// Probability in an arm of a first job by `day`, before any competing exit; none if there is
    /// no such region.
    pub fn cumulative_incidence(&self, scope: Scope<'_>, arm: Arm, day: i32) -> Option<f64> {
        self.mean(scope, arm, |hazards| incidence(hazards, day))
    }

    /// Difference of the arms' cumulative incidences by `day`, intervention − control.
    pub fn risk_difference(&self, scope: Scope<'_>, day: i32) -> Option<f64> {
        let risk = self.incidences(scope, day)?;
        Some(risk.intervention - risk.control)
    }

    /// Ratio of the arms' cumulative incidences by `day`, intervention / control; none also where
    /// the control's is 0.
    pub fn risk_ratio(&self, scope: Scope<'_>, day: i32) -> Option<f64> {
        let risk = self.incidences(scope, day)?;
        (risk.control > 0.0).then(|| risk.intervention / risk.control)
    }

    /// Mean of min(T, τ) in days, T the day of the first job if nobody left by a competing exit:
    ///
    /// ```text
    /// ∫₀^τ S(t) dt,   S(t) = e^{−λ (⌊t⌋ + 1)}
    /// ```
    ///
    /// which the restricted mean of Kaplan-Meier with competing exits censored estimates; for all
    /// regions only if they share one hazard of competing exits in each arm.
    pub fn restricted_mean_days(&self, scope: Scope<'_>, arm: Arm, tau: f64) -> Option<f64> {
        self.mean(scope, arm, |hazards| restricted_mean(hazards.first_job, tau))
    }

    /// Both arms' cumulative incidences.
    fn incidences(&self, scope: Scope<'_>, day: i32) -> Option<TwoArm<f64>> {
        Some(TwoArm {
            intervention: self.cumulative_incidence(scope, Arm::Intervention, day)?,
            control: self.cumulative_incidence(scope, Arm::Control, day)?,
        })
    }

    /// The mean over the regions in scope, weighted by places.
    fn mean(&self, scope: Scope<'_>, arm: Arm, of: impl Fn(Hazards) -> f64) -> Option<f64> {
        let inside = |region: &&RegionDesign| match scope {
            Scope::All => true,
            Scope::Region(name) => region.name == name,
        };
        let (mut sum, mut places) = (0.0, 0.0);
        for region in self.regions.iter().filter(inside) {
            let weight = f64::from(region.places_per_arm);
            sum += weight * of(*region.hazards.get(arm));
            places += weight;
        }
        (places > 0.0).then(|| sum / places)
    }
}

/// F(D) of one region and arm.
fn incidence(hazards: Hazards, day: i32) -> f64 {
    if day < 0 || hazards.first_job <= 0.0 {
        return 0.0;
    }
    let either = hazards.first_job + hazards.competing;
    let days = f64::from(day) + 1.0;
    exp_m1(-hazards.first_job) * exp_m1(-either * days) / -exp_m1(-either)
}

/// ∫₀^τ S(t) dt of one region and arm: whole days as a geometric sum, then the part of the last.
fn restricted_mean(hazard: f64, tau: f64) -> f64 {
    if hazard <= 0.0 {
        return tau;
    }
    let whole = tau.floor();
    let before = exp(-hazard) * exp_m1(-hazard * whole) / exp_m1(-hazard);
    before + (tau - whole) * exp(-hazard * (whole + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_hazard_there_is_no_job() {
        let hazards = Hazards { first_job: 0.0, competing: 0.1 };
        assert!(incidence(hazards, 100).abs() < f64::EPSILON);
        assert!((restricted_mean(0.0, 10.5) - 10.5).abs() < f64::EPSILON);
        assert!(incidence(Hazards { first_job: 1.0, competing: 0.0 }, -1).abs() < f64::EPSILON);
    }

    #[test]
    fn a_region_that_is_not_there_has_no_truth() {
        let truth = Truth::of(&Design::planned());
        assert_eq!(truth.risk_difference(Scope::Region("luxembourg"), 547), None);
        assert!(truth.risk_ratio(Scope::All, -1).is_none());
    }

    #[test]
    fn the_planned_truth_is_where_it_is_meant_to_be() {
        let truth = Truth::of(&Design::planned());
        let risk = |scope, arm| truth.cumulative_incidence(scope, arm, 547).unwrap();
        assert!((risk(Scope::All, Arm::Control) - 0.28).abs() < 0.005);
        assert!((risk(Scope::All, Arm::Intervention) - 0.40).abs() < 0.005);
        for arm in Arm::BOTH {
            assert!(risk(Scope::Region("flanders"), arm) > risk(Scope::All, arm));
            assert!(risk(Scope::Region("brussels"), arm) < risk(Scope::All, arm));
        }
    }
}
