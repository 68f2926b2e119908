//! What the questionnaires tell: who answered, how the scales work, effects on scores, and how far
//! answers and the employment table agree.

use crate::results::row::Key;
use crate::results::vocabulary::{Analysis, Method, Outcome};

use super::Source;
use super::bounds;
use super::table::Section;

mod agreement;
mod first_job;
mod response;
mod scales;
mod scores;

/// Whether the section shows a contrast or a test that other tables could show too.
pub(super) fn is_shown(key: &Key) -> bool {
    let is_response = key.outcome == Outcome::Answered
        && matches!(key.analysis, Analysis::Effect | Analysis::Interaction);
    is_response || matches!(key.method, Method::Turnbull | Method::IntervalCensoredPh)
}

/// Everything from questionnaires; nothing where there are none.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let text = &source.names.texts.questionnaires;
    let bounds = bounds::table(
        source,
        "score_bounds",
        &[Outcome::Score],
        (&text.bounds_caption, &text.score),
    );
    let tables = [
        response::all_regions(source),
        response::ways(source),
        scales::table(source),
        scores::mean_scores(source),
        scores::effects(source),
        scores::effects_by_region(source),
        scores::standardised(source),
        scores::indices(source),
        bounds,
        agreement::table(source),
        first_job::table(source),
    ];
    let tables: Vec<_> = tables.into_iter().flatten().collect();
    let files =
        [response::by_region(source), scales::by_language(source), scores::every_method(source)];
    (!tables.is_empty()).then(|| Section {
        id: "questionnaires",
        heading: text.heading.clone(),
        words: text.words.clone(),
        tables,
        files: files.into_iter().flatten().collect(),
        ..Section::default()
    })
}
