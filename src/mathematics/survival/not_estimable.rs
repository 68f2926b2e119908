//! Why a quantity cannot be estimated.

use thiserror::Error;

/// The reason why there is no estimate.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum NotEstimable {
    /// The group, or one of the two, is empty, or all its weights are zero.
    #[error("there are no participants")]
    NoParticipants,
    /// The time lies past the last day on which anyone was followed.
    #[error("the time is past the last day on which anyone was followed")]
    PastLastFollowUp {
        /// The time asked for, in days.
        time_days: f64,
        /// The last day on which anyone was followed.
        last_day: i32,
    },
    /// Nobody in either arm had the event.
    #[error("there are no events")]
    NoEvents,
    /// No event happened while both arms had participants at risk, some of whom did without it.
    #[error("the test statistic has no variance")]
    NoVariance,
    /// Under delayed entry, everyone who had entered has left before the next enters, some of them
    /// without the event: nothing is known of that day, and of no time after it.
    #[error("nobody was at risk on a day before the time")]
    NobodyAtRisk {
        /// The first day on which nobody was at risk.
        day: i32,
    },
    /// The weights are sampling weights, whose variance a table of counts does not have.
    #[error("the variance under sampling weights needs each participant's influence")]
    NeedsInfluence,
    /// A ratio or a logarithm of a quantity that is 0, or of a probability that is 0 or 1.
    #[error("an arm's estimate lies on the edge of its range")]
    OnTheEdge,
}
