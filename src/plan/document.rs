//! A plan with its text, and the places in it that messages point at.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::schema_check::Breach;
use super::types::Plan;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};

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

/// Where things stand in the plan's text.
pub(super) struct Locator<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Locator<'_> {
    /// Line and column, both from 1, of a span's start.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        let before = &self.text[..self.text.floor_char_boundary(span.start)];
        let line = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Place {
            file: self.file.into(),
            line: Some(line),
            column: Some(column.to_string().into()),
            span: Some(span),
        }
    }

    /// Problems in the order of the plan's lines.
    pub(super) fn diagnostics(&self, found: Vec<Breach>) -> Diagnostics {
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

/// The place of a value of the plan, by its path.
pub(super) fn span_of(table: &DeTable<'_>, path: &[&str]) -> Option<Range<usize>> {
    find(table, path).map(Spanned::span)
}

/// The place of one of the tables of a `[[list]]`, by its position.
pub(super) fn item_span_of(table: &DeTable<'_>, list: &str, item: usize) -> Option<Range<usize>> {
    find(table, &[list])?.get_ref().as_array()?.get(item).map(Spanned::span)
}
