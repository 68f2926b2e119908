//! The cells of a line of a table, with what is missing in them explained.

use crate::render::document::Text;
use crate::render::fact::{Fact, Facts};
use crate::render::lookup::Question;
use crate::render::notes::{Notes, Place, Writers};
use crate::render::number::Numbers;
use crate::results::vocabulary::{Statistic, Unit};

use super::shown::{limit, percents, with_unit};
use super::source::Source;

/// Writes the cells of one line.
pub(super) struct Line<'a, 'n> {
    source: Source<'a>,
    notes: &'n mut Notes<'a>,
    place: Place,
}

impl<'a, 'n> Line<'a, 'n> {
    /// Missing cells are explained with this place.
    pub(super) fn new(source: Source<'a>, notes: &'n mut Notes<'a>, place: Place) -> Self {
        Self { source, notes, place }
    }

    fn numbers(&self) -> Numbers<'a> {
        self.source.names.numbers()
    }

    fn fact(&self, question: &Question, statistic: Statistic) -> Fact {
        Fact::of(self.source.results, question, statistic)
    }

    /// One statistic.
    pub(super) fn value(
        &mut self,
        question: &Question,
        statistic: Statistic,
        write: impl Fn(f64) -> String,
    ) -> Text {
        self.notes.number(&self.fact(question, statistic), &self.place, write)
    }

    /// One statistic; empty where the results do not have it.
    pub(super) fn optional(
        &mut self,
        question: &Question,
        statistic: Statistic,
        write: impl Fn(f64) -> String,
    ) -> Text {
        self.notes.optional(&self.fact(question, statistic), &self.place, write)
    }

    /// A count.
    pub(super) fn count(&mut self, question: &Question, statistic: Statistic) -> Text {
        let numbers = self.numbers();
        self.value(question, statistic, |count| numbers.count(count))
    }

    /// A p-value; empty where there is no such test.
    pub(super) fn p(&mut self, question: &Question) -> Text {
        let numbers = self.numbers();
        self.optional(question, Statistic::PValue, |p| numbers.bare_p(p))
    }

    /// Two counts: `12/34`; the symbol alone where neither can be shown.
    pub(super) fn part_of(
        &mut self,
        (part, statistic): (&Question, Statistic),
        whole: &Question,
    ) -> Text {
        let (part, whole) = (self.fact(part, statistic), self.fact(whole, Statistic::N));
        self.notes.part_of(&part, &whole, &self.place)
    }

    /// A share with its limits, in percent.
    pub(super) fn share(&mut self, question: &Question) -> Text {
        let share = Facts::of(self.source.results, question);
        percents(self.source.names, self.notes, &share, &self.place)
    }

    /// A count with its share, `12 (3.4%)`; the symbol alone where neither can be shown.
    pub(super) fn count_and_share(&mut self, question: &Question) -> Text {
        let count = self.count(question, Statistic::Events);
        let share = self.bare_share(question);
        if count.reads_as(&share) {
            return count;
        }
        let template = &self.source.names.texts.tables.with_share;
        Text::fill(template, &[("count", count), ("share", share)])
    }

    /// A share without limits, in percent; empty where the results do not have it.
    pub(super) fn bare_share(&mut self, question: &Question) -> Text {
        let numbers = self.numbers();
        self.optional(question, Statistic::Estimate, |share| numbers.percent(share))
    }

    /// A difference with its limits; the column says the unit. Empty where the results do not have
    /// it.
    pub(super) fn difference(&mut self, question: &Question, unit: Unit) -> Text {
        let numbers = self.numbers();
        self.with_limits(question, &|value| signed(numbers, unit, value), unit)
    }

    /// An amount without a sign, with its limits; empty where the results do not have it.
    pub(super) fn amount(&mut self, question: &Question, unit: Unit) -> Text {
        let numbers = self.numbers();
        self.with_limits(question, &|value| limit(numbers, unit, value), unit)
    }

    fn with_limits(
        &mut self,
        question: &Question,
        estimate: &dyn Fn(f64) -> String,
        unit: Unit,
    ) -> Text {
        let numbers = self.numbers();
        let facts = Facts::of(self.source.results, question);
        if facts.are_absent() {
            return Text::default();
        }
        let limit = |value| limit(numbers, unit, value);
        self.notes.interval(&facts, &self.place, Writers { estimate, limit: &limit })
    }

    /// Two statistics as an interval; the symbol alone where neither can be shown.
    pub(super) fn between(
        &mut self,
        question: &Question,
        (lower, upper): (Statistic, Statistic),
        unit: Unit,
    ) -> Text {
        let numbers = self.numbers();
        let (lower, upper) = (self.fact(question, lower), self.fact(question, upper));
        self.notes.limits((&lower, &upper), &self.place, |value| limit(numbers, unit, value))
    }

    /// A mean with its standard deviation: `49.1 (21.4)`.
    pub(super) fn mean_sd(&mut self, question: &Question, unit: Unit) -> Text {
        let numbers = self.numbers();
        let mean = self.value(question, Statistic::Estimate, |mean| limit(numbers, unit, mean));
        if self.fact(question, Statistic::Estimate).value().is_none() {
            return mean;
        }
        let sd = self.value(question, Statistic::StdDev, |sd| limit(numbers, unit, sd));
        let template = &self.source.names.texts.tables.with_sd;
        Text::fill(template, &[("mean", mean), ("sd", sd)])
    }
}

/// A difference where the column says the unit.
fn signed(numbers: Numbers<'_>, unit: Unit, value: f64) -> String {
    match unit {
        Unit::Proportion => numbers.bare_points(value),
        Unit::Days | Unit::Months | Unit::Hours => numbers.signed(value, 1),
        Unit::Eur | Unit::EurPerMonth => numbers.signed(value, 0),
        _ => with_unit(numbers, unit, value),
    }
}
