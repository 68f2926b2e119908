//! A randomised person.

use super::arm::Arm;
use super::date::Date;

/// A line of the participants table, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Participant {
    /// The project's key; no national number.
    pub id: String,
    /// The arm allocated at randomisation.
    pub arm: Arm,
    /// Position of the region in the plan's list.
    pub region: usize,
    /// Day 0.
    pub randomisation_date: Date,
    /// How and when the person left the study, if they did.
    pub exit: Option<Exit>,
    /// Randomisation stratum, where the table has one.
    pub stratum: Option<String>,
    /// First meeting of the programme, if the person came to one.
    pub programme_start: Option<Date>,
    /// Line of the participants file, for tracing.
    pub line: u64,
}

/// An exit from the study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Last day of follow-up.
    pub date: Date,
    /// Reason, as the data or the plan's codes give it.
    pub reason: String,
}
