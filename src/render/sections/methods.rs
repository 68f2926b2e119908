//! The methods behind the rows, each in a sentence.

use std::collections::BTreeSet;

use crate::render::document::Term;
use crate::results::vocabulary::{Inference, Method};

use super::source::Source;

/// Name and sentence of each method that a row was computed with.
pub(super) fn methods(source: Source<'_>) -> Vec<Term> {
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
    let term = |(term, sentence): (String, &str)| Term { term, texts: vec![sentence.into()] };
    methods.chain(resampled).map(term).collect()
}
