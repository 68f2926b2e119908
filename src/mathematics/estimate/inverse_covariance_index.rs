//! One index of several outcomes, each weighed by what it adds to the others.

use ndarray::Array2;
use thiserror::Error;

use crate::numeric::sum::{mean, sample_variance, sum};
use crate::numeric::symmetric::{Cholesky, NotPositiveDefinite};
use crate::trial::arm::Arm;

/// A standard deviation below this share of the outcome's largest value is rounding.
const ROUNDING: f64 = 1e-12;

/// Which direction of an outcome is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    More,
    /// Less is better: the sign is changed.
    Less,
}

/// An outcome of all participants.
#[derive(Clone, Copy, Debug)]
pub struct IndexOutcome<'a> {
    /// One value a participant, in any unit; none where it is missing.
    pub values: &'a [Option<f64>],
    /// Its better direction.
    pub better: Better,
}

/// Why there is no index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IndexError {
    /// There are no outcomes.
    #[error("no outcomes")]
    NoOutcomes,
    /// An outcome has more or fewer values than there are participants.
    #[error("outcome {outcome} has {found} values, and there are {expected} participants")]
    Length {
        /// The outcome, from 0.
        outcome: usize,
        /// Its length.
        found: usize,
        /// Participants.
        expected: usize,
    },
    /// A value is NaN or infinite.
    #[error("outcome {outcome} of participant {position} is not a finite number")]
    NotFinite {
        /// The outcome, from 0.
        outcome: usize,
        /// The participant, from 0.
        position: usize,
    },
    /// An outcome has fewer than two values in the control arm.
    #[error("outcome {outcome} has fewer than two values in the control arm")]
    TooFewInControl {
        /// The outcome, from 0.
        outcome: usize,
    },
    /// An outcome does not vary in the control arm.
    #[error("outcome {outcome} does not vary in the control arm")]
    ConstantInControl {
        /// The outcome, from 0.
        outcome: usize,
    },
    /// Nobody, or one participant, has both of two outcomes.
    #[error("fewer than two participants have both outcome {first} and outcome {second}")]
    NeverTogether {
        /// The one outcome, from 0.
        first: usize,
        /// The other.
        second: usize,
    },
    /// The covariance has no inverse: the outcomes before one determine it, or pairs of outcomes
    /// that different people have contradict each other.
    #[error("outcome {outcome} adds nothing to the outcomes before it")]
    Singular {
        /// The outcome, from 0.
        outcome: usize,
    },
    /// The index itself does not vary in the control arm.
    #[error("the index does not vary in the control arm")]
    ConstantIndex,
}

/// The index and how it is made.
#[derive(Clone, Debug, PartialEq)]
pub struct InverseCovarianceIndex {
    /// The index of each participant, with mean 0 and standard deviation 1 in the control arm; none
    /// where all outcomes are missing, or the weights of those that are there sum to 0 or less.
    pub values: Vec<Option<f64>>,
    /// The weight of each outcome, in their order; their sum is 1, and some may be negative.
    pub weights: Vec<f64>,
    /// Participants with all outcomes.
    pub n_complete: usize,
    /// Participants with some outcomes whose weights sum to 0 or less, and so without an index.
    pub n_without_weight: usize,
    /// The weighted mean's average in the control arm, which is taken off.
    pub centre: f64,
    /// The weighted mean's standard deviation in the control arm, by which it is divided.
    pub scale: f64,
}

/// Makes one index of several outcomes, weighed by the inverse of their covariance.
///
/// ```text
/// zᵢₖ = ± (yᵢₖ − mₖ) / sₖ             mₖ, sₖ: mean and standard deviation in the control arm
/// wₖ  = Σₗ (Σ⁻¹)ₖₗ / Σₖₗ (Σ⁻¹)ₖₗ      Σ: covariance of the z of all participants, both arms
/// xᵢ  = Σₖ wₖ zᵢₖ / Σₖ wₖ             over the outcomes that participant i has
/// index = (xᵢ − mean of x) / standard deviation of x, both in the control arm
/// ```
///
/// The sign turns the outcome so that more is better. An outcome that says much the same as others
/// has little weight. Σ is pairwise: each element comes from the participants who have both of its
/// outcomes, around their own means, with divisor n − 1; where nothing is missing it is the
/// ordinary covariance. A missing outcome is left out of the participant's mean, and the weights of
/// the others are scaled up: nothing is imputed. The effect of an arm on the index is in standard
/// deviations of the control arm's index.
///
/// Rescaling to the control arm's mean and standard deviation is that of Stata's `swindex`. Weights,
/// means and standard deviations are estimates, but a standard error of an effect on the index takes
/// them as known.
///
/// # Errors
///
/// [`IndexError`], naming the first outcome that is in the way.
///
/// # References
///
/// - Anderson ML (2008). *Journal of the American Statistical Association* 103:1481–1495.
/// - Schwab B, Janzen S, Magnan NP, Thompson WM (2020). *Stata Journal* 20:952–964: `swindex` with
///   the control arm as reference group.
/// - Agrees with a script written from Anderson's paper and, where nothing is missing, with Python's
///   `icw-index`, which knows complete cases only; see `tests/reference/python/inverse_covariance_index.py`.
pub fn inverse_covariance_index(
    outcomes: &[IndexOutcome<'_>],
    arms: &[Arm],
) -> Result<InverseCovarianceIndex, IndexError> {
    let standardised = standardise(outcomes, arms)?;
    let covariance = pairwise_covariance(&standardised)?;
    let inverse = Cholesky::new(covariance.view()).map_err(singular)?.inverse();
    let rows: Vec<f64> = inverse.rows().into_iter().map(|row| sum(row.iter().copied())).collect();
    let total = sum(rows.iter().copied());
    let weights: Vec<f64> = rows.iter().map(|row| row / total).collect();
    let means: Vec<WeightedMean> =
        (0..arms.len()).map(|i| weighted_mean(&standardised, &weights, i)).collect();
    let control: Vec<f64> = arms
        .iter()
        .zip(&means)
        .filter(|(arm, _)| **arm == Arm::Control)
        .filter_map(|(_, weighted)| weighted.value())
        .collect();
    let centre = mean(&control).unwrap_or(0.0);
    let scale = sample_variance(&control).unwrap_or(0.0).sqrt();
    if scale <= ROUNDING {
        return Err(IndexError::ConstantIndex);
    }
    let is_complete = |i: &usize| standardised.iter().all(|outcome| outcome[*i].is_some());
    Ok(InverseCovarianceIndex {
        values: means.iter().map(|x| x.value().map(|x| (x - centre) / scale)).collect(),
        n_complete: (0..arms.len()).filter(is_complete).count(),
        n_without_weight: means.iter().filter(|x| **x == WeightedMean::NoWeight).count(),
        weights,
        centre,
        scale,
    })
}

fn singular(reason: NotPositiveDefinite) -> IndexError {
    match reason {
        NotPositiveDefinite::Row { row } => IndexError::Singular { outcome: row },
        NotPositiveDefinite::Shape { .. } => IndexError::NoOutcomes,
    }
}

/// The outcomes less the control arm's mean, over its standard deviation, more being better.
fn standardise(
    outcomes: &[IndexOutcome<'_>],
    arms: &[Arm],
) -> Result<Vec<Vec<Option<f64>>>, IndexError> {
    if outcomes.is_empty() {
        return Err(IndexError::NoOutcomes);
    }
    let of = |(outcome, given): (usize, &IndexOutcome<'_>)| {
        let (found, expected) = (given.values.len(), arms.len());
        if found != expected {
            return Err(IndexError::Length { outcome, found, expected });
        }
        let not_finite = |value: &Option<f64>| value.is_some_and(|y| !y.is_finite());
        if let Some(position) = given.values.iter().position(not_finite) {
            return Err(IndexError::NotFinite { outcome, position });
        }
        let in_control = given.values.iter().zip(arms).filter(|(_, arm)| **arm == Arm::Control);
        let control: Vec<f64> = in_control.filter_map(|(value, _)| *value).collect();
        let (Some(centre), Some(variance)) = (mean(&control), sample_variance(&control)) else {
            return Err(IndexError::TooFewInControl { outcome });
        };
        let largest = control.iter().fold(0.0_f64, |most, y| most.max(y.abs()));
        let scale = variance.sqrt();
        if !(scale > ROUNDING * largest && scale.is_finite()) {
            return Err(IndexError::ConstantInControl { outcome });
        }
        let scale = if given.better == Better::Less { -scale } else { scale };
        Ok(given.values.iter().map(|value| value.map(|y| (y - centre) / scale)).collect())
    };
    outcomes.iter().enumerate().map(of).collect()
}

fn pairwise_covariance(outcomes: &[Vec<Option<f64>>]) -> Result<Array2<f64>, IndexError> {
    let k = outcomes.len();
    let mut covariance = Array2::zeros((k, k));
    for second in 0..k {
        for first in 0..=second {
            let pairs = outcomes[first].iter().zip(&outcomes[second]);
            let (a, b): (Vec<f64>, Vec<f64>) = pairs.filter_map(|(a, b)| (*a).zip(*b)).unzip();
            let (Some(mean_a), Some(mean_b), 2..) = (mean(&a), mean(&b), a.len()) else {
                return Err(IndexError::NeverTogether { first, second });
            };
            let products = a.iter().zip(&b).map(|(a, b)| (a - mean_a) * (b - mean_b));
            let value = sum(products) / (a.len() as f64 - 1.0);
            covariance[[first, second]] = value;
            covariance[[second, first]] = value;
        }
    }
    Ok(covariance)
}

/// The weighted mean of a participant's outcomes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum WeightedMean {
    Value(f64),
    /// The weights of the outcomes that are there sum to 0 or less.
    NoWeight,
    NoOutcome,
}

impl WeightedMean {
    fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            Self::NoWeight | Self::NoOutcome => None,
        }
    }
}

fn weighted_mean(outcomes: &[Vec<Option<f64>>], weights: &[f64], i: usize) -> WeightedMean {
    let present: Vec<(f64, f64)> = outcomes
        .iter()
        .zip(weights)
        .filter_map(|(outcome, weight)| outcome[i].map(|z| (z, *weight)))
        .collect();
    if present.is_empty() {
        return WeightedMean::NoOutcome;
    }
    let total = sum(present.iter().map(|(_, weight)| *weight));
    if total <= ROUNDING {
        return WeightedMean::NoWeight;
    }
    WeightedMean::Value(sum(present.iter().map(|(z, weight)| z * weight)) / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const C: Arm = Arm::Control;
    const I: Arm = Arm::Intervention;

    fn index(
        outcomes: &[&[Option<f64>]],
        arms: &[Arm],
    ) -> Result<InverseCovarianceIndex, IndexError> {
        let of = |values: &&'_ [Option<f64>]| -> Vec<Option<f64>> { values.to_vec() };
        let owned: Vec<Vec<Option<f64>>> = outcomes.iter().map(of).collect();
        let outcomes: Vec<IndexOutcome<'_>> =
            owned.iter().map(|values| IndexOutcome { values, better: Better::More }).collect();
        inverse_covariance_index(&outcomes, arms)
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let arms = [C, C, C, I];
        let y = [Some(1.0), Some(2.0), Some(4.0), Some(9.0)];
        assert_eq!(index(&[], &arms), Err(IndexError::NoOutcomes));
        let short = IndexError::Length { outcome: 1, found: 1, expected: 4 };
        assert_eq!(index(&[&y, &[None]], &arms), Err(short));
        let nan = [Some(1.0), Some(f64::NAN), None, None];
        let not_finite = IndexError::NotFinite { outcome: 0, position: 1 };
        assert_eq!(index(&[&nan], &arms), Err(not_finite));
        let few = [Some(1.0), None, None, Some(3.0)];
        assert_eq!(index(&[&few], &arms), Err(IndexError::TooFewInControl { outcome: 0 }));
        let same = [Some(0.1), Some(0.1), Some(0.1), Some(3.0)];
        assert_eq!(index(&[&y, &same], &arms), Err(IndexError::ConstantInControl { outcome: 1 }));
        assert_eq!(index(&[&y, &y], &arms), Err(IndexError::Singular { outcome: 1 }));
        let one = [Some(1.0), Some(2.0), None, None];
        let other = [None, Some(2.0), Some(1.0), None];
        let apart = IndexError::NeverTogether { first: 0, second: 1 };
        assert_eq!(index(&[&one, &other], &arms), Err(apart));
    }

    #[test]
    fn one_outcome_is_its_own_index() {
        let y = [Some(1.0), Some(2.0), Some(3.0), Some(9.0), None];
        let got = index(&[&y], &[C, C, C, I, I]).unwrap();
        assert_eq!(got.values, [Some(-1.0), Some(0.0), Some(1.0), Some(7.0), None]);
        assert_eq!((got.weights, got.n_complete, got.n_without_weight), (vec![1.0], 4, 0));
    }
}
