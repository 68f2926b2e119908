//! Plan text to [`Plan`], or every problem in it.

use serde_json::Value as Json;
use toml::de::DeTable;

use super::contradictions::contradictions;
use super::document::Locator;
pub use super::document::PlanDocument;
use super::instrument::parse::{ReadFile, read_instruments};
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
    let (table, errors) = DeTable::parse_recoverable(text);
    let locate = Locator { file, text };
    if !errors.is_empty() {
        return Err(errors
            .iter()
            .map(|error| {
                let span = error.span().unwrap_or(0..0);
                let place = locate.place(span);
                let message = error.message().lines().collect::<Vec<_>>().join("; ");
                Diagnostic::new(Code::PlanSyntax, place, message, "see toml.io for the syntax")
            })
            .collect());
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
