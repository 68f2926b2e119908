//! Documents say what the rows say, and nothing that the rows withhold.

mod document;
mod drawing;
mod figures;
mod itt;
mod itt_figures;
mod pages;
mod plain_text;
mod questionnaire_documents;
mod questionnaires;
mod report;
mod sheets;
mod support;
mod time_to_job;
mod time_to_job_figures;
mod words;

use ips_eval::render::Audience;
use ips_eval::render::document::Document;
use ips_eval::render::figure::{Figure, render_all};
use ips_eval::render::html;
use ips_eval::render::sections::{self, Provenance};
use ips_eval::render::table_files::{self, TableFile};
use ips_eval::render::text::{Language, Texts};
use ips_eval::results::result_set::ResultSet;

fn english() -> Texts {
    Texts::new(Language::English).expect("the English texts are whole")
}

/// Every shape of results, with a name.
fn shapes() -> Vec<(&'static str, ResultSet)> {
    vec![
        ("belgian", support::belgian()),
        ("single_region", support::single_region()),
        ("many_regions", support::many_regions()),
        ("with_gaps", support::with_gaps()),
        ("empty", support::empty()),
        ("itt", itt::whole()),
        ("itt_crowded", itt::crowded()),
        ("itt_with_gaps", itt::with_gaps()),
        ("time", time_to_job::whole()),
        ("time_single_region", time_to_job::single_region()),
        ("time_crowded", time_to_job::crowded()),
        ("time_with_gaps", time_to_job::with_gaps()),
        ("questionnaires", questionnaires::whole()),
        ("questionnaires_with_gaps", questionnaires::with_gaps()),
    ]
}

fn figures(results: &ResultSet, audience: Audience) -> Vec<Figure> {
    render_all(results, &english(), audience).expect("figures can be drawn")
}

fn figure(results: &ResultSet, name: &str) -> Figure {
    let mut all = figures(results, Audience::Publication);
    let at = all.iter().position(|figure| figure.name == name).expect("the figure is drawn");
    all.swap_remove(at)
}

fn page(results: &ResultSet, audience: Audience) -> String {
    page_with(results, audience, &figures(results, audience))
}

fn page_with(results: &ResultSet, audience: Audience, figures: &[Figure]) -> String {
    without_rows(&html::write(&document(results, audience, figures)))
}

/// A page without the marks of which row each number is of, so that phrases can be looked for.
fn without_rows(page: &str) -> String {
    let mut pieces = page.split("<span data-");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (_, rest) = piece.split_once("\">").expect("the mark ends");
        let (words, behind) = rest.split_once("</span>").expect("the number ends");
        plain.push_str(words);
        plain.push_str(behind);
    }
    plain
}

/// Every table of a report, as files.
fn table_files(results: &ResultSet) -> Vec<TableFile> {
    let document = document(results, Audience::Publication, &[]);
    table_files::table_files(&document).expect("tables are written")
}

fn document(results: &ResultSet, audience: Audience, figures: &[Figure]) -> Document {
    let provenance = Provenance {
        program: "ips-eval 0.1.0".to_owned(),
        inputs: vec![("participants.csv".to_owned(), "0".repeat(64))],
    };
    sections::report(results, &english(), audience, figures, &provenance)
        .expect("nothing is referred to that is not there")
}
