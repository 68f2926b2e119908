//! The whole trial, built once by ingest and then only read.

use super::employment::Spell;
use super::participant::Participant;

/// Everything that the tables say, checked and linked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialData {
    /// Everyone randomised, in the order of their identifiers.
    pub participants: Vec<Participant>,
    /// Spells in the order of participant, then start, then file.
    pub spells: Vec<Spell>,
}
