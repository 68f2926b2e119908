//! Draws in which every unit appears equally often over all replicates.

use rayon::prelude::*;
use thiserror::Error;

use super::case_weights::ResamplingStrata;
use crate::random::{Purpose, Seed, Stream};

/// The most draws that are kept: 2²⁷, half a gigabyte.
const MOST_DRAWS: usize = 1 << 27;

/// Why there are no balanced draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BalancedError {
    /// None were asked for.
    #[error("a bootstrap needs at least one replicate")]
    NoReplicates,
    /// They are kept all at once, and are too many for that.
    #[error(
        "balanced draws of {units} units in {replicates} replicates do not fit into memory: \
         ask for fewer, or draw independently"
    )]
    TooLarge {
        /// Units in all.
        units: usize,
        /// Replicates.
        replicates: u64,
    },
}

/// The draws of R replicates such that every unit is drawn exactly R times in all.
///
/// The mean over replicates of a statistic that is linear in the weights is then the estimate
/// itself, so that the bootstrap's bias has no Monte Carlo error of first order. Quantiles gain
/// little. The replicates depend on each other and on R: a longer run is another one.
///
/// # References
///
/// Davison AC, Hinkley DV, Schechtman E (1986). Efficient bootstrap simulation. *Biometrika*
/// 73:555–566, doi:10.1093/biomet/73.3.555. The rule is restated by
/// `tests/reference/python/resample_units.py`.
#[derive(Clone, Debug)]
pub struct BalancedDraws {
    replicates: usize,
    /// By group the numbers of its units, from 0, one replicate's after the other.
    groups: Vec<Group>,
}

#[derive(Clone, Debug)]
struct Group {
    units: usize,
    drawn: Vec<u32>,
}

impl BalancedDraws {
    /// Draws all replicates.
    ///
    /// Group g of n units has the list 0, 1, …, n − 1, 0, 1, … with R copies of each, shuffled
    /// from the end (Fisher and Yates) by stream g of the purpose `BalancedBootstrap`; replicate b,
    /// from 0, takes the n entries from b n on.
    ///
    /// # Errors
    ///
    /// [`BalancedError`]: no replicates, or more than 2²⁷ draws in all.
    pub fn new(
        strata: &ResamplingStrata,
        seed: Seed,
        replicates: u64,
    ) -> Result<Self, BalancedError> {
        if replicates == 0 {
            return Err(BalancedError::NoReplicates);
        }
        let n_units = strata.n_units();
        let too_large = BalancedError::TooLarge { units: n_units, replicates };
        let rows = usize::try_from(replicates).map_err(|_| too_large)?;
        let draws = rows.checked_mul(n_units).filter(|&draws| draws <= MOST_DRAWS);
        draws.ok_or(too_large)?;
        let counts: Vec<usize> = strata.unit_counts().collect();
        let make = |(group, &units): (usize, &usize)| -> Result<Group, BalancedError> {
            let mut drawn = Vec::new();
            drawn.try_reserve_exact(units * rows).map_err(|_| too_large)?;
            // Units are no more than participants, whose number fits.
            let one = 0..u32::try_from(units).unwrap_or(u32::MAX);
            drawn.extend((0..rows).flat_map(|_| one.clone()));
            shuffle(&mut Stream::new(seed, Purpose::BalancedBootstrap, group as u64), &mut drawn);
            Ok(Group { units, drawn })
        };
        let groups = counts.par_iter().enumerate().map(make).collect::<Result<_, _>>()?;
        Ok(Self { replicates: rows, groups })
    }

    /// The number of replicates R.
    pub fn n_replicates(&self) -> usize {
        self.replicates
    }

    /// Whether these are draws of those groups.
    pub fn is_of(&self, strata: &ResamplingStrata) -> bool {
        self.groups.iter().map(|group| group.units).eq(strata.unit_counts())
    }

    /// The weights of replicate `replicate`, counted from 0: how often each participant's unit
    /// was drawn.
    ///
    /// # Panics
    ///
    /// If there is no such replicate, the draws are of other groups, or `weights` has another
    /// length than there are participants.
    pub fn weights(&self, strata: &ResamplingStrata, replicate: usize, weights: &mut [u32]) {
        assert!(replicate < self.replicates, "no replicate {replicate}");
        assert!(self.groups.len() == strata.cells().count(), "draws of other groups");
        assert_eq!(weights.len(), strata.n_participants(), "one weight a participant");
        weights.fill(0);
        for (group, units) in self.groups.iter().zip(strata.unit_ranges()) {
            assert_eq!(group.units, units.len(), "draws of other groups");
            for &unit in &group.drawn[replicate * group.units..][..group.units] {
                strata.add_unit(units.start + unit as usize, weights);
            }
        }
    }
}

fn shuffle(stream: &mut Stream, list: &mut [u32]) {
    for last in (1..list.len()).rev() {
        // A list is no longer than MOST_DRAWS.
        let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
        list.swap(last, stream.below(bound) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_drawn_as_often_as_there_are_replicates() {
        let strata = ResamplingStrata::clustered(&[0, 0, 1, 1, 1, 2], &[0, 0, 1, 2, 2, 3]).unwrap();
        let draws = BalancedDraws::new(&strata, Seed(4), 37).unwrap();
        let mut sums = [0; 6];
        let mut weights = [9; 6];
        for replicate in 0..draws.n_replicates() {
            draws.weights(&strata, replicate, &mut weights);
            assert_eq!(weights[0], weights[1]);
            assert_eq!(weights[2] + weights[3], 2);
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
        }
        assert_eq!(sums, [37; 6]);
    }

    #[test]
    fn too_many_draws_are_refused() {
        let strata = ResamplingStrata::new(&[0; 1000]).unwrap();
        for replicates in [u64::MAX, 134_218] {
            let error = BalancedDraws::new(&strata, Seed(1), replicates).unwrap_err();
            assert_eq!(error, BalancedError::TooLarge { units: 1000, replicates });
        }
        let none = BalancedDraws::new(&strata, Seed(1), 0).unwrap_err();
        assert_eq!(none, BalancedError::NoReplicates);
    }
}
