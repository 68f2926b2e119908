//! One self-contained page: no script, no request, readable in a locked-down browser.

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use crate::results::result_set::ResultSet;

use super::Audience;
use super::figure::Figure;
use super::names::Names;
use super::text::{Texts, fill};

mod effects;
mod headline;
mod methods;
mod missing;
mod table;
mod tables;

const TEMPLATE: &str = include_str!("report.html.j2");

/// Where a report comes from, as text for its readers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The program and its version.
    pub program: String,
    /// Each input's name with its SHA-256.
    pub inputs: Vec<(String, String)>,
}

/// A report cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written")]
pub struct ReportError(#[from] minijinja::Error);

/// What the parts of a report are written from.
#[derive(Clone, Copy)]
struct Source<'a> {
    results: &'a ResultSet,
    names: Names<'a>,
}

/// Writes the report as one HTML page.
///
/// The same results give the same bytes. Everything from the results and the texts is escaped;
/// figures are inlined as they are.
///
/// # Errors
///
/// [`ReportError`] where the template asks for a text that the language does not have. The
/// program's tests render every language, so a released program does not meet it.
pub fn report(
    results: &ResultSet,
    texts: &Texts,
    audience: Audience,
    figures: &[Figure],
    provenance: &Provenance,
) -> Result<String, ReportError> {
    let names = Names { study: &results.study, texts };
    let source = Source { results, names };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("report", TEMPLATE)?;
    let is_internal = audience == Audience::Internal;
    let internal = if is_internal { texts.common.internal.as_str() } else { "" };
    let mut page = head(names, provenance);
    page.insert("internal", Value::from(internal));
    page.insert("headline", Value::from(headline::sentences(source)));
    page.insert("flow", tables::flow(source).value());
    page.insert("rates", tables::rates(source).value());
    page.insert("time", tables::time_to_first_job(source).value());
    page.insert("effects", effects::effects(source).value());
    page.insert("tests", effects::tests(source).value());
    page.insert("figures", figures.iter().map(figure).collect());
    page.insert("methods", methods::methods(source));
    page.insert("notes", Value::from(missing::not_estimable(source)));
    page.insert("remarks", Value::from(missing::remarks(source)));
    Ok(environment.get_template("report")?.render(Value::from(page))?)
}

fn head(names: Names<'_>, provenance: &Provenance) -> BTreeMap<&'static str, Value> {
    let (study, texts) = (names.study, names.texts);
    let (cutoff, level) = (names.cutoff(), names.level());
    let subtitle = [("id", study.id.as_str()), ("cutoff", &cutoff), ("level", &level)];
    let input = |(name, hash): &(String, String)| {
        fill(&texts.report.input, &[("name", name.as_str()), ("hash", hash.as_str())])
    };
    let inputs: Vec<String> = provenance.inputs.iter().map(input).collect();
    let replicates = study.replicates as f64;
    BTreeMap::from([
        ("language", Value::from(texts.language.as_str())),
        ("title", Value::from(study.title.as_str())),
        ("subtitle", Value::from(fill(&texts.report.subtitle, &subtitle))),
        ("text", Value::from(texts.page.clone())),
        ("program", Value::from(provenance.program.as_str())),
        ("inputs", Value::from(inputs)),
        ("seed", Value::from(study.seed.to_string())),
        ("replicates", Value::from(names.numbers().count(replicates))),
    ])
}

fn figure(figure: &Figure) -> Value {
    let values = [
        ("name", Value::from(figure.name)),
        ("svg", Value::from_safe_string(figure.svg.clone())),
        ("in_words", Value::from(figure.text_alternative.as_str())),
    ];
    Value::from(BTreeMap::from(values))
}
