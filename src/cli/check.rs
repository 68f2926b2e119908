//! `ips-eval check`: reads everything and reports every problem.

use super::args::{CheckArguments, ProblemArguments};
use super::load::{Loaded, Outcome, load};
use super::problems::{Findings, report};
use super::staging::write_private;
use super::terminal::Terminal;
use crate::derive::employment::{Job, first_job, job_on};
use crate::derive::outcomes::{FirstJobEnding, derive_outcomes};
use crate::diagnostic::Severity;
use crate::error::Error;
use crate::trial::dataset::TrialData;
use crate::trial::time::month_end_day;

/// Runs the command.
pub(super) fn check(terminal: Terminal, arguments: &CheckArguments) -> Result<(), Error> {
    let loaded = load_and_report(terminal, &arguments.plan, arguments.problems)?;
    if let (Some(path), Some(data)) = (&arguments.trace, &loaded.ingested.data) {
        let csv = trace(&loaded, data)?;
        write_private(path, &csv)?;
        terminal.tell(&format!("traced outcomes: {}", path.display()))?;
    }
    if !terminal.answers_as_json() && !terminal.is_quiet() {
        terminal.answer(&summary(&loaded))?;
    }
    Ok(())
}

/// Reads plan and tables, reports their problems, and fails where they forbid a run.
pub(super) fn load_and_report(
    terminal: Terminal,
    plan: &std::path::Path,
    arguments: ProblemArguments,
) -> Result<Loaded, Error> {
    report_outcome(terminal, load(plan)?, arguments)
}

/// Reports the problems of what was read, and fails where they forbid a run.
pub(super) fn report_outcome(
    terminal: Terminal,
    outcome: Outcome,
    arguments: ProblemArguments,
) -> Result<Loaded, Error> {
    match outcome {
        Outcome::BadPlan { text, problems } => {
            let findings = Findings { plan_text: &text, problems, tables: &[] };
            report(terminal, findings, arguments)?;
            Err(Error::Problems(Box::default()))
        }
        Outcome::Read(loaded) => {
            let findings = Findings {
                plan_text: &loaded.document.text,
                problems: loaded.ingested.problems.clone(),
                tables: &loaded.ingested.tables,
            };
            report(terminal, findings, arguments)?;
            Ok(*loaded)
        }
    }
}

fn summary(loaded: &Loaded) -> String {
    let mut lines = Vec::new();
    for table in &loaded.ingested.tables {
        lines.push(format!("{:<13} {:>8} rows  {}", table.table, table.rows, table.file));
        for missing in &table.declared_missing {
            let (column, reason, cells) = (&missing.column, &missing.reason, missing.cells);
            lines.push(format!("{:<13} {cells:>8} cells of {column} missing: {reason}", ""));
        }
    }
    let count = |severity| loaded.ingested.problems.count(severity);
    let (warnings, notes) = (count(Severity::Warning), count(Severity::Note));
    lines.push(format!("no errors, {warnings} warnings, {notes} notes: ready to run\n"));
    lines.join("\n")
}

/// Every participant's outcomes with the lines of the tables that they came from.
fn trace(loaded: &Loaded, data: &TrialData) -> Result<Vec<u8>, Error> {
    let plan = &loaded.document.plan;
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header =
        ["participant_id", "outcome", "month", "value", "participants_line", "employment_lines"];
    let as_error = |error: csv::Error| Error::Export(error.into());
    writer.write_record(header).map_err(as_error)?;
    for (participant, outcomes) in data.participants.iter().zip(derive_outcomes(data, plan)) {
        let mut put = |outcome: &str, month: Option<i32>, value: String, lines: &[u64]| {
            let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
            let month = month.map_or(String::new(), |month| month.to_string());
            let line = participant.line.to_string();
            let cells = [&participant.id, outcome, &month, &value, &line, &lines.join(" ")];
            writer.write_record(cells).map_err(as_error)
        };
        let (day, ending) = outcomes.time_to_first_job();
        let first = first_job(&outcomes.jobs);
        let lines_of = |job: Option<&Job>| job.map_or_else(Vec::new, |job| outcomes.lines_of(job));
        let first_lines = &lines_of(first);
        put("first_job_day", None, day.to_string(), first_lines)?;
        let ending = match ending {
            FirstJobEnding::Job => "job",
            FirstJobEnding::CompetingExit => "competing_exit",
            FirstJobEnding::Censored => "censored",
        };
        put("first_job_ending", None, ending.to_owned(), first_lines)?;
        let horizon = plan.analysis.horizon_months;
        let yes_no = |value: Option<bool>| {
            value.map_or("not observed".to_owned(), |yes| u8::from(yes).to_string())
        };
        put("ever_employed", Some(horizon), yes_no(outcomes.ever_employed(horizon)), first_lines)?;
        let days = outcomes.days_employed(horizon);
        let days = days.map_or("not observed".to_owned(), |days| days.to_string());
        let last_day = month_end_day(horizon);
        let counted =
            outcomes.jobs.iter().filter(|job| job.start_day <= last_day && job.end_day >= 0);
        let lines: Vec<u64> = counted.flat_map(|job| outcomes.lines_of(job)).collect();
        put("days_employed", Some(horizon), days, &lines)?;
        for &month in &plan.analysis.months {
            let job = job_on(&outcomes.jobs, month_end_day(month));
            put("employed", Some(month), yes_no(outcomes.employed(month)), &lines_of(job))?;
        }
    }
    writer.into_inner().map_err(|error| Error::Output(error.into_error()))
}
