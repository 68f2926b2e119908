//! A writer: a Word file, in the transitional form of ISO/IEC 29500.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::document::{Block, Document, Figure};
use bookmarks::Bookmarks;
use package::{CONTENT_TYPES, FOOTER, NUMBERING, PACKAGE, STYLES};
use picture::Picture;
use xml::Xml;

mod body;
mod bookmarks;
mod package;
mod picture;
mod widths;
mod xml;

/// A Word file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    /// A figure has no picture, or one that is no PNG.
    #[error("figure {0} has no picture")]
    Picture(String),
    /// The package cannot be packed.
    #[error("the Word file cannot be packed")]
    Pack(#[from] zip::result::ZipError),
    /// A part cannot be written into the package.
    #[error("a part of the Word file cannot be written")]
    Write(#[from] std::io::Error),
}

/// Writes a document as a Word file.
///
/// `picture` gives a figure as PNG, by its name. The same document gives the same bytes: the
/// package has no time.
///
/// # Errors
///
/// [`DocxError`] where a figure has no picture, or the package cannot be packed.
pub fn write<'p>(
    document: &Document,
    picture: impl Fn(&str) -> Option<&'p [u8]>,
) -> Result<Vec<u8>, DocxError> {
    let blocks = document.parts.iter().flat_map(|part| &part.blocks);
    let figures = blocks.filter_map(|block| match block {
        Block::Figure(figure) => Some(figure),
        _ => None,
    });
    let pictures = figures.zip(1..).map(|(figure, number): (&Figure, usize)| {
        let known = picture(&figure.name).and_then(|png| Picture::new(number, png));
        known.ok_or_else(|| DocxError::Picture(figure.name.clone()))
    });
    let pictures: Vec<Picture<'_>> = pictures.collect::<Result<_, _>>()?;
    let bookmarks = Bookmarks::of(document);
    let text = body::Body::new(document, &bookmarks, &pictures).write();
    let styles = STYLES.replace("{language}", locale(&document.language));
    let mut parts: Vec<(String, Vec<u8>)> = [
        ("[Content_Types].xml", CONTENT_TYPES.into()),
        ("_rels/.rels", PACKAGE.into()),
        ("docProps/core.xml", properties(document)),
        ("word/document.xml", text),
        ("word/_rels/document.xml.rels", relations(&pictures)),
        ("word/styles.xml", styles.into_bytes()),
        ("word/numbering.xml", NUMBERING.into()),
        ("word/footer1.xml", FOOTER.into()),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .to_vec();
    let media =
        |picture: &Picture<'_>| (format!("word/{}", picture.path()), picture.bytes().into());
    parts.extend(pictures.iter().map(media));
    pack(&parts)
}

fn pack(parts: &[(String, Vec<u8>)]) -> Result<Vec<u8>, DocxError> {
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, bytes) in parts {
        package.start_file(name.as_str(), options)?;
        package.write_all(bytes)?;
    }
    Ok(package.finish()?.into_inner())
}

/// The language with its country, which Word's spelling wants.
fn locale(language: &str) -> &str {
    match language {
        "en" => "en-GB",
        "fr" => "fr-BE",
        "nl" => "nl-BE",
        other => other,
    }
}

/// Title and language, for those who look for them.
fn properties(document: &Document) -> Vec<u8> {
    let mut xml = Xml::part();
    xml.raw(concat!(
        "<cp:coreProperties",
        " xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\"",
        " xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>",
    ));
    xml.text(&document.title);
    xml.raw("</dc:title><dc:language>");
    xml.text(locale(&document.language));
    xml.raw("</dc:language></cp:coreProperties>\n");
    xml.into_bytes()
}

/// What the text refers to outside itself.
fn relations(pictures: &[Picture<'_>]) -> Vec<u8> {
    let mut xml = Xml::part();
    xml.raw(concat!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
        "<Relationship Id=\"rIdStyles\" Type=\"http://schemas.openxmlformats.org/officeDocument/",
        "2006/relationships/styles\" Target=\"styles.xml\"/>",
        "<Relationship Id=\"rIdNumbering\" Type=\"http://schemas.openxmlformats.org/officeDocument",
        "/2006/relationships/numbering\" Target=\"numbering.xml\"/>",
        "<Relationship Id=\"rIdFooter\" Type=\"http://schemas.openxmlformats.org/officeDocument/",
        "2006/relationships/footer\" Target=\"footer1.xml\"/>",
    ));
    for picture in pictures {
        xml.raw("<Relationship");
        xml.attribute("Id", &picture.relation());
        xml.raw(
            " Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\"",
        );
        xml.attribute("Target", &picture.path());
        xml.raw("/>");
    }
    xml.raw("</Relationships>\n");
    xml.into_bytes()
}
