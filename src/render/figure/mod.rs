//! Figures: SVG, the words that describe them, and the numbers they show as CSV.
//!
//! A mark sits where a row says; a row without a value leaves a gap and a footnote.

use crate::render::Audience;
use crate::results::result_set::ResultSet;

use super::names::Names;
use super::text::Texts;

mod axis;
mod canvas;
mod competing_exits;
mod corner;
mod curves;
mod effect_by_month;
mod effect_by_region;
mod employment_by_month;
mod employment_by_region;
mod first_job;
mod first_job_by;
mod forest;
mod hazard_ratio_over_time;
mod hazard_ratios;
mod job_starts;
mod log_axis;
mod love_plot;
mod panel;
mod reading;
mod response_rates;
mod restricted_mean_by_horizon;
mod score_effects;
mod scores_by_wave;
mod sheet;
mod style;
mod subgroups;
mod table;
mod waves;

/// A figure and everything that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Name of its files, and of its part of the texts.
    pub name: String,
    /// What is seen.
    pub title: String,
    /// The figure in words, with its main numbers.
    pub text_alternative: String,
    /// The drawing, with title and description inside.
    pub svg: String,
    /// The numbers of the drawing, in full precision.
    pub csv: String,
}

/// A figure cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The font that is compiled in cannot be read.
    #[error("the embedded font cannot be read")]
    Font,
    /// The drawing library failed.
    #[error("drawing failed: {0}")]
    Draw(String),
    /// The drawing's root element is not as expected.
    #[error("the drawing has no root element with a view box")]
    Root,
    /// The numbers could not be written as CSV.
    #[error("the numbers of a figure cannot be written")]
    Csv(#[from] csv::Error),
    /// The numbers are no UTF-8.
    #[error("the numbers of a figure are no text")]
    Text,
}

impl FigureError {
    #[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
    fn draw<E: std::error::Error + Send + Sync>(
        error: plotters::drawing::DrawingAreaErrorKind<E>,
    ) -> Self {
        Self::Draw(error.to_string())
    }
}

/// What every figure is drawn from.
#[derive(Clone, Copy)]
struct Source<'a> {
    results: &'a ResultSet,
    names: Names<'a>,
    audience: Audience,
}

/// Draws all figures, in the order in which a report shows them. A figure of which the results have
/// no row at all, such as that of subgroups where the plan names none, is left out.
///
/// The same results give the same bytes.
///
/// # Errors
///
/// [`FigureError`] where the font, the drawing library or the CSV writer fails. Missing rows are
/// no error: they leave a gap and a footnote.
pub fn render_all(
    results: &ResultSet,
    texts: &Texts,
    audience: Audience,
) -> Result<Vec<Figure>, FigureError> {
    canvas::prepare_fonts()?;
    let names = Names { study: &results.study, texts };
    let source = Source { results, names, audience };
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
    figures.extend(score_effects::draw(source)?);
    figures.extend(subgroups::draw(source)?);
    figures.extend(love_plot::draw(source)?);
    Ok(figures)
}
