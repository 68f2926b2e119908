//! Sets of people.

use std::sync::Arc;

use super::conjunction::Conjunction;
use super::fact::{Fact, Literal};

/// A set of people: conjunctions of facts of which no two share anybody. Cheap to copy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct People(Arc<[Conjunction]>);

impl People {
    /// Everyone randomised.
    pub fn everyone() -> Self {
        Self(Arc::new([Conjunction::everyone()]))
    }

    /// Nobody.
    pub fn nobody() -> Self {
        Self(Arc::new([]))
    }

    /// Everyone of whom the literals are true.
    pub fn of(literals: impl IntoIterator<Item = Literal>) -> Self {
        Self::sorted(Conjunction::of(literals).into_iter().collect())
    }

    /// The conjunctions, sorted; no two share anybody.
    pub fn parts(&self) -> &[Conjunction] {
        &self.0
    }

    /// Whether the facts tell that nobody can be in it.
    pub fn is_nobody(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of them of whom the fact is true.
    #[must_use]
    pub fn with(&self, fact: Fact) -> Self {
        self.and_literal(&fact.holds())
    }

    /// Those of them of whom the fact is not true.
    #[must_use]
    pub fn but_not(&self, fact: Fact) -> Self {
        self.and_literal(&fact.fails())
    }

    fn and_literal(&self, literal: &Literal) -> Self {
        Self::sorted(self.0.iter().filter_map(|part| part.with(literal.clone())).collect())
    }

    /// Those in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let pairs = self.0.iter().flat_map(|a| other.0.iter().filter_map(|b| a.and(b)));
        Self::sorted(pairs.collect())
    }

    /// Those in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let mut parts = self.0.to_vec();
        parts.extend(other.without(self).0.iter().cloned());
        Self::sorted(parts)
    }

    /// Those who are not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut left = self.0.to_vec();
        for hole in other.0.iter() {
            left = left.iter().flat_map(|part| cut(part, hole)).collect();
        }
        Self::sorted(left)
    }

    /// Whether everyone in it is in the other: true only where the facts tell.
    pub fn is_within(&self, other: &Self) -> bool {
        let direct = |part: &Conjunction| other.0.iter().any(|wider| part.is_within(wider));
        self.0.iter().all(direct) || self.without(other).is_nobody()
    }

    /// Whether nobody is in both: true only where the facts tell.
    pub fn excludes(&self, other: &Self) -> bool {
        self.0.iter().all(|a| other.0.iter().all(|b| a.excludes(b)))
    }

    /// Every fact that is named.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.0.iter().flat_map(Conjunction::literals).map(|literal| &literal.fact)
    }

    fn sorted(mut parts: Vec<Conjunction>) -> Self {
        join_alike(&mut parts);
        parts.sort();
        parts.dedup();
        Self(parts.into())
    }
}

/// What is left of a conjunction without another: those who fail the first of its literals, those
/// who have it and fail the second, and so on, so that no two parts share anybody.
fn cut(part: &Conjunction, hole: &Conjunction) -> Vec<Conjunction> {
    if part.excludes(hole) {
        return vec![part.clone()];
    }
    let mut left = Vec::new();
    let mut rest = Some(part.clone());
    for literal in hole.literals() {
        let Some(own) = rest else { break };
        left.extend(own.with(literal.negated()));
        rest = own.with(literal.clone());
    }
    left
}

/// Two parts that differ in whether one fact holds are one part without it.
fn join_alike(parts: &mut Vec<Conjunction>) {
    while let Some((a, b, joined)) = alike(parts) {
        parts[a] = joined;
        parts.remove(b);
    }
}

fn alike(parts: &[Conjunction]) -> Option<(usize, usize, Conjunction)> {
    // Either may be the one whose other literals both share: those of the other may follow from the
    // one in which they differ.
    for (a, own) in parts.iter().enumerate() {
        for (at, literal) in own.literals().iter().enumerate() {
            let wider = own.without_literal(at);
            let rest = wider.with(literal.negated());
            if let Some(b) = parts.iter().position(|other| rest.as_ref() == Some(other)) {
                return Some((a, b, wider));
            }
        }
    }
    None
}
