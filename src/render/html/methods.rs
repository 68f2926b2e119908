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
    let texts = names.texts;
    let methods = used.into_iter().map(|method| {
        let known = texts.methods.get(method.as_str());
        (names.method(method), known.map_or("", |text| text.sentence.as_str()))
    });
    let resampled = resampled.into_iter().filter(|kind| *kind != Inference::Analytic).map(|kind| {
        let sentence = texts.inference_methods.get(kind.as_str());
        (names.inference(kind), sentence.map_or("", String::as_str))
    });
    let value = |(label, sentence): (String, &str)| {
        Value::from(BTreeMap::from([("label", Value::from(label)), ("sentence", sentence.into())]))
    };
    methods.chain(resampled).map(value).collect()
}
