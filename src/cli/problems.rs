//! Problems as a person or a program reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::json;

use super::args::{Deny, ProblemArguments};
use super::terminal::Terminal;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::error::Error;
use crate::ingest::TableSummary;

/// How many problems of one code are shown on a screen.
const SHOWN_PER_CODE: usize = 20;

/// The problems of one reading, with what is needed to show them.
pub(super) struct Findings<'a> {
    pub(super) plan_text: &'a str,
    pub(super) problems: Diagnostics,
    pub(super) tables: &'a [TableSummary],
}

/// Reports problems and fails where they forbid a run.
pub(super) fn report(
    terminal: Terminal,
    mut findings: Findings<'_>,
    arguments: ProblemArguments,
) -> Result<(), Error> {
    if !arguments.show_values {
        findings.problems.hide_values();
    }
    if terminal.answers_as_json() {
        terminal.answer(&as_json(&findings.problems, findings.tables))?;
    } else {
        let text = as_text(terminal, &findings);
        if !text.is_empty() {
            terminal.warn(text.trim_end())?;
        }
    }
    if is_denied(&findings.problems, arguments.deny) {
        return Err(Error::Problems(Box::new(findings.problems)));
    }
    Ok(())
}

/// The last line when nothing was written.
pub(super) fn closing_line(problems: &Diagnostics) -> String {
    let count = |severity: Severity| {
        let n = problems.count(severity);
        format!("{n} {}{}", severity.word(), if n == 1 { "" } else { "s" })
    };
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(count).join(", ");
    format!("{counts}: not ready to run, nothing was written")
}

fn is_denied(problems: &Diagnostics, deny: Option<Deny>) -> bool {
    let warnings = problems.count(Severity::Warning) > 0;
    let notes = problems.count(Severity::Note) > 0;
    problems.has_errors()
        || match deny {
            None => false,
            Some(Deny::Warnings) => warnings,
            Some(Deny::Notes) => warnings || notes,
        }
}

/// Every problem as JSON.
pub(super) fn as_json(problems: &Diagnostics, tables: &[TableSummary]) -> String {
    let value = json!({
        "errors": problems.count(Severity::Error),
        "warnings": problems.count(Severity::Warning),
        "notes": problems.count(Severity::Note),
        "tables": tables,
        "problems": problems.all(),
    });
    format!("{value:#}\n")
}

fn as_text(terminal: Terminal, findings: &Findings<'_>) -> String {
    let mut text = String::new();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for problem in findings.problems.all() {
        if terminal.is_quiet() && problem.severity != Severity::Error {
            continue;
        }
        let count = shown.entry(problem.code.as_str()).or_default();
        *count += 1;
        if *count <= SHOWN_PER_CODE {
            text.push_str(&one(terminal, problem, findings.plan_text));
        }
    }
    for (code, count) in shown.into_iter().filter(|(_, count)| *count > SHOWN_PER_CODE) {
        let more = count - SHOWN_PER_CODE;
        let _infallible = writeln!(
            text,
            "… and {more} more of {code} ({count} in all): `ips-eval check PLAN --json` lists every one"
        );
    }
    text
}

fn one(terminal: Terminal, problem: &Diagnostic, plan_text: &str) -> String {
    let renderer = if terminal.has_colour() { Renderer::styled() } else { Renderer::plain() };
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let value = problem.value.as_ref().map_or(String::new(), |value| format!(" (it is `{value}`)"));
    let code = problem.code.as_str();
    let title = format!("{}{value}", problem.message);
    let Some(span) = &problem.place.span else {
        let (word, place, remedy) = (problem.severity.word(), &problem.place, &problem.remedy);
        return format!("{word}[{code}]: {place}: {title}\n  = help: {remedy}\n");
    };
    let snippet = Snippet::source(plan_text)
        .path(&*problem.place.file)
        .annotation(AnnotationKind::Primary.span(visible(span, plan_text)));
    let help = Level::HELP.message(&*problem.remedy);
    let group = level.primary_title(title).id(code).element(snippet).element(help);
    format!("{}\n\n", renderer.render(&[group]))
}

/// A span of a whole table is shown by its first line.
fn visible(span: &std::ops::Range<usize>, text: &str) -> std::ops::Range<usize> {
    let end = span.end.min(text.len());
    let start = span.start.min(end);
    let first_line = text[start..end].find('\n').map_or(end, |length| start + length);
    start..first_line
}
