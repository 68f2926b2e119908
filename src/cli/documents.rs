//! Figures, their data, tables and reports as files in memory.

use rayon::prelude::*;

use super::args::{AudienceArguments, Format, Language};
use crate::disclosure::small_cells::mask_small_cells;
use crate::error::Error;
use crate::render::sections::{self, Provenance};
use crate::render::table_files::table_files;
use crate::render::text::Texts;
use crate::render::{Audience, docx, figure, html, png, text};
use crate::results::result_set::ResultSet;

/// Pixels of a figure's PNG for each of its own, enough for print.
const PNG_SCALE: f32 = 2.0;

/// A file with its name in the results directory.
pub(super) type File = (String, Vec<u8>);

/// The report of one language in each of the formats, with its figures (SVG, PNG, CSV) and tables
/// (CSV). Small cells are masked unless the documents are internal. Pictures are made on the threads of the current pool.
pub(super) fn render(
    results: &ResultSet,
    language: Language,
    audience: AudienceArguments,
    provenance: &Provenance,
    formats: &[Format],
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
    let document =
        sections::report(&shown, &texts, audience, &figures, provenance).map_err(fault)?;
    let pictures: Vec<Result<Vec<u8>, png::PngError>> =
        figures.par_iter().map(|figure| png::from_svg(&figure.svg, PNG_SCALE)).collect();
    let pictures: Vec<Vec<u8>> = pictures.into_iter().collect::<Result<_, _>>().map_err(fault)?;
    let picture = |name: &str| {
        let at = figures.iter().position(|figure| figure.name == name)?;
        pictures.get(at).map(Vec::as_slice)
    };
    let mut files = Vec::new();
    if formats.contains(&Format::Html) {
        files.push((format!("report.{code}.html"), html::write(&document).into_bytes()));
    }
    if formats.contains(&Format::Docx) {
        let word = docx::write(&document, picture).map_err(fault)?;
        files.push((format!("report.{code}.docx"), word));
    }
    for table in table_files(&document).map_err(fault)? {
        files.push((format!("tables/{}.{code}.csv", table.name), table.csv.into_bytes()));
    }
    for (figure, png) in figures.into_iter().zip(pictures) {
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
