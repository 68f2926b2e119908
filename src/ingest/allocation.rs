//! The randomisation list against the participants.

use std::collections::BTreeMap;

use super::linked::{LinkedRows, RowPerson};
use super::participants::read_arm;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::parse::PlanDocument;
use crate::plan::types::Plan;
use crate::trial::allocation::AllocationLine;
use crate::trial::participant::Participant;

/// The line of each participant, in their order; none at all where one is missing, which is
/// reported elsewhere.
pub(super) fn read_allocation(
    rows: LinkedRows<'_>,
    n_participants: usize,
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> Vec<AllocationLine> {
    let table = rows.table;
    let block = document.plan.randomisation.block.as_deref();
    if let Some(name) = block.filter(|name| !table.has(name)) {
        let place = document.place(&["randomisation", "block"]);
        let message = format!("{} has no column `{name}`", table.file);
        let remedy = "name the column with the blocks, or take it out";
        problems.push(Diagnostic::new(Code::PlanUnknownColumn, place, message, remedy));
    }
    let block = block.filter(|name| table.has(name));
    let mut lines: Vec<Option<AllocationLine>> = vec![None; n_participants];
    for row in 0..table.n_rows() {
        if let Some(name) = block.filter(|name| table.is_missing(row, name)) {
            let message = "every line of the list belongs to a block";
            let place = table.place(row, name);
            problems.push(Diagnostic::new(Code::CellMissing, place, message, "fill it in"));
        }
        if let (Some(at), Some(stratum)) = (rows.position(row), table.text(row, "stratum")) {
            let block = block.map(|name| table.key_text(row, name));
            lines[at] = Some(AllocationLine { stratum: stratum.to_owned(), block });
        }
    }
    lines.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// Reports where the list and the participants table disagree.
pub(super) fn report_allocation(
    rows: LinkedRows<'_>,
    participants: &[Participant],
    plan: &Plan,
    problems: &mut Diagnostics,
) {
    let (table, participants_file) = (rows.table, &plan.data.participants);
    let mut listed = Listed::default();
    for row in 0..table.n_rows() {
        let arm = read_arm(table, row, plan, problems);
        if let Some(earlier) = listed.insert(rows, row) {
            let message = format!("the same participant as in line {earlier}");
            let remedy = "a person is randomised once";
            let place = table.place(row, "participant_id");
            problems.push(Diagnostic::new(Code::DuplicateRecord, place, message, remedy));
        }
        let Some(participant) = rows.position(row).map(|at| &participants[at]) else { continue };
        if arm.is_some_and(|arm| arm != participant.arm) {
            let message =
                format!("another arm than in {participants_file}, line {}", participant.line);
            let remedy = "the list decides: correct the participants table, or explain the list";
            let place = table.place(row, "arm");
            problems.push(Diagnostic::new(Code::AllocationDisagrees, place, message, remedy));
        }
        let stratum = table.text(row, "stratum");
        if let (Some(ours), Some(theirs)) = (participant.stratum.as_deref(), stratum)
            && ours != theirs
        {
            let message =
                format!("another stratum than in {participants_file}, line {}", participant.line);
            let remedy = "correct one of the two";
            let place = table.place(row, "stratum");
            let code = Code::AllocationStratumDisagrees;
            problems.push(Diagnostic::new(code, place, message, remedy));
        }
    }
    for participant in participants.iter().filter(|p| !listed.has(rows, &p.id)) {
        let place = Place::cell(participants_file, participant.line, "participant_id");
        let message = format!("randomised, but not in {}", table.file);
        let remedy = "complete the list, or correct the identifier";
        problems.push(Diagnostic::new(Code::AllocationMissing, place, message, remedy));
    }
}

/// The line on which each person was met last.
#[derive(Default)]
struct Listed<'a> {
    known: BTreeMap<u32, u64>,
    strangers: BTreeMap<&'a str, u64>,
}

impl<'a> Listed<'a> {
    /// Takes note of a row, and gives the line on which its person was met before.
    fn insert(&mut self, rows: LinkedRows<'a>, row: usize) -> Option<u64> {
        let line = rows.table.lines[row];
        match rows.people.get(row)? {
            RowPerson::Nobody => None,
            RowPerson::Known(place) => self.known.insert(*place, line),
            RowPerson::Stranger => {
                self.strangers.insert(rows.table.text(row, "participant_id")?, line)
            }
        }
    }

    fn has(&self, rows: LinkedRows<'_>, id: &str) -> bool {
        rows.index.place_of(id).is_some_and(|place| self.known.contains_key(&place))
    }
}
