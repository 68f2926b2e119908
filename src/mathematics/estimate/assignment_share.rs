//! The probability of an arm, where it is taken from the participants themselves.

/// Whose share of participants in an arm is the probability of that arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignmentShare {
    /// Everyone's, n₁/n: allocation is planned in the same ratio in all strata.
    Overall,
    /// The stratum's own, n₁ₛ/nₛ: the planned ratio differs between strata.
    ByStratum,
}
