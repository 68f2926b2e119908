//! Lee's bounds on an effect on an outcome that only some participants have.

use thiserror::Error;

use super::proportion::{EmptyArm, arm_name};
use crate::numeric::distribution::normal;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::root::of_increasing;
use crate::numeric::sum::sum;
use crate::trial::arm::{Arm, TwoArm};

/// A standard error below this share of the outcomes' range is rounding.
const ROUNDING: f64 = 1e-12;

/// Why there are no bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LeeError {
    /// The slices differ in length.
    #[error("{arms} arms, {outcomes} outcomes and {cells} cells")]
    Lengths {
        /// Arms given.
        arms: usize,
        /// Outcomes given.
        outcomes: usize,
        /// Cells given; as many as arms where there are none to give.
        cells: usize,
    },
    /// An outcome is NaN or infinite.
    #[error("the outcome of participant {position} is not a finite number")]
    NotFinite {
        /// The participant.
        position: usize,
    },
    /// A cell is not below the number of cells.
    #[error("participant {position} is in cell {cell}, but there are {n_cells}")]
    Cell {
        /// The participant.
        position: usize,
        /// The cell given.
        cell: usize,
        /// Number of cells.
        n_cells: usize,
    },
    /// An arm has nobody in it.
    #[error(transparent)]
    EmptyArm(#[from] EmptyArm),
    /// A cell has outcomes in one arm, and nobody at all in the other: nothing bounds them.
    #[error("a cell has no participants in the {} arm", arm_name(*.arm))]
    CellWithOneArm {
        /// The cell.
        cell: usize,
        /// The arm without participants.
        arm: Arm,
    },
    /// Nobody in an arm has the outcome.
    #[error("nobody in the {} arm has the outcome", arm_name(*.arm))]
    NobodySelected {
        /// The arm.
        arm: Arm,
    },
    /// No cell has somebody with the outcome in both arms.
    #[error("no cell has the outcome in both arms")]
    NoCellWithBoth,
}

/// Why bounds have no standard errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoBoundsInference {
    /// One participant, or less once trimmed, has no variance.
    #[error("too few participants with the outcome in the {} arm", arm_name(*.arm))]
    TooFew {
        /// The arm.
        arm: Arm,
    },
    /// The standard errors are 0.
    #[error("the outcomes do not vary within the arms")]
    NoVariation,
}

/// The arm whose outcomes are trimmed, and by how much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trimming {
    /// The arm in which the outcome is more often there.
    pub arm: Arm,
    /// The share of that arm's outcomes trimmed, p = 1 − smaller / larger selection rate.
    pub share: f64,
}

/// How sure bounds are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundsInference {
    /// Standard error of the lower bound.
    pub lower_std_error: f64,
    /// Standard error of the upper bound.
    pub upper_std_error: f64,
    /// Imbens and Manski's c, between the normal's one-sided and two-sided quantile.
    pub critical_value: f64,
    /// Imbens and Manski's interval, which holds the effect (not all of the bounds) with the level's
    /// probability.
    pub interval: Interval,
}

/// Bounds on the effect among those who would have the outcome in either arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeeBounds {
    /// Lower bound, intervention − control, in the outcome's unit.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
    /// Which arm is trimmed; none where the outcome is there equally often, and the bounds meet.
    pub trimming: Option<Trimming>,
    /// Participants randomised.
    pub randomised: TwoArm<usize>,
    /// Participants with the outcome.
    pub selected: TwoArm<usize>,
    /// Standard errors and interval; a reason where there are none.
    pub inference: Result<BoundsInference, NoBoundsInference>,
}

/// Bounds the effect on an outcome that is defined, or known, for some participants only.
///
/// A wage exists for those who work, an answer for those who answer: comparing them between arms
/// compares different people if the arm changes who they are. Lee's bounds hold for the effect
/// among the always-selected, who would have the outcome in either arm. They need randomisation and
/// monotone selection: the arm may move people into having the outcome or out of it, not both. In
/// which direction is decided by the observed rates.
///
/// ```text
/// sₐ    = mₐ / nₐ,       p = 1 − s_u / s_t          t the arm with the larger rate, u the other
/// K     = m_t (1 − p) = n_t m_u / n_u               outcomes kept in t
/// mean of the K smallest, and of the K largest, in t;  all in u
/// ```
///
/// nₐ are randomised and mₐ have the outcome (`Some`). K is seldom whole: the marginal outcome
/// counts with the weight K − ⌊K⌋. So exactly the share p is trimmed, and tied outcomes need no
/// rule, as it does not matter which of them is taken. Stata's `leebounds` trims at a quantile of
/// the outcomes instead, and drops or keeps whole observations: the two differ by up to one
/// observation, and by more where outcomes are tied at the quantile.
///
/// Standard errors are Lee's. For the mean μ of the outcomes kept in t, q the marginal outcome (the
/// last that is kept, if in part) and v the variance of those kept (divisor K − 1):
///
/// ```text
/// Var μ = v/K + (q − μ)² p/K + (q − μ)² ((1 − s_t)/m_t + (1 − s_u)/m_u)
/// ```
///
/// to which `v_u` / `m_u` of the other arm is added. The second term is there because the quantile is
/// estimated, the third because the share is. They suppose a share above 0. With equal rates
/// nothing is trimmed, and the standard error is that of a difference of means: too small, as it
/// takes the share for known.
///
/// Imbens and Manski's interval is (lower − c σₗ, upper + c σᵤ), with c the solution of
/// Φ(c + (upper − lower) / max(σₗ, σᵤ)) − Φ(−c) = level. It supposes that the width is estimated
/// very well wherever it is near 0; Stoye shows that bounds which are ordered by construction, as
/// these are, meet that.
///
/// Regions are pooled: right where each allocates with the same probability. Where they do not, the
/// arms hold different shares of each region, and only
/// [`tightened_lee_bounds`](super::tightened_lee_bounds::tightened_lee_bounds) within regions are
/// bounds on the effect.
///
/// # Errors
///
/// [`LeeError`]; [`NoBoundsInference`], inside the result, where only the standard errors are
/// missing.
///
/// # References
///
/// - Lee DS (2009). *Review of Economic Studies* 76:1071–1102, propositions 1a and 3.
/// - Imbens GW, Manski CF (2004). *Econometrica* 72:1845–1857.
/// - Stoye J (2009). *Econometrica* 77:1299–1315.
/// - Tauchmann H (2014). *Stata Journal* 14:884–894.
/// - Agrees with a Python script from the papers; see `tests/reference/python/lee_bounds.py`,
///   which also holds the standard errors against a bootstrap.
pub fn lee_bounds(
    arms: &[Arm],
    outcomes: &[Option<f64>],
    level: ConfidenceLevel,
) -> Result<LeeBounds, LeeError> {
    check(arms, outcomes, arms.len())?;
    let members = Members::of(arms.iter().copied().zip(outcomes.iter().copied()));
    for arm in Arm::BOTH {
        if *members.randomised.get(arm) == 0 {
            return Err(EmptyArm { arm }.into());
        }
        if members.outcomes.get(arm).is_empty() {
            return Err(LeeError::NobodySelected { arm });
        }
    }
    let parts = Parts::of(&members);
    let inference = parts.lower.variance(&parts).and_then(|lower| {
        let variances = (lower, parts.upper.variance(&parts)?);
        infer((parts.lower.bound, parts.upper.bound), variances, members.range(), level)
    });
    Ok(LeeBounds {
        lower: parts.lower.bound,
        upper: parts.upper.bound,
        trimming: parts.trimming,
        randomised: members.randomised,
        selected: members.selected(),
        inference,
    })
}

pub(super) fn check(arms: &[Arm], outcomes: &[Option<f64>], cells: usize) -> Result<(), LeeError> {
    if arms.len() != outcomes.len() || arms.len() != cells {
        return Err(LeeError::Lengths { arms: arms.len(), outcomes: outcomes.len(), cells });
    }
    let not_finite = |outcome: &Option<f64>| outcome.is_some_and(|y| !y.is_finite());
    match outcomes.iter().position(not_finite) {
        Some(position) => Err(LeeError::NotFinite { position }),
        None => Ok(()),
    }
}

/// Participants of both arms, and their outcomes in increasing order.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    pub(super) randomised: TwoArm<usize>,
    outcomes: TwoArm<Vec<f64>>,
}

impl Members {
    fn of(members: impl IntoIterator<Item = (Arm, Option<f64>)>) -> Self {
        let mut all = Self::default();
        members.into_iter().for_each(|(arm, outcome)| all.add(arm, outcome));
        all.sort();
        all
    }

    pub(super) fn add(&mut self, arm: Arm, outcome: Option<f64>) {
        *self.randomised.get_mut(arm) += 1;
        self.outcomes.get_mut(arm).extend(outcome);
    }

    pub(super) fn sort(&mut self) {
        for arm in Arm::BOTH {
            self.outcomes.get_mut(arm).sort_by(f64::total_cmp);
        }
    }

    pub(super) fn n(&self) -> usize {
        self.randomised.intervention + self.randomised.control
    }

    pub(super) fn selected(&self) -> TwoArm<usize> {
        self.outcomes.as_ref().map(Vec::len)
    }

    /// The larger of the arms' ranges.
    pub(super) fn range(&self) -> f64 {
        let of = |values: &Vec<f64>| Some(values.last()? - values.first()?);
        let ranges = self.outcomes.as_ref().map(|values| of(values).unwrap_or(0.0));
        ranges.intervention.max(ranges.control)
    }

    /// The arm in which the outcome is more often there; none where equally often.
    fn trimmed_arm(&self) -> Option<Arm> {
        let (n, m) = (self.randomised, self.selected());
        // m₁/n₁ against m₀/n₀ in whole numbers.
        let cross = |m: usize, n: usize| m as u128 * n as u128;
        match cross(m.intervention, n.control).cmp(&cross(m.control, n.intervention)) {
            std::cmp::Ordering::Greater => Some(Arm::Intervention),
            std::cmp::Ordering::Less => Some(Arm::Control),
            std::cmp::Ordering::Equal => None,
        }
    }
}

/// The smaller selection rate and the relative variances (1 − s)/m of both rates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub(super) kept: f64,
    pub(super) kept_variance: f64,
    pub(super) trimmed_variance: f64,
}

/// Both bounds of participants who have the outcome in both arms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    pub(super) trimming: Option<Trimming>,
    pub(super) rates: Rates,
    pub(super) lower: Side,
    pub(super) upper: Side,
}

/// One bound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub(super) bound: f64,
    /// Its variance were the selection rates known.
    pub(super) within: Result<f64, NoBoundsInference>,
    /// Its derivative in the logarithm of the smaller rate, and in that of the larger one but for
    /// the sign.
    pub(super) pull: f64,
}

impl Side {
    fn variance(&self, parts: &Parts) -> Result<f64, NoBoundsInference> {
        let of_rates = parts.rates.kept_variance + parts.rates.trimmed_variance;
        Ok(self.within? + self.pull * self.pull * of_rates)
    }
}

impl Parts {
    /// Both arms must have outcomes.
    pub(super) fn of(members: &Members) -> Self {
        let (n, m) = (members.randomised, members.selected());
        let trimmed_arm = members.trimmed_arm();
        let trimmed = trimmed_arm.unwrap_or(Arm::Intervention);
        let other = if trimmed == Arm::Intervention { Arm::Control } else { Arm::Intervention };
        let rate = |arm: Arm| *m.get(arm) as f64 / *n.get(arm) as f64;
        let relative = |arm: Arm| {
            (*n.get(arm) - *m.get(arm)) as f64 / (*n.get(arm) as f64 * *m.get(arm) as f64)
        };
        // K = n_t m_u / n_u outcomes are kept.
        let (product, divisor) = (*n.get(trimmed) as u128 * *m.get(other) as u128, *n.get(other));
        let whole = usize::try_from(product / divisor as u128).unwrap_or(usize::MAX);
        let part = (product % divisor as u128) as f64 / divisor as f64;
        let share = 1.0 - (whole as f64 + part) / *m.get(trimmed) as f64;
        let of_other = Kept::all(members.outcomes.get(other));
        let sign = if trimmed == Arm::Intervention { 1.0 } else { -1.0 };
        let side = |kept: Kept| {
            let distance = kept.marginal - kept.mean;
            let pull = if trimmed_arm.is_some() { distance } else { 0.0 };
            let within = kept.variance_of_mean.ok_or(NoBoundsInference::TooFew { arm: trimmed });
            let known = of_other.variance_of_mean.ok_or(NoBoundsInference::TooFew { arm: other });
            Side {
                bound: sign * (kept.mean - of_other.mean),
                within: within.and_then(|v| Ok(v + pull * pull * share / kept.n + known?)),
                pull: sign * pull,
            }
        };
        let values = members.outcomes.get(trimmed);
        let smallest = side(Kept::first(values.iter().copied(), whole, part));
        let largest = side(Kept::first(values.iter().rev().copied(), whole, part));
        let (lower, upper) = if sign > 0.0 { (smallest, largest) } else { (largest, smallest) };
        let rates = Rates {
            kept: rate(other),
            kept_variance: relative(other),
            trimmed_variance: relative(trimmed),
        };
        Self { trimming: trimmed_arm.map(|arm| Trimming { arm, share }), rates, lower, upper }
    }
}

/// The mean of the outcomes that are kept.
#[derive(Clone, Copy, Debug)]
struct Kept {
    n: f64,
    mean: f64,
    /// The last outcome that counts, if in part.
    marginal: f64,
    /// Variance (divisor n − 1) over n; none of one outcome or less.
    variance_of_mean: Option<f64>,
}

impl Kept {
    fn all(values: &[f64]) -> Self {
        Self::first(values.iter().copied(), values.len(), 0.0)
    }

    /// The first `whole` values, and the next with the weight `part`.
    fn first(values: impl Iterator<Item = f64> + Clone, whole: usize, part: f64) -> Self {
        let weights = std::iter::repeat_n(1.0, whole).chain((part > 0.0).then_some(part));
        let kept = values.zip(weights);
        let n = whole as f64 + part;
        let mean = sum(kept.clone().map(|(y, weight)| weight * y)) / n;
        let squares = sum(kept.clone().map(|(y, weight)| weight * (y - mean) * (y - mean)));
        let marginal = kept.last().map_or(mean, |(y, _)| y);
        let variance_of_mean = (n > 1.0).then(|| squares / (n - 1.0) / n);
        Self { n, mean, marginal, variance_of_mean }
    }
}

pub(super) fn infer(
    (lower, upper): (f64, f64),
    variances: (f64, f64),
    range: f64,
    level: ConfidenceLevel,
) -> Result<BoundsInference, NoBoundsInference> {
    let (lower_std_error, upper_std_error) = (variances.0.sqrt(), variances.1.sqrt());
    let larger = lower_std_error.max(upper_std_error);
    if larger <= ROUNDING * range || larger <= 0.0 {
        return Err(NoBoundsInference::NoVariation);
    }
    let width = (upper - lower).max(0.0) / larger;
    let holds = |c: f64| normal::cdf(c + width) - normal::cdf(-c);
    let critical_value = of_increasing(holds, level.get(), (0.0, 1.0), 1e-15);
    Ok(BoundsInference {
        lower_std_error,
        upper_std_error,
        critical_value,
        interval: Interval {
            lower: lower - critical_value * lower_std_error,
            upper: upper + critical_value * upper_std_error,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const I: Arm = Arm::Intervention;
    const C: Arm = Arm::Control;

    fn level() -> ConfidenceLevel {
        ConfidenceLevel::new(0.95).unwrap()
    }

    fn bounds(arms: &[Arm], outcomes: &[Option<f64>]) -> Result<LeeBounds, LeeError> {
        lee_bounds(arms, outcomes, level())
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        assert_eq!(bounds(&[], &[]), Err(EmptyArm { arm: I }.into()));
        let lengths = LeeError::Lengths { arms: 1, outcomes: 0, cells: 1 };
        assert_eq!(bounds(&[I], &[]), Err(lengths));
        let nobody = LeeError::NobodySelected { arm: C };
        assert_eq!(bounds(&[I, C], &[Some(1.0), None]), Err(nobody));
        let nan = bounds(&[I, C], &[Some(1.0), Some(f64::NAN)]);
        assert_eq!(nan, Err(LeeError::NotFinite { position: 1 }));
    }

    #[test]
    fn a_fraction_of_the_marginal_outcome_is_trimmed() {
        // Of 4 and 3 randomised 4 and 2 have the outcome: 8/3 of 4 are kept.
        let y = [1.0, 2.0, 3.0, 10.0, 0.0, 4.0].map(Some);
        let got = bounds(&[I, I, I, I, C, C, C], &[&y[..], &[None]].concat()).unwrap();
        let lowest = (1.0 + 2.0 + 3.0 * 2.0 / 3.0) / (8.0 / 3.0);
        let highest = (10.0 + 3.0 + 2.0 * 2.0 / 3.0) / (8.0 / 3.0);
        assert!((got.lower - (lowest - 2.0)).abs() < 1e-14, "{got:?}");
        assert!((got.upper - (highest - 2.0)).abs() < 1e-14, "{got:?}");
        let trimming = got.trimming.unwrap();
        assert!(trimming.arm == I && (trimming.share - 1.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn exchanging_arms_exchanges_bounds() {
        let y = [Some(1.0), Some(2.5), Some(3.0), Some(9.0), Some(0.0), Some(4.0), None, None];
        let arms = [I, I, I, I, C, C, C, I];
        let exchanged = arms.map(|arm| if arm == I { C } else { I });
        let (a, b) = (bounds(&arms, &y).unwrap(), bounds(&exchanged, &y).unwrap());
        assert_eq!((a.lower, a.upper), (-b.upper, -b.lower));
        let (a, b) = (a.inference.unwrap(), b.inference.unwrap());
        assert_eq!((a.lower_std_error, a.upper_std_error), (b.upper_std_error, b.lower_std_error));
    }

    #[test]
    fn equal_rates_leave_a_difference_of_means() {
        let y = [Some(1.0), Some(3.0), None, Some(2.0), Some(6.0), None];
        let got = bounds(&[I, I, I, C, C, C], &y).unwrap();
        assert_eq!((got.lower, got.upper, got.trimming), (-2.0, -2.0, None));
        let inference = got.inference.unwrap();
        assert!((inference.lower_std_error - 5.0_f64.sqrt()).abs() < 1e-14);
        assert!((inference.critical_value - level().z()).abs() < 1e-12);
    }

    #[test]
    fn bounds_may_lack_standard_errors() {
        let one = bounds(&[I, I, C], &[Some(1.0), Some(2.0), Some(0.0)]).unwrap();
        assert_eq!(one.inference, Err(NoBoundsInference::TooFew { arm: C }));
        let same = bounds(&[I, I, C, C], &[Some(0.1); 4]).unwrap();
        assert_eq!(same.inference, Err(NoBoundsInference::NoVariation));
    }
}
