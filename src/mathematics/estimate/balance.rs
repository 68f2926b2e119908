//! Table 1: what each arm was like at baseline, and how far the arms are apart.

use ndarray::{Array1, Array2};
use thiserror::Error;

use super::proportion::EmptyArm;
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::numeric::distribution::student_t;
use crate::numeric::quantile::{of_sorted, sorted};
use crate::numeric::sum::{mean, sample_variance, sum};
use crate::numeric::symmetric::{NotPositiveDefinite, wald_statistic};
use crate::trial::arm::{Arm, TwoArm};

/// A numeric covariate in one arm, in its own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumericSummary {
    /// Values that are there.
    pub n: usize,
    /// Values that are missing.
    pub missing: usize,
    /// What those values are like; none where all are missing.
    pub values: Option<Spread>,
}

/// Location and spread of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation, divisor n − 1; none of a single value.
    pub std_dev: Option<f64>,
    /// Smallest value.
    pub smallest: f64,
    /// First quartile, type 2.
    pub lower_quartile: f64,
    /// Median, type 2.
    pub median: f64,
    /// Third quartile, type 2.
    pub upper_quartile: f64,
    /// Largest value.
    pub largest: f64,
}

/// Describes a numeric covariate; a missing value is `None`.
///
/// Quartiles are of type 2, a function of the empirical distribution, as Stata's
/// `summarize, detail` gives them: see [`of_sorted`]. R's `summary` shows type 7.
///
/// # References
///
/// - Agrees with R's `mean`, `sd` and `quantile(type = 2)`; see `tests/reference/r/balance.R`.
pub fn numeric_summary(values: &[Option<f64>]) -> NumericSummary {
    let present: Vec<f64> = values.iter().copied().flatten().collect();
    let order = sorted(&present);
    let spread = |mean| {
        Some(Spread {
            mean,
            std_dev: sample_variance(&present).map(f64::sqrt),
            smallest: *order.first()?,
            lower_quartile: of_sorted(&order, 0.25)?,
            median: of_sorted(&order, 0.5)?,
            upper_quartile: of_sorted(&order, 0.75)?,
            largest: *order.last()?,
        })
    };
    NumericSummary {
        n: present.len(),
        missing: values.len() - present.len(),
        values: mean(&present).and_then(spread),
    }
}

/// A categorical covariate in one arm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelCounts {
    /// Participants with each level.
    pub counts: Vec<u64>,
    /// Participants whose level is missing.
    pub missing: u64,
}

impl LevelCounts {
    /// Counts levels numbered from 0; none where one is `n_levels` or above.
    pub fn of(levels: &[Option<usize>], n_levels: usize) -> Option<Self> {
        let mut counts = Self { counts: vec![0; n_levels], missing: 0 };
        for level in levels {
            match level {
                Some(level) => *counts.counts.get_mut(*level)? += 1,
                None => counts.missing += 1,
            }
        }
        Some(counts)
    }

    /// Participants whose level is known.
    pub fn n(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Share of each level among those known; none where none is.
    pub fn proportions(&self) -> Option<Vec<f64>> {
        let n = self.n();
        (n > 0).then(|| self.counts.iter().map(|&count| count as f64 / n as f64).collect())
    }
}

/// Why a covariate has no standardised difference or test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BalanceError {
    /// An arm has no values.
    #[error(transparent)]
    EmptyArm(#[from] EmptyArm),
    /// A single value has no variance.
    #[error("a single value in an arm")]
    SingleValue {
        /// The arm; the intervention where it is so of both.
        arm: Arm,
    },
    /// The values do not vary within the arms.
    #[error("the values do not vary within the arms")]
    NoVariation,
    /// No level is seen in both arms: they are infinitely far apart.
    #[error("no level is seen in both arms")]
    NoSharedLevel,
    /// The arms' lists of levels differ in length.
    #[error("{intervention} levels in one arm and {control} in the other")]
    Levels {
        /// Levels of the intervention arm.
        intervention: usize,
        /// Levels of the control arm.
        control: usize,
    },
}

/// Standardised mean difference of a numeric covariate, without unit.
///
/// ```text
/// d = (m₁ − m₀) / √((s₁² + s₀²) / 2)
/// ```
///
/// m and s² are the arms' means and sample variances (divisor n − 1), 1 the intervention. The
/// denominator does not depend on the arms' sizes. Values missing are to be left out beforehand.
///
/// # Errors
///
/// [`BalanceError::EmptyArm`], [`BalanceError::SingleValue`] and, where both variances are 0,
/// [`BalanceError::NoVariation`].
///
/// # References
///
/// - Austin PC (2009). *Statistics in Medicine* 28:3083–3107.
/// - Agrees with the formula in R; see `tests/reference/r/balance.R`.
pub fn standardised_difference(values: TwoArm<&[f64]>) -> Result<f64, BalanceError> {
    let Moments { difference, variances, .. } = Moments::of(values)?;
    let pooled = f64::midpoint(variances.intervention, variances.control);
    Ok(difference / pooled.sqrt())
}

/// What the comparison of two means needs.
struct Moments {
    difference: f64,
    variances: TwoArm<f64>,
    sizes: TwoArm<f64>,
}

impl Moments {
    fn of(values: TwoArm<&[f64]>) -> Result<Self, BalanceError> {
        let mean_of = |arm: Arm| mean(values.get(arm)).ok_or(EmptyArm { arm });
        let difference = mean_of(Arm::Intervention)? - mean_of(Arm::Control)?;
        let variance_of =
            |arm: Arm| sample_variance(values.get(arm)).ok_or(BalanceError::SingleValue { arm });
        let variances = TwoArm {
            intervention: variance_of(Arm::Intervention)?,
            control: variance_of(Arm::Control)?,
        };
        let varies =
            |arm: Arm| values.get(arm).iter().any(|x| x.total_cmp(&values.get(arm)[0]).is_ne());
        if !varies(Arm::Intervention) && !varies(Arm::Control) {
            return Err(BalanceError::NoVariation);
        }
        Ok(Self { difference, variances, sizes: values.map(|arm| arm.len() as f64) })
    }
}

fn shares(levels: TwoArm<&LevelCounts>) -> Result<TwoArm<Vec<f64>>, BalanceError> {
    let (intervention, control) = (levels.intervention.counts.len(), levels.control.counts.len());
    if intervention != control {
        return Err(BalanceError::Levels { intervention, control });
    }
    let of = |arm: Arm| levels.get(arm).proportions().ok_or(EmptyArm { arm });
    Ok(TwoArm { intervention: of(Arm::Intervention)?, control: of(Arm::Control)? })
}

/// Standardised difference of each level's share: (p₁ − p₀) / √((p₁ q₁ + p₀ q₀) / 2), q = 1 − p.
///
/// A level that nobody or everybody has in both arms has none; one that everybody has in one arm
/// and nobody in the other neither.
///
/// # Errors
///
/// [`BalanceError`] for all levels where an arm is empty, and inside for one level.
///
/// # References
///
/// - Austin PC (2009). *Statistics in Medicine* 28:3083–3107.
pub fn level_differences(
    levels: TwoArm<&LevelCounts>,
) -> Result<Vec<Result<f64, BalanceError>>, BalanceError> {
    let TwoArm { intervention, control } = shares(levels)?;
    let difference = |(p1, p0): (f64, f64)| {
        let variance = f64::midpoint(p1 * (1.0 - p1), p0 * (1.0 - p0));
        if variance > 0.0 {
            Ok((p1 - p0) / variance.sqrt())
        } else {
            Err(BalanceError::NoVariation)
        }
    };
    Ok(intervention.into_iter().zip(control).map(difference).collect())
}

/// Standardised difference of a categorical covariate as a whole, without unit and not negative.
///
/// ```text
/// d = √((p₁ − p₀)' S⁻¹ (p₁ − p₀)),   S = (S₁ + S₀)/2,   S_a = diag(p_a) − p_a p_a'
/// ```
///
/// `p_a` are the shares of all levels but one in arm a. Levels seen in neither arm are left out, and
/// it does not matter which is left out beside them: S is then invertible, and d what a
/// generalised inverse over all levels gives, unless the arms share no level. Of two levels d is
/// the absolute value of each [`level_differences`].
///
/// # Errors
///
/// [`BalanceError::EmptyArm`]; [`BalanceError::NoVariation`] where all have one level;
/// [`BalanceError::NoSharedLevel`].
///
/// # References
///
/// - Yang D, Dalton JE (2012). *SAS Global Forum* 335-2012.
/// - Agrees with the formula with `MASS::ginv` over all levels; see `tests/reference/r/balance.R`.
pub fn categorical_difference(levels: TwoArm<&LevelCounts>) -> Result<f64, BalanceError> {
    let TwoArm { intervention, control } = shares(levels)?;
    let seen: Vec<(f64, f64)> =
        intervention.into_iter().zip(control).filter(|(p1, p0)| p1 + p0 > 0.0).collect();
    if seen.len() < 2 {
        return Err(BalanceError::NoVariation);
    }
    if !seen.iter().any(|&(p1, p0)| p1 > 0.0 && p0 > 0.0) {
        return Err(BalanceError::NoSharedLevel);
    }
    let kept = &seen[1..];
    let apart: Array1<f64> = kept.iter().map(|(p1, p0)| p1 - p0).collect();
    let covariance = Array2::from_shape_fn((kept.len(), kept.len()), |(i, j)| {
        let ((a1, a0), (b1, b0)) = (kept[i], kept[j]);
        let own = if i == j { a1 + a0 } else { 0.0 };
        (own - a1 * b1 - a0 * b0) / 2.0
    });
    match wald_statistic(apart.view(), covariance.view()) {
        Ok(square) => Ok(square.sqrt()),
        Err(NotPositiveDefinite::Row { .. } | NotPositiveDefinite::Shape { .. }) => {
            Err(BalanceError::NoSharedLevel)
        }
    }
}

/// Welch's test of equal means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WelchTest {
    /// t.
    pub statistic: f64,
    /// Satterthwaite's degrees of freedom, seldom a whole number.
    pub df: f64,
    /// Two-sided p-value.
    pub p_value: f64,
}

/// Tests equal means without assuming equal variances.
///
/// ```text
/// t = (m₁ − m₀) / √(v₁ + v₀),   v = s²/n,   df = (v₁ + v₀)² / (v₁²/(n₁ − 1) + v₀²/(n₀ − 1))
/// ```
///
/// After randomisation the hypothesis is true by design: Table 1 has no p-values unless the plan
/// asks for them.
///
/// # Errors
///
/// As [`standardised_difference`].
///
/// # References
///
/// - Welch BL (1947). *Biometrika* 34:28–35.
/// - Agrees with R's `t.test`; see `tests/reference/r/balance.R`.
pub fn welch_t_test(values: TwoArm<&[f64]>) -> Result<WelchTest, BalanceError> {
    let Moments { difference, variances, sizes } = Moments::of(values)?;
    let v1 = variances.intervention / sizes.intervention;
    let v0 = variances.control / sizes.control;
    // As shares, whose squares neither overflow nor vanish.
    let (share1, share0) = (v1 / (v1 + v0), v0 / (v1 + v0));
    let df = 1.0
        / (share1 * share1 / (sizes.intervention - 1.0) + share0 * share0 / (sizes.control - 1.0));
    let statistic = difference / (v1 + v0).sqrt();
    Ok(WelchTest { statistic, df, p_value: student_t::two_sided_p(statistic, df) })
}

/// Tests equal shares of all levels with Pearson's χ², without continuity correction.
///
/// ```text
/// χ² = Σ (O − E)² / E   over arms and levels,   (levels seen − 1) degrees of freedom
/// ```
///
/// E are the counts expected from the margins. As for [`welch_t_test`], only where asked for.
///
/// # Errors
///
/// [`BalanceError::EmptyArm`]; [`BalanceError::NoVariation`] where all have one level.
///
/// # References
///
/// - Agrees with R's `chisq.test(correct = FALSE)`; see `tests/reference/r/balance.R`.
pub fn pearson_levels(levels: TwoArm<&LevelCounts>) -> Result<ChiSquaredTest, BalanceError> {
    shares(levels)?;
    let sizes = levels.map(|arm| arm.n() as f64);
    let all = sizes.intervention + sizes.control;
    let pairs = levels.intervention.counts.iter().zip(&levels.control.counts);
    let seen: Vec<TwoArm<f64>> = pairs
        .filter(|(x1, x0)| **x1 + **x0 > 0)
        .map(|(&x1, &x0)| TwoArm { intervention: x1 as f64, control: x0 as f64 })
        .collect();
    if seen.len() < 2 {
        return Err(BalanceError::NoVariation);
    }
    let parts = seen.iter().flat_map(|observed| {
        let total = observed.intervention + observed.control;
        Arm::BOTH.map(|arm| {
            let expected = total * sizes.get(arm) / all;
            let off = observed.get(arm) - expected;
            off * off / expected
        })
    });
    Ok(ChiSquaredTest::new(sum(parts), seen.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(intervention: &[u64], control: &[u64]) -> TwoArm<LevelCounts> {
        let of = |counts: &[u64]| LevelCounts { counts: counts.to_vec(), missing: 0 };
        TwoArm { intervention: of(intervention), control: of(control) }
    }

    #[test]
    fn nothing_to_describe_is_said_so() {
        let none = numeric_summary(&[None, None]);
        assert_eq!(none, NumericSummary { n: 0, missing: 2, values: None });
        let one = numeric_summary(&[Some(3.0), None]).values.unwrap();
        assert_eq!((one.median, one.std_dev), (3.0, None));
        assert_eq!(LevelCounts::of(&[Some(2)], 2), None);
        let some = LevelCounts::of(&[Some(1), None, Some(1)], 2).unwrap();
        assert_eq!(some, LevelCounts { counts: vec![0, 2], missing: 1 });
    }

    #[test]
    fn differences_that_are_not_defined_give_their_reason() {
        let of = |a: &[f64], b: &[f64]| {
            standardised_difference(TwoArm { intervention: a, control: b }).unwrap_err()
        };
        let control = Arm::Control;
        assert_eq!(of(&[1.0, 2.0], &[]), EmptyArm { arm: control }.into());
        assert_eq!(of(&[1.0, 2.0], &[1.0]), BalanceError::SingleValue { arm: control });
        assert_eq!(of(&[0.1; 7], &[0.3; 3]), BalanceError::NoVariation);
        let whole = |a, b| categorical_difference(counts(a, b).as_ref()).unwrap_err();
        assert_eq!(whole(&[3, 0], &[0, 4]), BalanceError::NoSharedLevel);
        assert_eq!(whole(&[3, 2, 0], &[0, 0, 4]), BalanceError::NoSharedLevel);
        assert_eq!(whole(&[3, 0], &[4, 0]), BalanceError::NoVariation);
        assert_eq!(whole(&[0, 0], &[4, 0]), EmptyArm { arm: Arm::Intervention }.into());
        let levels = BalanceError::Levels { intervention: 2, control: 1 };
        assert_eq!(whole(&[3, 0], &[4]), levels);
    }
}
