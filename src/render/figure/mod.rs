//! Figures: drawings, the words that describe them, and the numbers they show as CSV.
//!
//! A file a figure says what it shows; where things stand is for `chart`. A mark sits where a row
//! says; a row without a value leaves a gap and a footnote.

use crate::render::Audience;
use crate::render::chart::Size;
use crate::results::result_set::ResultSet;

use super::names::Names;
use super::text::Texts;
use reading::source::Source;

mod competing_exits;
mod effect_by_month;
mod effect_by_region;
mod employment_by_month;
mod employment_by_region;
mod first_job;
mod first_job_by;
mod hazard_ratio_over_time;
mod hazard_ratios;
mod job_starts;
mod love_plot;
mod reading;
mod response_rates;
mod restricted_mean_by_horizon;
mod score_effects;
mod scores_by_region;
mod scores_by_wave;
mod subgroups;

pub use reading::source::{Figure, FigureError};

/// Draws all figures for a page, in the order in which a report shows them. A figure of which the
/// results have no row at all, such as that of subgroups where the plan names none, is left out.
///
/// The same results give the same bytes.
///
/// # Errors
///
/// [`FigureError`] where the font or the CSV writer fails. Missing rows are no error: they leave a
/// gap and a footnote.
pub fn render_all(
    results: &ResultSet,
    texts: &Texts,
    audience: Audience,
) -> Result<Vec<Figure>, FigureError> {
    render_all_at(results, texts, audience, Size::Page)
}

/// As [`render_all`], for another size.
///
/// # Errors
///
/// As [`render_all`].
pub fn render_all_at(
    results: &ResultSet,
    texts: &Texts,
    audience: Audience,
    size: Size,
) -> Result<Vec<Figure>, FigureError> {
    let names = Names { study: &results.study, texts };
    let source = Source { results, names, audience, size };
    let mut figures = vec![
        employment_by_region::draw(source)?,
        effect_by_region::draw(source)?,
        first_job::draw(source)?,
    ];
    figures.extend(competing_exits::draw(source)?);
    figures.extend(hazard_ratios::draw(source)?);
    figures.extend(hazard_ratio_over_time::draw(source)?);
    figures.extend(restricted_mean_by_horizon::draw(source)?);
    figures.extend(job_starts::draw(source)?);
    figures.extend(first_job_by::draw(source)?);
    figures.push(employment_by_month::draw(source)?);
    figures.extend(effect_by_month::draw(source)?);
    figures.extend(response_rates::draw(source)?);
    figures.extend(scores_by_wave::draw(source)?);
    figures.extend(scores_by_region::draw(source)?);
    figures.extend(score_effects::draw(source)?);
    figures.extend(subgroups::draw(source)?);
    figures.extend(love_plot::draw(source)?);
    Ok(figures)
}
