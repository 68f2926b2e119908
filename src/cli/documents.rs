//! Figures, their data, tables and reports as files in memory.

use rayon::prelude::*;

use super::args::{AudienceArguments, Language};
use crate::disclosure::small_cells::mask_small_cells;
use crate::error::Error;
use crate::render::html::Provenance;
use crate::render::text::Texts;
use crate::render::{Audience, figure, html, png, text};
use crate::results::result_set::ResultSet;

/// Pixels of a figure's PNG for each of its own, enough for print.
const PNG_SCALE: f32 = 2.0;

/// A file with its name in the results directory.
pub(super) type File = (String, Vec<u8>);

/// Figures (SVG, PNG, CSV), tables (CSV) and the report of one language. Small cells are masked unless the
/// documents are internal. Pictures are made on the threads of the current pool.
pub(super) fn render(
    results: &ResultSet,
    language: Language,
    audience: AudienceArguments,
    provenance: &Provenance,
) -> Result<Vec<File>, Error> {
    let (code, language) = match language {
        Language::En => ("en", text::Language::English),
    };
    let audience = if audience.internal { Audience::Internal } else { Audience::Publication };
    let shown = match audience {
        Audience::Publication => mask_small_cells(results),
        Audience::Internal => results.clone(),
    };
    let texts = Texts::new(language).map_err(fault)?;
    let figures = figure::render_all(&shown, &texts, audience).map_err(fault)?;
    let report = html::report(&shown, &texts, audience, &figures, provenance).map_err(fault)?;
    let mut files = vec![(format!("report.{code}.html"), report.into_bytes())];
    for table in html::table_files(&shown, &texts).map_err(fault)? {
        files.push((format!("tables/{}.{code}.csv", table.name), table.csv.into_bytes()));
    }
    let pictures: Vec<Result<Vec<u8>, png::PngError>> =
        figures.par_iter().map(|figure| png::from_svg(&figure.svg, PNG_SCALE)).collect();
    for (figure, picture) in figures.into_iter().zip(pictures) {
        let png = picture.map_err(fault)?;
        let name = |ending: &str| format!("figures/{}.{code}.{ending}", figure.name);
        files.push((name("csv"), figure.csv.into_bytes()));
        files.push((name("png"), png));
        files.push((name("svg"), figure.svg.into_bytes()));
    }
    Ok(files)
}

fn fault(error: impl std::error::Error) -> Error {
    Error::Render(error.to_string())
}
