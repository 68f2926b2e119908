//! Figures, their data, tables and reports as files in memory.

use rayon::prelude::*;

use super::args::{AudienceArguments, FigureArguments, FigureFormat, FigureSize, Format, Language};
use crate::disclosure::small_cells::mask_small_cells;
use crate::error::Error;
use crate::render::chart::{Drawing, Size, pdf};
use crate::render::document::Document;
use crate::render::sections::{self, Provenance};
use crate::render::table_files::table_files;
use crate::render::text::Texts;
use crate::render::{Audience, docx, figure, html, png, text};
use crate::results::result_set::ResultSet;

/// A file with its name in the results directory.
pub(super) type File = (String, Vec<u8>);

/// For whom documents are made, in which formats, and what files of figures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'w> {
    pub(super) audience: AudienceArguments,
    pub(super) figures: &'w FigureArguments,
    pub(super) formats: &'w [Format],
}

/// Figures with their numbers (CSV), tables (CSV) and the report of one language. Small cells are
/// masked unless the documents are internal. Pictures are made on the threads of the current pool.
pub(super) fn render(
    results: &ResultSet,
    language: Language,
    wanted: Wanted<'_>,
    provenance: &Provenance,
) -> Result<Vec<File>, Error> {
    let (code, language) = match language {
        Language::En => ("en", text::Language::English),
    };
    let is_internal = wanted.audience.internal;
    let audience = if is_internal { Audience::Internal } else { Audience::Publication };
    // Internal documents say so in their names, and never stand in the place of public ones.
    let code = match audience {
        Audience::Publication => code.to_owned(),
        Audience::Internal => format!("internal.{code}"),
    };
    let shown = match audience {
        Audience::Publication => mask_small_cells(results),
        Audience::Internal => results.clone(),
    };
    let texts = Texts::new(language).map_err(fault)?;
    let figures = figure::render_all(&shown, &texts, audience).map_err(fault)?;
    let document =
        sections::report(&shown, &texts, audience, &figures, provenance).map_err(fault)?;
    let mut files = reports(&document, &figures, (wanted.formats, &code))?;
    for table in table_files(&document).map_err(fault)? {
        files.push((format!("tables/{}.{code}.csv", table.name), table.csv.into_bytes()));
    }
    let figures = match size(wanted.figures) {
        Size::Page => figures,
        size => figure::render_all_at(&shown, &texts, audience, size).map_err(fault)?,
    };
    for figure in &figures {
        files
            .push((format!("figures/{}.{code}.csv", figure.name), figure.csv.clone().into_bytes()));
    }
    let sheets: Vec<&Drawing> = figures.iter().flat_map(|figure| &figure.sheets).collect();
    for format in &wanted.figures.figure_format {
        match format {
            FigureFormat::Svg => files.extend(sheets.iter().map(|sheet| {
                (format!("figures/{}.{code}.svg", sheet.name()), sheet.svg().into_bytes())
            })),
            FigureFormat::Png => files.extend(pictures(&sheets, wanted.figures, &code)?),
            FigureFormat::Pdf => files.extend(figures.iter().map(|figure| {
                (format!("figures/{}.{code}.pdf", figure.name), pdf::file(&figure.sheets))
            })),
        }
    }
    // A format may be named twice.
    files.sort();
    files.dedup();
    Ok(files)
}

/// The report in each of the formats.
fn reports(
    document: &Document,
    figures: &[figure::Figure],
    (formats, code): (&[Format], &str),
) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    if formats.contains(&Format::Html) {
        files.push((format!("report.{code}.html"), html::write(document).into_bytes()));
    }
    if formats.contains(&Format::Docx) {
        let scale = f32::from(Size::Page.dots_per_inch()) / png::PIXELS_OF_INCH;
        let sheets: Vec<&Drawing> = figures.iter().flat_map(|figure| &figure.sheets).collect();
        let drawn = |sheet: &&Drawing| png::from_svg(&sheet.svg(), scale).map_err(fault);
        let drawn: Vec<Vec<u8>> = sheets.par_iter().map(drawn).collect::<Result<_, Error>>()?;
        let picture = |name: &str| {
            let at = sheets.iter().position(|sheet| sheet.name() == name)?;
            drawn.get(at).map(Vec::as_slice)
        };
        let word = docx::write(document, picture).map_err(fault)?;
        files.push((format!("report.{code}.docx"), word));
    }
    Ok(files)
}

fn pictures(
    sheets: &[&Drawing],
    arguments: &FigureArguments,
    code: &str,
) -> Result<Vec<File>, Error> {
    let dots = arguments.dpi.unwrap_or(size(arguments).dots_per_inch());
    let scale = f32::from(dots) / png::PIXELS_OF_INCH;
    let picture = |sheet: &&Drawing| {
        let png = png::from_svg(&sheet.svg(), scale).map_err(fault)?;
        Ok((format!("figures/{}.{code}.png", sheet.name()), png))
    };
    sheets.par_iter().map(picture).collect()
}

const fn size(arguments: &FigureArguments) -> Size {
    match arguments.figure_size {
        FigureSize::Page => Size::Page,
        FigureSize::Column => Size::Column,
        FigureSize::Journal => Size::Journal,
        FigureSize::Slide => Size::Slide,
    }
}

fn fault(error: impl std::error::Error) -> Error {
    Error::Render(error.to_string())
}
