//! The waves table: answers, and what is unusual about their days.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::linked::LinkedRows;
use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::instrument::types::{Instrument, Item};
use crate::plan::parse::PlanDocument;
use crate::trial::participant::Participant;
use crate::trial::questionnaire::{Answer, ItemColumn, Questionnaires};
use crate::trial::wave::{Fate, fate_of};

/// Answers in the order of participant, date and wave, as far as their rows are right.
pub(super) fn read_waves(
    rows: LinkedRows<'_>,
    participants: &[Participant],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Questionnaires {
    let table = rows.table;
    let languages = distinct(table, "language");
    let modes = distinct(table, "mode");
    let code_of =
        |names: &[String], text: &str| names.binary_search_by(|name| name.as_str().cmp(text)).ok();
    let language =
        table.texts("language").map(|own| own.meanings(|text| code_of(&languages, text)));
    let mode = table.texts("mode").map(|own| own.meanings(|text| code_of(&modes, text)));
    let waves = table.wholes("wave").unwrap_or_default();
    let dates = table.dates("response_date").unwrap_or_default();
    let working = table.yes_nos("working_now").unwrap_or_default();
    let any_job = table.yes_nos("any_job_since_last").unwrap_or_default();
    let mut answers: Vec<(usize, Answer)> = (0..table.n_rows())
        .filter_map(|row| {
            let answer = Answer {
                participant: rows.position(row)?,
                wave: i32::try_from(cell(waves, row)?).ok()?,
                date: cell(dates, row)?,
                language: language.as_ref().and_then(|of| of(row)),
                mode: mode.as_ref().and_then(|of| of(row)),
                working_now: cell(working, row),
                any_job_since_last: cell(any_job, row),
                line: table.lines[row],
            };
            Some((row, answer))
        })
        .collect();
    drop((language, mode));
    let order =
        |(_, answer): &(usize, Answer)| (answer.participant, answer.date, answer.wave, answer.line);
    if !answers.is_sorted_by_key(order) {
        answers.par_sort_by_key(order);
    }
    report_days(table, &answers, participants, document, problems);
    let items = read_items(table, &answers, document, problems);
    let answers = answers.into_iter().map(|(_, answer)| answer).collect();
    Questionnaires { answers, items, languages, modes }
}

/// The cell of a row; none where the table does not have the column.
fn cell<T: Copy>(cells: &[Option<T>], row: usize) -> Option<T> {
    cells.get(row).copied().flatten()
}

fn distinct(table: &TypedTable, column: &str) -> Vec<String> {
    let Some(texts) = table.texts(column) else { return Vec::new() };
    let parts = table.in_parts(|rows| {
        let mut found = BTreeSet::new();
        let mut last = "";
        for text in rows.filter_map(|row| texts.get(row)) {
            if text != last {
                found.insert(text);
                last = text;
            }
        }
        found
    });
    let all: BTreeSet<&str> = parts.into_iter().flatten().collect();
    all.into_iter().map(str::to_owned).collect()
}

/// The numbers of every item that the plan needs; a cell that is no answer is reported.
fn read_items(
    table: &TypedTable,
    answers: &[(usize, Answer)],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Vec<ItemColumn> {
    let plan = &document.plan;
    let mut rules: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in plan.scales.iter().flat_map(|scale| &scale.items) {
        rules.entry(&item.column).or_default().push(item);
    }
    let parts: Vec<(Option<ItemColumn>, Diagnostics)> = plan
        .item_columns()
        .into_par_iter()
        .map(|name| {
            let own = rules.get(name.as_str()).map_or(&[][..], Vec::as_slice);
            read_item(table, answers, (document, own), name)
        })
        .collect();
    let mut columns = Vec::new();
    for (column, found) in parts {
        columns.extend(column);
        problems.append(found);
    }
    columns
}

/// One column of numbers. `rules` are the items that instruments make of it.
fn read_item(
    table: &TypedTable,
    answers: &[(usize, Answer)],
    (document, rules): (&PlanDocument, &[&Item]),
    name: String,
) -> (Option<ItemColumn>, Diagnostics) {
    let mut problems = Diagnostics::new();
    let Some(numbers) = table.as_numbers(&name) else {
        problems.push(missing_column(table, document, &name));
        return (None, problems);
    };
    let is_answer = |number: f64| rules.iter().all(|item| item.codes.contains(&number));
    let wrong = (0..numbers.values.len())
        .filter(|row| numbers.values[*row].is_some_and(|number| !is_answer(number)));
    for row in wrong.chain(numbers.not_numbers.iter().copied()) {
        let (code, remedy) = (Code::InstrumentNotAnAnswer, remedy_of(rules.first().copied()));
        let found = Diagnostic::new(code, table.place(row, &name), code.message(), remedy);
        problems.push(found.with_value(table.key_text(row, &name)));
    }
    let value = |row: usize| numbers.values[row].filter(|number| is_answer(*number));
    let values = answers.iter().map(|(row, _)| value(*row)).collect();
    (Some(ItemColumn { name, values }), problems)
}

fn missing_column(table: &TypedTable, document: &PlanDocument, name: &str) -> Diagnostic {
    let is_item = |scale: &&Instrument| scale.items.iter().any(|item| item.column == name);
    let (message, place) = match document.plan.scales.iter().find(is_item) {
        Some(scale) => (
            format!("there is no column `{name}`, an item of `{}`", scale.id),
            Place::column(&table.file, name),
        ),
        None => (format!("{} has no column `{name}`", table.file), document.place(&["outcomes"])),
    };
    let remedy = "add it, or say under [columns.waves] what the file calls it";
    Diagnostic::new(Code::InstrumentMissingColumn, place, message, remedy)
}

fn remedy_of(item: Option<&Item>) -> String {
    match item {
        Some(item) => {
            let codes: Vec<String> = item.codes.iter().map(f64::to_string).collect();
            format!(
                "one of {}; declare missing codes under [missing.waves], map others by [codes.waves]",
                codes.join(", ")
            )
        }
        None => {
            "a number; declare missing codes under [missing.waves], map others by [codes.waves]"
                .to_owned()
        }
    }
}

/// Reports answers whose days tell that they are not used, or not for their own wave.
fn report_days(
    table: &TypedTable,
    rows: &[(usize, Answer)],
    participants: &[Participant],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) {
    let (targets, cutoff) = (document.plan.wave_targets(), document.plan.trial.data_cutoff);
    for of_person in rows.chunk_by(|(_, a), (_, b)| a.participant == b.participant) {
        let mut used: BTreeMap<i32, u64> = BTreeMap::new();
        let mut latest: Option<(i32, u64)> = None;
        for (row, answer) in of_person {
            let person = &participants[answer.participant];
            let day = answer.date.days_since(person.randomisation_date);
            let mut report = |code: Code, column: &str, message: String, remedy: &str| {
                let place = table.place(*row, column);
                problems.push(Diagnostic::new(code, place, message, remedy));
            };
            let dated = "response_date";
            if answer.date > cutoff {
                let message = format!("answered after the data cut-off of {cutoff}: not used");
                report(
                    Code::WaveAfterCutoff,
                    dated,
                    message,
                    "check the date, or move data_cutoff",
                );
                continue;
            }
            if person.exit.as_ref().is_some_and(|exit| answer.date > exit.date) {
                let message = Code::WaveAfterExit.message();
                report(Code::WaveAfterExit, dated, message, "none needed, if both dates are right");
                continue;
            }
            if let Some((wave, line)) = latest.filter(|(wave, _)| *wave > answer.wave) {
                let message =
                    format!("wave {} was answered after wave {wave} of line {line}", answer.wave);
                let remedy =
                    "check the two dates and waves; each counts for the wave nearest to its day";
                report(Code::WaveOutOfOrder, "wave", message, remedy);
            } else {
                latest = Some((answer.wave, answer.line));
            }
            match fate_of(&targets, answer.wave, day) {
                Fate::BeforeRandomisation => {
                    let message = Code::WaveBeforeRandomisation.message();
                    let remedy = "correct the date or the wave";
                    report(Code::WaveBeforeRandomisation, dated, message, remedy);
                }
                Fate::BaselineTooLate => {
                    let message = Code::WaveBaselineLate.message();
                    let remedy = "what is asked after randomisation may be its effect; `baseline_days_after` under [waves] allows some days";
                    report(Code::WaveBaselineLate, dated, message, remedy);
                }
                Fate::OutsideWindows => {
                    let message = Code::WaveOutsideWindow.message();
                    let remedy = "none needed; `window_months` under [waves] sets the windows";
                    report(Code::WaveOutsideWindow, dated, message, remedy);
                }
                Fate::Target(month) => {
                    if month != answer.wave {
                        let message = format!(
                            "the questionnaire of wave {} was answered in the window of month {month}, and counts for it",
                            answer.wave
                        );
                        report(Code::WaveOtherWindow, dated, message, "check the date");
                    }
                    if let Some(line) = used.insert(month, answer.line) {
                        let message = format!(
                            "the window of month {month} also has the answer of line {line}: the nearer one counts"
                        );
                        let remedy = "nothing if that is right, else drop one of them in the corrections table";
                        report(Code::WaveTwoAnswers, dated, message, remedy);
                    }
                }
            }
        }
    }
}
