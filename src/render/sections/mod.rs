//! Results to the parts of a document: what is said, once for every writer.
//!
//! Each file is a part, or a table of one, as a function of [`source::Source`]; nothing here knows
//! a format.

use std::collections::BTreeMap;

use super::Audience;
use super::document::{
    Block, DanglingReference, Document, Figure, LabelTemplates, Part, Size, Summary, Table, Wording,
};
use super::figure;
use super::names::Names;
use super::text::{Texts, fill};
use crate::results::result_set::ResultSet;
use source::Source;

mod adjusted;
mod amounts;
mod baseline;
mod benefits;
mod bounds;
mod contrasts;
mod effects;
mod estimands;
mod first_job;
mod headline;
mod job_quality;
mod line;
mod methods;
mod missing;
mod provenance;
mod questionnaires;
mod resampled;
mod shown;
mod source;
mod subgroups;
mod tables;
mod take_up;

pub use provenance::Provenance;

/// The report as a document.
///
/// # Errors
///
/// [`DanglingReference`] where a text refers to what the report does not have. The program's tests
/// make reports of every shape, so a released program does not meet it.
pub fn report(
    results: &ResultSet,
    texts: &Texts,
    audience: Audience,
    figures: &[figure::Figure],
    provenance: &Provenance,
) -> Result<Document, DanglingReference> {
    let names = Names { study: &results.study, texts };
    let source = Source { results, names };
    let page = &texts.page;
    let (cutoff, level) = (names.cutoff(), names.level());
    let subtitle = [("id", names.study.id.as_str()), ("cutoff", &cutoff), ("level", &level)];
    let is_internal = audience == Audience::Internal;
    let mut parts = vec![Part::new("flow", &page.flow).with_tables([tables::flow(source)])];
    parts.extend([estimands::section(source), baseline::section(source)].into_iter().flatten());
    parts.extend(results_parts(source, figures));
    parts.extend(further_parts(source));
    parts.push(Part::new("tests", &page.tests).with_tables([effects::tests(source)]));
    let methods = Block::Terms(methods::methods(source));
    parts.push(Part::new("methods", &page.methods).block(methods));
    parts.push(notes(source));
    parts.push(provenance::part(names, provenance));
    name_apart(&mut parts);
    let document = Document {
        language: texts.language.clone(),
        title: names.study.title.clone(),
        subtitle: fill(&texts.report.subtitle, &subtitle),
        warning: is_internal.then(|| texts.common.internal.clone()),
        summary: Summary {
            name: page.headline.clone(),
            sentences: headline::sentences(source),
            abbreviations: page.abbreviations.clone(),
        },
        parts,
        wording: Wording {
            contents: page.contents.clone(),
            in_words: page.in_words.clone(),
            caption: page.caption.clone(),
            notes_column: texts.tables.notes_column.clone(),
        },
    };
    document.numbered(LabelTemplates { table: &page.table_label, figure: &page.figure_label })
}

/// Rates, figures, times and effects.
fn results_parts(source: Source<'_>, figures: &[figure::Figure]) -> [Part; 4] {
    let page = &source.names.texts.page;
    let mut drawings = Part::new("figures", &page.figures);
    drawings.blocks.extend(figures.iter().flat_map(drawings_of));
    [
        Part::new("rates", &page.rates).with_tables([tables::rates(source)]),
        drawings,
        Part::new("time", &page.time).with_tables([tables::time_to_first_job(source)]),
        Part::new("effects", &page.effects)
            .paragraph(&page.effects_words)
            .with_tables([effects::effects(source)]),
    ]
}

/// Parts after all effects.
fn further_parts(source: Source<'_>) -> impl Iterator<Item = Part> {
    let parts = [
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
    parts.into_iter().flatten()
}

/// A figure, or its parts one after the other where it is higher than a page.
fn drawings_of(figure: &figure::Figure) -> impl Iterator<Item = Block> {
    figure.sheets.iter().map(|sheet| {
        Block::Figure(Figure {
            name: sheet.name().to_owned(),
            caption: figure.title.clone().into(),
            svg: sheet.svg(),
            alternative: figure.text_alternative.clone(),
        })
    })
}

/// What could not be estimated, and remarks.
fn notes(source: Source<'_>) -> Part {
    let page = &source.names.texts.page;
    let part = Part::new("notes", &page.notes);
    let (items, remarks) = (missing::not_estimable(source), missing::remarks(source));
    let part = if items.is_empty() {
        part.paragraph(&page.no_notes)
    } else {
        part.block(Block::List { items, size: Size::Body })
    };
    if remarks.is_empty() {
        return part;
    }
    let remarks = Block::List { items: remarks, size: Size::Fine };
    part.block(Block::Heading(page.remarks.clone())).block(remarks)
}

/// Tables by region share a name: the second is numbered 2.
fn name_apart(parts: &mut [Part]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut rename = |table: &mut Table| {
        let count = seen.entry(table.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            table.name = format!("{}_{count}", table.name);
        }
    };
    for part in parts {
        for block in &mut part.blocks {
            if let Block::Table(table) = block {
                rename(table);
            }
        }
        part.files.iter_mut().for_each(&mut rename);
    }
}
