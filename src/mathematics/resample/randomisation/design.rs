//! The assignments that the randomisation could have given.

use thiserror::Error;

use crate::random::{Purpose, Seed, Stream};
use crate::trial::arm::{Arm, TwoArm};

/// Why there is nothing to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DesignError {
    /// There is nobody.
    #[error("there are no participants to assign")]
    NoParticipants,
    /// There are more participants than a 32-bit draw can tell apart.
    #[error("there are more than 4,294,967,295 participants")]
    TooManyParticipants,
    /// Everybody is in one arm.
    #[error("an arm has no participants")]
    EmptyArm {
        /// The arm.
        arm: Arm,
    },
}

/// Participants in groups, and how many of each group get the intervention.
///
/// Groups are the blocks of the randomisation list or, where those are not known, its strata.
/// Inference is conditional on the numbers per arm that each group got, also in a last block that
/// was not filled: every assignment with these numbers is equally likely, and there are
///
/// ```text
/// N = Π_b C(n_b, k_b)
/// ```
///
/// of them, `n_b` the participants of group b and `k_b` those who got the intervention. It is the
/// distribution of permuted blocks, and of any other list that treats the participants of a group
/// alike.
///
/// # References
///
/// - Fisher RA (1935). *The Design of Experiments*, chapter II.
/// - Rosenberger WF, Uschner D, Wang Y (2019). *Statistics in Medicine* 38:1–12.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RandomisationDesign {
    groups: Vec<Group>,
    /// Positions of the participants, group after group, in the order of the data within a group.
    members: Vec<u32>,
    observed: Assignment,
}

/// Where a group stands in the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Group {
    start: usize,
    end: usize,
    n_treated: usize,
}

impl Group {
    fn size(self) -> usize {
        self.end - self.start
    }
}

/// Who gets the intervention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Working memory of a draw: the members, shuffled within groups.
    order: Vec<u32>,
    treated: Vec<u32>,
    is_treated: Vec<bool>,
}

impl Assignment {
    /// The positions of those with the intervention, group after group.
    pub fn treated(&self) -> &[u32] {
        &self.treated
    }

    /// Whether each participant gets the intervention.
    pub fn is_treated(&self) -> &[bool] {
        &self.is_treated
    }

    fn mark(&mut self) {
        self.is_treated.fill(false);
        for &position in &self.treated {
            self.is_treated[position as usize] = true;
        }
    }
}

impl RandomisationDesign {
    /// Groups participants by the number in `groups`; `arms` is what they got. One of each a
    /// participant.
    ///
    /// Groups are taken in increasing order of their numbers, which may have gaps; within a group
    /// participants keep the order of the data.
    ///
    /// # Errors
    ///
    /// [`DesignError`].
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn new(groups: &[usize], arms: &[Arm]) -> Result<Self, DesignError> {
        assert_eq!(groups.len(), arms.len(), "one arm a participant");
        let n = u32::try_from(groups.len()).map_err(|_| DesignError::TooManyParticipants)?;
        if n == 0 {
            return Err(DesignError::NoParticipants);
        }
        if let Some(arm) = Arm::BOTH.into_iter().find(|arm| !arms.contains(arm)) {
            return Err(DesignError::EmptyArm { arm });
        }
        let mut members: Vec<u32> = (0..n).collect();
        members.sort_by_key(|&position| groups[position as usize]);
        let is_treated: Vec<bool> = arms.iter().map(|&arm| arm == Arm::Intervention).collect();
        let treated: Vec<u32> =
            members.iter().copied().filter(|&i| is_treated[i as usize]).collect();
        let mut start = 0;
        let found = members.chunk_by(|&i, &j| groups[i as usize] == groups[j as usize]);
        let groups = found.map(|same| {
            let n_treated = same.iter().filter(|&&i| is_treated[i as usize]).count();
            let group = Group { start, end: start + same.len(), n_treated };
            start = group.end;
            group
        });
        let groups = groups.collect();
        let observed = Assignment { order: members.clone(), treated, is_treated };
        Ok(Self { groups, members, observed })
    }

    /// How many participants there are.
    pub fn n_participants(&self) -> usize {
        self.members.len()
    }

    /// How many participants each arm has, in every assignment.
    pub fn n_of_arms(&self) -> TwoArm<usize> {
        let intervention = self.observed.treated.len();
        TwoArm { intervention, control: self.n_participants() - intervention }
    }

    /// The groups in the order in which they are drawn: their participants' positions, and how
    /// many of these get the intervention.
    pub fn groups(&self) -> impl Iterator<Item = (&[u32], usize)> {
        self.groups.iter().map(|group| (&self.members[group.start..group.end], group.n_treated))
    }

    /// What was allocated.
    pub fn observed(&self) -> &Assignment {
        &self.observed
    }

    /// N, how many assignments there are; none where that exceeds a 64-bit number.
    pub fn n_assignments(&self) -> Option<u64> {
        self.groups.iter().try_fold(1_u64, |product, group| {
            product.checked_mul(binomial(group.size(), group.n_treated)?)
        })
    }

    /// Draws an assignment, each of the N equally likely.
    ///
    /// Groups are drawn in the order of [`groups`](Self::groups). In a group of n of whom k get
    /// the intervention, the smaller arm is drawn, the intervention where both have one size: with
    /// s its size, the i-th of its places (i = 0 … s − 1) exchanges the i-th participant of the
    /// group, which starts in the order of the data, with the one at i +
    /// [`Stream::below`]`(n − i)`. This rule is public: it fixes every randomisation test of a
    /// seed (`tests/reference/python/randomisation.py` restates it from nothing).
    ///
    /// What `assignment` held before has no influence.
    ///
    /// # Panics
    ///
    /// If the assignment is not one of this design.
    pub fn draw(&self, stream: &mut Stream, assignment: &mut Assignment) {
        assignment.order.copy_from_slice(&self.members);
        let mut filled = 0;
        for group in &self.groups {
            let order = &mut assignment.order[group.start..group.end];
            let (k, n) = (group.n_treated, group.size());
            let smaller = k.min(n - k);
            // A group is no larger than the trial, whose size fits.
            let mut left = u32::try_from(n).unwrap_or(u32::MAX);
            for i in 0..smaller {
                order.swap(i, i + stream.below(left) as usize);
                left -= 1;
            }
            let treated = if k == smaller { &order[..k] } else { &order[smaller..] };
            assignment.treated[filled..filled + k].copy_from_slice(treated);
            filled += k;
        }
        assignment.mark();
    }

    /// The draw with that number, counted from 0, from the stream with that number: it depends
    /// neither on threads nor on how many draws are asked for.
    ///
    /// # Panics
    ///
    /// If the assignment is not one of this design.
    pub fn draw_number(&self, seed: Seed, number: u64, assignment: &mut Assignment) {
        self.draw(&mut Stream::new(seed, Purpose::Randomisation, number), assignment);
    }

    /// The assignment with that number of all N, from 0 to N − 1.
    ///
    /// Within a group, sets of participants are in lexicographic order of their places; the last
    /// group changes fastest.
    ///
    /// # Panics
    ///
    /// If the assignment is not one of this design, there is no such number, or N exceeds a
    /// 64-bit number.
    pub fn assignment_number(&self, number: u64, assignment: &mut Assignment) {
        let mut rest = number;
        let mut end = assignment.treated.len();
        for group in self.groups.iter().rev() {
            let ways = binomial(group.size(), group.n_treated).expect("N fits into 64 bits");
            let members = &self.members[group.start..group.end];
            let start = end - group.n_treated;
            choose(members, rest % ways, &mut assignment.treated[start..end]);
            (rest, end) = (rest / ways, start);
        }
        assert_eq!(rest, 0, "no assignment {number}");
        assignment.mark();
    }
}

/// The set of `chosen.len()` members with that number, in lexicographic order.
fn choose(members: &[u32], number: u64, chosen: &mut [u32]) {
    let (mut number, mut filled) = (number, 0);
    for (place, &member) in members.iter().enumerate() {
        let missing = chosen.len() - filled;
        if missing == 0 {
            return;
        }
        let with_it = binomial(members.len() - place - 1, missing - 1).unwrap_or(u64::MAX);
        if number < with_it {
            chosen[filled] = member;
            filled += 1;
        } else {
            number -= with_it;
        }
    }
}

/// C(n, k), none where it exceeds a 64-bit number.
fn binomial(n: usize, k: usize) -> Option<u64> {
    if k > n {
        return Some(0);
    }
    let mut ways: u128 = 1;
    for i in 0..k.min(n - k) {
        // Below 2⁶⁴ times 2³², and C(n, i + 1) after the division.
        ways = ways * (n - i) as u128 / (i as u128 + 1);
        if ways > u128::from(u64::MAX) {
            return None;
        }
    }
    u64::try_from(ways).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const I: Arm = Arm::Intervention;
    const C: Arm = Arm::Control;

    #[test]
    fn designs_without_a_choice_of_arms_are_refused() {
        assert_eq!(RandomisationDesign::new(&[], &[]), Err(DesignError::NoParticipants));
        let one_arm = RandomisationDesign::new(&[0, 1], &[I, I]);
        assert_eq!(one_arm, Err(DesignError::EmptyArm { arm: C }));
    }

    #[test]
    fn assignments_are_counted() {
        let design = RandomisationDesign::new(&[7, 2, 2, 7, 7, 9], &[I, I, C, C, C, I]).unwrap();
        assert_eq!(design.n_assignments(), Some(6));
        let groups: Vec<(&[u32], usize)> = design.groups().collect();
        assert_eq!(groups, [(&[1, 2][..], 1), (&[0, 3, 4], 1), (&[5], 1)]);
        let half = |n: usize| {
            let arms: Vec<Arm> = (0..n).map(|i| if i < n / 2 { I } else { C }).collect();
            RandomisationDesign::new(&vec![0; n], &arms).unwrap().n_assignments()
        };
        // By Python's math.comb; C(68, 34) exceeds 2⁶⁴.
        assert_eq!(half(66), Some(7_219_428_434_016_265_740));
        assert_eq!(half(68), None);
        assert_eq!(half(1200), None);
    }

    #[test]
    fn all_assignments_are_enumerated_once_and_in_order() {
        let design = RandomisationDesign::new(&[0, 0, 1, 1, 1], &[I, C, C, I, I]).unwrap();
        let mut assignment = design.observed().clone();
        let all: Vec<Vec<u32>> = (0..6)
            .map(|number| {
                design.assignment_number(number, &mut assignment);
                assignment.treated().to_vec()
            })
            .collect();
        let want =
            [[0, 2, 3], [0, 2, 4], [0, 3, 4], [1, 2, 3], [1, 2, 4], [1, 3, 4]].map(Vec::from);
        assert_eq!(all, want);
    }

    #[test]
    fn draws_keep_the_numbers_of_every_group_and_are_uniform() {
        let groups = [0, 0, 0, 0, 1, 1, 1, 2];
        let design = RandomisationDesign::new(&groups, &[I, C, C, C, I, I, C, C]).unwrap();
        let mut assignment = design.observed().clone();
        let mut counts = std::collections::BTreeMap::new();
        for number in 0..12_000 {
            design.draw_number(Seed(5), number, &mut assignment);
            let mut treated = assignment.treated().to_vec();
            treated.sort_unstable();
            assert_eq!(treated.iter().filter(|&&i| i < 4).count(), 1);
            assert_eq!(treated.iter().filter(|&&i| (4..7).contains(&i)).count(), 2);
            for i in 0..8 {
                assert_eq!(assignment.is_treated()[i], treated.iter().any(|&t| t as usize == i));
            }
            *counts.entry(treated).or_insert(0_u32) += 1;
        }
        assert_eq!(counts.len(), 12);
        // χ² on 11 degrees of freedom; 31.26 is its 99.9% point.
        let off = |count: &u32| f64::from(*count) - 1000.0;
        let chi: f64 = counts.values().map(|c| off(c) * off(c) / 1000.0).sum();
        assert!(chi < 31.26, "{counts:?}");
    }
}
