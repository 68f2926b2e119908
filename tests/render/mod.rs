//! Documents say what the rows say, and nothing that the rows withhold.

mod drawing;
mod figures;
mod itt;
mod itt_figures;
mod pages;
mod questionnaire_documents;
mod questionnaires;
mod report;
mod support;
mod time_to_job;
mod time_to_job_figures;
mod words;

use ips_eval::render::Audience;
use ips_eval::render::figure::{Figure, render_all};
use ips_eval::render::html::{self, Provenance};
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
    let provenance = Provenance {
        program: "ips-eval 0.1.0".to_owned(),
        inputs: vec![("participants.csv".to_owned(), "0".repeat(64))],
    };
    html::report(results, &english(), audience, figures, &provenance)
        .expect("the report is written")
}
