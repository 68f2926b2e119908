//! Plan text to [`Plan`], or every problem in it.

use serde_json::Value as Json;
use toml::de::DeTable;

use super::bounds::{SYNTAX_ERRORS_TOLD, no_plan};
use super::composed::composed_text;
use super::contradictions::contradictions;
use super::document::Locator;
pub use super::document::PlanDocument;
use super::instrument::parse::{ReadFile, read_instruments};
use super::places::{Lines, Spans};
use super::questionnaire_checks::check_questionnaires;
use super::schema_check::breaches;
use super::types::Plan;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// The JSON Schema of the plan, made from its types.
pub fn json_schema() -> Json {
    let mut schema = schemars::schema_for!(Plan).to_value();
    schema["title"] = Json::String("Statistical analysis plan of ips-eval".to_owned());
    schema
}

/// Reads a plan that names no instrument files.
///
/// # Errors
///
/// As [`parse_plan_with`].
pub fn parse_plan(file: &str, text: &str) -> Result<PlanDocument, Diagnostics> {
    parse_plan_with(file, text, &|_| Err(std::io::ErrorKind::NotFound.into()))
}

/// Reads a plan, and through `read` the instruments that it names.
///
/// # Errors
///
/// Every problem at its place: syntax first, and where that is right unknown and missing keys,
/// wrong types and values, and contradictions, all at once.
pub fn parse_plan_with(
    file: &str,
    text: &str,
    read: ReadFile<'_>,
) -> Result<PlanDocument, Diagnostics> {
    if let Some(problem) = no_plan(file, text.as_bytes()) {
        return Err(Diagnostics::from_iter([problem]));
    }
    // As the tables' texts are read: an accent belongs to its letter.
    let composed = composed_text(text);
    let text = composed.as_deref().unwrap_or(text);
    let locate = Locator { lines: Lines::new(file, text), text };
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(syntax_problems(&errors, &locate));
    }
    let found = breaches(&json_schema(), &table, "the plan");
    if !found.is_empty() {
        return Err(locate.diagnostics(found));
    }
    let plan: Plan = match toml::from_str(text) {
        Ok(plan) => plan,
        Err(error) => {
            let place = locate.place(error.span().unwrap_or(0..0));
            let message = error.message().to_owned();
            let problem = Diagnostic::new(Code::PlanWrongValue, place, message, "correct it");
            return Err(Diagnostics::from_iter([problem]));
        }
    };
    let mut document = PlanDocument {
        plan,
        file: file.to_owned(),
        text: text.to_owned(),
        further_files: Vec::new(),
        lines: locate.lines.clone(),
        spans: Spans::of(table.get_ref()),
    };
    let mut problems = read_instruments(&mut document, read);
    problems.append(check_questionnaires(&document));
    problems.append(locate.diagnostics(contradictions(&document.plan, &table)));
    if problems.has_errors() {
        problems.sort();
        return Err(problems);
    }
    Ok(document)
}

fn syntax_problems(errors: &[toml::de::Error], locate: &Locator<'_>) -> Diagnostics {
    let remedy = "see toml.io for the syntax";
    let told = errors.iter().take(SYNTAX_ERRORS_TOLD).map(|error| {
        let place = locate.place(error.span().unwrap_or(0..0));
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        Diagnostic::new(Code::PlanSyntax, place, message, remedy)
    });
    let mut problems: Diagnostics = told.collect();
    if let Some(more) = errors.get(SYNTAX_ERRORS_TOLD) {
        let place = locate.place(more.span().unwrap_or(0..0));
        let n = errors.len() - SYNTAX_ERRORS_TOLD;
        let message = format!("{n} more errors of syntax from here on: this may be no plan");
        problems.push(Diagnostic::new(Code::PlanSyntax, place, message, remedy));
    }
    problems
}
