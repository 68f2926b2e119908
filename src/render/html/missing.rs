//! Notes of rows: what could not be estimated, and remarks.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::text::fill;
use crate::results::row::Row;

use super::Source;

/// Parts of a row's note are joined by this.
const JOINT: &str = "; ";

/// Each reason for a missing number, with the places it concerns.
pub(super) fn not_estimable(source: Source<'_>) -> Vec<String> {
    let names = source.names;
    let mut notes: BTreeMap<&str, BTreeMap<String, BTreeSet<i32>>> = BTreeMap::new();
    let is_wanted = |row: &&Row| row.value.is_none() && !row.is_masked();
    for row in source.results.rows().iter().filter(is_wanted) {
        let reason = row.note.trim_end_matches('.');
        let known = if reason.is_empty() { &names.texts.note.no_reason } else { reason };
        let months = notes.entry(known).or_default().entry(place(source, row)).or_default();
        months.extend(row.key.month);
    }
    let line = |(note, places): (&str, BTreeMap<String, BTreeSet<i32>>)| {
        let places = places.into_iter().map(|(place, months)| with_months(source, place, &months));
        let places: Vec<String> = places.collect();
        format!("{}: {note}.", places.join(&names.texts.note.list))
    };
    notes.into_iter().map(line).collect()
}

/// What a remark concerns.
#[derive(Default)]
struct Concerned {
    count: usize,
    outcomes: BTreeSet<String>,
    methods: BTreeSet<String>,
}

/// Each remark on numbers that are there, once, with the outcomes and the methods it concerns. A
/// note of several parts is several remarks.
pub(super) fn remarks(source: Source<'_>) -> Vec<String> {
    let names = source.names;
    let text = &names.texts.report;
    let mut remarks: BTreeMap<&str, Concerned> = BTreeMap::new();
    for row in source.results.rows().iter().filter(|row| row.value.is_some()) {
        for note in row.note.trim_end_matches('.').split(JOINT).filter(|note| !note.is_empty()) {
            let concerned = remarks.entry(note).or_default();
            concerned.count += 1;
            concerned.outcomes.insert(names.outcome(row.key.outcome));
            concerned.methods.insert(names.method(row.key.method));
        }
    }
    let line = |(note, concerned): (&str, Concerned)| {
        let count = names.numbers().count(concerned.count as f64);
        let list = |words: BTreeSet<String>| {
            words.into_iter().collect::<Vec<_>>().join(&names.texts.note.list)
        };
        let (outcomes, methods) = (list(concerned.outcomes), list(concerned.methods));
        let template = if concerned.count == 1 { &text.remark_single } else { &text.remark };
        let values =
            [("note", note), ("count", &count), ("outcomes", &outcomes), ("methods", &methods)];
        fill(template, &values)
    };
    remarks.into_iter().map(line).collect()
}

fn place(source: Source<'_>, row: &Row) -> String {
    let (names, key) = (source.names, &row.key);
    let values = [
        ("outcome", names.outcome(key.outcome)),
        ("method", names.method(key.method)),
        ("region", names.region(&key.region)),
        ("arm", names.result_arm(key.arm)),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    fill(&names.texts.report.missing_place, &values)
}

/// The place with its months, runs joined.
fn with_months(source: Source<'_>, place: String, months: &BTreeSet<i32>) -> String {
    let (numbers, text) = (source.names.numbers(), &source.names.texts.report);
    let list = numbers.months(months.iter().copied());
    let values = [("place", place.as_str()), ("months", &list)];
    match months.len() {
        0 => place,
        1 => fill(&text.missing_month, &values),
        _ => fill(&text.missing_months, &values),
    }
}
