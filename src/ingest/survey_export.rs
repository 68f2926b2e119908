//! Exports of survey software as they are: their own names, codes and habits.

use std::collections::{BTreeMap, BTreeSet};

use super::corrections::column_at;
use super::header::in_one_line;
use super::raw_table::RawTable;
use super::schema::schema_of;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::parse::PlanDocument;
use crate::plan::questionnaires::{Checkboxes, SurveyExport};
use crate::plan::types::{Plan, TableName};

/// The date that LimeSurvey writes where the survey hides when it was answered.
const HIDDEN_DATE: &str = "1980-01-01";

/// What REDCap writes instead of the time of a survey that was not submitted.
const NOT_COMPLETED: &str = "[not completed]";

/// Columns that hold what the dictionary calls otherwise.
const LIMESURVEY_NAMES: [(&str, &str); 3] =
    [("participant_id", "token"), ("response_date", "submitdate"), ("language", "startlanguage")];
const REDCAP_NAMES: [(&str, &str); 2] =
    [("participant_id", "record_id"), ("wave", "redcap_event_name")];

/// Answers that LimeSurvey writes instead of a code, and what they mean.
const LIMESURVEY_MISSING: [(&str, &str); 3] = [
    ("-oth-", "another answer, in words"),
    ("666666", "another answer, in words"),
    ("{question_not_shown}", "not shown"),
];

/// The plan as it is for this export: names and codes that the plan itself does not give are those
/// of the software.
pub(super) fn with_habits(document: &PlanDocument, waves: &RawTable) -> PlanDocument {
    let mut document = document.clone();
    let Some(export) = document.plan.waves.export else { return document };
    let names: &[(&str, &str)] = match export {
        SurveyExport::Limesurvey => &LIMESURVEY_NAMES,
        SurveyExport::Redcap => &REDCAP_NAMES,
    };
    let has = |name: &str| waves.header.iter().any(|own| own == name);
    let own = document.plan.columns.entry(TableName::Waves).or_default();
    for (name, in_file) in names {
        if has(in_file) && !has(name) && !own.contains_key(*name) {
            own.insert((*name).to_owned(), (*in_file).to_owned());
        }
    }
    match export {
        SurveyExport::Limesurvey => add_yes_and_no(&mut document.plan, waves),
        SurveyExport::Redcap => add_events(&mut document.plan, waves),
    }
    document
}

/// `Y` and `N` for questions with two answers, where the file has their columns.
fn add_yes_and_no(plan: &mut Plan, waves: &RawTable) {
    let may_be_yes_no = |name: &String| {
        let items = plan.scales.iter().flat_map(|scale| &scale.items);
        items.filter(|item| item.column == *name).all(|item| item.range() == (0.0, 1.0))
    };
    let two = plan.item_columns().into_iter().filter(may_be_yes_no).map(|name| (name, ["1", "0"]));
    let questions = ["working_now", "any_job_since_last"];
    let questions = questions.into_iter().map(|name| (name.to_owned(), ["yes", "no"]));
    let is_there = |name: &str| column_at(TableName::Waves, waves, plan, name).is_some();
    let codes: Vec<(String, [&str; 2])> =
        two.chain(questions).filter(|(name, _)| is_there(name)).collect();
    let own = plan.codes.entry(TableName::Waves).or_default();
    for (name, [yes, no]) in codes {
        let of = own.entry(name).or_default();
        of.entry("Y".to_owned()).or_insert_with(|| yes.to_owned());
        of.entry("N".to_owned()).or_insert_with(|| no.to_owned());
    }
}

/// The month of each event: `baseline_arm_1` is 0, `month_6_arm_1` is 6.
fn add_events(plan: &mut Plan, waves: &RawTable) {
    let Some(at) = column_at(TableName::Waves, waves, plan, "wave") else { return };
    let events: BTreeSet<&str> =
        (0..waves.n_rows()).map(|row| waves.cell(row, at).trim()).collect();
    let own = plan.codes.entry(TableName::Waves).or_default().entry("wave".to_owned()).or_default();
    for event in events {
        if let Some(month) = month_of_event(event) {
            own.entry(event.to_owned()).or_insert(month);
        }
    }
}

fn month_of_event(event: &str) -> Option<String> {
    let name = event.split_once("_arm_").map_or(event, |(name, _)| name);
    let numbers: Vec<&str> =
        name.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    match numbers[..] {
        [one] if event.contains("_arm_") => Some(one.to_owned()),
        [] if name == "baseline" => Some("0".to_owned()),
        _ => None,
    }
}

/// Leaves out what was not submitted, reports hidden dates, and tells boxes that were not ticked
/// from those that were never seen.
pub(super) fn read_as_exported(
    waves: &mut RawTable,
    document: &PlanDocument,
    problems: &mut Diagnostics,
) {
    let plan = &document.plan;
    if plan.waves.export == Some(SurveyExport::Limesurvey) {
        let schema = schema_of(TableName::Waves);
        let names: Vec<&str> = schema.fields.iter().map(|field| field.name.as_str()).collect();
        let own: BTreeSet<usize> = names
            .iter()
            .filter_map(|name| column_at(TableName::Waves, waves, plan, name))
            .collect();
        let answers = waves.columns.iter_mut().enumerate().filter(|(at, _)| !own.contains(at));
        for (_, column) in answers {
            for (code, reason) in LIMESURVEY_MISSING {
                column.missing_codes.entry(code.to_owned()).or_insert_with(|| reason.to_owned());
            }
        }
    }
    let date = column_at(TableName::Waves, waves, plan, "response_date");
    let mut left_out = BTreeSet::new();
    if let Some(at) = date.filter(|_| plan.waves.export.is_some()) {
        let cell = |row: &usize| waves.cell(*row, at).trim();
        left_out = (0..waves.n_rows())
            .filter(|row| cell(row).is_empty() || cell(row) == NOT_COMPLETED)
            .collect();
        if let Some(first) = left_out.first() {
            let message = format!(
                "{} questionnaires were not submitted, the first in line {}: not used",
                left_out.len(),
                waves.line(*first)
            );
            let place = Place::column(&waves.file, &waves.header[at]);
            let remedy = "none needed; an answer without a date belongs to no wave";
            problems.push(Diagnostic::new(Code::SurveyUnfinished, place, message, remedy));
        }
        if let Some(first) = (0..waves.n_rows()).find(|row| cell(row).starts_with(HIDDEN_DATE)) {
            let place = Place::cell(&waves.file, waves.line(first), &waves.header[at]);
            let message = Code::SurveyHiddenDate.message();
            let remedy = "switch “anonymised responses” off and “date stamp” on in the survey's settings; without days no answer can be assigned to a wave";
            problems.push(Diagnostic::new(Code::SurveyHiddenDate, place, message, remedy));
        }
    }
    let changed = boxes(waves, document, problems);
    if left_out.is_empty() && changed.is_empty() {
        return;
    }
    let cell = |row: usize, column: usize| match changed.get(&(row, column)) {
        Some(text) => *text,
        None => waves.cell(row, column),
    };
    *waves = waves.with_cells(|row| !left_out.contains(&row), cell);
}

/// Cells of boxes that mean another thing than they say: 0 where seen and left empty, empty where
/// not seen.
fn boxes(
    waves: &RawTable,
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> BTreeMap<(usize, usize), &'static str> {
    let mut changed = BTreeMap::new();
    for group in &document.plan.waves.checkboxes {
        let Checkboxes { prefix, seen_column, not_seen } = group;
        let seen_at = column_at(TableName::Waves, waves, &document.plan, seen_column);
        let start = in_one_line(prefix);
        let columns: Vec<usize> =
            (0..waves.header.len()).filter(|at| waves.header[*at].starts_with(&start)).collect();
        let (Some(seen_at), false) = (seen_at, columns.is_empty()) else {
            let message = if columns.is_empty() {
                format!("{} has no column that begins with `{prefix}`", waves.file)
            } else {
                format!("{} has no column `{seen_column}`", waves.file)
            };
            let place = document.place(&["waves", "checkboxes"]);
            let remedy = "give names as in the file's first line";
            problems.push(Diagnostic::new(Code::PlanUnknownColumn, place, message, remedy));
            continue;
        };
        for row in 0..waves.n_rows() {
            let seen = waves.cell(row, seen_at).trim();
            let is_seen = !seen.is_empty() && !not_seen.iter().any(|value| value == seen);
            for &at in &columns {
                let is_empty = waves.cell(row, at).trim().is_empty();
                if is_seen && is_empty {
                    changed.insert((row, at), "0");
                } else if !is_seen && !is_empty {
                    changed.insert((row, at), "");
                }
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::month_of_event;

    #[test]
    fn events_tell_their_month() {
        for (event, month) in [
            ("baseline_arm_1", Some("0")),
            ("month_6_arm_1", Some("6")),
            ("12_months_arm_2", Some("12")),
            ("visit_2_month_6_arm_1", None),
            ("screening_arm_1", None),
            ("6", None),
        ] {
            assert_eq!(month_of_event(event).as_deref(), month, "{event}");
        }
    }
}
