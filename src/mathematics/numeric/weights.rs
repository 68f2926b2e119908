//! Case weights. Frequency weights and sampling weights are different things.

use thiserror::Error;

/// How many times each participant counts: whole numbers, as a bootstrap replicate draws them.
///
/// A weight of 2 is the participant twice; variances shrink accordingly.
#[derive(Clone, Copy, Debug)]
pub struct FrequencyWeights<'a>(pub &'a [u32]);

impl FrequencyWeights<'_> {
    /// The weight of the participant at that position.
    pub fn get(&self, position: usize) -> u32 {
        self.0[position]
    }
}

/// How many people of the population each participant stands for: positive, in any unit.
///
/// A weight of 2 is no second participant: standard errors do not shrink with it, and a factor
/// common to all weights changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct SamplingWeights<'a>(&'a [f64]);

/// A sampling weight that is zero, negative, infinite or missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the sampling weight of participant {position} is not a positive number")]
pub struct NotAWeight {
    /// The first such participant, from 0.
    pub position: usize,
}

impl<'a> SamplingWeights<'a> {
    /// The weights, one a participant.
    ///
    /// # Errors
    ///
    /// [`NotAWeight`] names the first that is not positive and finite.
    pub fn new(weights: &'a [f64]) -> Result<Self, NotAWeight> {
        match weights.iter().position(|w| !(w.is_finite() && *w > 0.0)) {
            Some(position) => Err(NotAWeight { position }),
            None => Ok(Self(weights)),
        }
    }

    /// The weights, in the order of the participants.
    pub fn values(&self) -> &'a [f64] {
        self.0
    }
}

/// The case weights of an estimate: none, or one of the two kinds.
#[derive(Clone, Copy, Debug, Default)]
pub enum CaseWeights<'a> {
    /// Everyone counts once.
    #[default]
    Once,
    /// As many times as a replicate says.
    Frequency(FrequencyWeights<'a>),
    /// For as many people as the sampling says.
    Sampling(SamplingWeights<'a>),
}

impl CaseWeights<'_> {
    /// The weight of the participant at that position.
    pub fn get(&self, position: usize) -> f64 {
        match self {
            CaseWeights::Once => 1.0,
            CaseWeights::Frequency(weights) => f64::from(weights.get(position)),
            CaseWeights::Sampling(weights) => weights.values()[position],
        }
    }

    /// Whether there is a weight for each of `n` participants.
    pub fn is_for(&self, n: usize) -> bool {
        match self {
            CaseWeights::Once => true,
            CaseWeights::Frequency(weights) => weights.0.len() == n,
            CaseWeights::Sampling(weights) => weights.values().len() == n,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_that_are_none_are_named() {
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let weights = [1.0, wrong, wrong];
            assert_eq!(SamplingWeights::new(&weights).unwrap_err(), NotAWeight { position: 1 });
        }
        assert_eq!(SamplingWeights::new(&[0.5, 3.0]).unwrap().values(), [0.5, 3.0]);
    }
}
