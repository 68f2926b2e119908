//! The employment table.

use rayon::prelude::*;

use super::linked::{LinkedRows, in_order, those_present};
use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::types::Plan;
use crate::trial::date::Date;
use crate::trial::employment::{Contract, Source, Spell};
use crate::trial::participant::Participant;

/// Weekly hours above which a spell is worth a second look.
const IMPLAUSIBLE_HOURS: f64 = 60.0;

/// Spells that one thread reads at least, and of which the overlaps are looked for together.
const SPELLS_AT_ONCE: usize = 10_000;

/// Spells in the order of participant, start and line, as far as their rows are right.
pub(super) fn read_spells(
    rows: LinkedRows<'_>,
    participants: &[Participant],
    plan: &Plan,
    problems: &mut Diagnostics,
) -> Vec<Spell> {
    let table = rows.table;
    let columns = SpellColumns::of(table);
    let contract = table.texts("contract").map(|texts| texts.meanings(Contract::from_code));
    let source = table.texts("source").map(|texts| texts.meanings(Source::from_code));
    let read = |row: usize| {
        Some(Spell {
            participant: rows.position(row)?,
            start: of(columns.starts, row)?,
            end: of(columns.ends, row),
            contract: contract.as_ref().and_then(|of| of(row))?,
            hours_per_week: of(columns.hours, row)?,
            monthly_wage_eur: of(columns.wages, row),
            authorised: of(columns.authorised, row),
            source: source.as_ref().and_then(|of| of(row)),
            line: table.lines[row],
        })
    };
    // One a row, so that each thread writes where the spell stays.
    let all_rows = (0..table.n_rows()).into_par_iter().with_min_len(SPELLS_AT_ONCE);
    let by_row: Vec<Option<Spell>> = all_rows.map(read).collect();
    let reported = table.in_parts(|part| {
        let mut found = Diagnostics::new();
        for row in part {
            columns.report_row(row, &mut found);
            if let Some(spell) = &by_row[row] {
                report_dates(table, spell, &participants[spell.participant], plan, &mut found);
            }
        }
        found
    });
    for found in reported {
        problems.append(found);
    }
    let spells =
        in_order(those_present(by_row), |spell: &Spell| (spell.participant, spell.start, 0));
    report_overlaps(table, &spells, problems);
    spells
}

/// The columns that every row is read from; empty where the table does not have them.
#[derive(Clone, Copy)]
struct SpellColumns<'a> {
    table: &'a TypedTable<'a>,
    starts: &'a [Option<Date>],
    ends: &'a [Option<Date>],
    hours: &'a [Option<f64>],
    wages: &'a [Option<f64>],
    authorised: &'a [Option<bool>],
}

/// The cell of a row.
fn of<T: Copy>(cells: &[Option<T>], row: usize) -> Option<T> {
    cells.get(row).copied().flatten()
}

impl<'a> SpellColumns<'a> {
    fn of(table: &'a TypedTable<'a>) -> Self {
        Self {
            table,
            starts: table.dates("start_date").unwrap_or_default(),
            ends: table.dates("end_date").unwrap_or_default(),
            hours: table.numbers("hours_per_week").unwrap_or_default(),
            wages: table.numbers("monthly_wage_eur").unwrap_or_default(),
            authorised: table.yes_nos("authorised_art100").unwrap_or_default(),
        }
    }

    /// What a row shows by itself.
    fn report_row(&self, row: usize, problems: &mut Diagnostics) {
        let (start, end) = (of(self.starts, row), of(self.ends, row));
        if start.zip(end).is_some_and(|(start, end)| end < start) {
            problems.push(Diagnostic::new(
                Code::SpellEndsBeforeStart,
                self.table.place(row, "end_date"),
                "the spell ends before it starts",
                "correct one of the two dates; a spell of one day starts and ends on it",
            ));
        }
        if of(self.hours, row).is_some_and(|hours| hours > IMPLAUSIBLE_HOURS) {
            problems.push(Diagnostic::new(
                Code::SpellImplausibleHours,
                self.table.place(row, "hours_per_week"),
                "more than 60 hours a week",
                "check whether these are hours a month",
            ));
        }
    }
}

/// What a row shows beside its participant's dates.
fn report_dates(
    table: &TypedTable,
    spell: &Spell,
    participant: &Participant,
    plan: &Plan,
    problems: &mut Diagnostics,
) {
    let start = spell.start;
    let place = || table.place_in_line(spell.line, "start_date");
    if start > plan.trial.data_cutoff {
        let message = format!("starts after the data cut-off of {}", plan.trial.data_cutoff);
        let remedy = "it is not used; check the date, or move data_cutoff";
        problems.push(Diagnostic::new(Code::SpellAfterCutoff, place(), message, remedy));
    } else if participant.exit.as_ref().is_some_and(|exit| start > exit.date) {
        let message = "starts after the participant's exit";
        let remedy = "it is not used: follow-up ended there";
        problems.push(Diagnostic::new(Code::SpellAfterExit, place(), message, remedy));
    }
    if start < participant.randomisation_date {
        let message = "began before randomisation";
        let remedy = "it is no first job; it counts as employed while it lasts";
        problems.push(Diagnostic::new(Code::SpellBeforeRandomisation, place(), message, remedy));
    }
}

fn report_overlaps(table: &TypedTable, spells: &[Spell], problems: &mut Diagnostics) {
    let mut parts = Vec::new();
    let mut rest = spells;
    while let Some(last) = rest.get(..SPELLS_AT_ONCE).and_then(<[Spell]>::last) {
        let more = rest[SPELLS_AT_ONCE..].iter();
        let more = more.take_while(|spell| spell.participant == last.participant).count();
        let (part, others) = rest.split_at(SPELLS_AT_ONCE + more);
        parts.push(part);
        rest = others;
    }
    parts.push(rest);
    let found: Vec<Diagnostics> = parts.into_par_iter().map(|part| overlaps(table, part)).collect();
    for found in found {
        problems.append(found);
    }
}

fn overlaps(table: &TypedTable, spells: &[Spell]) -> Diagnostics {
    let mut problems = Diagnostics::new();
    for group in spells.chunk_by(|a, b| a.participant == b.participant) {
        // The spell that reaches furthest so far; no end reaches for ever.
        let mut furthest = &group[0];
        for spell in &group[1..] {
            if furthest.end.is_none_or(|end| spell.start.days_since(end) <= 1) {
                problems.push(Diagnostic::new(
                    Code::SpellOverlap,
                    table.place_in_line(spell.line, "start_date"),
                    format!("overlaps or abuts the spell in line {}", furthest.line),
                    "nothing: where both are competitive employment they count as one job",
                ));
            }
            let reaches = |end: Option<_>| end.map_or((1, None), |date| (0, Some(date)));
            if reaches(spell.end) > reaches(furthest.end) {
                furthest = spell;
            }
        }
    }
    problems
}
