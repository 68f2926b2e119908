//! A writer: one self-contained page, no script, no request, readable in a locked-down browser.
//!
//! Each number of a row is a `span` with the row's key, as [`to_key_text`] writes it, in
//! `data-row`; words of a row's note have it in `data-note`.

use crate::results::key_text::to_key_text;

use super::document::{
    Block, Caption, Card, Document, Figure, Part, Piece, Size, Table, Target, Term, Text,
};
use super::text::fill;
use markup::Markup;

mod markup;

const STYLE: &str = include_str!("page.css");

/// Columns of rows' names are kept in one line up to this length.
const SHORT_NAME: usize = 36;

/// Other cells are kept in one line up to this length.
const SHORT_CELL: usize = 20;

/// Writes a document as one HTML page.
///
/// The same document gives the same bytes. Everything in it is escaped; drawings are inlined as
/// they are.
pub fn write(document: &Document) -> String {
    let mut page = Markup::default();
    head(&mut page, document);
    page.raw("<body>\n<header>");
    if let Some(warning) = &document.warning {
        page.around("\n<p class=\"internal\">", warning, "</p>");
    }
    page.around("\n<h1>", &document.title, "</h1>");
    page.around("\n<p class=\"subtitle\">", &document.subtitle, "</p>\n</header>\n<main>");
    summary(&mut page, document);
    contents(&mut page, document);
    for one in &document.parts {
        part(&mut page, document, one);
    }
    page.raw("\n</main>\n</body>\n</html>\n");
    page.into_string()
}

fn head(page: &mut Markup, document: &Document) {
    page.raw("<!DOCTYPE html>\n<html");
    page.attribute("lang", &document.language);
    page.raw(concat!(
        ">\n<head>\n<meta charset=\"utf-8\">\n",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ",
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n",
        "<meta name=\"referrer\" content=\"no-referrer\">\n",
    ));
    page.around("<title>", &document.title, "</title>\n<style>\n");
    page.raw(STYLE);
    page.raw("</style>\n</head>\n");
}

fn summary(page: &mut Markup, document: &Document) {
    let summary = &document.summary;
    page.raw("\n<section id=\"headline\"");
    page.attribute("aria-label", &summary.name);
    page.raw(">\n<div class=\"headline\">");
    for sentence in &summary.sentences {
        paragraph(page, sentence);
    }
    page.around("\n</div>\n<p class=\"small\">", &summary.abbreviations, "</p>\n</section>");
}

fn contents(page: &mut Markup, document: &Document) {
    page.raw("\n<nav");
    page.attribute("aria-label", &document.wording.contents);
    page.raw(">\n<ul>");
    for part in &document.parts {
        page.raw("\n<li>");
        link(page, &Target::Part(part.id.clone()), &part.heading);
        page.raw("</li>");
    }
    page.raw("\n</ul>\n</nav>");
}

fn part(page: &mut Markup, document: &Document, part: &Part) {
    page.raw("\n<section");
    page.attribute("id", &part.id);
    page.around(">\n<h2>", &part.heading, "</h2>");
    for one in &part.blocks {
        block(page, document, one);
    }
    page.raw("\n</section>");
}

fn block(page: &mut Markup, document: &Document, block: &Block) {
    match block {
        Block::Heading(words) => page.around("\n<h2>", words, "</h2>"),
        Block::Paragraph(text) => paragraph(page, text),
        Block::List { items, size } => list(page, items, *size),
        Block::Terms(all) => {
            page.raw("\n<dl>");
            terms(page, all);
            page.raw("\n</dl>");
        }
        Block::Cards(all) => {
            page.raw("\n<div class=\"blocks\">");
            for one in all {
                card(page, one);
            }
            page.raw("\n</div>");
        }
        Block::Table(one) => table(page, document, one),
        Block::Figure(one) => figure(page, document, one),
    }
}

fn paragraph(page: &mut Markup, words: &Text) {
    page.raw("\n<p>");
    text(page, words);
    page.raw("</p>");
}

fn list(page: &mut Markup, items: &[Text], size: Size) {
    page.raw(match size {
        Size::Body => "\n<ul>",
        Size::Fine => "\n<ul class=\"remarks\">",
    });
    for item in items {
        page.raw("\n<li>");
        text(page, item);
        page.raw("</li>");
    }
    page.raw("\n</ul>");
}

fn terms(page: &mut Markup, terms: &[Term]) {
    for one in terms {
        page.around("\n<div><dt>", &one.term, "</dt>");
        for said in &one.texts {
            page.raw("<dd>");
            text(page, said);
            page.raw("</dd>");
        }
        page.raw("</div>");
    }
}

fn card(page: &mut Markup, card: &Card) {
    page.around("\n<div class=\"block\">\n<h3>", &card.title, "</h3>\n<dl>");
    terms(page, &card.terms);
    page.raw("\n</dl>\n</div>");
}

/// A label with what is shown, as the language joins them.
fn caption(document: &Document, caption: &Caption) -> String {
    let values = [("label", caption.label.as_str()), ("caption", &caption.words)];
    fill(&document.wording.caption, &values)
}

fn table(page: &mut Markup, document: &Document, table: &Table) {
    page.raw("\n<div class=\"wide\" tabindex=\"0\">\n<table");
    page.attribute("id", &anchor(&Target::Table(table.name.clone())));
    let caption = caption(document, &table.caption);
    page.around(">\n<caption>", &caption, "</caption>\n<thead><tr>");
    for (at, column) in table.columns.iter().enumerate() {
        page.raw("\n<th scope=\"col\"");
        page.raw(if at > 0 && at >= table.text_columns { " class=\"number\">" } else { ">" });
        page.around("", column, "</th>");
    }
    page.raw("\n</tr></thead>\n<tbody>");
    for row in &table.rows {
        page.raw("\n<tr>");
        for (at, cell) in row.iter().enumerate() {
            table_cell(page, cell, (at, at >= table.text_columns));
        }
        page.raw("\n</tr>");
    }
    page.raw("\n</tbody>\n</table>\n</div>");
    if !table.footnotes.is_empty() {
        page.raw("\n<div class=\"footnotes\">");
        for footnote in &table.footnotes {
            paragraph(page, footnote);
        }
        page.raw("\n</div>");
    }
}

fn table_cell(page: &mut Markup, cell: &Text, (at, is_number): (usize, bool)) {
    let (is_name, length) = (at == 0, cell.length());
    page.raw(match (is_name, is_number) {
        (true, _) if length <= SHORT_NAME => "\n<th scope=\"row\" class=\"short\">",
        (true, _) => "\n<th scope=\"row\">",
        (false, true) if length <= SHORT_CELL => "\n<td class=\"number short\">",
        (false, true) => "\n<td class=\"number\">",
        (false, false) if length <= SHORT_CELL => "\n<td class=\"short\">",
        (false, false) => "\n<td>",
    });
    text(page, cell);
    page.raw(if is_name { "</th>" } else { "</td>" });
}

fn figure(page: &mut Markup, document: &Document, figure: &Figure) {
    page.raw("\n<figure");
    page.attribute("id", &anchor(&Target::Figure(figure.name.clone())));
    page.raw(">\n<div class=\"wide\" tabindex=\"0\">\n");
    page.drawing(&figure.svg);
    // The drawing has its title inside: only its number is said here.
    page.around("\n</div>\n<figcaption>", &figure.caption.label, " <details>");
    page.around("<summary>", &document.wording.in_words, "</summary>");
    page.around("<p>", &figure.alternative, "</p></details></figcaption>\n</figure>");
}

fn text(page: &mut Markup, text: &Text) {
    for piece in text.pieces() {
        match piece {
            Piece::Words(words) => page.text(words),
            Piece::Number { text, row } => {
                page.raw("<span");
                page.attribute("data-row", &to_key_text(row));
                page.around(">", text, "</span>");
            }
            Piece::Note { text, row } => {
                page.raw("<span");
                page.attribute("data-note", &to_key_text(row));
                page.around(">", text, "</span>");
            }
            Piece::Reference { to, text } => link(page, to, text),
        }
    }
}

fn link(page: &mut Markup, to: &Target, words: &str) {
    page.raw("<a");
    page.attribute("href", &format!("#{}", anchor(to)));
    page.around(">", words, "</a>");
}

/// The id of what may be referred to. A table and a part may share a name; a figure and a part do
/// not.
fn anchor(to: &Target) -> String {
    match to {
        Target::Table(name) => format!("table-{name}"),
        Target::Figure(name) | Target::Part(name) => name.clone(),
    }
}
