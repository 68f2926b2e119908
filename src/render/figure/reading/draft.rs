//! A figure in the making: its numbers, its sentences, and what must be explained below it.

use std::collections::BTreeSet;

use crate::numeric::text::shortest;
use crate::render::Audience;
use crate::render::chart::has_fonts;
use crate::render::chart::parts::Body;
use crate::render::chart::sheet::Chart;
use crate::render::lookup::{Cell, Interval};
use crate::render::names::Names;
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::result_set::ResultSet;
use crate::results::spreadsheet::inert;
use crate::trial::arm::Arm;

use super::form::Form;
use super::source::{Figure, FigureError, Source};

/// Names of the columns of values in a figure's CSV.
pub(crate) const VALUES: [&str; 3] = ["estimate", "ci_lower", "ci_upper"];

/// Notes, numbers and sentences are collected while rows are read.
pub(crate) struct Draft<'a> {
    pub(crate) results: &'a ResultSet,
    pub(crate) names: Names<'a>,
    source: Source<'a>,
    notes: Notes<'a>,
    explanations: Vec<String>,
    sentences: Vec<String>,
    n_keys: usize,
    lines: Vec<Vec<String>>,
}

/// Where a figure is found and what stands above it.
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) subtitle: String,
}

impl Head {
    pub(crate) fn new(name: &str, title: impl Into<String>, subtitle: String) -> Self {
        Self { name: name.to_owned(), title: title.into(), subtitle }
    }
}

impl<'a> Draft<'a> {
    /// Starts with the names of key and value columns of the CSV; a column `note` is added.
    pub(crate) fn new(source: Source<'a>, keys: &[&str], values: &[&str]) -> Self {
        let names = keys.iter().chain(values).chain(&["note"]).map(|&name| name.to_owned());
        Self {
            results: source.results,
            names: source.names,
            source,
            notes: Notes::new(source.names),
            explanations: Vec::new(),
            sentences: Vec::new(),
            n_keys: keys.len(),
            lines: vec![names.collect()],
        }
    }

    /// The value in a reader's form, or a symbol that is explained below the figure.
    pub(crate) fn show(&mut self, cell: &Cell, place: &Place, form: Form) -> String {
        let numbers = self.names.numbers();
        self.notes.show(cell, place, |value| form.estimate(numbers, value))
    }

    /// An estimate with its limits, or a symbol that is explained below the figure.
    pub(crate) fn show_interval(&mut self, own: &Interval, place: &Place, form: Form) -> String {
        shown(&mut self.notes, self.names, (own, place), form)
    }

    /// A limit that stands by itself.
    pub(crate) fn show_limit(&mut self, cell: &Cell, place: &Place, form: Form) -> String {
        let numbers = self.names.numbers();
        self.notes.show(cell, place, |value| form.limit(numbers, value))
    }

    /// As [`show_interval`](Self::show_interval), for what is explained already.
    pub(crate) fn quiet_interval(&self, own: &Interval, form: Form) -> String {
        let place = Place::new(self.names, "", "");
        shown(&mut Notes::new(self.names), self.names, (own, &place), form)
    }

    /// As [`show`](Self::show), for what is explained already.
    pub(crate) fn quietly(&self, cell: &Cell, form: Form) -> String {
        let place = Place::new(self.names, "", "");
        let numbers = self.names.numbers();
        Notes::new(self.names).show(cell, &place, |value| form.estimate(numbers, value))
    }

    /// `12/34`; one symbol where both are missing for the same reason.
    pub(crate) fn part_of(&mut self, [part, whole]: [&Cell; 2], place: &Place) -> String {
        let shown = self.show(part, place, Form::Count);
        let of = self.show(whole, place, Form::Count);
        let is_missing = part.value().is_none() && shown == of;
        if is_missing { of } else { self.names.numbers().part_of(&shown, &of) }
    }

    /// Each arm's value at one place, for a sentence.
    pub(crate) fn arm_values(
        &self,
        template: &str,
        form: Form,
        cell: impl Fn(Arm) -> Cell,
    ) -> String {
        let value = |arm: &Arm| {
            let value = self.quietly(&cell(*arm), form);
            fill(template, &[("arm", &self.names.arm(*arm)), ("value", &value)])
        };
        let values: Vec<String> = Arm::BOTH.iter().map(value).collect();
        values.join(&self.names.texts.note.list)
    }

    /// Explains why a cell shows no value.
    pub(crate) fn explain(&mut self, cell: &Cell, place: &Place) {
        self.notes.explain(cell, place);
    }

    /// Explains each month without a mark or a bar, also where the results lack the month.
    pub(crate) fn explain_months(
        &mut self,
        points: &[(i32, Interval)],
        (region, what): (&str, &str),
    ) {
        let mut missing: Vec<(Cell, BTreeSet<i32>)> = Vec::new();
        let mut add = |cell: &Cell, month: i32| {
            if cell.value().is_some() {
                return;
            }
            match missing.iter_mut().find(|(known, _)| known == cell) {
                Some((_, months)) => drop(months.insert(month)),
                None => missing.push((cell.clone(), BTreeSet::from([month]))),
            }
        };
        for (month, value) in points {
            let has_mark = value.estimate.value().is_some();
            let bar = [&value.lower, &value.upper].into_iter().filter(|_| has_mark);
            std::iter::once(&value.estimate).chain(bar).for_each(|cell| add(cell, *month));
        }
        for pair in points.windows(2) {
            (pair[0].0 + 1..pair[1].0).for_each(|month| add(&Cell::Absent, month));
        }
        for (cell, months) in &missing {
            self.notes.explain(cell, &Place::at_months(self.names, region, what, months));
        }
    }

    /// Adds a line below the figure.
    pub(crate) fn note(&mut self, line: impl Into<String>) {
        self.explanations.push(line.into());
    }

    /// Adds a line below the figure where it is needed.
    #[expect(clippy::fn_params_excessive_bools, reason = "it reads as `if` at its callers")]
    pub(crate) fn note_if(&mut self, is_needed: bool, line: &str) {
        self.explanations.extend(is_needed.then(|| line.to_owned()));
    }

    /// Adds a sentence to the figure in words.
    pub(crate) fn say(&mut self, template: &str, values: &[(&str, &str)]) {
        self.sentences.push(fill(template, values));
    }

    /// Adds words of the figure as sentences.
    pub(crate) fn say_each(&mut self, words: &[String]) {
        self.sentences.extend(words.iter().map(|own| format!("{own}.")));
    }

    /// Adds a line of numbers. A missing value is empty, and the note says why.
    pub(crate) fn line(&mut self, keys: &[&str], cells: &[&Cell]) {
        self.line_from(0, keys, cells);
    }

    /// Adds a line whose numbers start at a column of values.
    pub(crate) fn line_from(&mut self, column: usize, keys: &[&str], cells: &[&Cell]) {
        let mut record: Vec<String> = keys.iter().map(|&key| inert(key).into_owned()).collect();
        record.resize(self.n_keys + column, String::new());
        let mut notes: Vec<&str> = Vec::new();
        for cell in cells {
            let (text, note) = match cell {
                Cell::Value(value) => (shortest(*value), ""),
                Cell::Masked => (String::new(), "masked"),
                Cell::NotEstimable(reason) => (String::new(), reason.as_str()),
                Cell::Absent => (String::new(), "not among the results"),
            };
            record.push(text);
            if !note.is_empty() && !notes.contains(&note) {
                notes.push(note);
            }
        }
        record.resize(self.lines[0].len() - 1, String::new());
        record.push(notes.join("; "));
        self.lines.push(record);
    }

    /// The figure.
    ///
    /// # Errors
    ///
    /// [`FigureError`] where the font or the CSV writer fails.
    pub(crate) fn finish(self, head: Head, body: Body) -> Result<Figure, FigureError> {
        if !has_fonts() {
            return Err(FigureError::Font);
        }
        let common = &self.names.texts.common;
        let is_internal = self.source.audience == Audience::Internal;
        let chart = Chart {
            name: head.name,
            title: head.title,
            subtitle: head.subtitle,
            internal: is_internal.then(|| common.internal.clone()),
            notes: self.explanations.into_iter().chain(self.notes.lines()).collect(),
            text_alternative: self.sentences.join(" "),
            part: common.part.clone(),
            body,
        };
        let sheets = chart.draw(self.source.size);
        let svg = sheets.iter().map(crate::render::chart::drawing::Drawing::svg).collect();
        let csv = csv_of(&self.lines)?;
        let Chart { name, title, text_alternative, .. } = chart;
        Ok(Figure { name, title, text_alternative, svg, csv, sheets })
    }
}

fn shown(
    notes: &mut Notes<'_>,
    names: Names<'_>,
    (own, place): (&Interval, &Place),
    form: Form,
) -> String {
    let numbers = names.numbers();
    let estimate = |value| form.estimate(numbers, value);
    let limit = |value| form.limit(numbers, value);
    notes.show_interval(own, place, Writers { estimate: &estimate, limit: &limit })
}

fn csv_of(lines: &[Vec<String>]) -> Result<String, FigureError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.write_record(line)?;
    }
    let bytes = writer.into_inner().map_err(|_| FigureError::Text)?;
    String::from_utf8(bytes).map_err(|_| FigureError::Text)
}
