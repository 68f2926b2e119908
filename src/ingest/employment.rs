//! The employment table.

use super::linked::ParticipantIndex;
use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::types::Plan;
use crate::trial::employment::{Contract, Source, Spell};
use crate::trial::participant::Participant;

/// Weekly hours above which a spell is worth a second look.
const IMPLAUSIBLE_HOURS: f64 = 60.0;

/// Spells in the order of participant, start and line, as far as their rows are right.
pub(super) fn read_spells(
    table: &TypedTable,
    participants: &[Participant],
    index: &ParticipantIndex<'_>,
    plan: &Plan,
    problems: &mut Diagnostics,
) -> Vec<Spell> {
    let mut spells = Vec::with_capacity(table.n_rows());
    for row in 0..table.n_rows() {
        report_row(table, row, problems);
        let Some(spell) = read_spell(table, row, index) else { continue };
        report_dates(table, row, &participants[spell.participant], plan, problems);
        spells.push((row, spell));
    }
    spells.sort_by_key(|(_, spell)| (spell.participant, spell.start, spell.line));
    report_overlaps(table, &spells, problems);
    spells.into_iter().map(|(_, spell)| spell).collect()
}

fn read_spell(table: &TypedTable, row: usize, index: &ParticipantIndex<'_>) -> Option<Spell> {
    Some(Spell {
        participant: index.position(table.text(row, "participant_id")?)?,
        start: table.date(row, "start_date")?,
        end: table.date(row, "end_date"),
        contract: Contract::from_code(table.text(row, "contract")?)?,
        hours_per_week: table.number(row, "hours_per_week")?,
        monthly_wage_eur: table.number(row, "monthly_wage_eur"),
        authorised: table.yes_no(row, "authorised_art100"),
        source: table.text(row, "source").and_then(Source::from_code),
        line: table.lines[row],
    })
}

/// What a row shows by itself.
fn report_row(table: &TypedTable, row: usize, problems: &mut Diagnostics) {
    let (start, end) = (table.date(row, "start_date"), table.date(row, "end_date"));
    if start.zip(end).is_some_and(|(start, end)| end < start) {
        problems.push(Diagnostic::new(
            Code::SpellEndsBeforeStart,
            table.place(row, "end_date"),
            "the spell ends before it starts",
            "correct one of the two dates; a spell of one day starts and ends on it",
        ));
    }
    if table.number(row, "hours_per_week").is_some_and(|hours| hours > IMPLAUSIBLE_HOURS) {
        problems.push(Diagnostic::new(
            Code::SpellImplausibleHours,
            table.place(row, "hours_per_week"),
            "more than 60 hours a week",
            "check whether these are hours a month",
        ));
    }
}

/// What a row shows beside its participant's dates.
fn report_dates(
    table: &TypedTable,
    row: usize,
    participant: &Participant,
    plan: &Plan,
    problems: &mut Diagnostics,
) {
    let Some(start) = table.date(row, "start_date") else { return };
    let place = || table.place(row, "start_date");
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

fn report_overlaps(table: &TypedTable, spells: &[(usize, Spell)], problems: &mut Diagnostics) {
    for group in spells.chunk_by(|(_, a), (_, b)| a.participant == b.participant) {
        // The spell that reaches furthest so far; no end reaches for ever.
        let mut furthest = &group[0].1;
        for (row, spell) in &group[1..] {
            if furthest.end.is_none_or(|end| spell.start.days_since(end) <= 1) {
                problems.push(Diagnostic::new(
                    Code::SpellOverlap,
                    table.place(*row, "start_date"),
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
}
