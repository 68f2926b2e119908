//! Answers to the questionnaires as they were given.

use super::date::Date;

/// Every answer with its items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Questionnaires {
    /// Questionnaires answered, in the order of participant, then date, then wave, then file.
    pub answers: Vec<Answer>,
    /// Columns of numbers that the plan needs, in the order of their names.
    pub items: Vec<ItemColumn>,
    /// Languages of the answers, in order.
    pub languages: Vec<String>,
    /// Ways of answering, in order.
    pub modes: Vec<String>,
}

/// One person's questionnaire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Position of the participant in [`super::dataset::TrialData::participants`].
    pub participant: usize,
    /// The wave that it was sent out for, in months since randomisation.
    pub wave: i32,
    /// The day on which it was completed.
    pub date: Date,
    /// Position among [`Questionnaires::languages`].
    pub language: Option<usize>,
    /// Position among [`Questionnaires::modes`].
    pub mode: Option<usize>,
    /// Whether the person says to have a paid job that day.
    pub working_now: Option<bool>,
    /// Whether the person says to have had one since the last answer, or since randomisation.
    pub any_job_since_last: Option<bool>,
    /// Line of the waves file, for tracing.
    pub line: u64,
}

/// A column of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemColumn {
    /// Its name.
    pub name: String,
    /// A value for each answer, in the order of [`Questionnaires::answers`].
    pub values: Vec<Option<f64>>,
}

impl Questionnaires {
    /// The values of a column.
    pub fn item(&self, name: &str) -> Option<&[Option<f64>]> {
        let found = self.items.iter().find(|item| item.name == name);
        found.map(|item| item.values.as_slice())
    }
}
