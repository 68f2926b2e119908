//! Symbols where a number is missing, and the footnotes that explain them.

use std::collections::{BTreeMap, BTreeSet};

use super::lookup::{Cell, Interval};
use super::names::Names;
use super::text::fill;

/// More places than these are counted, not named.
const MOST_PLACES: usize = 6;

/// Where a number stands, in a reader's words.
#[derive(Clone, Debug)]
pub(super) struct Place(String);

impl Place {
    /// A number of a region.
    pub(super) fn new(names: Names<'_>, region: &str, what: &str) -> Self {
        let values = [("region", &*names.region(region)), ("what", what)];
        Self(fill(&names.texts.note.place, &values))
    }

    /// Numbers of a region at months.
    pub(super) fn at_months(
        names: Names<'_>,
        region: &str,
        what: &str,
        months: &BTreeSet<i32>,
    ) -> Self {
        let (note, region) = (&names.texts.note, names.region(region));
        let template = if months.len() == 1 { &note.place_month } else { &note.place_months };
        let months = names.numbers().months(months.iter().copied());
        let values = [("region", &*region), ("what", what)];
        Self(fill(template, &[&values[..], &[("month", &months), ("months", &months)]].concat()))
    }

    /// A number of a region at a month.
    pub(super) fn at_month(names: Names<'_>, region: &str, what: &str, month: i32) -> Self {
        let (region, month) = (names.region(region), month.to_string());
        let values = [("region", &*region), ("what", what), ("month", &*month)];
        Self(fill(&names.texts.note.place_month, &values))
    }
}

/// Writes cells and remembers what must be explained.
pub(super) struct Notes<'a> {
    names: Names<'a>,
    any_masked: bool,
    not_estimable: BTreeMap<String, Vec<String>>,
    absent: Vec<String>,
}

impl<'a> Notes<'a> {
    /// Nothing to explain yet.
    pub(super) fn new(names: Names<'a>) -> Self {
        Self { names, any_masked: false, not_estimable: BTreeMap::new(), absent: Vec::new() }
    }

    /// The value in a reader's form, or the symbol of what is missing.
    pub(super) fn show(
        &mut self,
        cell: &Cell,
        place: &Place,
        write: impl Fn(f64) -> String,
    ) -> String {
        if let Some(value) = cell.value() {
            return write(value);
        }
        self.explain(cell, place);
        let note = &self.names.texts.note;
        match cell {
            Cell::Masked => note.masked_symbol.clone(),
            Cell::Absent => note.absent_symbol.clone(),
            Cell::Value(_) | Cell::NotEstimable(_) => note.not_estimable_symbol.clone(),
        }
    }

    /// Remembers why a cell shows no value.
    pub(super) fn explain(&mut self, cell: &Cell, place: &Place) {
        let places = match cell {
            Cell::Value(_) => return,
            Cell::Masked => {
                self.any_masked = true;
                return;
            }
            Cell::Absent => &mut self.absent,
            Cell::NotEstimable(reason) => {
                let reason = reason.trim_end_matches('.');
                let known =
                    if reason.is_empty() { &self.names.texts.note.no_reason } else { reason };
                self.not_estimable.entry(known.to_owned()).or_default()
            }
        };
        if !places.contains(&place.0) {
            places.push(place.0.clone());
        }
    }

    /// An estimate with its limits: `+9.5 (2.1 to 16.9)`. Without an estimate, its symbol alone.
    pub(super) fn show_interval(
        &mut self,
        interval: &Interval,
        place: &Place,
        writers: Writers<'_>,
    ) -> String {
        let estimate = self.show(&interval.estimate, place, writers.estimate);
        if interval.estimate.value().is_none() {
            return estimate;
        }
        let numbers = self.names.numbers();
        let limits = match interval.limits() {
            Some((lower, upper)) => {
                numbers.interval(&(writers.limit)(lower), &(writers.limit)(upper))
            }
            None if interval.lower.value().is_none() => {
                self.show(&interval.lower, place, writers.limit)
            }
            None => self.show(&interval.upper, place, writers.limit),
        };
        numbers.with_interval(&estimate, &limits)
    }

    /// The footnotes, one a line.
    pub(super) fn lines(&self) -> Vec<String> {
        let note = &self.names.texts.note;
        let mut lines = Vec::new();
        if self.any_masked {
            lines.push(fill(&note.masked, &[("symbol", &note.masked_symbol)]));
        }
        for (reason, places) in &self.not_estimable {
            let places = self.list(places);
            let symbol = note.not_estimable_symbol.as_str();
            let values = [("symbol", symbol), ("places", &places), ("reason", reason)];
            lines.push(fill(&note.not_estimable, &values));
        }
        if !self.absent.is_empty() {
            let places = self.list(&self.absent);
            let values = [("symbol", note.absent_symbol.as_str()), ("places", &places)];
            lines.push(fill(&note.absent, &values));
        }
        lines
    }

    fn list(&self, places: &[String]) -> String {
        let note = &self.names.texts.note;
        if places.len() <= MOST_PLACES {
            return places.join(&note.list);
        }
        let named = places[..MOST_PLACES].join(&note.list);
        let count = (places.len() - MOST_PLACES).to_string();
        fill(&note.more, &[("places", &named), ("count", &count)])
    }
}

/// How an estimate and its limits are written.
#[derive(Clone, Copy)]
pub(super) struct Writers<'f> {
    pub(super) estimate: &'f dyn Fn(f64) -> String,
    pub(super) limit: &'f dyn Fn(f64) -> String,
}
