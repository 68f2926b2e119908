//! Notes of rows: what could not be estimated, and remarks.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::document::Text;
use crate::render::text::fill;
use crate::results::row::{Key, Row};

use super::source::Source;

/// Parts of a row's note are joined by this.
const JOINT: &str = "; ";

/// Notes on indices begin with this.
const WEIGHTS: &str = "weights: ";

/// Each reason for a missing number, with the places it concerns.
pub(super) fn not_estimable(source: Source<'_>) -> Vec<Text> {
    let names = source.names;
    let mut notes: BTreeMap<&str, Places<'_>> = BTreeMap::new();
    let is_wanted = |row: &&Row| row.value.is_none() && !row.is_masked();
    for row in source.results.rows().iter().filter(is_wanted) {
        let reason = row.note.trim_end_matches('.');
        let known = if reason.is_empty() { &names.texts.note.no_reason } else { reason };
        let concerned = notes.entry(known).or_insert_with(|| Places::of(&row.key));
        concerned.months.entry(place(source, row)).or_default().extend(row.key.month);
    }
    let line = |(note, concerned): (&str, Places<'_>)| {
        let places = concerned.months.into_iter();
        let places = places.map(|(place, months)| with_months(source, place, &months));
        let places: Vec<String> = places.collect();
        let note = Text::note(note, concerned.first.clone());
        let values = [("places", places.join(&names.texts.note.list).into()), ("reason", note)];
        Text::fill(&names.texts.report.missing_reason, &values)
    };
    notes.into_iter().map(line).collect()
}

/// Where a reason holds.
struct Places<'r> {
    /// The first row with it.
    first: &'r Key,
    months: BTreeMap<String, BTreeSet<i32>>,
}

impl<'r> Places<'r> {
    fn of(first: &'r Key) -> Self {
        Self { first, months: BTreeMap::new() }
    }
}

/// What a remark concerns.
struct Concerned<'r> {
    /// The first row with it.
    first: &'r Key,
    count: usize,
    /// Numbers that the remark begins with, each with the first row that has it.
    numbers: BTreeMap<u64, &'r Key>,
    outcomes: BTreeSet<String>,
    methods: BTreeSet<String>,
}

impl<'r> Concerned<'r> {
    fn of(first: &'r Key) -> Self {
        let (numbers, outcomes, methods) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        Self { first, count: 0, numbers, outcomes, methods }
    }
}

/// Each remark on numbers that are there, once, with the outcomes and the methods it concerns. A
/// note of several parts is several remarks; remarks that differ in the number that they begin with
/// are one.
pub(super) fn remarks(source: Source<'_>) -> Vec<Text> {
    let names = source.names;
    let text = &names.texts.report;
    let mut remarks: BTreeMap<(bool, &str), Concerned<'_>> = BTreeMap::new();
    for row in source.results.rows().iter().filter(|row| row.value.is_some()) {
        let notes = row.note.trim_end_matches('.').split(JOINT);
        // The table of indices has the weights.
        for note in notes.filter(|note| !note.is_empty() && !note.starts_with(WEIGHTS)) {
            let (number, rest) = leading_number(note);
            let known = remarks.entry((number.is_some(), rest));
            let concerned = known.or_insert_with(|| Concerned::of(&row.key));
            concerned.count += 1;
            if let Some(number) = number {
                concerned.numbers.entry(number).or_insert(&row.key);
            }
            concerned.outcomes.insert(names.outcome_of(&row.key));
            concerned.methods.insert(names.method(row.key.method));
        }
    }
    let line = |((_, rest), concerned): ((bool, &str), Concerned<'_>)| {
        let numbers = &concerned.numbers;
        let said = |(number, row): (&u64, &&Key)| Text::note(number.to_string(), (*row).clone());
        let mut note = match (numbers.first_key_value(), numbers.last_key_value()) {
            (Some(first), Some(last)) if first.0 != last.0 => {
                names.numbers().between(said(first), said(last))
            }
            (Some(only), _) => said(only),
            (None, _) => Text::default(),
        };
        note.push(Text::note(rest, concerned.first.clone()));
        let count = names.numbers().count(concerned.count as f64);
        let list = |words: BTreeSet<String>| {
            words.into_iter().collect::<Vec<_>>().join(&names.texts.note.list)
        };
        let (outcomes, methods) = (list(concerned.outcomes), list(concerned.methods));
        let template = if concerned.count == 1 { &text.remark_single } else { &text.remark };
        let values = [
            ("note", note),
            ("count", count.into()),
            ("outcomes", outcomes.into()),
            ("methods", methods.into()),
        ];
        Text::fill(template, &values)
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
