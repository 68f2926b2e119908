//! What is known of an event's day, and why there may be no estimate.

use thiserror::Error;

use crate::survival::not_estimable::NotEstimable;

/// The event came after one day and by another: T ∈ (after, by].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bracket {
    /// The last day by whose end the event had not come; [`Bracket::START`] if nothing is known.
    pub after: i32,
    /// The first day by whose end it had come; none if follow-up ended before (right-censored).
    pub by: Option<i32>,
}

impl Bracket {
    /// Before day 0, on which the first event may be.
    pub const START: i32 = -1;

    /// An event seen on its day.
    pub fn exact(day: i32) -> Self {
        Self { after: day - 1, by: Some(day) }
    }

    /// No event up to and on that day, and nothing known of later.
    pub fn censored(day: i32) -> Self {
        Self { after: day, by: None }
    }

    /// Whether a day lies in it, from [`Bracket::START`] on.
    pub(super) fn holds_a_day(self) -> bool {
        self.after >= Self::START && self.by.is_none_or(|by| by > self.after)
    }

    /// Whether `inner` lies within it.
    #[cfg(test)]
    pub(super) fn contains(self, inner: Self) -> bool {
        let ends = match (self.by, inner.by) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(by), Some(inner_by)) => inner_by <= by,
        };
        self.after <= inner.after && ends
    }
}

/// Why there is no estimate from brackets.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum BracketError {
    /// As with events whose day is known.
    #[error(transparent)]
    NotEstimable(#[from] NotEstimable),
    /// A bracket without a day in it, or from before day 0.
    #[error("the bracket of participant {position} holds no day")]
    NoDay {
        /// The first such participant, from 0.
        position: usize,
    },
    /// The time lies within a zone of which only the whole mass is known.
    #[error("events after day {after} and by day {by} cannot be told apart")]
    NotIdentified {
        /// Start of the zone.
        after: i32,
        /// End of the zone.
        by: i32,
    },
    /// All brackets overlap in one zone: any order of the events is as likely.
    #[error("all brackets have days in common, so that no event is known to precede another")]
    NoOrder,
    /// A covariate that is constant, not finite, or determined by the arm and those before it.
    #[error("covariate {column} is constant or determined by others")]
    Collinear {
        /// 0 is the arm, from 1 on the covariates.
        column: usize,
    },
    /// The likelihood grows without end in a coefficient, as when an arm has no events.
    #[error("the likelihood has no maximum: coefficient {column} grows without end")]
    Monotone {
        /// 0 is the arm, from 1 on the covariates.
        column: usize,
    },
    /// The iteration did not end.
    #[error("the likelihood was not maximised in {iterations} iterations")]
    NotConverged {
        /// How many were made.
        iterations: usize,
    },
}
