//! Mean scores by wave and arm, in each region.

use crate::render::chart::parts::Body;
use crate::render::lookup::regions;
use crate::render::text::fill;
use crate::results::study::StudyScore;

use super::reading::draft::Head;
use super::reading::scores;
use super::reading::source::{Figure, FigureError, Source};

/// Panels side by side.
const COLUMNS: usize = 3;

/// More rows of panels than these, and each score has a figure of its own.
const MOST_ROWS: usize = 4;

/// Draws one figure of all scores, or one of each; none where there is no score or a single region.
pub(super) fn draw(source: Source<'_>) -> Result<Vec<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.scores_by_wave;
    let known = scores::known(source);
    let each: Vec<&str> = regions(source.results).into_iter().skip(1).collect();
    if known.is_empty() || each.is_empty() {
        return Ok(Vec::new());
    }
    // Rows of one score must not hold panels of another.
    if known.len() <= MOST_ROWS && each.len() <= COLUMNS {
        let title = text.title_by_region.clone();
        return Ok(vec![draw_some(source, ("scores_by_region", title), (&known, &each))?]);
    }
    let draw_score = |score: &&StudyScore| {
        let name = format!("scores_by_region_{}", score.level);
        let title = fill(&text.title_of, &[("score", &names.score(score))]);
        draw_some(source, (&name, title), (std::slice::from_ref(score), &each))
    };
    known.iter().map(draw_score).collect()
}

fn draw_some(
    source: Source<'_>,
    (name, title): (&str, String),
    (some, regions): (&[&StudyScore], &[&str]),
) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.scores_by_wave;
    let mut draft = scores::draft(source);
    draft.say(&text.alternative_by_region, &[]);
    let (rows, has_limits) = scores::rows(&mut draft, (some, regions));
    draft.note(&text.explain);
    draft.note_if(regions.len() > 1, &text.shared);
    draft.note_if(has_limits, &fill(&text.limits, &[("level", &names.level())]));
    let body = Body::Grid(scores::grid(&draft, rows, COLUMNS));
    draft.finish(Head::new(name, title, names.subtitle(&text.subtitle, &text.set)), body)
}
