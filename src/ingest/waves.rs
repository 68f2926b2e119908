//! The waves table: answers, and what is unusual about their days.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use super::linked::{LinkedRows, in_order, those_present};
use super::raw_table::split_rows;
use super::typed_column::{NumericCell, NumericCells};
use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::instrument::types::{Instrument, Item};
use crate::plan::parse::PlanDocument;
use crate::trial::date::Date;
use crate::trial::participant::Participant;
use crate::trial::questionnaire::{Answer, Items, Questionnaires};
use crate::trial::wave::{Fate, WaveTargets, fate_of};

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
    // One a row, so that each thread writes where the answer stays.
    let by_row: Vec<Option<(usize, Answer)>> = (0..table.n_rows())
        .into_par_iter()
        .with_min_len(ANSWERS_AT_ONCE)
        .map(|row| {
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
    let answers = in_order(those_present(by_row), |(_, own)| (own.participant, own.date, own.wave));
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
        let (mut found, mut texts) = (BTreeSet::new(), texts.reader());
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

/// People whose answers are looked at together.
const PEOPLE_AT_ONCE: usize = 1024;

/// Answers that one thread reads at least.
const ANSWERS_AT_ONCE: usize = 8192;

/// Rows of which one item is read after the other: as many as a processor keeps at hand.
const ROWS_AT_ONCE: usize = 512;

/// An item's column, and what instruments ask of it.
struct WantedItem<'a> {
    name: String,
    cells: NumericCells<'a>,
    rules: Vec<&'a Item>,
}

impl WantedItem<'_> {
    /// A cell's number, where it is an answer, or why there is none.
    #[inline]
    fn answer(&self, cell: NumericCell) -> Result<Option<f64>, NoAnswer> {
        let number = match cell {
            NumericCell::Missing => return Ok(None),
            NumericCell::Number(number) => number,
            NumericCell::NoNumber => return Err(NoAnswer),
        };
        // Every code is compared: to stop at the first that fits is slower, since answers vary.
        let is_code = |item: &&Item| item.codes.iter().filter(|code| number.eq(*code)).count() > 0;
        let is_answer = self.rules.iter().all(is_code);
        if is_answer { Ok(Some(number)) } else { Err(NoAnswer) }
    }

    /// Reports the cells that are neither missing nor answers, also of rows that are left out.
    fn report_wrong_cells(&self, table: &TypedTable, problems: &mut Diagnostics) {
        for row in (0..table.n_rows()).filter(|row| self.answer(self.cells.get(*row)).is_err()) {
            let code = Code::InstrumentNotAnAnswer;
            let remedy = remedy_of(self.rules.first().copied());
            let found = Diagnostic::new(code, table.place(row, &self.name), code.message(), remedy);
            problems.push(found.with_value(table.key_text(row, &self.name)));
        }
    }
}

/// The cell is neither missing nor an answer.
#[derive(Clone, Copy, Debug)]
struct NoAnswer;

/// The numbers of every item that the plan needs; a cell that is no answer is reported.
fn read_items(
    table: &TypedTable,
    answers: &[(usize, Answer)],
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Items {
    let plan = &document.plan;
    let mut rules: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in plan.scales.iter().flat_map(|scale| &scale.items) {
        rules.entry(&item.column).or_default().push(item);
    }
    let mut wanted = Vec::new();
    for name in plan.item_columns() {
        match table.numeric_cells(&name) {
            Some(cells) => {
                let rules = rules.get(name.as_str()).cloned().unwrap_or_default();
                wanted.push(WantedItem { name, cells, rules });
            }
            None => problems.push(missing_column(table, document, &name)),
        }
    }
    let by_row = read_rows(table, &wanted, problems);
    if answers.len() == table.n_rows() && answers.is_sorted_by_key(|(row, _)| *row) {
        return by_row;
    }
    let names = wanted.iter().map(|item| item.name.clone()).collect();
    let mut items = Items::missing(names, answers.len());
    let n_items = wanted.len().max(1);
    let places = items.numbers_mut().par_chunks_mut(n_items).with_min_len(ANSWERS_AT_ONCE);
    places.zip(answers).for_each(|(place, (row, _))| {
        place.copy_from_slice(&by_row.numbers()[row * n_items..][..n_items]);
    });
    items
}

/// The same for every row of the table, read once through.
fn read_rows(table: &TypedTable, wanted: &[WantedItem<'_>], problems: &mut Diagnostics) -> Items {
    let names = wanted.iter().map(|item| item.name.clone()).collect();
    let mut items = Items::missing(names, table.n_rows());
    let parts = table.parts();
    let places =
        split_rows(items.numbers_mut(), parts.iter().map(|rows| rows.len() * wanted.len()));
    let read = |(rows, own): (Range<usize>, &mut [u64])| {
        let mut is_wrong = vec![false; wanted.len()];
        let blocks = own.chunks_mut(ROWS_AT_ONCE * wanted.len().max(1));
        for (start, block) in rows.step_by(ROWS_AT_ONCE).zip(blocks) {
            let n_rows = block.len() / wanted.len();
            for (at, item) in wanted.iter().enumerate() {
                let mut places = block[at..].iter_mut().step_by(wanted.len());
                item.cells.each(start..start + n_rows, |cell| {
                    let Some(place) = places.next() else { return };
                    match item.answer(cell) {
                        Ok(number) => *place = Items::packed(number),
                        Err(NoAnswer) => is_wrong[at] = true,
                    }
                });
            }
        }
        is_wrong
    };
    let is_wrong: Vec<Vec<bool>> = parts.into_par_iter().zip(places).map(read).collect();
    for (at, item) in wanted.iter().enumerate() {
        if is_wrong.iter().any(|part| part[at]) {
            item.report_wrong_cells(table, problems);
        }
    }
    items
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
    let mut people: Vec<&[(usize, Answer)]> = Vec::new();
    people.extend(rows.chunk_by(|(_, a), (_, b)| a.participant == b.participant));
    let parts: Vec<Diagnostics> = people
        .par_chunks(PEOPLE_AT_ONCE)
        .map(|people| {
            let (mut problems, mut used) = (Diagnostics::new(), Vec::new());
            for answers in people {
                let person = &participants[answers[0].1.participant];
                let days = Days { table, person, targets: &targets, cutoff };
                days.report(answers, &mut used, &mut problems);
            }
            problems
        })
        .collect();
    for part in parts {
        problems.append(part);
    }
}

/// What the days of a person's answers are held against.
struct Days<'a> {
    table: &'a TypedTable<'a>,
    person: &'a Participant,
    targets: &'a WaveTargets,
    cutoff: Date,
}

impl Days<'_> {
    /// Reports the answers of a person, in the order of their days. `used` becomes the waves that
    /// have an answer, with the line of the last.
    fn report(
        &self,
        answers: &[(usize, Answer)],
        used: &mut Vec<(i32, u64)>,
        problems: &mut Diagnostics,
    ) {
        used.clear();
        let mut latest: Option<(i32, u64)> = None;
        for (row, answer) in answers {
            let mut report = |code: Code, column: &str, message: Message, remedy: &'static str| {
                let place = self.table.place(*row, column);
                problems.push(Diagnostic::new(code, place, message, remedy));
            };
            if !self.is_in_study(answer, &mut report) {
                continue;
            }
            if let Some((wave, line)) = latest.filter(|(wave, _)| *wave > answer.wave) {
                let message =
                    format!("wave {} was answered after wave {wave} of line {line}", answer.wave);
                let remedy =
                    "check the two dates and waves; each counts for the wave nearest to its day";
                report(Code::WaveOutOfOrder, "wave", message.into(), remedy);
            } else {
                latest = Some((answer.wave, answer.line));
            }
            let day = answer.date.days_since(self.person.randomisation_date);
            let fate = fate_of(self.targets, answer.wave, day);
            report_fate(fate, answer, &mut report);
            let Fate::Target(month) = fate else { continue };
            match used.iter_mut().find(|(own, _)| *own == month) {
                None => used.push((month, answer.line)),
                Some((_, last)) => {
                    let line = std::mem::replace(last, answer.line);
                    let message = format!(
                        "the window of month {month} also has the answer of line {line}: the nearer one counts"
                    );
                    let remedy =
                        "nothing if that is right, else drop one of them in the corrections table";
                    report(Code::WaveTwoAnswers, DATED, message.into(), remedy);
                }
            }
        }
    }

    /// Whether an answer was given before the cut-off and before the person left.
    fn is_in_study(&self, answer: &Answer, report: &mut Report<'_>) -> bool {
        if answer.date > self.cutoff {
            let message = format!("answered after the data cut-off of {}: not used", self.cutoff);
            let remedy = "check the date, or move data_cutoff";
            report(Code::WaveAfterCutoff, DATED, message.into(), remedy);
            return false;
        }
        if self.person.exit.as_ref().is_some_and(|exit| answer.date > exit.date) {
            let message = Code::WaveAfterExit.message().into();
            report(Code::WaveAfterExit, DATED, message, "none needed, if both dates are right");
            return false;
        }
        true
    }
}

/// The column that tells an answer's day.
const DATED: &str = "response_date";

/// Takes code, column, message and remedy.
type Report<'a> = dyn FnMut(Code, &str, Message, &'static str) + 'a;

type Message = Cow<'static, str>;

/// Reports an answer that is not used, or not for its own wave.
fn report_fate(fate: Fate, answer: &Answer, report: &mut Report<'_>) {
    match fate {
        Fate::BeforeRandomisation => {
            let message = Code::WaveBeforeRandomisation.message().into();
            report(Code::WaveBeforeRandomisation, DATED, message, "correct the date or the wave");
        }
        Fate::BaselineTooLate => {
            let message = Code::WaveBaselineLate.message().into();
            let remedy = "what is asked after randomisation may be its effect; `baseline_days_after` under [waves] allows some days";
            report(Code::WaveBaselineLate, DATED, message, remedy);
        }
        Fate::OutsideWindows => {
            let message = Code::WaveOutsideWindow.message().into();
            let remedy = "none needed; `window_months` under [waves] sets the windows";
            report(Code::WaveOutsideWindow, DATED, message, remedy);
        }
        Fate::Target(month) if month != answer.wave => {
            let message = format!(
                "the questionnaire of wave {} was answered in the window of month {month}, and counts for it",
                answer.wave
            );
            report(Code::WaveOtherWindow, DATED, message.into(), "check the date");
        }
        Fate::Target(_) => {}
    }
}
