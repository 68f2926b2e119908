//! The case weights that a bootstrap replicate gives to the participants.

use thiserror::Error;

use crate::random::{Purpose, Seed, Stream};

/// Why participants cannot be resampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StrataError {
    /// There is nobody.
    #[error("there are no participants to resample")]
    NoParticipants,
    /// There are more participants than a 32-bit draw can tell apart.
    #[error("there are more than 4,294,967,295 participants")]
    TooManyParticipants,
}

/// The groups within which participants are drawn with replacement: arm × stratum.
///
/// Every replicate keeps the size of each group, as the trial's design fixed it. An arm can
/// therefore not be empty in a replicate, but a group may have no event in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResamplingStrata {
    /// Positions of the participants, stratum after stratum.
    members: Vec<u32>,
    /// Where each stratum ends in `members`.
    ends: Vec<usize>,
}

impl ResamplingStrata {
    /// Groups participants by the number in `stratum`, one number a participant.
    ///
    /// Strata are taken in increasing order of their numbers, which may have gaps; within a
    /// stratum participants keep the order of the data.
    ///
    /// # Errors
    ///
    /// [`StrataError`], without participants or with 2³² of them.
    pub fn new(stratum: &[u32]) -> Result<Self, StrataError> {
        let n = u32::try_from(stratum.len()).map_err(|_| StrataError::TooManyParticipants)?;
        if n == 0 {
            return Err(StrataError::NoParticipants);
        }
        let number = |position: u32| stratum[position as usize];
        let mut members: Vec<u32> = (0..n).collect();
        members.sort_by_key(|&position| number(position));
        let mut ends: Vec<usize> = (1..members.len())
            .filter(|&next| number(members[next - 1]) != number(members[next]))
            .collect();
        ends.push(members.len());
        Ok(Self { members, ends })
    }

    /// How many participants there are.
    pub fn n_participants(&self) -> usize {
        self.members.len()
    }

    /// The positions of each stratum's participants, in the order in which strata are drawn.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.members[start..end])
    }

    /// The number of participants in each stratum, in the same order.
    pub fn sizes(&self) -> impl Iterator<Item = usize> {
        self.iter().map(<[u32]>::len)
    }

    /// Draws each stratum once with replacement: `weights[i]` becomes how often participant `i`
    /// was drawn.
    ///
    /// Strata are drawn in the order of [`iter`](Self::iter). A stratum of `n` takes `n` draws
    /// `k` from [`Stream::below`]`(n)`, each adding one to the weight of its `k`-th participant.
    /// Weights within a stratum sum to its size. This rule is public: it fixes every bootstrap
    /// result of a seed (`tests/reference/python/case_weights.py` restates it from nothing).
    ///
    /// # Panics
    ///
    /// If `weights` has another length than there are participants.
    pub fn draw(&self, stream: &mut Stream, weights: &mut [u32]) {
        assert_eq!(weights.len(), self.n_participants(), "one weight a participant");
        weights.fill(0);
        for members in self.iter() {
            // A stratum is no larger than the trial, whose size fits.
            let n = u32::try_from(members.len()).unwrap_or(u32::MAX);
            for _ in 0..n {
                let drawn = members[stream.below(n) as usize];
                weights[drawn as usize] += 1;
            }
        }
    }

    /// The weights of replicate `replicate`, counted from 0: [`draw`](Self::draw) from the
    /// stream with that number, so that a replicate does not depend on how many others there are.
    ///
    /// # Panics
    ///
    /// If `weights` has another length than there are participants.
    pub fn draw_replicate(&self, seed: Seed, replicate: u64, weights: &mut [u32]) {
        self.draw(&mut Stream::new(seed, Purpose::Bootstrap, replicate), weights);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strata_are_grouped_by_number_and_keep_the_order_of_the_data() {
        let strata = ResamplingStrata::new(&[9, 2, 9, 700, 2, 9]).unwrap();
        let groups: Vec<&[u32]> = strata.iter().collect();
        assert_eq!(groups, [&[1, 4][..], &[0, 2, 5], &[3]]);
        assert_eq!(strata.sizes().collect::<Vec<_>>(), [2, 3, 1]);
    }

    #[test]
    fn nobody_cannot_be_resampled() {
        assert_eq!(ResamplingStrata::new(&[]), Err(StrataError::NoParticipants));
    }

    #[test]
    fn a_stratum_of_one_always_has_weight_one() {
        let strata = ResamplingStrata::new(&[0, 1, 1]).unwrap();
        let mut weights = [7; 3];
        for replicate in 0..50 {
            strata.draw_replicate(Seed(1), replicate, &mut weights);
            assert_eq!(weights[0], 1);
        }
    }
}
