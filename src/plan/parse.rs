//! Plan text to [`Plan`], or every problem in it.

use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::schema_check::{Breach, breaches};
use super::types::{Plan, TableName};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};

/// The word that stands for all regions together in the results.
const RESERVED_REGION: &str = "all";

/// A plan with the text it came from, so that later problems can point into it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanDocument {
    /// The plan.
    pub plan: Plan,
    /// Name of the file, as shown in messages.
    pub file: String,
    /// The text.
    pub text: String,
}

/// The JSON Schema of the plan, made from its types.
pub fn json_schema() -> Json {
    let mut schema = schemars::schema_for!(Plan).to_value();
    schema["title"] = Json::String("Statistical analysis plan of ips-eval".to_owned());
    schema
}

/// Reads a plan.
///
/// # Errors
///
/// Every problem at its place: syntax first, and where that is right unknown and missing keys,
/// wrong types and values, and contradictions, all at once.
pub fn parse_plan(file: &str, text: &str) -> Result<PlanDocument, Diagnostics> {
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
    let found = breaches(&json_schema(), &table);
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
    let found = contradictions(&plan, &table);
    if !found.is_empty() {
        return Err(locate.diagnostics(found));
    }
    Ok(PlanDocument { plan, file: file.to_owned(), text: text.to_owned() })
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
            file: self.file.to_owned(),
            line: Some(line),
            column: Some(column.to_string()),
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

fn span_of(table: &DeTable<'_>, path: &[&str]) -> Option<Range<usize>> {
    find(table, path).map(Spanned::span)
}

/// What no single value shows: repeated regions, equal arms, months that repeat, horizons.
fn contradictions(plan: &Plan, table: &Spanned<DeTable<'_>>) -> Vec<Breach> {
    let mut found = Vec::new();
    let mut report = |path: &[&str], message: String, remedy: &str| {
        let span = span_of(table.get_ref(), path).unwrap_or(0..0);
        let remedy = remedy.to_owned();
        found.push(Breach { code: Code::PlanInconsistent, span, message, remedy });
    };
    if let Some(twice) = first_repeated(&plan.trial.regions) {
        let message = format!("the region `{twice}` is listed twice");
        report(&["trial", "regions"], message, "list each region once");
    }
    if plan.trial.regions.iter().any(|region| region == RESERVED_REGION) {
        let message = format!("`{RESERVED_REGION}` stands for all regions together in the results");
        report(&["trial", "regions"], message, "give the region another name, by [codes]");
    }
    if plan.trial.arms.ips == plan.trial.arms.control {
        let message = "both arms have the same label".to_owned();
        report(&["trial", "arms", "control"], message, "give the labels that the data use");
    }
    for (name, months) in
        [("months", &plan.analysis.months), ("rmst_months", &plan.analysis.rmst_months)]
    {
        if !months.windows(2).all(|pair| pair[0] < pair[1]) {
            let message = format!("`{name}` is not in increasing order");
            report(&["analysis", name], message, "sort it, and list each month once");
        }
    }
    if let Some(twice) = first_repeated(&plan.analysis.covariates) {
        let message = format!("the covariate `{twice}` is listed twice");
        report(&["analysis", "covariates"], message, "list each covariate once");
    }
    let tables = plan.columns.keys().map(|t| ("columns", t));
    let tables = tables.chain(plan.codes.keys().map(|t| ("codes", t)));
    for (section, table) in tables.chain(plan.missing.keys().map(|t| ("missing", t))) {
        if plan.data.get(*table).is_none() {
            let name = TableName::as_str(*table);
            let message = format!("[{section}.{name}] is given, but [data] names no such file");
            report(&[section, name], message, "add the file to [data], or take this out");
        }
    }
    found
}

fn first_repeated(items: &[String]) -> Option<&String> {
    items.iter().enumerate().find(|(at, item)| items[..*at].contains(item)).map(|(_, item)| item)
}
