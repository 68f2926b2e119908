//! Facts that hold together.

use super::algebra::{excludes, implies, is_certain, last_day, normal};
use super::fact::Literal;

/// Everyone of whom all literals are true, in its one form: sorted, none that follows from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conjunction(Vec<Literal>);

impl Conjunction {
    /// Everyone randomised.
    pub fn everyone() -> Self {
        Self(Vec::new())
    }

    /// Those of whom all are true; none where nobody can be.
    pub fn of(literals: impl IntoIterator<Item = Literal>) -> Option<Self> {
        let given: Vec<Literal> = literals.into_iter().collect();
        // A day of an exit may move the bound that others are cut at: until nothing moves.
        let mut all = given;
        loop {
            let last = last_day(&all);
            let next: Vec<Literal> = all.iter().map(|literal| normal(literal, last)).collect();
            if next == all {
                break;
            }
            all = next;
        }
        all.sort();
        all.dedup();
        if all.iter().any(|literal| is_certain(&literal.negated())) {
            return None;
        }
        all.retain(|literal| !is_certain(literal));
        let clash = |at: usize| all[at + 1..].iter().any(|other| excludes(&all[at], other));
        if (0..all.len()).any(clash) {
            return None;
        }
        // Of two that follow from each other the first stays.
        let mut kept: Vec<Literal> = Vec::with_capacity(all.len());
        for (at, literal) in all.iter().enumerate() {
            let follows = kept.iter().any(|other| implies(other, literal))
                || all[at + 1..]
                    .iter()
                    .any(|other| implies(other, literal) && !implies(literal, other));
            if !follows {
                kept.push(literal.clone());
            }
        }
        Some(Self(kept))
    }

    /// The literals, sorted.
    pub fn literals(&self) -> &[Literal] {
        &self.0
    }

    /// Those of whom both are true; none where nobody can be.
    pub fn and(&self, other: &Self) -> Option<Self> {
        Self::of(self.0.iter().chain(&other.0).cloned())
    }

    /// Those of whom a further literal is true; none where nobody can be.
    pub fn with(&self, literal: Literal) -> Option<Self> {
        Self::of(self.0.iter().cloned().chain(std::iter::once(literal)))
    }

    /// Whether everyone in it is in the other, as far as the facts tell.
    pub fn is_within(&self, other: &Self) -> bool {
        other.0.iter().all(|literal| self.forces(literal))
    }

    /// Whether nobody is in both, as far as the facts tell.
    pub fn excludes(&self, other: &Self) -> bool {
        self.and(other).is_none()
    }

    /// Whether the literal is true of everyone in it: nobody is left when its contrary is added.
    fn forces(&self, literal: &Literal) -> bool {
        is_certain(literal)
            || self.0.iter().any(|own| implies(own, literal))
            || self.with(literal.negated()).is_none()
    }

    /// The part without the literal at `place`, and with its contrary instead: what is missing from
    /// the wider set that lacks it.
    pub(super) fn without_literal(&self, place: usize) -> Self {
        let kept = self.0.iter().enumerate().filter(|(at, _)| *at != place);
        Self(kept.map(|(_, literal)| literal.clone()).collect())
    }
}
