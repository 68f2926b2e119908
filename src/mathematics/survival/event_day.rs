//! What happened on one day.

use super::ending::Cause;

/// What happened on one day, and how many were at risk of it. Counts are sums of weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventDay {
    /// Days since randomisation.
    pub day: i32,
    /// Those who entered before and whose last day at risk is this one or later.
    pub n_at_risk: f64,
    /// Those who had the event.
    pub n_events: f64,
    /// Those who left by a competing exit.
    pub n_competing: f64,
    /// Those whose follow-up ended without either.
    pub n_censored: f64,
}

impl EventDay {
    /// Those who left by that cause.
    pub fn n_of(&self, cause: Cause) -> f64 {
        match cause {
            Cause::Event => self.n_events,
            Cause::Competing => self.n_competing,
        }
    }
}

/// Those at risk from the day after a change to the day of the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RiskSet {
    /// The day of the change.
    pub(super) after_day: i32,
    /// The sum of weights after it.
    pub(super) n: f64,
}
