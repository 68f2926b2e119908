//! Plan text to [`Plan`], or every problem in it.

use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::bounds::{SYNTAX_ERRORS_TOLD, no_plan};
use super::contradictions::contradictions;
use super::instrument::parse::{ReadFile, read_instruments};
use super::places::{Lines, Spans};
use super::questionnaire_checks::check_questionnaires;
use super::schema_check::{Breach, breaches};
use super::types::Plan;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};

/// A plan with the text it came from, so that later problems can point into it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanDocument {
    /// The plan.
    pub plan: Plan,
    /// Name of the file, as shown in messages.
    pub file: String,
    /// The text.
    pub text: String,
    /// Files beside the tables that the plan names, with their bytes: instruments, value sets.
    pub further_files: Vec<(String, Vec<u8>)>,
    lines: Lines,
    spans: Spans,
}

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

impl PlanDocument {
    /// The place of a value of the plan, by its path, such as `["data", "waves"]`; the whole file
    /// where the plan does not give it.
    pub fn place(&self, path: &[&str]) -> Place {
        self.place_of(self.spans.value(path))
    }

    /// The place of one of the tables of a `[[list]]`, by its position.
    pub fn place_of_table(&self, list: &str, item: usize) -> Place {
        self.place_of(self.spans.item(list, item))
    }

    /// The place of one item of a list of texts.
    pub fn place_of_item(&self, path: &[&str], item: &str) -> Place {
        match self.spans.text(path, item) {
            Some(span) => self.place_of(Some(span)),
            None => self.place(path),
        }
    }

    fn place_of(&self, span: Option<Range<usize>>) -> Place {
        match span {
            Some(span) => self.lines.place(&self.text, span),
            None => Place::file(&self.file),
        }
    }
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

struct Locator<'a> {
    lines: Lines,
    text: &'a str,
}

impl Locator<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        self.lines.place(self.text, span)
    }

    /// Problems in the order of the plan's lines.
    fn diagnostics(&self, found: Vec<Breach>) -> Diagnostics {
        let mut all: Diagnostics = found.into_iter().map(|one| self.diagnostic(one)).collect();
        all.sort();
        all
    }

    fn diagnostic(&self, breach: Breach) -> Diagnostic {
        Diagnostic::new(breach.code, self.place(breach.span), breach.message, breach.remedy)
    }
}

fn find<'a, 'i>(table: &'a DeTable<'i>, path: &[&str]) -> Option<&'a Spanned<DeValue<'i>>> {
    let (first, rest) = path.split_first()?;
    let value = table.iter().find(|(key, _)| key.get_ref().as_ref() == *first)?.1;
    if rest.is_empty() { Some(value) } else { find(value.get_ref().as_table()?, rest) }
}

pub(super) fn span_of(table: &DeTable<'_>, path: &[&str]) -> Option<Range<usize>> {
    find(table, path).map(Spanned::span)
}

/// The place of one of the tables of a `[[list]]`, by its position.
pub(super) fn item_span_of(table: &DeTable<'_>, list: &str, item: usize) -> Option<Range<usize>> {
    find(table, &[list])?.get_ref().as_array()?.get(item).map(Spanned::span)
}
