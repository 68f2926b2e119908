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
