//! Answers to the questionnaires as they were given.

use super::date::Date;

/// Every answer with its items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Questionnaires {
    /// Questionnaires answered, in the order of participant, then date, then wave, then file.
    pub answers: Vec<Answer>,
    /// The numbers that the plan needs.
    pub items: Items,
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

/// Columns of numbers, in the order of their names, with a number or none for each answer.
///
/// The numbers of an answer lie together: who scores it reads them all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Items {
    names: Vec<String>,
    /// As [`Items::packed`] writes them, answer by answer.
    numbers: Vec<u64>,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct ItemColumn<'a> {
    /// Its name.
    pub name: &'a str,
    items: &'a Items,
    at: usize,
}

impl Items {
    /// Columns of these names, in which every answer is missing.
    pub fn missing(names: Vec<String>, n_answers: usize) -> Self {
        let numbers = vec![0; names.len() * n_answers];
        Self { names, numbers }
    }

    /// A finite number or none in eight bytes. None is 0, so that a table without answers costs
    /// nothing until they are written.
    #[inline]
    pub fn packed(number: Option<f64>) -> u64 {
        number.map_or(0, f64::to_bits) ^ number.map_or(0, |_| f64::NAN.to_bits())
    }

    /// What [`Items::packed`] wrote.
    #[inline]
    fn unpacked(packed: u64) -> Option<f64> {
        (packed != 0).then(|| f64::from_bits(packed ^ f64::NAN.to_bits()))
    }

    /// The packed numbers, answer by answer.
    pub fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// The same to be written.
    pub fn numbers_mut(&mut self) -> &mut [u64] {
        &mut self.numbers
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<ItemColumn<'_>> {
        let at = self.names.iter().position(|own| own == name)?;
        Some(ItemColumn { name: &self.names[at], items: self, at })
    }

    /// Every column.
    pub fn columns(&self) -> impl Iterator<Item = ItemColumn<'_>> {
        let names = self.names.iter().enumerate();
        names.map(|(at, name)| ItemColumn { name, items: self, at })
    }
}

impl ItemColumn<'_> {
    /// The number in an answer, by its position among [`Questionnaires::answers`].
    #[inline]
    pub fn get(&self, answer: usize) -> Option<f64> {
        Items::unpacked(self.items.numbers[answer * self.items.names.len() + self.at])
    }

    /// The number in every answer.
    pub fn values(&self) -> Vec<Option<f64>> {
        let of_answers = self.items.numbers.chunks_exact(self.items.names.len());
        of_answers.map(|numbers| Items::unpacked(numbers[self.at])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_packed_and_unpacked() {
        for number in [None, Some(0.0), Some(-0.0), Some(1.5), Some(-7.0), Some(f64::MAX)] {
            let found = Items::unpacked(Items::packed(number));
            assert_eq!(found.map(f64::to_bits), number.map(f64::to_bits));
        }
    }

    #[test]
    fn columns_are_found_by_name() {
        let mut items = Items::missing(vec!["a".to_owned(), "b".to_owned()], 3);
        items.numbers_mut()[3] = Items::packed(Some(2.0));
        assert_eq!(items.column("b").unwrap().values(), [None, Some(2.0), None]);
        assert_eq!(items.column("b").unwrap().get(1), Some(2.0));
        assert_eq!(items.column("a").unwrap().values(), [None; 3]);
        assert!(items.column("c").is_none());
        assert_eq!(items.columns().map(|own| own.name).collect::<Vec<_>>(), ["a", "b"]);
    }
}
