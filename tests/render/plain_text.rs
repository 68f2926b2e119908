//! A writer of plain text, from the model alone, against which the program's writers are held.

use std::collections::BTreeMap;

use ips_eval::render::document::{Block, Caption, Document, Part, Table, Term, Text};
use ips_eval::render::figure::Figure;
use ips_eval::render::text::fill;
use ips_eval::render::{Audience, docx, html, png};
use ips_eval::results::result_set::ResultSet;
use quick_xml::events::Event;

use super::{document, figures, shapes};

/// What a writer that is held against this one says beside what every writer says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A page: figures in words.
    Page,
    /// A Word file: figures with their captions, and a heading of the contents.
    Word,
}

/// The document as plain text, a line a paragraph, point, cell or footnote.
fn write(document: &Document, kind: Kind) -> String {
    let mut lines: Vec<String> = document.warning.iter().cloned().collect();
    lines.extend([document.title.clone(), document.subtitle.clone()]);
    lines.extend(document.summary.sentences.iter().map(Text::plain));
    lines.push(document.summary.abbreviations.clone());
    lines.extend((kind == Kind::Word).then(|| document.wording.contents.clone()));
    lines.extend(document.parts.iter().map(|part| part.heading.clone()));
    for part in &document.parts {
        lines.push(part.heading.clone());
        part.blocks.iter().for_each(|block| write_block(&mut lines, (document, kind), block));
    }
    lines.join("\n")
}

fn write_block(lines: &mut Vec<String>, (document, kind): (&Document, Kind), block: &Block) {
    match block {
        Block::Heading(words) => lines.push(words.clone()),
        Block::Paragraph(text) => lines.push(text.plain()),
        Block::List { items, .. } => lines.extend(items.iter().map(Text::plain)),
        Block::Terms(terms) => write_terms(lines, terms),
        Block::Cards(cards) => {
            for card in cards {
                lines.push(card.title.clone());
                write_terms(lines, &card.terms);
            }
        }
        Block::Table(table) => write_table(lines, document, table),
        Block::Figure(figure) if kind == Kind::Word => {
            lines.push(caption(document, &figure.caption));
        }
        Block::Figure(figure) => {
            lines.push(figure.caption.label.clone());
            lines.push(document.wording.in_words.clone());
            lines.push(figure.alternative.clone());
        }
    }
}

fn write_terms(lines: &mut Vec<String>, terms: &[Term]) {
    for one in terms {
        lines.push(one.term.clone());
        lines.extend(one.texts.iter().map(Text::plain));
    }
}

fn write_table(lines: &mut Vec<String>, document: &Document, table: &Table) {
    lines.push(caption(document, &table.caption));
    lines.extend(table.columns.iter().cloned());
    lines.extend(table.rows.iter().flatten().map(Text::plain));
    lines.extend(table.footnotes.iter().map(Text::plain));
}

/// The figures of one shape of results; others go without, to be quick.
fn drawn(shape: &str, results: &ResultSet) -> Vec<Figure> {
    if shape == "belgian" { figures(results, Audience::Publication) } else { Vec::new() }
}

fn caption(document: &Document, Caption { label, words }: &Caption) -> String {
    fill(&document.wording.caption, &[("label", label), ("caption", words)])
}

/// The words of a page in one line: no head, no drawings, no tags.
fn words_of(page: &str) -> String {
    let (_, body) = page.split_once("<body>").expect("there is a body");
    let mut drawings = body.split("<svg");
    let mut text = drawings.next().unwrap_or_default().to_owned();
    for piece in drawings {
        text.push_str(piece.split_once("</svg>").expect("the drawing ends").1);
    }
    // Inside a line stand numbers and links alone; every other tag ends one.
    for inline in ["</span>", "</a>"] {
        text = text.replace(inline, "");
    }
    let mut pieces = text.split('<');
    let mut words = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (tag, behind) = piece.split_once('>').expect("a tag ends");
        let is_inline = tag.starts_with("span") || tag.starts_with("a ");
        words.push_str(if is_inline { "" } else { "\n" });
        words.push_str(behind);
    }
    let words = words
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    one_line(&words)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn another_writer_says_the_same_from_the_document_alone() {
    for (shape, results) in shapes() {
        for audience in [Audience::Publication, Audience::Internal] {
            let document = document(&results, audience, &drawn(shape, &results));
            let (plain, page) = (write(&document, Kind::Page), html::write(&document));
            assert_eq!(one_line(&plain), words_of(&page), "{shape}");
        }
    }
}

/// Parts of a packed file, by name.
fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("it is packed");
    let mut parts = BTreeMap::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).expect("a part");
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).expect("it can be read");
        parts.insert(part.name().expect("it has a name").into_owned(), content);
    }
    parts
}

/// The words of a part in one line: each paragraph ends a word.
fn words_of_xml(xml: &[u8]) -> String {
    let mut reader = quick_xml::Reader::from_str(std::str::from_utf8(xml).expect("UTF-8"));
    let (mut words, mut inside) = (String::new(), false);
    loop {
        match reader.read_event().expect("it is XML") {
            Event::Start(tag) if tag.name().0 == "w:t" => inside = true,
            Event::End(tag) if tag.name().0 == "w:t" => inside = false,
            Event::End(tag) if tag.name().0 == "w:p" => words.push('\n'),
            Event::Text(text) if inside => words.push_str(&text),
            Event::GeneralRef(name) if inside => words.push(match &*name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                other => panic!("{other:?} is not written"),
            }),
            Event::Eof => return one_line(&words),
            _ => (),
        }
    }
}

/// A Word file, with the smallest picture for each figure.
fn word(document: &Document, results: &[Figure]) -> Vec<u8> {
    let pictures: BTreeMap<&str, Vec<u8>> = results
        .iter()
        .map(|figure| (figure.name.as_str(), png::from_svg(&figure.svg, 0.05).expect("a picture")))
        .collect();
    docx::write(document, |name| pictures.get(name).map(Vec::as_slice)).expect("it is written")
}

#[test]
fn a_word_file_says_the_same() {
    for (shape, mut results) in shapes() {
        "A <b> \"title\" & more\u{1}".clone_into(&mut results.study.title);
        let all = drawn(shape, &results);
        let document = document(&results, Audience::Publication, &all);
        let file = word(&document, &all);
        assert_eq!(file, word(&document, &all), "{shape}: the same bytes");
        let parts = unpacked(&file);
        let said = words_of_xml(&parts["word/document.xml"]);
        let wanted = one_line(&write(&document, Kind::Word)).replace('\u{1}', "\u{FFFD}");
        assert_eq!(said, wanted, "{shape}");
        let pictures = parts.keys().filter(|name| name.starts_with("word/media/")).count();
        assert_eq!(pictures, all.len(), "{shape}");
        let text = String::from_utf8(parts["word/document.xml"].clone()).expect("UTF-8");
        assert_eq!(text.matches(" descr=\"").count(), all.len(), "{shape}: figures in words");
        let tables = document.parts.iter().flat_map(Part::tables).count();
        assert_eq!(text.matches("<w:tblHeader/>").count(), tables, "{shape}: repeated heads");
    }
}

#[test]
fn a_word_file_without_a_picture_is_an_error() {
    let results = super::support::belgian();
    let all = figures(&results, Audience::Publication);
    let document = document(&results, Audience::Publication, &all);
    let error = docx::write(&document, |_| None).expect_err("there is no picture");
    assert!(error.to_string().contains(&all[0].name), "{error}");
    let error = docx::write(&document, |_| Some(&b"GIF89a"[..])).expect_err("no PNG");
    assert!(error.to_string().contains(&all[0].name), "{error}");
}

#[test]
fn writers_know_nothing_but_the_document() {
    fn sources(path: &std::path::Path, found: &mut Vec<(String, String)>) {
        if path.is_dir() {
            for entry in std::fs::read_dir(path).expect("a folder of the sources") {
                sources(&entry.expect("an entry").path(), found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(path).expect("a source file");
            found.push((path.display().to_string(), text));
        }
    }
    let room = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render");
    for writer in ["html", "docx", "table_files.rs", "document"] {
        let mut found = Vec::new();
        sources(&room.join(writer), &mut found);
        assert!(!found.is_empty(), "{writer}");
        for (name, text) in found {
            for foreign in ["sections", "lookup", "names::", "notes::", "result_set", "&Texts"] {
                assert!(!text.contains(foreign), "{name} knows {foreign}");
            }
        }
    }
}
