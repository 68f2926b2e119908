//! Notes of rows: what could not be estimated, and remarks.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::text::fill;
use crate::results::row::Row;

use super::Source;

/// Parts of a row's note are joined by this.
const JOINT: &str = "; ";

/// Notes on indices begin with this.
const WEIGHTS: &str = "weights: ";

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
    /// Numbers that the remark begins with.
    numbers: BTreeSet<u64>,
    outcomes: BTreeSet<String>,
    methods: BTreeSet<String>,
}

/// Each remark on numbers that are there, once, with the outcomes and the methods it concerns. A
/// note of several parts is several remarks; remarks that differ in the number that they begin with
/// are one.
pub(super) fn remarks(source: Source<'_>) -> Vec<String> {
    let names = source.names;
    let text = &names.texts.report;
    let mut remarks: BTreeMap<(bool, &str), Concerned> = BTreeMap::new();
    for row in source.results.rows().iter().filter(|row| row.value.is_some()) {
        let notes = row.note.trim_end_matches('.').split(JOINT);
        // The table of indices has the weights.
        for note in notes.filter(|note| !note.is_empty() && !note.starts_with(WEIGHTS)) {
            let (number, rest) = leading_number(note);
            let concerned = remarks.entry((number.is_some(), rest)).or_default();
            concerned.count += 1;
            concerned.numbers.extend(number);
            concerned.outcomes.insert(names.outcome_of(&row.key));
            concerned.methods.insert(names.method(row.key.method));
        }
    }
    let line = |((_, rest), concerned): ((bool, &str), Concerned)| {
        let note = match (concerned.numbers.first(), concerned.numbers.last()) {
            (Some(first), Some(last)) if first != last => {
                names.numbers().interval(&first.to_string(), &last.to_string()) + rest
            }
            (Some(only), _) => only.to_string() + rest,
            (None, _) => rest.to_owned(),
        };
        let count = names.numbers().count(concerned.count as f64);
        let list = |words: BTreeSet<String>| {
            words.into_iter().collect::<Vec<_>>().join(&names.texts.note.list)
        };
        let (outcomes, methods) = (list(concerned.outcomes), list(concerned.methods));
        let template = if concerned.count == 1 { &text.remark_single } else { &text.remark };
        let values = [
            ("note", note.as_str()),
            ("count", &count),
            ("outcomes", &outcomes),
            ("methods", &methods),
        ];
        fill(template, &values)
    };
    remarks.into_iter().map(line).collect()
}

/// The whole number that a note begins with, and what comes after it.
fn leading_number(note: &str) -> (Option<u64>, &str) {
    let (digits, rest) = note.split_at(note.bytes().take_while(u8::is_ascii_digit).count());
    digits.parse().map_or((None, note), |number| (Some(number), rest))
}

fn place(source: Source<'_>, row: &Row) -> String {
    let (names, key) = (source.names, &row.key);
    let values = [
        ("outcome", names.outcome_of(key)),
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
