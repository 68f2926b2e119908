//! Plan text to [`Plan`], or every problem in it.

use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::composed::composed_text;
use super::contradictions::contradictions;
use super::instrument::parse::{ReadFile, read_instruments};
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
    // As the tables' texts are read: an accent belongs to its letter.
    let composed = composed_text(text);
    let text = composed.as_deref().unwrap_or(text);
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

impl PlanDocument {
    /// The place of a value of the plan, by its path, such as `["data", "waves"]`; the whole file
    /// where the plan does not give it.
    pub fn place(&self, path: &[&str]) -> Place {
        let locate = Locator { file: &self.file, text: &self.text };
        match DeTable::parse(&self.text).ok().and_then(|table| span_of(table.get_ref(), path)) {
            Some(span) => locate.place(span),
            None => Place::file(&self.file),
        }
    }

    /// The place of one of the tables of a `[[list]]`, by its position.
    pub fn place_of_table(&self, list: &str, item: usize) -> Place {
        let table = DeTable::parse(&self.text).ok();
        match table.as_ref().and_then(|table| item_span_of(table.get_ref(), list, item)) {
            Some(span) => Locator { file: &self.file, text: &self.text }.place(span),
            None => Place::file(&self.file),
        }
    }

    /// The place of one item of a list of texts.
    pub fn place_of_item(&self, path: &[&str], item: &str) -> Place {
        let table = DeTable::parse(&self.text).ok();
        let span = table.as_ref().and_then(|table| find(table.get_ref(), path)).and_then(|list| {
            let items = list.get_ref().as_array()?;
            items.iter().find(|one| one.get_ref().as_str() == Some(item)).map(Spanned::span)
        });
        match span {
            Some(span) => Locator { file: &self.file, text: &self.text }.place(span),
            None => self.place(path),
        }
    }
}

struct Locator<'a> {
    file: &'a str,
    text: &'a str,
}

impl Locator<'_> {
    /// Line and column, both from 1, of a span's start.
    fn place(&self, span: Range<usize>) -> Place {
        let before = &self.text[..self.text.floor_char_boundary(span.start)];
        let line = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Place {
            file: self.file.into(),
            line: Some(line),
            column: Some(column.to_string().into()),
            cell: None,
            span: Some(span),
        }
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
