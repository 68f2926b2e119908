//! Problems as a person or a program reads them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::json;

use super::args::{Deny, ProblemArguments};
use super::problem_groups::{Group, grouped};
use super::terminal::Terminal;
use crate::diagnostic::{Code, Diagnostics, KEPT_PER_CODE, Severity};
use crate::error::Error;
use crate::ingest::TableSummary;
use crate::overview::Overview;

/// How many different faults of one code are shown on a screen.
const SHOWN_PER_CODE: usize = 20;

/// The problems of one reading, with what is needed to show them.
pub(super) struct Findings<'a> {
    pub(super) plan_text: &'a str,
    pub(super) problems: Diagnostics,
    pub(super) tables: &'a [TableSummary],
    /// What was understood, for an answer as JSON.
    pub(super) understood: Option<Overview>,
}

/// A number of problems in words: `1 warning`, `2 warnings`.
pub(super) fn counted(n: usize, severity: Severity) -> String {
    format!("{n} {}{}", severity.word(), if n == 1 { "" } else { "s" })
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
        let understood = findings.understood.as_ref();
        terminal.answer(&as_json(&findings.problems, findings.tables, understood))?;
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
    let count = |severity: Severity| counted(problems.count(severity), severity);
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(count).join(", ");
    format!("{counts}: not ready to run, nothing was written")
}

/// Whether the problems forbid a run.
pub(super) fn is_denied(problems: &Diagnostics, deny: Option<Deny>) -> bool {
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
pub(super) fn as_json(
    problems: &Diagnostics,
    tables: &[TableSummary],
    understood: Option<&Overview>,
) -> String {
    let value = json!({
        "errors": problems.count(Severity::Error),
        "warnings": problems.count(Severity::Warning),
        "notes": problems.count(Severity::Note),
        "tables": tables,
        "problems": problems.all(),
        "not_listed": not_listed(problems),
        "understood": understood,
    });
    format!("{value:#}\n")
}

/// How many more there are of each code than are listed.
fn not_listed(problems: &Diagnostics) -> BTreeMap<&'static str, usize> {
    let more = |(code, count): (&Code, &usize)| {
        let more = count.saturating_sub(KEPT_PER_CODE);
        (more > 0).then(|| (code.as_str(), more))
    };
    problems.counts().iter().filter_map(more).collect()
}

fn as_text(terminal: Terminal, findings: &Findings<'_>) -> String {
    let mut text = String::new();
    // Of each code: faults that were shown, and the places where they are.
    let mut shown: BTreeMap<Code, [usize; 2]> = BTreeMap::new();
    for group in grouped(findings.problems.all()) {
        let problem = group.first;
        if terminal.is_quiet() && problem.severity != Severity::Error {
            continue;
        }
        let [faults, places] = shown.entry(problem.code).or_default();
        if *faults < SHOWN_PER_CODE {
            *faults += 1;
            *places += group.count;
            text.push_str(&one(terminal, &group, findings.plan_text));
        }
    }
    let counts = findings.problems.counts();
    for (code, [_, places]) in shown {
        let count = counts.get(&code).copied().unwrap_or(0);
        let Some(more) = count.checked_sub(places).filter(|more| *more > 0) else {
            continue;
        };
        let which = if count <= KEPT_PER_CODE {
            "every one".to_owned()
        } else {
            format!("the first {KEPT_PER_CODE}")
        };
        let code = code.as_str();
        let _infallible = writeln!(
            text,
            "… and {more} more of {code} ({count} in all): `ips-eval check PLAN --json` lists {which}"
        );
    }
    text
}

fn one(terminal: Terminal, group: &Group<'_>, plan_text: &str) -> String {
    let problem = group.first;
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
        let (start, end) = if terminal.has_colour() {
            (colour_of(problem.severity), "\u{1b}[0m")
        } else {
            ("", "")
        };
        let others = group.where_else();
        return format!(
            "{start}{word}[{code}]{end}: {place}: {title}{others}\n  = help: {remedy}\n"
        );
    };
    let snippet = Snippet::source(plan_text)
        .path(&*problem.place.file)
        .annotation(AnnotationKind::Primary.span(visible(span, plan_text)));
    let help = Level::HELP.message(&*problem.remedy);
    let group = level.primary_title(title).id(code).element(snippet).element(help);
    format!("{}\n\n", renderer.render(&[group]))
}

/// Bold, in the colours in which problems of a plan are shown.
fn colour_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\u{1b}[1m\u{1b}[91m",
        Severity::Warning => "\u{1b}[1m\u{1b}[33m",
        Severity::Note => "\u{1b}[1m\u{1b}[92m",
    }
}

/// A span of a whole table is shown by its first line.
fn visible(span: &std::ops::Range<usize>, text: &str) -> std::ops::Range<usize> {
    let end = span.end.min(text.len());
    let start = span.start.min(end);
    let first_line = text[start..end].find('\n').map_or(end, |length| start + length);
    start..first_line
}
