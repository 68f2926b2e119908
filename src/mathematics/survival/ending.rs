//! How the time to first job ended.

/// What happened on a participant's last day at risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// The event: a first job.
    Event,
    /// An exit after which no first job can come, such as death.
    Competing,
    /// The end of follow-up without either.
    Censored,
}

/// One of the two causes that end the time at risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The event: a first job.
    Event,
    /// A competing exit.
    Competing,
}
