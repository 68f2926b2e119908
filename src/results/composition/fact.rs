//! What may be true of one person.

use serde::{Deserialize, Serialize};

use crate::results::vocabulary::Outcome;
use crate::trial::arm::Arm;

/// What may be true of one person, known or not to whom it may concern.
///
/// Times are days since randomisation, of which "by month m" is one (day ⌊30.4375 m⌋).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Randomised to the arm.
    Arm(Arm),
    /// Randomised in the region.
    Region(String),
    /// Randomised in the stratum, where strata are other than regions.
    Stratum(String),
    /// A characteristic at randomisation is known.
    Known {
        /// Name of the characteristic.
        variable: String,
    },
    /// A characteristic at randomisation is known and has the level.
    Level {
        /// Name of the characteristic.
        variable: String,
        /// One of its levels, of which two exclude each other.
        level: String,
    },
    /// The data reach the day.
    Due {
        /// Day since randomisation.
        day: i32,
    },
    /// Followed to the day or longer: F ≥ day.
    Followed {
        /// Day since randomisation.
        day: i32,
    },
    /// Follow-up ended in a competing exit on or before the day, with or without a job before.
    CompetingExit {
        /// Last day that counts.
        by: i32,
    },
    /// A first job started on or before the day.
    FirstJob {
        /// Last day that counts.
        by: i32,
    },
    /// At least so many jobs started from day 0 to the day.
    JobStarts {
        /// How many.
        at_least: u32,
        /// Last day that counts.
        by: i32,
    },
    /// A job covers the day.
    Employed {
        /// Day since randomisation.
        day: i32,
    },
    /// The first meeting of the programme was on or before the day.
    TookUp {
        /// Last day that counts.
        by: i32,
    },
    /// Known to have worked on the day of randomisation, in a job from before it.
    AtWorkOnDay0,
    /// A wait began that has another origin than randomisation.
    Begun(Origin),
    /// It ended as it was waited for, on or before the day since its origin.
    Ended {
        /// Which wait.
        origin: Origin,
        /// Last day that counts.
        by: i32,
    },
    /// It went on to the day since its origin, or longer: not ended before, and followed.
    Waited {
        /// Which wait.
        origin: Origin,
        /// Day since the origin.
        day: i32,
    },
    /// An answer counts for the wave.
    Answered {
        /// Month of the wave.
        wave: i32,
    },
    /// The answer that counts for the wave was given in the language or way.
    AnswerWas {
        /// Month of the wave.
        wave: i32,
        /// What it is about: language or mode.
        what: String,
        /// Which one, of which two exclude each other.
        value: String,
    },
    /// The quantity is known.
    Measured(Quantity),
    /// The quantity is known, and yes or above 0.
    Positive(Quantity),
    /// Something of which no more is known than that it is true of some.
    Own {
        /// What it is about.
        name: String,
        /// What is said of it; one person may have several.
        value: String,
    },
}

/// From when time is counted, where that is not randomisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The first meeting of the programme, of those who had it before a first job.
    ProgrammeStart,
    /// The start of the first job, until it is left.
    FirstJob,
}

/// A day that nobody's follow-up reaches: "ever".
pub const EVER: i32 = i32::MAX;

/// Something measured on a person after randomisation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Quantity {
    /// What was measured.
    pub outcome: Outcome,
    /// Month since randomisation, or the wave.
    pub month: Option<i32>,
    /// Which score or item; else empty.
    pub level: String,
}

impl Quantity {
    /// An outcome at a month.
    pub fn at(outcome: Outcome, month: i32) -> Self {
        Self { outcome, month: Some(month), level: String::new() }
    }

    /// A score or item at a wave.
    pub fn level_at(outcome: Outcome, level: &str, month: i32) -> Self {
        Self { outcome, month: Some(month), level: level.to_owned() }
    }
}

impl Fact {
    /// Whether it is settled at randomisation: where or of what kind a person is, not what befell
    /// them.
    pub fn is_of_baseline(&self) -> bool {
        matches!(
            self,
            Fact::Arm(_)
                | Fact::Region(_)
                | Fact::Stratum(_)
                | Fact::Known { .. }
                | Fact::Level { .. }
        )
    }

    /// That it holds.
    pub fn holds(self) -> Literal {
        Literal { fact: self, holds: true }
    }

    /// That it does not hold.
    pub fn fails(self) -> Literal {
        Literal { fact: self, holds: false }
    }
}

/// A fact that holds, or does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Literal {
    /// The fact.
    pub fact: Fact,
    /// Whether it holds.
    pub holds: bool,
}

impl Literal {
    /// The contrary.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { fact: self.fact.clone(), holds: !self.holds }
    }
}
