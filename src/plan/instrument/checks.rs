//! What no single value of an instrument shows: repeated items, ranges that do not fit the items.

use super::types::{Instrument, Item, Rule};

/// Most profiles that a value set may have.
const MOST_PROFILES: usize = 100_000;

/// How far the declared range may lie from that of the items: decimals written in a file.
const ROUNDING: f64 = 1e-9;

/// A fault, with the text near which it stands.
pub(super) struct Fault<'a> {
    pub(super) key: Option<&'a str>,
    pub(super) message: String,
    pub(super) remedy: &'static str,
}

/// Every fault of an instrument by itself.
pub(super) fn faults(instrument: &Instrument) -> Vec<Fault<'_>> {
    let mut found = Vec::new();
    let mut report = |key, message: String, remedy| found.push(Fault { key, message, remedy });
    let items = &instrument.items;
    for (at, item) in items.iter().enumerate() {
        let key = Some(item.column.as_str());
        if items[..at].iter().any(|other| other.column == item.column) {
            let message = format!("the item `{}` is listed twice", item.column);
            report(key, message, "list each item once");
        }
        let repeated = |at: usize| item.codes[..at].contains(&item.codes[at]);
        if (0..item.codes.len()).any(repeated) {
            let message = format!("a code of `{}` is listed twice", item.column);
            report(key, message, "list each code once");
        }
        if item.codes.iter().any(|code| !code.is_finite()) {
            let message = format!("a code of `{}` is not a number", item.column);
            report(key, message, "give finite numbers");
        }
    }
    found.extend(score_faults(instrument));
    found
}

/// The faults of the rule and of the range.
fn score_faults(instrument: &Instrument) -> Vec<Fault<'_>> {
    let mut found = Vec::new();
    let mut report = |key, message: String, remedy| found.push(Fault { key, message, remedy });
    let (items, score) = (&instrument.items, &instrument.score);
    if score.minimum > score.maximum {
        let message = "`minimum` is above `maximum`".to_owned();
        report(Some("minimum"), message, "exchange the two");
    }
    if score.max_missing >= items.len() {
        let message = "`max_missing` lets every item be unanswered".to_owned();
        report(Some("max_missing"), message, "give a number below that of the items");
    }
    let same_range = items.windows(2).all(|pair| pair[0].range() == pair[1].range());
    if score.max_missing > 0 && !same_range {
        let message = "unanswered items are replaced by the mean of the others, but the items have different ranges".to_owned();
        report(Some("max_missing"), message, "set max_missing to 0");
    }
    if score.rule == Rule::ValueSet {
        if score.max_missing > 0 {
            let message = "a value set has no value for unanswered items".to_owned();
            report(Some("max_missing"), message, "set max_missing to 0");
        }
        let profiles = items.iter().try_fold(1, |n: usize, item| n.checked_mul(item.codes.len()));
        if profiles.is_none_or(|n| n > MOST_PROFILES) {
            let message = format!("more than {MOST_PROFILES} profiles of answers");
            report(Some("rule"), message, "a value set is for a few items with a few codes");
        }
        for item in items.iter().filter(|item| !has_one_length(item)) {
            let message = format!("the codes of `{}` are not all of one length", item.column);
            let remedy = "give codes of one length, so that a profile can be read in one way";
            report(Some(item.column.as_str()), message, remedy);
        }
        return found;
    }
    let (low, high) = implied_range(instrument);
    let differs = |own: f64, implied: f64| (own - implied).abs() > ROUNDING;
    if differs(score.minimum, low) || differs(score.maximum, high) {
        let message = format!(
            "the items give scores from {low} to {high}, not from {} to {}",
            score.minimum, score.maximum
        );
        report(Some("minimum"), message, "correct the codes, multiply and add, or the range");
    }
    found
}

/// Whether the codes of an item are equally long: then a profile can be read in one way only;
/// with 0, 1 and 10, 1010 is 1, 0, 10 and 10, 1, 0.
fn has_one_length(item: &Item) -> bool {
    let mut lengths = item.codes.iter().map(|code| code.to_string().len());
    let first = lengths.next();
    lengths.all(|length| Some(length) == first)
}

/// Lowest and highest score that the items can give.
fn implied_range(instrument: &Instrument) -> (f64, f64) {
    let score = &instrument.score;
    let ranges = || instrument.items.iter().map(Item::range);
    let divide = if score.rule == Rule::Mean { instrument.items.len() as f64 } else { 1.0 };
    let of = |sum: f64| score.multiply * (sum / divide) + score.add;
    let (a, b) = (of(ranges().map(|range| range.0).sum()), of(ranges().map(|range| range.1).sum()));
    (a.min(b), a.max(b))
}
