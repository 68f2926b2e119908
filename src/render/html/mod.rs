//! One self-contained page: no script, no request, readable in a locked-down browser.

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use crate::results::result_set::ResultSet;

use super::Audience;
use super::figure::Figure;
use super::names::Names;
use super::text::{Texts, fill};
use table::Section;

mod adjusted;
mod amounts;
mod baseline;
mod benefits;
mod bounds;
mod effects;
mod estimands;
mod first_job;
mod headline;
mod job_quality;
mod line;
mod methods;
mod missing;
mod questionnaires;
mod resampled;
mod subgroups;
mod table;
mod tables;
mod take_up;

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
    let (before, after) = (first_sections(source), further_sections(source));
    page.insert("first_sections", before.iter().map(Section::value).collect());
    page.insert("further_sections", after.iter().map(Section::value).collect());
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

/// A table of the report as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// Name of the file, without ending.
    pub name: String,
    /// The table as readers see it, with its footnotes.
    pub csv: String,
}

/// A table cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The CSV writer failed.
    #[error("a table cannot be written as CSV")]
    Csv(#[from] csv::Error),
    /// The cells are no text.
    #[error("a table is no text")]
    Text,
}

/// Every table of the report as CSV, as readers see it.
///
/// # Errors
///
/// [`TableError`] where the CSV writer fails.
pub fn table_files(results: &ResultSet, texts: &Texts) -> Result<Vec<TableFile>, TableError> {
    let names = Names { study: &results.study, texts };
    let source = Source { results, names };
    let mut all = vec![
        tables::flow(source),
        tables::rates(source),
        tables::time_to_first_job(source),
        effects::effects(source),
        effects::tests(source),
    ];
    let sections = first_sections(source).into_iter().chain(further_sections(source));
    all.extend(sections.flat_map(|section| section.files.into_iter().chain(section.tables)));
    let mut files: Vec<TableFile> = Vec::new();
    for table in &all {
        // Tables by region share a name: the second is numbered 2.
        let is_same = |file: &&TableFile| {
            file.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_') == table.name
        };
        let name = match files.iter().filter(is_same).count() {
            0 => table.name.to_owned(),
            before => format!("{}_{}", table.name, before + 1),
        };
        files.push(TableFile { name, csv: table.csv(&texts.tables.notes_column)? });
    }
    Ok(files)
}

/// Sections in front of the results.
fn first_sections(source: Source<'_>) -> Vec<Section> {
    [estimands::section(source), baseline::section(source)].into_iter().flatten().collect()
}

/// Sections after all effects.
fn further_sections(source: Source<'_>) -> Vec<Section> {
    let sections = [
        adjusted::section(source),
        amounts::section(source),
        benefits::section(source),
        take_up::section(source),
        subgroups::section(source),
        first_job::section(source),
        questionnaires::section(source),
        job_quality::section(source),
        resampled::section(source),
    ];
    sections.into_iter().flatten().collect()
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
        ("name", Value::from(figure.name.as_str())),
        ("svg", Value::from_safe_string(figure.svg.clone())),
        ("in_words", Value::from(figure.text_alternative.as_str())),
    ];
    Value::from(BTreeMap::from(values))
}
