//! Outcomes with arm and stratum, checked once.

use thiserror::Error;

use crate::trial::arm::{Arm, TwoArm};

/// The slices do not describe one set of participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SampleError {
    /// The slices differ in length.
    #[error("{outcomes} outcomes, {arms} arms and {strata} strata")]
    Lengths {
        /// Outcomes given.
        outcomes: usize,
        /// Arms given.
        arms: usize,
        /// Strata given.
        strata: usize,
    },
    /// A stratum is not below `n_strata`.
    #[error("participant {position} is in stratum {stratum}, but there are {n_strata}")]
    Stratum {
        /// The participant.
        position: usize,
        /// The stratum given.
        stratum: usize,
        /// Number of strata.
        n_strata: usize,
    },
    /// An outcome is NaN or infinite.
    #[error("the outcome of participant {position} is not a finite number")]
    NotFinite {
        /// The participant.
        position: usize,
    },
}

/// Those whose outcome is observed: outcome, arm and stratum of each, in the same order.
#[derive(Clone, Copy, Debug)]
pub struct StratifiedSample<'a> {
    outcomes: &'a [f64],
    arms: &'a [Arm],
    strata: &'a [usize],
    n_strata: usize,
}

impl<'a> StratifiedSample<'a> {
    /// Joins the slices. Strata are numbered from 0 and may be empty.
    ///
    /// # Errors
    ///
    /// [`SampleError`] where the lengths differ, a stratum is `n_strata` or above, or an outcome is
    /// not finite.
    pub fn new(
        outcomes: &'a [f64],
        arms: &'a [Arm],
        strata: &'a [usize],
        n_strata: usize,
    ) -> Result<Self, SampleError> {
        if outcomes.len() != arms.len() || outcomes.len() != strata.len() {
            return Err(SampleError::Lengths {
                outcomes: outcomes.len(),
                arms: arms.len(),
                strata: strata.len(),
            });
        }
        if let Some(position) = strata.iter().position(|&stratum| stratum >= n_strata) {
            return Err(SampleError::Stratum { position, stratum: strata[position], n_strata });
        }
        if let Some(position) = outcomes.iter().position(|y| !y.is_finite()) {
            return Err(SampleError::NotFinite { position });
        }
        Ok(Self { outcomes, arms, strata, n_strata })
    }

    /// Number of participants.
    pub fn n(&self) -> usize {
        self.outcomes.len()
    }

    /// Outcomes, in the order of the participants.
    pub fn outcomes(&self) -> &'a [f64] {
        self.outcomes
    }

    /// Arms, in the order of the participants.
    pub fn arms(&self) -> &'a [Arm] {
        self.arms
    }

    /// Strata, in the order of the participants.
    pub fn strata(&self) -> &'a [usize] {
        self.strata
    }

    /// Number of strata, those without participants included.
    pub fn n_strata(&self) -> usize {
        self.n_strata
    }

    /// Each participant's outcome, arm and stratum.
    pub fn iter(&self) -> impl Iterator<Item = (f64, Arm, usize)> {
        let members = self.outcomes.iter().zip(self.arms).zip(self.strata);
        members.map(|((&outcome, &arm), &stratum)| (outcome, arm, stratum))
    }

    /// What each arm of each stratum holds, empty strata included.
    pub fn cells(&self) -> Vec<TwoArm<Cell>> {
        let mut cells = vec![TwoArm::<Cell>::default(); self.n_strata];
        for (outcome, arm, stratum) in self.iter() {
            cells[stratum].get_mut(arm).add(outcome);
        }
        cells
    }
}

/// The participants of one arm in one stratum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// How many they are.
    pub n: usize,
    /// Smallest and largest outcome; none in an empty cell.
    pub range: Option<(f64, f64)>,
}

impl Cell {
    fn add(&mut self, outcome: f64) {
        self.n += 1;
        let (least, most) = self.range.unwrap_or((outcome, outcome));
        self.range = Some((least.min(outcome), most.max(outcome)));
    }

    /// Whether the outcomes differ at all.
    pub fn varies(&self) -> bool {
        self.range.is_some_and(|(least, most)| least < most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_that_do_not_fit_are_refused() {
        let arms = [Arm::Control, Arm::Intervention];
        let lengths = SampleError::Lengths { outcomes: 1, arms: 2, strata: 2 };
        assert_eq!(StratifiedSample::new(&[1.0], &arms, &[0, 0], 1).unwrap_err(), lengths);
        let stratum = SampleError::Stratum { position: 1, stratum: 2, n_strata: 2 };
        assert_eq!(StratifiedSample::new(&[1.0, 2.0], &arms, &[0, 2], 2).unwrap_err(), stratum);
        let outcome = SampleError::NotFinite { position: 1 };
        let nan = StratifiedSample::new(&[1.0, f64::NAN], &arms, &[0, 0], 1);
        assert_eq!(nan.unwrap_err(), outcome);
    }
}
