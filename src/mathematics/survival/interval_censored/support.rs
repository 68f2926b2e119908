//! Innermost intervals: where the likelihood of brackets can put mass.

use std::collections::BTreeMap;

use super::bracket::{Bracket, BracketError};
use crate::numeric::weights::FrequencyWeights;
use crate::survival::not_estimable::NotEstimable;

/// The innermost intervals of a group, and each distinct bracket as a range of them.
///
/// An innermost interval starts where some bracket starts and ends where some bracket ends, with
/// no start or end between (Peto 1973, Turnbull 1976). For each there is a bracket of which it is
/// the last, so that the masses that explain the brackets' probabilities are unique.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Support {
    pub(super) zones: Vec<Bracket>,
}

impl Support {
    /// Of those with a positive weight.
    pub(super) fn new(
        brackets: &[Bracket],
        weights: Option<FrequencyWeights<'_>>,
    ) -> Result<Self, BracketError> {
        if let Some(weights) = weights {
            assert_eq!(brackets.len(), weights.0.len(), "one weight a participant");
        }
        if let Some(position) = brackets.iter().position(|bracket| !bracket.holds_a_day()) {
            return Err(BracketError::NoDay { position });
        }
        let counted = |i: usize| weights.is_none_or(|weights| weights.get(i) > 0);
        let used: Vec<Bracket> =
            (0..brackets.len()).filter(|&i| counted(i)).map(|i| brackets[i]).collect();
        if used.is_empty() {
            return Err(NotEstimable::NoParticipants.into());
        }
        let mut starts: Vec<i32> = used.iter().map(|bracket| bracket.after).collect();
        let mut ends: Vec<i32> = used.iter().filter_map(|bracket| bracket.by).collect();
        starts.sort_unstable();
        starts.dedup();
        ends.sort_unstable();
        ends.dedup();
        let zones = starts.iter().enumerate().filter_map(|(k, &after)| {
            let by = ends.get(ends.partition_point(|&end| end <= after)).copied();
            // Innermost unless another bracket starts before the end.
            let next_start = starts.get(k + 1);
            let broken = next_start.is_some_and(|&next| by.is_none_or(|by| next < by));
            (!broken).then_some(Bracket { after, by })
        });
        Ok(Self { zones: zones.collect() })
    }

    /// The positions of the innermost intervals within a bracket, from the first to before the
    /// second.
    pub(super) fn range(&self, bracket: Bracket) -> (usize, usize) {
        let from = self.zones.partition_point(|zone| zone.after < bracket.after);
        let to = bracket.by.map_or(self.zones.len(), |by| {
            self.zones.partition_point(|zone| zone.by.is_some_and(|end| end <= by))
        });
        (from, to)
    }

    /// Distinct ranges with the sum of their weights.
    pub(super) fn counts(
        &self,
        brackets: &[Bracket],
        weights: Option<FrequencyWeights<'_>>,
    ) -> Vec<((usize, usize), f64)> {
        let mut counts: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for (i, &bracket) in brackets.iter().enumerate() {
            let weight = weights.map_or(1.0, |weights| f64::from(weights.get(i)));
            if weight > 0.0 {
                *counts.entry(self.range(bracket)).or_insert(0.0) += weight;
            }
        }
        counts.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bracket(after: i32, by: i32) -> Bracket {
        Bracket { after, by: Some(by) }
    }

    #[test]
    fn innermost_intervals_and_their_brackets() {
        let brackets =
            [bracket(-1, 3), bracket(2, 5), bracket(3, 9), bracket(4, 9), Bracket::censored(7)];
        let support = Support::new(&brackets, None).unwrap();
        assert_eq!(support.zones, [bracket(2, 3), bracket(4, 5), bracket(7, 9)]);
        let ranges = brackets.map(|bracket| support.range(bracket));
        assert_eq!(ranges, [(0, 1), (0, 2), (1, 3), (1, 3), (2, 3)]);
        for (given, (from, to)) in brackets.into_iter().zip(ranges) {
            let within = |k: usize| given.contains(support.zones[k]);
            assert!((0..3).all(|k| within(k) == (from..to).contains(&k)));
        }
        assert_eq!(support.counts(&brackets, None)[2], ((1, 3), 2.0));
    }

    #[test]
    fn an_end_and_a_start_on_one_day_do_not_overlap() {
        let support = Support::new(&[bracket(0, 4), bracket(4, 6)], None).unwrap();
        assert_eq!(support.zones, [bracket(0, 4), bracket(4, 6)]);
        let exact = Support::new(&[Bracket::exact(0), Bracket::censored(0)], None).unwrap();
        assert_eq!(exact.zones, [Bracket::exact(0), Bracket::censored(0)]);
    }

    #[test]
    fn brackets_without_a_day_are_named() {
        let wrong = |bracket| Support::new(&[Bracket::exact(1), bracket], None).unwrap_err();
        assert_eq!(wrong(bracket(3, 3)), BracketError::NoDay { position: 1 });
        assert_eq!(wrong(bracket(-2, 3)), BracketError::NoDay { position: 1 });
        let nobody = Support::new(&[Bracket::exact(1)], Some(FrequencyWeights(&[0])));
        assert_eq!(nobody.unwrap_err(), NotEstimable::NoParticipants.into());
    }
}
