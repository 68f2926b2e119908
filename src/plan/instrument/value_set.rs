//! Value sets: a value for every profile of answers.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};

use super::types::Instrument;

/// Reads a value set: CSV with the columns `profile` (the codes of the items one after the other,
/// such as 11231) and `value`, a row for every profile that there is.
pub(super) fn read_value_set(
    file: &str,
    bytes: &[u8],
    instrument: &Instrument,
    problems: &mut Diagnostics,
) -> BTreeMap<String, f64> {
    let mut report = |place: Place, message: String, remedy: &'static str| {
        problems.push(Diagnostic::new(Code::ValueSetInvalid, place, message, remedy));
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let header_end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
    let semicolon = bytes[..header_end].contains(&b';');
    let delimiter = if semicolon { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
    let header = reader.headers().cloned().unwrap_or_default();
    let at = |name: &str| header.iter().position(|own| own.trim() == name);
    let (Some(profile_at), Some(value_at)) = (at("profile"), at("value")) else {
        let remedy = "name the columns `profile` and `value` in the first line";
        report(Place::row(file, 1), "no columns `profile` and `value`".to_owned(), remedy);
        return BTreeMap::new();
    };
    let mut values = BTreeMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                let remedy = "give each row a profile and a value, as UTF-8";
                report(Place::row(file, line), "the row cannot be read".to_owned(), remedy);
                continue;
            }
        };
        let line = record.position().map_or(1, csv::Position::line);
        let text = record.get(value_at).unwrap_or("").trim();
        let text = if semicolon { text.replace(',', ".") } else { text.to_owned() };
        let Some(value) = text.parse::<f64>().ok().filter(|value| value.is_finite()) else {
            let place = Place::cell(file, line, "value");
            report(place, "the value is not a number".to_owned(), "write it as 0.123");
            continue;
        };
        let profile = record.get(profile_at).unwrap_or("").trim().to_owned();
        if values.insert(profile, value).is_some() {
            let place = Place::cell(file, line, "profile");
            report(place, "the profile is there twice".to_owned(), "keep one of the two");
        }
    }
    report_profiles(file, instrument, &values, &mut report);
    values
}

fn report_profiles(
    file: &str,
    instrument: &Instrument,
    values: &BTreeMap<String, f64>,
    report: &mut impl FnMut(Place, String, &'static str),
) {
    let mut profiles = vec![String::new()];
    for item in &instrument.items {
        profiles = profiles
            .iter()
            .flat_map(|start| item.codes.iter().map(move |code| format!("{start}{code}")))
            .collect();
    }
    let absent = profiles.iter().filter(|profile| !values.contains_key(*profile)).count();
    if absent > 0 {
        let message = format!("{absent} of {} profiles have no value", profiles.len());
        let remedy = "give one row for every combination of answers, such as 11111";
        report(Place::file(file), message, remedy);
    }
    if values.len() + absent > profiles.len() {
        let extra = values.len() + absent - profiles.len();
        let message = format!("{extra} rows are no profile of `{}`", instrument.id);
        report(Place::file(file), message, "give the codes of the items one after the other");
    }
    let (low, high) = (instrument.score.minimum, instrument.score.maximum);
    if values.values().any(|value| *value < low || *value > high) {
        let message = format!("a value lies outside the range {low} to {high} of the instrument");
        report(Place::file(file), message, "correct the value, or the instrument's range");
    }
}
