//! The whole trial, built once by ingest and then only read.

use super::allocation::AllocationLine;
use super::baseline::{BaselineColumn, BaselineValues};
use super::benefits::BenefitRow;
use super::employment::Spell;
use super::participant::Participant;
use super::questionnaire::Questionnaires;

/// Everything that the tables say, checked and linked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialData {
    /// Everyone randomised, in the order of their identifiers.
    pub participants: Vec<Participant>,
    /// Spells in the order of participant, then start, then file.
    pub spells: Vec<Spell>,
    /// Columns of the participants table that the plan names, in the order of their names.
    pub baseline: Vec<BaselineColumn>,
    /// Benefits in the order of participant, then month.
    pub benefits: Vec<BenefitRow>,
    /// The randomisation list, one line a participant in their order; empty without one.
    pub allocation: Vec<AllocationLine>,
    /// Answers to the questionnaires; empty without them.
    pub questionnaires: Questionnaires,
}

impl TrialData {
    /// A column of the participants table that the plan names.
    pub fn baseline_column(&self, name: &str) -> Option<&BaselineValues> {
        let column = self.baseline.iter().find(|column| column.name == name);
        column.map(|column| &column.values)
    }

    /// The same as texts: numbers as they are written shortest.
    pub fn baseline_texts(&self, name: &str) -> Option<Vec<Option<String>>> {
        Some(match self.baseline_column(name)? {
            BaselineValues::Texts(texts) => texts.clone(),
            BaselineValues::Numbers(numbers) => {
                numbers.iter().map(|number| number.map(|number| number.to_string())).collect()
            }
        })
    }
}
