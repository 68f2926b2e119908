//! Instrument files to [`Instrument`]s, or every problem in them.

use std::borrow::Cow;

use serde_json::Value as Json;
use toml::de::DeTable;

use super::built_in::BUILT_IN;
use super::checks::faults;
use super::types::{Instrument, Rule};
use super::value_set::read_value_set;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::plan::document::PlanDocument;
use crate::plan::schema_check::breaches;
use crate::results::manifest::sha256;

/// Reads a file that the plan names.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> std::io::Result<Vec<u8>>;

/// The JSON Schema of an instrument file, made from its types.
pub fn instrument_json_schema() -> Json {
    let mut schema = schemars::schema_for!(Instrument).to_value();
    schema["title"] = Json::String("Instrument of ips-eval".to_owned());
    schema
}

/// Instruments that the program brings: identifier and text.
pub fn built_in_instruments() -> impl Iterator<Item = (&'static str, &'static str)> {
    BUILT_IN.iter().copied()
}

/// The checksum of an instrument file: SHA-256 of its lines but for the one with the checksum,
/// without spaces at their ends, each followed by a line feed.
pub fn checksum_of(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    for line in text.lines().filter(|line| !is_checksum_line(line)) {
        rest.push_str(line.trim_end());
        rest.push('\n');
    }
    sha256(rest.as_bytes())
}

fn is_checksum_line(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, _)| key.trim() == "checksum")
}

/// Where the line begins that sets a key, or an item's column; 0 where none does.
fn start_of(text: &str, key: &str) -> usize {
    let is_meant = |line: &str| {
        let Some((own, value)) = line.split_once('=') else { return false };
        own.trim() == key || (own.trim() == "column" && value.trim().trim_matches('"') == key)
    };
    let lines = text.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some((*end - line.len(), line))
    });
    lines.filter(|(_, line)| is_meant(line)).map(|(start, _)| start).next().unwrap_or(0)
}

/// Reads an instrument file.
///
/// # Errors
///
/// Every problem at its line.
pub fn parse_instrument(file: &str, text: &str) -> Result<Instrument, Diagnostics> {
    let line_of = |start: usize| {
        let before = &text[..text.floor_char_boundary(start)];
        before.matches('\n').count() as u64 + 1
    };
    let invalid = |start: usize, message: String, remedy: Cow<'static, str>| {
        let place = Place::row(file, line_of(start));
        Diagnostic::new(Code::InstrumentInvalid, place, message, remedy)
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors
            .iter()
            .map(|error| {
                let message = error.message().lines().collect::<Vec<_>>().join("; ");
                let start = error.span().map_or(0, |span| span.start);
                invalid(start, message, "see toml.io for the syntax".into())
            })
            .collect());
    }
    let found = breaches(&instrument_json_schema(), &table, "the instrument");
    if !found.is_empty() {
        return Err(found
            .into_iter()
            .map(|one| invalid(one.span.start, one.message, one.remedy.into()))
            .collect());
    }
    let instrument: Instrument = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        Diagnostics::from_iter([invalid(start, error.message().to_owned(), "correct it".into())])
    })?;
    let mut found: Diagnostics = faults(&instrument)
        .into_iter()
        .map(|fault| {
            let start = fault.key.map_or(0, |key| start_of(text, key));
            invalid(start, fault.message, fault.remedy.into())
        })
        .collect();
    let own = checksum_of(text);
    if instrument.checksum != own {
        let start = start_of(text, "checksum");
        let message = "the checksum is not that of this file".to_owned();
        let remedy = format!(
            "if the change is meant, give a new `version`, and the checksum that is then asked for; as it stands it is {own}"
        );
        found.push(invalid(start, message, remedy.into()));
    }
    if found.has_errors() { Err(found) } else { Ok(instrument) }
}

/// Reads the instruments that a plan uses into its `scales`; what was read goes to
/// [`PlanDocument::further_files`].
pub(in crate::plan) fn read_instruments(
    document: &mut PlanDocument,
    read: ReadFile<'_>,
) -> Diagnostics {
    let mut problems = Diagnostics::new();
    let mut scales: Vec<Instrument> = Vec::new();
    for id in document.plan.instruments.built_in.clone() {
        let place = || document.place_of_item(&["instruments", "use"], &id);
        let text = BUILT_IN.iter().find(|(own, _)| *own == id).map(|(_, text)| *text);
        match text.map(|text| parse_instrument(&id, text)) {
            Some(Ok(instrument)) => scales.push(instrument),
            Some(Err(found)) => problems.append(found),
            None => {
                let known: Vec<&str> = BUILT_IN.iter().map(|(own, _)| *own).collect();
                let remedy = match nearest(&id, &known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("one of {}, or give its file by `files`", known.join(", ")),
                };
                let message = format!("the program brings no instrument `{id}`");
                problems.push(Diagnostic::new(Code::PlanWrongValue, place(), message, remedy));
            }
        }
    }
    for file in document.plan.instruments.files.clone() {
        let path: &[&str] = &["instruments", "files"];
        let Some(bytes) = read_named(document, &file, path, read, &mut problems) else { continue };
        let Ok(text) = String::from_utf8(bytes) else {
            let place = Place::file(&file);
            let found = Diagnostic::new(
                Code::InstrumentInvalid,
                place,
                "the file is not UTF-8",
                "save it as UTF-8",
            );
            problems.push(found);
            continue;
        };
        match parse_instrument(&file, &text) {
            Ok(instrument) => scales.push(instrument),
            Err(found) => problems.append(found),
        }
    }
    for (id, file) in document.plan.instruments.value_sets.clone() {
        let path: &[&str] = &["instruments", "value_sets", &id];
        let scale = scales.iter_mut().find(|one| one.id == id && one.score.rule == Rule::ValueSet);
        let Some(scale) = scale else {
            let message = format!("`{id}` is no instrument in use that takes a value set");
            let remedy = "name it under `use` or by `files`, or take the value set out";
            let place = document.place(path);
            problems.push(Diagnostic::new(Code::PlanInconsistent, place, message, remedy));
            continue;
        };
        let Some(bytes) = read_named(document, &file, path, read, &mut problems) else { continue };
        scale.value_set = read_value_set(&file, &bytes, scale, &mut problems);
    }
    for scale in scales.iter().filter(|scale| scale.score.rule == Rule::ValueSet) {
        if !document.plan.instruments.value_sets.contains_key(&scale.id) {
            let message = format!("`{}` needs a value set", scale.id);
            let remedy = "give its file under [instruments.value_sets]: a CSV with the columns profile and value";
            let place = document.place(&["instruments"]);
            problems.push(Diagnostic::new(Code::PlanInconsistent, place, message, remedy));
        }
    }
    document.plan.scales = scales;
    problems
}

/// Bytes of a file that the plan names beside the tables.
fn read_named(
    document: &mut PlanDocument,
    file: &str,
    path: &[&str],
    read: ReadFile<'_>,
    problems: &mut Diagnostics,
) -> Option<Vec<u8>> {
    match read(file) {
        Ok(bytes) => {
            document.further_files.push((file.to_owned(), bytes.clone()));
            Some(bytes)
        }
        Err(error) => {
            let place = document.place_of_item(path, file);
            let message = format!("`{file}` cannot be read: {error}");
            let remedy = "give the path relative to the plan";
            problems.push(Diagnostic::new(Code::PlanFileNotFound, place, message, remedy));
            None
        }
    }
}
