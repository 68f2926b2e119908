//! The cells of a line of a table, with what is missing in them explained.

use crate::render::lookup::{Cell, Question};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::number::Numbers;
use crate::render::text::fill;
use crate::results::vocabulary::{Statistic, Unit};

use super::Source;
use super::effects::{limit, with_unit};

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

    /// One statistic.
    pub(super) fn value(
        &mut self,
        question: &Question,
        statistic: Statistic,
        write: impl Fn(f64) -> String,
    ) -> String {
        self.notes.show(&question.cell(self.source.results, statistic), &self.place, write)
    }

    /// One statistic; empty where the results do not have it.
    pub(super) fn optional(
        &mut self,
        question: &Question,
        statistic: Statistic,
        write: impl Fn(f64) -> String,
    ) -> String {
        match question.cell(self.source.results, statistic) {
            Cell::Absent => String::new(),
            known => self.notes.show(&known, &self.place, write),
        }
    }

    /// A count.
    pub(super) fn count(&mut self, question: &Question, statistic: Statistic) -> String {
        let numbers = self.numbers();
        self.value(question, statistic, |count| numbers.count(count))
    }

    /// A p-value; empty where there is no such test.
    pub(super) fn p(&mut self, question: &Question) -> String {
        let numbers = self.numbers();
        self.optional(question, Statistic::PValue, |p| numbers.bare_p(p))
    }

    /// Two counts: `12/34`; the symbol alone where neither can be shown.
    pub(super) fn part_of(
        &mut self,
        (part, statistic): (&Question, Statistic),
        whole: &Question,
    ) -> String {
        let (part, n) = (self.count(part, statistic), self.count(whole, Statistic::N));
        let is_shown = n.starts_with(|first: char| first.is_ascii_digit());
        if !is_shown && part == n { n } else { self.numbers().part_of(&part, &n) }
    }

    /// A share with its limits, in percent.
    pub(super) fn share(&mut self, question: &Question) -> String {
        let interval = question.interval(self.source.results);
        super::tables::percents(self.source.names, self.notes, &interval, &self.place)
    }

    /// A share without limits, in percent; empty where the results do not have it.
    pub(super) fn bare_share(&mut self, question: &Question) -> String {
        let numbers = self.numbers();
        self.optional(question, Statistic::Estimate, |share| numbers.percent(share))
    }

    /// A difference with its limits; the column says the unit. Empty where the results do not have
    /// it.
    pub(super) fn difference(&mut self, question: &Question, unit: Unit) -> String {
        let numbers = self.numbers();
        self.with_limits(question, &|value| signed(numbers, unit, value), unit)
    }

    /// An amount without a sign, with its limits; empty where the results do not have it.
    pub(super) fn amount(&mut self, question: &Question, unit: Unit) -> String {
        let numbers = self.numbers();
        self.with_limits(question, &|value| limit(numbers, unit, value), unit)
    }

    fn with_limits(
        &mut self,
        question: &Question,
        estimate: &dyn Fn(f64) -> String,
        unit: Unit,
    ) -> String {
        let numbers = self.numbers();
        let interval = question.interval(self.source.results);
        let parts = [&interval.estimate, &interval.lower, &interval.upper];
        if parts.iter().all(|cell| **cell == Cell::Absent) {
            return String::new();
        }
        let limit = |value| limit(numbers, unit, value);
        self.notes.show_interval(&interval, &self.place, Writers { estimate, limit: &limit })
    }

    /// Two statistics as an interval; the symbol alone where neither can be shown.
    pub(super) fn between(
        &mut self,
        question: &Question,
        (lower, upper): (Statistic, Statistic),
        unit: Unit,
    ) -> String {
        let numbers = self.numbers();
        let mut shown = |statistic| {
            let cell = question.cell(self.source.results, statistic);
            let text = self.notes.show(&cell, &self.place, |value| limit(numbers, unit, value));
            (text, cell.value().is_some())
        };
        let ((lower, is_known), (upper, _)) = (shown(lower), shown(upper));
        if !is_known && lower == upper { lower } else { numbers.interval(&lower, &upper) }
    }

    /// A mean with its standard deviation: `49.1 (21.4)`.
    pub(super) fn mean_sd(&mut self, question: &Question, unit: Unit) -> String {
        let numbers = self.numbers();
        let mean = self.value(question, Statistic::Estimate, |mean| limit(numbers, unit, mean));
        if question.cell(self.source.results, Statistic::Estimate).value().is_none() {
            return mean;
        }
        let sd = self.value(question, Statistic::StdDev, |sd| limit(numbers, unit, sd));
        let template = &self.source.names.texts.tables.with_sd;
        fill(template, &[("mean", &mean), ("sd", &sd)])
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
