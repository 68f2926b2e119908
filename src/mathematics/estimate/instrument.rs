//! The effect on those who take the offer up because of it: arm as the instrument of take-up.

use ndarray::{Array1, ArrayView1};
use thiserror::Error;

use super::design::{ARM, Design};
use super::mean::{ArmMean, arm_mean};
use super::proportion::EmptyArm;
use super::regression::{ArmInference, NoInference};
use super::risk_difference::NoStratumWithBothArms;
use super::sample::StratifiedSample;
use crate::numeric::distribution::student_t;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::least_squares::{LeastSquares, LeastSquaresError};
use crate::trial::arm::Arm;

/// A first stage, or a standard error as a share of its scale, below this is rounding.
const ROUNDING: f64 = 1e-12;

/// 1 − h below which a leverage is 1, as in [`LeastSquares`].
const NO_LEEWAY: f64 = 1e-12;

/// Why there is no complier average effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InstrumentError {
    /// Take-up and outcomes are not of the same people.
    #[error("{outcomes} outcomes and {take_up} take-ups")]
    Lengths {
        /// Outcomes given.
        outcomes: usize,
        /// Take-ups given.
        take_up: usize,
    },
    /// An arm has nobody in it.
    #[error(transparent)]
    EmptyArm(#[from] EmptyArm),
    /// Arm and strata say the same thing.
    #[error(transparent)]
    NoStratumWithBothArms(#[from] NoStratumWithBothArms),
    /// Nobody took part.
    #[error("nobody took the offer up")]
    NobodyTookUp,
    /// Everybody took part.
    #[error("everybody took the offer up, in both arms")]
    EverybodyTookUp,
    /// The arm makes no difference to take-up.
    #[error("take-up is the same in both arms")]
    NoFirstStage,
    /// The coefficients are not determined.
    #[error(transparent)]
    LeastSquares(#[from] LeastSquaresError),
}

/// By how much the arm changes take-up, at equal stratum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstStage {
    /// Share of compliers: the arm's coefficient on take-up. Negative where the control arm takes
    /// up more, which the assumption of no defiers rules out.
    pub complier_share: f64,
    /// HC2 standard error with t limits; a reason where it cannot be had, as when take-up is the
    /// arm itself.
    pub inference: Result<ArmInference, NoInference>,
    /// F = (share / standard error)², on 1 and n − p degrees of freedom.
    pub f_statistic: Option<f64>,
}

/// The effects that the Anderson-Rubin test does not reject.
///
/// It is never empty: with one instrument the estimate itself is never rejected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AndersonRubinSet {
    /// A bounded interval: the first stage is significant at this level.
    Interval(Interval),
    /// Everything up to `below` and everything from `above`: the effect of nobody is excluded only
    /// between them.
    Rays {
        /// Upper end of the left ray.
        below: f64,
        /// Lower end of the right ray.
        above: f64,
    },
    /// Every effect: the data say nothing.
    WholeLine,
}

impl AndersonRubinSet {
    /// Whether the test does not reject this effect.
    pub fn contains(&self, effect: f64) -> bool {
        match *self {
            Self::Interval(Interval { lower, upper }) => lower <= effect && effect <= upper,
            Self::Rays { below, above } => effect <= below || above <= effect,
            Self::WholeLine => true,
        }
    }
}

/// The Anderson-Rubin set and its test of no effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AndersonRubin {
    /// The effects not rejected.
    pub set: AndersonRubinSet,
    /// Two-sided p-value of no effect: that of the arm's coefficient on the outcome.
    pub p_value: f64,
}

/// The complier average effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComplierEffect {
    /// Effect of taking part on the outcome among compliers, in the outcome's unit.
    pub estimate: f64,
    /// n − p: participants less coefficients, empty strata not counted.
    pub df: usize,
    /// HC2 standard error, t limits and p-value; a reason where there are none.
    pub inference: Result<ArmInference, NoInference>,
    /// The arm's effect on take-up.
    pub first_stage: FirstStage,
    /// Inference that holds however weak the first stage is.
    pub anderson_rubin: Result<AndersonRubin, NoInference>,
}

/// Estimates the average effect of taking part among compliers: those who take part if and only if
/// they are offered to.
///
/// Two-stage least squares of the outcome y on take-up d and strata, the arm z being the
/// instrument. With ρ and π the arm's coefficients in the regressions of y and d on z and strata:
///
/// ```text
/// β̂     = ρ̂ / π̂
/// Var β̂ = Σ sᵢ² (yᵢ* − β̂ dᵢ*)² / (1 − hᵢ) / π̂²
/// ```
///
/// yᵢ* and dᵢ* are the residuals of those regressions, sᵢ by how much the arm's coefficient moves
/// with the outcome of participant i, hᵢ the leverages of arm and strata. This is two-stage least
/// squares with HC2, since arm and strata span the same space as the first stage's fitted values
/// and strata. Limits and p-value come from t on n − p degrees of freedom.
///
/// The Anderson-Rubin set holds every β whose reduced form y − β d shows no effect of the arm,
///
/// ```text
/// (ρ̂ − β π̂)² ≤ t² (V_ρρ − 2 β V_ρπ + β² V_ππ)
/// ```
///
/// with V the HC2 covariances: a quadratic in β, solved exactly. Where its leading coefficient
/// `π̂² − t² V_ππ` is 0 to the last bit, the whole line is given.
///
/// Assumes that the arm acts on the outcome through take-up alone and that there are no defiers.
/// Strata that are empty, of one arm or of one person are treated as in
/// [`arm_and_strata`](super::regression::arm_and_strata).
///
/// # Errors
///
/// [`InstrumentError`] where β is not determined; [`NoInference`], inside the result, where its
/// variance is not.
///
/// # References
///
/// - Imbens GW, Angrist JD (1994). *Econometrica* 62:467–475.
/// - Anderson TW, Rubin H (1949). *Annals of Mathematical Statistics* 20:46–63.
/// - Agrees with R's `estimatr::iv_robust(se_type = "HC2")`, its coefficients with `AER::ivreg`, the
///   set with the search for the roots of the p-value; see `tests/reference/r/instrument.R`.
pub fn complier_effect(
    sample: &StratifiedSample<'_>,
    take_up: &[bool],
    level: ConfidenceLevel,
) -> Result<ComplierEffect, InstrumentError> {
    let design = Design::new(sample, &sample.cells());
    Stages::fit(sample, take_up, design.outcomes.view()).map(|stages| stages.effect(level))
}

/// A baseline characteristic of compliers beside everyone, in the characteristic's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComplierMean {
    /// Mean among compliers.
    pub estimate: f64,
    /// HC2 standard error and t limits of the complier mean; its p-value is of a mean of 0.
    pub inference: Result<ArmInference, NoInference>,
    /// Everyone.
    pub everyone: ArmMean,
    /// Those who took part in the control arm; none where nobody did.
    pub always_takers: Option<ArmMean>,
    /// Those who did not take part in the intervention arm; none where everybody did.
    pub never_takers: Option<ArmMean>,
}

/// Estimates the mean of a baseline characteristic x among compliers.
///
/// ```text
/// E[x | complier] = (E[x d | z = 1] − E[x d | z = 0]) / (E[d | z = 1] − E[d | z = 0])
/// ```
///
/// By two-stage least squares of x d on d and strata, as [`complier_effect`]; the outcomes of
/// `sample` are x, numeric or 0 and 1. Always-takers are seen in the control arm and never-takers
/// in the intervention arm: their means are plain ones, right where strata share one allocation
/// ratio.
///
/// # Errors
///
/// As [`complier_effect`].
///
/// # References
///
/// - Abadie A (2003). *Journal of Econometrics* 113:231–263.
/// - Agrees with `estimatr::iv_robust(x * d ~ d + strata | z + strata)`; see
///   `tests/reference/r/instrument.R`.
pub fn complier_mean(
    sample: &StratifiedSample<'_>,
    take_up: &[bool],
    level: ConfidenceLevel,
) -> Result<ComplierMean, InstrumentError> {
    let centre = arm_mean(sample.outcomes()).map_or(0.0, |everyone| everyone.mean);
    let taken = |(x, &d): (&f64, &bool)| if d { x - centre } else { 0.0 };
    let among: Array1<f64> = sample.outcomes().iter().zip(take_up).map(taken).collect();
    let effect = Stages::fit(sample, take_up, among.view())?.effect(level);
    // Centred first, so that a mean far from 0 keeps its digits; the mean among compliers moves
    // with x one to one.
    let back = |centred: f64| centred + centre;
    let inference = effect.inference.map(|got| ArmInference {
        interval: got.interval.map_increasing(back),
        p_value: student_t::two_sided_p(back(effect.estimate) / got.std_error, effect.df as f64),
        ..got
    });
    let those = |arm, took: bool| {
        let members = sample.iter().zip(take_up).filter(|((_, a, _), d)| *a == arm && **d == took);
        arm_mean(&members.map(|((x, _, _), _)| x).collect::<Vec<_>>()).ok()
    };
    let everyone = arm_mean(sample.outcomes()).map_err(|_| EmptyArm { arm: Arm::Intervention })?;
    Ok(ComplierMean {
        estimate: back(effect.estimate),
        inference,
        everyone,
        always_takers: those(Arm::Control, true),
        never_takers: those(Arm::Intervention, false),
    })
}

/// The regressions of outcome and take-up on arm and strata.
struct Stages {
    outcome: LeastSquares,
    take_up: LeastSquares,
    spread: f64,
}

impl Stages {
    fn fit(
        sample: &StratifiedSample<'_>,
        take_up: &[bool],
        outcome: ArrayView1<f64>,
    ) -> Result<Self, InstrumentError> {
        check(sample, take_up)?;
        let x = Design::new(sample, &sample.cells()).arm_and_strata();
        let taken: Array1<f64> = take_up.iter().map(|&d| if d { 1.0 } else { 0.0 }).collect();
        let stages = Self {
            outcome: LeastSquares::fit(x.view(), outcome)?,
            take_up: LeastSquares::fit(x.view(), taken.view())?,
            spread: (outcome.dot(&outcome) / outcome.len() as f64).sqrt(),
        };
        if stages.take_up.coefficients[ARM].abs() <= ROUNDING {
            return Err(InstrumentError::NoFirstStage);
        }
        Ok(stages)
    }

    fn effect(&self, level: ConfidenceLevel) -> ComplierEffect {
        let (rho, pi) = (self.outcome.coefficients[ARM], self.take_up.coefficients[ARM]);
        let df = self.outcome.residual_df;
        let estimate = rho / pi;
        let residuals = &self.outcome.residuals - &(estimate * &self.take_up.residuals);
        let std_error = self.hc2(residuals.view(), residuals.view()).sqrt() / pi.abs();
        let smallest = ROUNDING * self.spread / pi.abs();
        let inference = self.infer((estimate, std_error), smallest, level);
        let taken = self.take_up.residuals.view();
        let first = self.infer((pi, self.hc2(taken, taken).sqrt()), ROUNDING, level);
        let f_statistic = first.ok().map(|got| (pi / got.std_error) * (pi / got.std_error));
        let first_stage = FirstStage { complier_share: pi, inference: first, f_statistic };
        ComplierEffect {
            estimate,
            df,
            inference,
            first_stage,
            anderson_rubin: self.anderson_rubin(level),
        }
    }

    fn infer(
        &self,
        (estimate, std_error): (f64, f64),
        smallest: f64,
        level: ConfidenceLevel,
    ) -> Result<ArmInference, NoInference> {
        self.has_variance()?;
        if std_error <= smallest {
            return Err(NoInference::NoVariation);
        }
        let df = self.outcome.residual_df as f64;
        let t = student_t::quantile(1.0 - level.tail(), df);
        Ok(ArmInference {
            std_error,
            interval: Interval::around(estimate, t * std_error),
            p_value: student_t::two_sided_p(estimate / std_error, df),
        })
    }

    fn has_variance(&self) -> Result<(), NoInference> {
        if self.outcome.residual_df == 0 {
            return Err(NoInference::NoDegreesOfFreedom);
        }
        if self.outcome.determined_by_one().contains(&ARM) {
            return Err(NoInference::LeverageOne);
        }
        Ok(())
    }

    /// HC2 covariance of the arm's coefficients in two regressions with these residuals.
    fn hc2(&self, a: ArrayView1<f64>, b: ArrayView1<f64>) -> f64 {
        let mut covariance = 0.0;
        let sensitivities = self.outcome.sensitivities(ARM);
        for (i, leverage) in self.outcome.leverages.iter().enumerate() {
            if 1.0 - leverage > NO_LEEWAY {
                let moves = sensitivities[i];
                covariance += moves * moves * a[i] * b[i] / (1.0 - leverage);
            }
        }
        covariance
    }

    fn anderson_rubin(&self, level: ConfidenceLevel) -> Result<AndersonRubin, NoInference> {
        self.has_variance()?;
        let (rho, pi) = (self.outcome.coefficients[ARM], self.take_up.coefficients[ARM]);
        let (y, d) = (self.outcome.residuals.view(), self.take_up.residuals.view());
        let (v_yy, v_yd, v_dd) = (self.hc2(y, y), self.hc2(y, d), self.hc2(d, d));
        if v_yy.sqrt() <= ROUNDING * self.spread {
            return Err(NoInference::NoVariation);
        }
        let df = self.outcome.residual_df as f64;
        let t = student_t::quantile(1.0 - level.tail(), df);
        let set = not_rejected([
            pi * pi - t * t * v_dd,
            rho * pi - t * t * v_yd,
            rho * rho - t * t * v_yy,
        ]);
        Ok(AndersonRubin { set, p_value: student_t::two_sided_p(rho / v_yy.sqrt(), df) })
    }
}

/// The β with a β² − 2 b β + c ≤ 0.
fn not_rejected([a, b, c]: [f64; 3]) -> AndersonRubinSet {
    let discriminant = b * b - a * c;
    if a.abs() <= 0.0 || (a < 0.0 && discriminant <= 0.0) {
        return AndersonRubinSet::WholeLine;
    }
    // The larger root first, so that the smaller loses no digits.
    let q = b + discriminant.max(0.0).sqrt().copysign(b);
    let (one, other) = if q.abs() > 0.0 { (q / a, c / q) } else { (0.0, 0.0) };
    let (lower, upper) = (one.min(other), one.max(other));
    if a > 0.0 {
        AndersonRubinSet::Interval(Interval { lower, upper })
    } else {
        AndersonRubinSet::Rays { below: lower, above: upper }
    }
}

fn check(sample: &StratifiedSample<'_>, take_up: &[bool]) -> Result<(), InstrumentError> {
    if sample.n() != take_up.len() {
        let (outcomes, take_up) = (sample.n(), take_up.len());
        return Err(InstrumentError::Lengths { outcomes, take_up });
    }
    let cells = sample.cells();
    for arm in Arm::BOTH {
        if cells.iter().all(|cell| cell.get(arm).n == 0) {
            return Err(EmptyArm { arm }.into());
        }
    }
    if !cells.iter().any(|cell| cell.intervention.n > 0 && cell.control.n > 0) {
        return Err(NoStratumWithBothArms.into());
    }
    if !take_up.contains(&true) {
        return Err(InstrumentError::NobodyTookUp);
    }
    if !take_up.contains(&false) {
        return Err(InstrumentError::EverybodyTookUp);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const I: Arm = Arm::Intervention;
    const C: Arm = Arm::Control;

    fn effect(y: &[f64], arms: &[Arm], d: &[bool]) -> Result<ComplierEffect, InstrumentError> {
        let strata = vec![0; y.len()];
        let sample = StratifiedSample::new(y, arms, &strata, 2).expect("a sample");
        complier_effect(&sample, d, ConfidenceLevel::new(0.95).expect("a level"))
    }

    #[test]
    fn without_a_first_stage_there_is_no_effect() {
        let (y, arms) = ([1.0, 2.0, 3.0, 5.0], [I, I, C, C]);
        let of = |d: &[bool]| effect(&y, &arms, d).unwrap_err();
        assert_eq!(of(&[false; 4]), InstrumentError::NobodyTookUp);
        assert_eq!(of(&[true; 4]), InstrumentError::EverybodyTookUp);
        assert_eq!(of(&[true, false, false, true]), InstrumentError::NoFirstStage);
        assert_eq!(of(&[true]), InstrumentError::Lengths { outcomes: 4, take_up: 1 });
        let apart = effect(&y, &[I; 4], &[true, false, true, true]);
        assert_eq!(apart, Err(EmptyArm { arm: C }.into()));
    }

    #[test]
    fn with_full_compliance_it_is_the_arm_effect() {
        let (y, arms) = ([1.0, 2.0, 4.0, 3.0, 5.0, 9.0], [C, C, C, I, I, I]);
        let got = effect(&y, &arms, &[false, false, false, true, true, true]).unwrap();
        let strata = [0; 6];
        let sample = StratifiedSample::new(&y, &arms, &strata, 1).unwrap();
        let level = ConfidenceLevel::new(0.95).unwrap();
        let want = super::super::regression::arm_and_strata(&sample, level).unwrap();
        let (a, b) = (got.inference.unwrap(), want.inference.unwrap());
        assert!((got.estimate - want.estimate).abs() < 1e-14);
        assert!((a.std_error - b.std_error).abs() < 1e-14);
        assert_eq!(got.first_stage.inference, Err(NoInference::NoVariation));
        assert_eq!(got.first_stage.f_statistic, None);
        let AndersonRubinSet::Interval(set) = got.anderson_rubin.unwrap().set else {
            panic!("bounded");
        };
        assert!((set.lower - b.interval.lower).abs() < 1e-13);
        assert!((set.upper - b.interval.upper).abs() < 1e-13);
    }

    #[test]
    fn the_quadratic_has_each_kind_of_solution() {
        let interval = not_rejected([1.0, 3.0, 5.0]);
        assert_eq!(interval, AndersonRubinSet::Interval(Interval { lower: 1.0, upper: 5.0 }));
        assert_eq!(
            not_rejected([-1.0, -3.0, -5.0]),
            AndersonRubinSet::Rays { below: 1.0, above: 5.0 }
        );
        assert_eq!(not_rejected([-1.0, 0.0, -1.0]), AndersonRubinSet::WholeLine);
        assert_eq!(not_rejected([0.0, 1.0, 1.0]), AndersonRubinSet::WholeLine);
        assert!(interval.contains(1.0) && !interval.contains(0.9));
    }

    #[test]
    fn a_single_participant_leaves_no_standard_error() {
        let got = effect(&[1.0, 2.0, 4.0], &[C, I, I], &[false, true, false]).unwrap();
        assert_eq!(got.inference, Err(NoInference::LeverageOne));
        assert_eq!(got.anderson_rubin, Err(NoInference::LeverageOne));
    }
}
