//! Mean scores by wave and arm, over all regions.

use crate::render::chart::panel::{Panel, PanelRow};
use crate::render::chart::parts::Body;
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;

use super::reading::draft::Head;
use super::reading::scores;
use super::reading::source::{Figure, FigureError, Source};

/// Panels side by side.
const COLUMNS: usize = 2;

/// Draws the figure, a panel a score; nothing where there is no score.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.scores_by_wave;
    let known = scores::known(source);
    if known.is_empty() {
        return Ok(None);
    }
    let mut draft = scores::draft(source);
    draft.say(&text.alternative, &[]);
    let (rows, has_limits) = scores::rows(&mut draft, (&known, &[ALL_REGIONS]));
    draft.note(&text.explain);
    draft.note_if(has_limits, &fill(&text.limits, &[("level", &names.level())]));
    let panels: Vec<Panel> = rows.into_iter().flat_map(|row| row.panels).collect();
    let rows = vec![PanelRow { panels, ..PanelRow::default() }];
    let subtitle = names.subtitle(&text.subtitle, &text.set);
    let body = Body::Grid(scores::grid(&draft, rows, COLUMNS));
    draft.finish(Head::new("scores_by_wave", &text.title, subtitle), body).map(Some)
}
