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

/// The units that are drawn with replacement, and the groups within which they are drawn.
///
/// A unit is one participant ([`new`](Self::new)) or a cluster of them, drawn whole
/// ([`clustered`](Self::clustered)). A group is a cell of arm × stratum, or several that share a
/// cluster or are [pooled](Self::pool_small). Every replicate keeps each group's number of units,
/// as the trial's design fixed it: with one participant a unit an arm cannot be empty in a
/// replicate, but a group may have no event in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResamplingStrata {
    /// Positions of the participants, unit after unit, group after group.
    members: Vec<u32>,
    /// Where each unit starts in `members`, and at last where the last one ends.
    unit_starts: Vec<usize>,
    /// Where each group's units end.
    ends: Vec<usize>,
    /// The caller's numbers of the cells in each group, in increasing order.
    cells: Vec<Vec<u32>>,
}

impl ResamplingStrata {
    /// Groups participants by the number in `stratum`, one number a participant; each is a unit.
    ///
    /// Strata are taken in increasing order of their numbers, which may have gaps; within a
    /// stratum participants keep the order of the data.
    ///
    /// # Errors
    ///
    /// [`StrataError`], without participants or with 2³² of them.
    pub fn new(stratum: &[u32]) -> Result<Self, StrataError> {
        let own: Vec<usize> = (0..stratum.len()).collect();
        Self::clustered(stratum, &own)
    }

    /// Units are clusters: participants with the same number in `cluster`. One who belongs to no
    /// cluster has a number of their own.
    ///
    /// Cells, the numbers in `cell`, that share a cluster are joined into one group, directly or
    /// by way of others, so that a cluster is drawn whole. Groups are taken in increasing order
    /// of the smallest number of their cells; within a group a unit stands where its first
    /// participant stands in the data. The numbers of clusters only say who belongs together.
    ///
    /// # Errors
    ///
    /// [`StrataError`], without participants or with 2³² of them.
    ///
    /// # Panics
    ///
    /// If there is not one number of a cell and one of a cluster a participant.
    ///
    /// # References
    ///
    /// Davison AC, Hinkley DV (1997). *Bootstrap Methods and their Application*, section 3.8,
    /// clusters drawn whole; Field CA, Welsh AH (2007). *Journal of the Royal Statistical Society
    /// B* 69:369–390, doi:10.1111/j.1467-9868.2007.00593.x.
    pub fn clustered(cell: &[u32], cluster: &[usize]) -> Result<Self, StrataError> {
        assert_eq!(cell.len(), cluster.len(), "a cell and a cluster a participant");
        let n = u32::try_from(cell.len()).map_err(|_| StrataError::TooManyParticipants)?;
        if n == 0 {
            return Err(StrataError::NoParticipants);
        }
        let mut numbers = cell.to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        // Every participant's cell is among the numbers.
        let code = |position: u32| numbers.partition_point(|&c| c < cell[position as usize]);
        let mut order: Vec<u32> = (0..n).collect();
        order.sort_by_key(|&position| cluster[position as usize]);
        let same = |&a: &u32, &b: &u32| cluster[a as usize] == cluster[b as usize];
        let mut joined = Joined::new(numbers.len());
        for unit in order.chunk_by(same) {
            for &member in &unit[1..] {
                joined.join(code(unit[0]), code(member));
            }
        }
        let units: Vec<(usize, &[u32])> =
            order.chunk_by(same).map(|unit| (joined.first(code(unit[0])), unit)).collect();
        let mut cells = vec![Vec::new(); numbers.len()];
        for (code, &number) in numbers.iter().enumerate() {
            cells[joined.first(code)].push(number);
        }
        Ok(Self::assemble(units, cells))
    }

    /// Units, each with its group, put in the order of drawing; `cells` of each group, some none.
    fn assemble(mut units: Vec<(usize, &[u32])>, mut cells: Vec<Vec<u32>>) -> Self {
        units.sort_by_key(|&(group, members)| (group, members[0]));
        let mut ends = Vec::new();
        for chunk in units.chunk_by(|a, b| a.0 == b.0) {
            ends.push(ends.last().copied().unwrap_or(0) + chunk.len());
        }
        let mut members = Vec::new();
        let mut unit_starts = vec![0];
        for (_, unit) in units {
            members.extend_from_slice(unit);
            unit_starts.push(members.len());
        }
        cells.retain(|cells| !cells.is_empty());
        Self { members, unit_starts, ends, cells }
    }

    /// Pools groups of fewer than `min` units, as too few to be drawn from: within those whose
    /// participants have the same `parent` labels, one label a participant (the arm).
    ///
    /// The small groups of a parent become one; where that is still small it joins the smallest
    /// other group of the parent, of several the one with the smallest number of a cell. A group
    /// over several parents, which a cluster may join, is pooled with others over the same ones.
    /// What is pooled depends on sizes and numbers only, not on the order of participants.
    ///
    /// # Panics
    ///
    /// If there is not one label a participant.
    pub fn pool_small(&self, parent: &[u32], min: usize) -> Pooled {
        assert_eq!(parent.len(), self.n_participants(), "one label a participant");
        let sizes: Vec<usize> = self.unit_counts().collect();
        let parents: Vec<Vec<u32>> = self.iter().map(|members| labels(members, parent)).collect();
        let mut kinds = parents.clone();
        kinds.sort_unstable();
        kinds.dedup();
        // Where each group goes: to the first of those that are pooled with it.
        let mut into: Vec<usize> = (0..sizes.len()).collect();
        for kind in kinds {
            let groups = (0..sizes.len()).filter(|&group| parents[group] == kind);
            let (mut small, large): (Vec<usize>, Vec<usize>) =
                groups.partition(|&group| sizes[group] < min);
            let pooled: usize = small.iter().map(|&group| sizes[group]).sum();
            if !small.is_empty() && pooled < min {
                // The first of the smallest: groups stand in the order of their cells' numbers.
                small.extend(large.into_iter().min_by_key(|&group| sizes[group]));
            }
            if let Some(&first) = small.iter().min() {
                for group in small {
                    into[group] = first;
                }
            }
        }
        let mut cells = vec![Vec::new(); sizes.len()];
        for (group, own) in self.cells.iter().enumerate() {
            cells[into[group]].extend_from_slice(own);
        }
        for own in &mut cells {
            own.sort_unstable();
        }
        let parts = |group: usize| into.iter().filter(|&&other| other == group).count();
        let is_pooled = (0..sizes.len()).filter(|&group| parts(group) > 1);
        let pooled = is_pooled.map(|group| cells[group].clone()).collect();
        let units = self.units().map(|(group, unit)| (into[group], unit)).collect();
        let strata = Self::assemble(units, cells);
        let is_small = strata.unit_counts().zip(&strata.cells).filter(|(size, _)| *size < min);
        let still_small = is_small.map(|(_, cells)| cells.clone()).collect();
        Pooled { strata, pooled, still_small }
    }

    /// How many participants there are.
    pub fn n_participants(&self) -> usize {
        self.members.len()
    }

    /// How many units there are.
    pub fn n_units(&self) -> usize {
        self.unit_starts.len() - 1
    }

    /// Whether every unit is one participant.
    pub fn is_one_each(&self) -> bool {
        self.n_units() == self.n_participants()
    }

    /// The positions of each group's participants, in the order in which groups are drawn.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let start_of = |unit: usize| self.unit_starts[unit];
        self.unit_ranges()
            .map(move |units| &self.members[start_of(units.start)..start_of(units.end)])
    }

    /// The number of participants in each group, in the same order.
    pub fn sizes(&self) -> impl Iterator<Item = usize> {
        self.iter().map(<[u32]>::len)
    }

    /// The number of units in each group, in the same order.
    pub fn unit_counts(&self) -> impl Iterator<Item = usize> {
        self.unit_ranges().map(|units| units.len())
    }

    /// The caller's numbers of the cells in each group, in the same order.
    pub fn cells(&self) -> impl Iterator<Item = &[u32]> {
        self.cells.iter().map(Vec::as_slice)
    }

    /// Every unit in the order of drawing: its group, from 0, and the positions of its
    /// participants.
    pub fn units(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let groups = self.unit_ranges().enumerate();
        groups.flat_map(move |(group, units)| units.map(move |unit| (group, self.unit(unit))))
    }

    /// The units of each group, as numbers from 0 through all groups.
    pub(super) fn unit_ranges(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| start..end)
    }

    fn unit(&self, unit: usize) -> &[u32] {
        &self.members[self.unit_starts[unit]..self.unit_starts[unit + 1]]
    }

    /// Adds one to the weight of everyone in a unit.
    pub(super) fn add_unit(&self, unit: usize, weights: &mut [u32]) {
        for &member in self.unit(unit) {
            weights[member as usize] += 1;
        }
    }

    /// Multiplies each participant's value by its group's number of units: of the derivative of
    /// an estimate by the participant's case weight it makes the influence that
    /// [`acceleration`](super::acceleration::acceleration) reads.
    ///
    /// # Panics
    ///
    /// If there is not one value a participant.
    pub fn scale_to_groups(&self, derivative: &mut [f64]) {
        assert_eq!(derivative.len(), self.n_participants(), "one value a participant");
        for (members, units) in self.iter().zip(self.unit_counts()) {
            for &member in members {
                derivative[member as usize] *= units as f64;
            }
        }
    }

    /// Draws each group's units once with replacement: `weights[i]` becomes how often the unit of
    /// participant `i` was drawn.
    ///
    /// Groups are drawn in the order of [`iter`](Self::iter). A group of `n` units takes `n` draws
    /// `k` from [`Stream::below`]`(n)`, each adding one to the weights of everyone in its `k`-th
    /// unit. With one participant a unit the weights within a group sum to its size. This rule is
    /// public: it fixes every bootstrap result of a seed
    /// (`tests/reference/python/case_weights.py` restates it from nothing).
    ///
    /// # Panics
    ///
    /// If `weights` has another length than there are participants.
    pub fn draw(&self, stream: &mut Stream, weights: &mut [u32]) {
        assert_eq!(weights.len(), self.n_participants(), "one weight a participant");
        weights.fill(0);
        let one_each = self.is_one_each();
        for units in self.unit_ranges() {
            // There are no more units than participants, whose number fits.
            let n = u32::try_from(units.len()).unwrap_or(u32::MAX);
            if one_each {
                let members = &self.members[units];
                for _ in 0..n {
                    weights[members[stream.below(n) as usize] as usize] += 1;
                }
            } else {
                for _ in 0..n {
                    self.add_unit(units.start + stream.below(n) as usize, weights);
                }
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

/// What [`ResamplingStrata::pool_small`] made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooled {
    /// The groups, small ones pooled.
    pub strata: ResamplingStrata,
    /// For each group that was made of several: the numbers of its cells. To be said in a note.
    pub pooled: Vec<Vec<u32>>,
    /// For each group that is small still, having no other to join: the numbers of its cells.
    pub still_small: Vec<Vec<u32>>,
}

/// The labels of these participants, each once, in increasing order.
fn labels(members: &[u32], label: &[u32]) -> Vec<u32> {
    let mut labels: Vec<u32> = members.iter().map(|&member| label[member as usize]).collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// Which things are one, each class known by its first.
struct Joined(Vec<usize>);

impl Joined {
    fn new(things: usize) -> Self {
        Self((0..things).collect())
    }

    fn first(&self, mut thing: usize) -> usize {
        while self.0[thing] != thing {
            thing = self.0[thing];
        }
        thing
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b)] = a.min(b);
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
        assert_eq!(strata.cells().collect::<Vec<_>>(), [[2], [9], [700]]);
        assert!(strata.is_one_each());
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

    #[test]
    fn cells_that_share_a_cluster_are_drawn_together() {
        // Cluster 7 is in cells 0 and 4, cluster 8 in 4 and 2; cell 3 is alone.
        let cell = [4, 0, 3, 4, 2, 0, 3];
        let cluster = [7, 7, 30, 8, 8, 100, 31];
        let strata = ResamplingStrata::clustered(&cell, &cluster).unwrap();
        assert_eq!(strata.cells().collect::<Vec<_>>(), [&[0, 2, 4][..], &[3]]);
        let units: Vec<(usize, &[u32])> = strata.units().collect();
        let expected: [(usize, &[u32]); 5] =
            [(0, &[0, 1]), (0, &[3, 4]), (0, &[5]), (1, &[2]), (1, &[6])];
        assert_eq!(units, expected);
        let mut weights = [0; 7];
        for replicate in 0..50 {
            strata.draw_replicate(Seed(2), replicate, &mut weights);
            assert_eq!(weights[0], weights[1]);
            assert_eq!(weights[3], weights[4]);
            assert_eq!(weights[0] + weights[3] + weights[5], 3);
            assert_eq!(weights[2] + weights[6], 2);
        }
    }

    fn sized(sizes: &[(u32, usize)]) -> Vec<u32> {
        sizes.iter().flat_map(|&(cell, n)| std::iter::repeat_n(cell, n)).collect()
    }

    #[test]
    fn small_groups_are_pooled_within_their_parent() {
        // Cells 0 to 3 of arm 0, 10 to 12 of arm 1, 20 of arm 2.
        let cell = sized(&[(0, 3), (1, 30), (2, 25), (3, 4), (10, 12), (11, 9), (12, 25), (20, 2)]);
        let arm: Vec<u32> = cell.iter().map(|cell| cell / 10).collect();
        let pool = |order: &dyn Fn(usize) -> usize| {
            let order: Vec<usize> = (0..cell.len()).map(order).collect();
            let of = |labels: &[u32]| order.iter().map(|&i| labels[i]).collect::<Vec<u32>>();
            ResamplingStrata::new(&of(&cell)).unwrap().pool_small(&of(&arm), 20)
        };
        let pooled = pool(&|i| i);
        // 3 + 4 are still small and join 25; 12 + 9 are not.
        assert_eq!(pooled.pooled, [vec![0, 2, 3], vec![10, 11]]);
        assert_eq!(pooled.still_small, [[20]]);
        assert_eq!(pooled.strata.unit_counts().collect::<Vec<_>>(), [32, 30, 21, 25, 2]);
        let backwards = pool(&|i| cell.len() - 1 - i);
        assert_eq!(backwards.pooled, pooled.pooled);
        let sizes: Vec<usize> = backwards.strata.sizes().collect();
        assert_eq!(sizes, pooled.strata.sizes().collect::<Vec<_>>());
    }

    #[test]
    fn groups_large_enough_stay_as_they_are() {
        let strata = ResamplingStrata::new(&sized(&[(0, 20), (1, 20)])).unwrap();
        let pooled = strata.pool_small(&[0; 40], 20);
        assert_eq!(pooled.strata, strata);
        assert!(pooled.pooled.is_empty() && pooled.still_small.is_empty());
    }

    #[test]
    fn clusters_count_once_and_groups_over_both_arms_are_pooled_among_themselves() {
        // 6 people in cell 0 are 2 clusters; cells 1 and 2 share cluster 50; so do 3 and 4.
        let cell = [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5];
        let cluster = [1, 1, 1, 2, 2, 2, 50, 50, 60, 60, 71, 72, 73];
        let arm = [0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0];
        let strata = ResamplingStrata::clustered(&cell, &cluster).unwrap();
        let pooled = strata.pool_small(&arm, 3);
        assert_eq!(pooled.pooled, [vec![0, 5], vec![1, 2, 3, 4]]);
        assert_eq!(pooled.still_small, [[1, 2, 3, 4]]);
        assert_eq!(pooled.strata.unit_counts().collect::<Vec<_>>(), [5, 2]);
    }
}
