//! Notes of rows: what could not be estimated, and remarks.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::text::fill;
use crate::results::row::Row;

use super::Source;

/// Each reason for a missing number, with the places it concerns.
pub(super) fn not_estimable(source: Source<'_>) -> Vec<String> {
    by_note(source, |row| row.value.is_none() && !row.is_masked())
}

/// Each remark on a number that is there, with the places it concerns.
pub(super) fn remarks(source: Source<'_>) -> Vec<String> {
    by_note(source, |row| row.value.is_some() && !row.note.is_empty())
}

fn by_note(source: Source<'_>, is_wanted: impl Fn(&Row) -> bool) -> Vec<String> {
    let names = source.names;
    let mut notes: BTreeMap<&str, BTreeMap<String, BTreeSet<i32>>> = BTreeMap::new();
    for row in source.results.rows().iter().filter(|row| is_wanted(row)) {
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

/// Runs of months are shortened: `3, 5 to 9`.
fn with_months(source: Source<'_>, place: String, months: &BTreeSet<i32>) -> String {
    let (numbers, text) = (source.names.numbers(), &source.names.texts.report);
    let mut runs: Vec<(i32, i32)> = Vec::new();
    for &month in months {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == month => *last = month,
            _ => runs.push((month, month)),
        }
    }
    let run = |&(first, last): &(i32, i32)| {
        let first_text = first.to_string();
        if first == last { first_text } else { numbers.interval(&first_text, &last.to_string()) }
    };
    let list = runs.iter().map(run).collect::<Vec<_>>().join(", ");
    let values = [("place", place.as_str()), ("months", &list)];
    match months.len() {
        0 => place,
        1 => fill(&text.missing_month, &values),
        _ => fill(&text.missing_months, &values),
    }
}
