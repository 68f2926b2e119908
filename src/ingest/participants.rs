//! The participants table.

use rayon::prelude::*;

use super::typed_table::TypedTable;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::parse::PlanDocument;
use crate::plan::types::Plan;
use crate::trial::arm::Arm;
use crate::trial::date::Date;
use crate::trial::participant::{Exit, Participant};

/// Fewest participants of a region in an arm before a warning.
const SMALL_STRATUM: usize = 20;

/// Participants in the order of their identifiers, as far as their rows are right, with their rows.
pub(super) fn read_participants(
    table: &TypedTable,
    document: &PlanDocument,
    problems: &mut Diagnostics,
) -> (Vec<usize>, Vec<Participant>) {
    let plan = &document.plan;
    if table.n_rows() == 0 {
        let place = Place::file(&table.file);
        let message = "the table has no participants";
        let remedy = "give one row a randomised person";
        problems.push(Diagnostic::new(Code::TableEmpty, place, message, remedy));
    }
    report_duplicates(table, problems);
    let parts = table.in_parts(|rows| {
        let mut found = Diagnostics::new();
        let read = |row| Some((row, read_participant(table, row, plan, &mut found)?));
        let participants: Vec<(usize, Participant)> = rows.filter_map(read).collect();
        (participants, found)
    });
    let mut participants = Vec::with_capacity(table.n_rows());
    for (part, found) in parts {
        participants.extend(part);
        problems.append(found);
    }
    if !participants.is_sorted_by(|(_, a), (_, b)| a.id <= b.id) {
        participants.par_sort_by(|(_, a), (_, b)| a.id.cmp(&b.id));
    }
    let (rows, participants): (Vec<usize>, Vec<Participant>) = participants.into_iter().unzip();
    report_small_strata(table, plan, &participants, problems);
    (rows, participants)
}

fn report_duplicates(table: &TypedTable, problems: &mut Diagnostics) {
    let Some(texts) = table.texts("participant_id") else { return };
    let mut texts = texts.reader();
    let mut ids: Vec<(&str, usize)> =
        (0..table.n_rows()).filter_map(|row| Some((texts.get(row)?, row))).collect();
    if ids.is_sorted_by(|(a, _), (b, _)| a < b) {
        return;
    }
    ids.par_sort_unstable();
    let same = ids.chunk_by(|(a, _), (b, _)| a == b);
    let mut repeated: Vec<(usize, usize, &str)> =
        same.flat_map(|rows| rows[1..].iter().map(|(id, row)| (*row, rows[0].1, *id))).collect();
    repeated.sort_unstable();
    for (row, earlier, id) in repeated {
        let line = table.lines[earlier];
        problems.push(
            Diagnostic::new(
                Code::DuplicateParticipant,
                table.place(row, "participant_id"),
                format!("the same participant as in line {line}"),
                "keep one row a person",
            )
            .with_value(id),
        );
    }
}

fn report_programme(
    table: &TypedTable,
    row: usize,
    randomised: Option<Date>,
    problems: &mut Diagnostics,
) {
    let start = table.date(row, "programme_start_date");
    if start.zip(randomised).is_some_and(|(start, day_0)| start < day_0) {
        problems.push(Diagnostic::new(
            Code::ProgrammeBeforeRandomisation,
            table.place(row, "programme_start_date"),
            "the programme starts before the randomisation",
            "correct one of the two dates; it counts as taken up",
        ));
    }
}

fn read_participant(
    table: &TypedTable,
    row: usize,
    plan: &Plan,
    problems: &mut Diagnostics,
) -> Option<Participant> {
    let id = table.text(row, "participant_id");
    let arm = read_arm(table, row, plan, problems);
    let region = read_region(table, row, plan, problems);
    let randomisation_date = table.date(row, "randomisation_date");
    if randomisation_date.is_some_and(|date| date > plan.trial.data_cutoff) {
        problems.push(Diagnostic::new(
            Code::RandomisedAfterCutoff,
            table.place(row, "randomisation_date"),
            format!("randomised after the data cut-off of {}", plan.trial.data_cutoff),
            "correct the date, or move data_cutoff, or leave the row out",
        ));
    }
    report_programme(table, row, randomisation_date, problems);
    let exit = read_exit(table, row, plan, randomisation_date, problems);
    Some(Participant {
        id: id?.to_owned(),
        arm: arm?,
        region: region?,
        randomisation_date: randomisation_date?,
        exit,
        stratum: table.text(row, "stratum").map(str::to_owned),
        programme_start: table.date(row, "programme_start_date"),
        line: table.lines[row],
    })
}

/// The arm of a row, by the plan's labels.
pub(super) fn read_arm(
    table: &TypedTable,
    row: usize,
    plan: &Plan,
    problems: &mut Diagnostics,
) -> Option<Arm> {
    let label = table.text(row, "arm")?;
    let arm = plan.trial.arms.arm(label);
    if arm.is_none() {
        let labels = format!("`{}` or `{}`", plan.trial.arms.ips, plan.trial.arms.control);
        let place = table.place(row, "arm");
        let message = "the arm is not one of the plan's two";
        let remedy = format!("{labels}, as under [trial.arms]; or map yours by [codes]");
        problems
            .push(Diagnostic::new(Code::CellUnknownArm, place, message, remedy).with_value(label));
    }
    arm
}

fn read_region(
    table: &TypedTable,
    row: usize,
    plan: &Plan,
    problems: &mut Diagnostics,
) -> Option<usize> {
    let name = table.text(row, "region")?;
    let region = plan.trial.regions.iter().position(|region| region == name);
    if region.is_none() {
        let place = table.place(row, "region");
        let message = "the region is not in the plan's list";
        let remedy = format!("one of {}; or map yours by [codes]", plan.trial.regions.join(", "));
        problems.push(
            Diagnostic::new(Code::CellUnknownRegion, place, message, remedy).with_value(name),
        );
    }
    region
}

fn read_exit(
    table: &TypedTable,
    row: usize,
    plan: &Plan,
    randomised: Option<Date>,
    problems: &mut Diagnostics,
) -> Option<Exit> {
    let date = table.date(row, "exit_date");
    let reason = table.text(row, "exit_reason");
    let mut report = |code, column, message: String, remedy: &'static str| {
        problems.push(Diagnostic::new(code, table.place(row, column), message, remedy));
    };
    // A cell that could not be read has been reported already.
    match (date, reason) {
        (Some(_), None) => report(
            Code::ExitWithoutReason,
            "exit_reason",
            "there is an exit date without a reason".to_owned(),
            "give the reason: whether it competes with a job depends on it",
        ),
        (None, Some(_)) => report(
            Code::ExitWithoutDate,
            "exit_date",
            "there is an exit reason without a date".to_owned(),
            "give the date, or remove the reason",
        ),
        _ => {}
    }
    let date = date?;
    if randomised.is_some_and(|day_0| date < day_0) {
        report(
            Code::ExitBeforeRandomisation,
            "exit_date",
            "the exit is before the randomisation".to_owned(),
            "correct one of the two dates",
        );
    }
    if date > plan.trial.data_cutoff {
        report(
            Code::ExitAfterCutoff,
            "exit_date",
            format!("the exit is after the data cut-off of {}", plan.trial.data_cutoff),
            "it is not used: follow-up ends at the cut-off",
        );
    }
    Some(Exit { date, reason: reason?.to_owned() })
}

fn report_small_strata(
    table: &TypedTable,
    plan: &Plan,
    participants: &[Participant],
    problems: &mut Diagnostics,
) {
    for (region, name) in plan.trial.regions.iter().enumerate() {
        for arm in Arm::BOTH {
            let of = |p: &&Participant| p.region == region && p.arm == arm;
            let n = participants.iter().filter(of).count();
            let labels = plan.trial.arms.by_arm();
            let label = labels.get(arm);
            let (code, what) = match n {
                0 => (Code::StratumEmptyArm, "nobody"),
                1..SMALL_STRATUM => (Code::StratumSmall, "fewer than 20 participants"),
                _ => continue,
            };
            let place = Place::column(&table.file, "region");
            let message = format!("region `{name}` has {what} in arm `{label}`");
            let remedy =
                "its estimates are weak or do not exist; the plan may join regions by [codes]";
            problems.push(Diagnostic::new(code, place, message, remedy));
        }
    }
}
