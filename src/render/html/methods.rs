//! The methods behind the rows, each in a sentence.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;

use crate::results::vocabulary::{Inference, Method};

use super::Source;

/// Name and sentence of each method that a row was computed with.
pub(super) fn methods(source: Source<'_>) -> Value {
    let (names, rows) = (source.names, source.results.rows());
    let used: BTreeSet<Method> = rows.iter().map(|row| row.key.method).collect();
    let resampled: BTreeSet<Inference> = rows.iter().map(|row| row.key.inference).collect();
    let explanations = &names.texts.explanations;
    let methods = used.into_iter().map(|method| {
        let known = explanations.method(method);
        (names.method(method), known.map_or("", |own| own.sentence.as_str()))
    });
    let resampled = resampled.into_iter().filter(|kind| *kind != Inference::Analytic).map(|kind| {
        let known = explanations.inference(kind);
        (names.inference(kind), known.map_or("", |own| own.sentence.as_str()))
    });
    let value = |(label, sentence): (String, &str)| {
        Value::from(BTreeMap::from([("label", Value::from(label)), ("sentence", sentence.into())]))
    };
    methods.chain(resampled).map(value).collect()
}
