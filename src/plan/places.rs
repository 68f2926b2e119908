//! Where in the plan's text everything stands.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Place;

/// Where the lines of a text begin, so that a place costs no search from its start.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lines {
    file: String,
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn new(file: &str, text: &str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { file: file.to_owned(), starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    /// Line and column, both from 1, of a span's start.
    pub(super) fn place(&self, text: &str, span: Range<usize>) -> Place {
        let at = text.floor_char_boundary(span.start);
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts[line - 1];
        let column = text[start..at].chars().count() + 1;
        Place {
            file: self.file.as_str().into(),
            line: Some(line as u64),
            column: Some(column.to_string().into()),
            cell: None,
            span: Some(span),
        }
    }
}

/// The spans of a plan's values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spans {
    /// By path.
    values: BTreeMap<Vec<String>, Range<usize>>,
    /// Of the items of each list, by its path.
    items: BTreeMap<Vec<String>, Vec<Range<usize>>>,
    /// Of the first item of each text, by the path of its list.
    texts: BTreeMap<Vec<String>, BTreeMap<String, Range<usize>>>,
}

impl Spans {
    pub(super) fn of(table: &DeTable<'_>) -> Self {
        let mut all = Self::default();
        all.add(table, &mut Vec::new());
        all
    }

    fn add(&mut self, table: &DeTable<'_>, path: &mut Vec<String>) {
        for (key, value) in table {
            path.push(key.get_ref().as_ref().to_owned());
            self.values.insert(path.clone(), value.span());
            match value.get_ref() {
                DeValue::Table(inner) => self.add(inner, path),
                DeValue::Array(items) => {
                    self.items.insert(path.clone(), items.iter().map(Spanned::span).collect());
                    let mut texts = BTreeMap::new();
                    for item in items {
                        if let Some(text) = item.get_ref().as_str() {
                            texts.entry(text.to_owned()).or_insert_with(|| item.span());
                        }
                    }
                    self.texts.insert(path.clone(), texts);
                }
                _ => {}
            }
            path.pop();
        }
    }

    /// Of a value, where the plan gives it.
    pub(super) fn value(&self, path: &[&str]) -> Option<Range<usize>> {
        self.values.get(&owned(path)).cloned()
    }

    /// Of one of the tables of a `[[list]]`, by its position.
    pub(super) fn item(&self, list: &str, item: usize) -> Option<Range<usize>> {
        self.items.get(&owned(&[list]))?.get(item).cloned()
    }

    /// Of an item of a list of texts.
    pub(super) fn text(&self, path: &[&str], item: &str) -> Option<Range<usize>> {
        self.texts.get(&owned(path))?.get(item).cloned()
    }
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|&part| part.to_owned()).collect()
}
