//! Effects in standard deviations.

use thiserror::Error;

use super::balance::BalanceError;
use super::proportion::EmptyArm;
use crate::numeric::elementary::{exp, ln_gamma};
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::sum::{mean, sample_variance};
use crate::trial::arm::{Arm, TwoArm};

/// A difference of means in standard deviations pooled within arms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HedgesG {
    /// Intervention − control, in standard deviations, corrected for its bias in small samples.
    pub estimate: f64,
    /// Large-sample standard error.
    pub std_error: f64,
    /// Estimate ± z × standard error.
    pub interval: Interval,
    /// The difference before the correction, Cohen's d.
    pub uncorrected: f64,
    /// The correction, below 1.
    pub correction: f64,
    /// The pooled standard deviation, in the outcome's unit.
    pub pooled_std_dev: f64,
}

/// Estimates Hedges' g of two independent arms.
///
/// ```text
/// d  = (m₁ − m₀) / s,    s² = ((n₁ − 1) s₁² + (n₀ − 1) s₀²) / m,    m = n₁ + n₀ − 2
/// g  = J d,              J  = Γ(m/2) / (√(m/2) Γ((m − 1)/2))
/// SE = √(1/n₁ + 1/n₀ + g² / (2 (n₁ + n₀)))
/// ```
///
/// mₐ are the arms' means, sₐ² their sample variances and nₐ their sizes, 1 the intervention. J is
/// the exact correction, not 1 − 3/(4m − 1). Strata and covariates are not looked at: for those,
/// divide an adjusted effect by [`per_standard_deviation`].
///
/// # Errors
///
/// [`BalanceError::EmptyArm`]; [`BalanceError::SingleValue`] where an arm has one value, as m and
/// the variances then say nothing of that arm; [`BalanceError::NoVariation`].
///
/// # References
///
/// - Hedges LV (1981). *Journal of Educational Statistics* 6:107–128.
/// - Hedges LV, Olkin I (1985). *Statistical Methods for Meta-Analysis*, chapter 5.
/// - Agrees with R's `metafor::escalc(measure = "SMD", vtype = "LS")`; see
///   `tests/reference/r/standardised_effect.R`.
pub fn hedges_g(values: TwoArm<&[f64]>, level: ConfidenceLevel) -> Result<HedgesG, BalanceError> {
    let mean_of = |arm: Arm| mean(values.get(arm)).ok_or(EmptyArm { arm });
    let means =
        TwoArm { intervention: mean_of(Arm::Intervention)?, control: mean_of(Arm::Control)? };
    let squares_of = |arm: Arm| {
        let variance = sample_variance(values.get(arm)).ok_or(BalanceError::SingleValue { arm })?;
        Ok::<_, BalanceError>(variance * (values.get(arm).len() as f64 - 1.0))
    };
    let squares = squares_of(Arm::Intervention)? + squares_of(Arm::Control)?;
    let varies = |arm: Arm| {
        let values = values.get(arm);
        values.iter().any(|x| x.total_cmp(&values[0]).is_ne())
    };
    if !varies(Arm::Intervention) && !varies(Arm::Control) {
        return Err(BalanceError::NoVariation);
    }
    let (n1, n0) = (values.intervention.len() as f64, values.control.len() as f64);
    let df = n1 + n0 - 2.0;
    let pooled_std_dev = (squares / df).sqrt();
    let uncorrected = (means.intervention - means.control) / pooled_std_dev;
    let correction = correction(df);
    let estimate = correction * uncorrected;
    let std_error = (1.0 / n1 + 1.0 / n0 + estimate * estimate / (2.0 * (n1 + n0))).sqrt();
    let interval = Interval::around(estimate, level.z() * std_error);
    Ok(HedgesG { estimate, std_error, interval, uncorrected, correction, pooled_std_dev })
}

/// Γ(m/2) / (√(m/2) Γ((m − 1)/2)), for m of at least 2.
fn correction(m: f64) -> f64 {
    exp(ln_gamma(m / 2.0) - ln_gamma((m - 1.0) / 2.0)) / (m / 2.0).sqrt()
}

/// An effect with its standard error and interval, in standard deviations of the control arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerStandardDeviation {
    /// The effect over the standard deviation.
    pub estimate: f64,
    /// Its standard error over the standard deviation.
    pub std_error: f64,
    /// Its limits over the standard deviation.
    pub interval: Interval,
    /// The standard deviation taken as given, in the outcome's unit.
    pub std_dev: f64,
}

/// Why an effect cannot be put into standard deviations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PerStandardDeviationError {
    /// A standard deviation of 0, or not a number.
    #[error("the standard deviation is not above 0")]
    NoVariation,
}

/// Divides an effect, its standard error and its limits by a standard deviation, as Glass did with
/// that of the control arm.
///
/// The standard deviation is taken as given, like a change of unit: its own sampling error is not
/// in the interval, so that the p-value stays that of the effect. Nothing is corrected for bias.
///
/// # Errors
///
/// [`PerStandardDeviationError`] where the standard deviation is not a finite number above 0.
///
/// # References
///
/// - Glass GV (1976). *Educational Researcher* 5(10):3–8.
/// - Agrees with `estimatr::lm_robust` on the outcome over the standard deviation; see
///   `tests/reference/r/standardised_effect.R`.
pub fn per_standard_deviation(
    (estimate, std_error): (f64, f64),
    interval: Interval,
    std_dev: f64,
) -> Result<PerStandardDeviation, PerStandardDeviationError> {
    if !(std_dev > 0.0 && std_dev.is_finite()) {
        return Err(PerStandardDeviationError::NoVariation);
    }
    Ok(PerStandardDeviation {
        estimate: estimate / std_dev,
        std_error: std_error / std_dev,
        interval: interval.map_increasing(|limit| limit / std_dev),
        std_dev,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_correction_of_two_degrees_of_freedom_is_known() {
        // Γ(1) / Γ(½) = 1 / √π.
        let want = 1.0 / std::f64::consts::PI.sqrt();
        assert!((correction(2.0) - want).abs() < 1e-15);
        // J = 1 − 3/(4m) + 9/(32 m²) …: at a million it is 1 less 7.5e-7.
        assert!((correction(1e6) - (1.0 - 0.75e-6)).abs() < 1e-8);
    }

    #[test]
    fn what_has_no_standard_deviation_says_so() {
        let level = ConfidenceLevel::new(0.95).unwrap();
        let of = |intervention: &[f64], control: &[f64]| {
            hedges_g(TwoArm { intervention, control }, level).unwrap_err()
        };
        assert_eq!(of(&[], &[1.0]), EmptyArm { arm: Arm::Intervention }.into());
        assert_eq!(of(&[1.0, 2.0], &[1.0]), BalanceError::SingleValue { arm: Arm::Control });
        assert_eq!(of(&[0.1; 7], &[0.3; 3]), BalanceError::NoVariation);
        let interval = Interval { lower: 0.0, upper: 2.0 };
        for std_dev in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(per_standard_deviation((1.0, 0.5), interval, std_dev).is_err());
        }
        let half = per_standard_deviation((1.0, 0.5), interval, 2.0).unwrap();
        assert_eq!((half.estimate, half.std_error, half.interval.upper), (0.5, 0.25, 1.0));
    }
}
