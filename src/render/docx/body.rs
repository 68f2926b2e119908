//! The text of a Word file: paragraphs, tables, drawings, and pages that lie or stand.

use super::bookmarks::Bookmarks;
use super::picture::Picture;
use super::widths::widths;
use super::xml::Xml;
use crate::render::document::{
    Block, Caption, Document, Figure, Part, Piece, Size, Table, Target, Term, Text,
};
use crate::render::text::fill;

/// Tables of more columns stand on pages that lie.
const MOST_COLUMNS_UPRIGHT: usize = 7;

/// How a page lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Upright,
    Lying,
}

impl Page {
    /// What its margins leave, in twentieths of a point.
    const fn width(self) -> u64 {
        match self {
            Self::Upright => 11_906 - 2 * 1_134,
            Self::Lying => 16_838 - 2 * 1_134,
        }
    }
}

/// Writes the body.
pub(super) struct Body<'d> {
    xml: Xml,
    document: &'d Document,
    bookmarks: &'d Bookmarks,
    pictures: &'d [Picture<'d>],
    page: Page,
    drawn: usize,
}

impl<'d> Body<'d> {
    /// Nothing yet.
    pub(super) fn new(
        document: &'d Document,
        bookmarks: &'d Bookmarks,
        pictures: &'d [Picture<'d>],
    ) -> Self {
        let (xml, page) = (Xml::part(), Page::Upright);
        Self { xml, document, bookmarks, pictures, page, drawn: 0 }
    }

    /// The whole part `word/document.xml`.
    pub(super) fn write(mut self) -> Vec<u8> {
        self.xml.raw(concat!(
            "<w:document",
            " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"",
            " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"",
            " xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\"",
            " xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"",
            " xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">\n<w:body>",
        ));
        let document = self.document;
        if let Some(warning) = &document.warning {
            self.words("Warning", warning);
        }
        self.words("Title", &document.title);
        self.words("Subtitle", &document.subtitle);
        for sentence in &document.summary.sentences {
            self.paragraph("Summary", sentence);
        }
        self.words("Fine", &document.summary.abbreviations);
        self.contents();
        document.parts.iter().for_each(|part| self.part(part));
        self.page_setup();
        self.xml.raw("</w:body>\n</w:document>\n");
        self.xml.into_bytes()
    }

    fn contents(&mut self) {
        self.words("Heading2", &self.document.wording.contents);
        for part in &self.document.parts {
            self.open("Contents");
            self.link(&Target::Part(part.id.clone()), &part.heading);
            self.close();
        }
    }

    fn part(&mut self, part: &Part) {
        let target = Target::Part(part.id.clone());
        self.turn(Page::Upright);
        self.open("Heading1");
        self.marked(&target, &part.heading);
        self.close();
        part.blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        if !matches!(block, Block::Table(_)) {
            self.turn(Page::Upright);
        }
        match block {
            Block::Heading(words) => self.words("Heading1", words),
            Block::Paragraph(text) => self.paragraph("Normal", text),
            Block::List { items, size } => {
                let style = match size {
                    Size::Body => "ListBullet",
                    Size::Fine => "FinePoint",
                };
                for item in items {
                    self.paragraph(style, item);
                }
            }
            Block::Terms(terms) => self.terms(terms),
            Block::Cards(cards) => {
                for card in cards {
                    self.words("Heading2", &card.title);
                    self.terms(&card.terms);
                }
            }
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => self.figure(figure),
        }
    }

    fn terms(&mut self, terms: &[Term]) {
        for one in terms {
            for (at, said) in one.texts.iter().enumerate() {
                self.open("Fine");
                if at == 0 {
                    self.run("Strong", &one.term);
                    self.plain("  ");
                }
                self.pieces(said);
                self.close();
            }
        }
    }

    fn caption(&mut self, target: &Target, caption: &Caption) {
        let values = [("label", caption.label.as_str()), ("caption", &caption.words)];
        let words = fill(&self.document.wording.caption, &values);
        self.open("Caption");
        self.marked(target, &words);
        self.close();
    }

    fn table(&mut self, table: &Table) {
        let is_wide = table.columns.len() > MOST_COLUMNS_UPRIGHT;
        self.turn(if is_wide { Page::Lying } else { Page::Upright });
        self.caption(&Target::Table(table.name.clone()), &table.caption);
        self.xml.raw(concat!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"Report\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/>",
            "<w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" ",
            "w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/><w:tblCaption",
        ));
        self.xml.attribute("w:val", &table.caption.words);
        self.xml.raw("/></w:tblPr><w:tblGrid>");
        for width in widths(table, self.page.width()) {
            self.xml.raw("<w:gridCol");
            self.xml.number("w:w", width);
            self.xml.raw("/>");
        }
        self.xml.raw("</w:tblGrid>");
        // The row is repeated at the head of each page.
        self.xml.raw("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
        for (at, column) in table.columns.iter().enumerate() {
            self.open_cell(at, table.text_columns);
            self.run("Strong", column);
            self.close_cell();
        }
        self.xml.raw("</w:tr>");
        for row in &table.rows {
            self.xml.raw("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            for (at, cell) in row.iter().enumerate() {
                self.open_cell(at, table.text_columns);
                self.pieces(cell);
                self.close_cell();
            }
            self.xml.raw("</w:tr>");
        }
        self.xml.raw("</w:tbl>");
        table.footnotes.iter().for_each(|footnote| self.paragraph("Fine", footnote));
        // Two tables without a paragraph between them would be one.
        self.words("Fine", "");
    }

    fn open_cell(&mut self, at: usize, text_columns: usize) {
        let is_number = at > 0 && at >= text_columns;
        self.xml.raw("<w:tc><w:tcPr><w:tcW w:w=\"0\" w:type=\"auto\"/></w:tcPr>");
        self.open(if is_number { "TableNumber" } else { "TableText" });
    }

    fn close_cell(&mut self) {
        self.close();
        self.xml.raw("</w:tc>");
    }

    fn figure(&mut self, figure: &Figure) {
        let Some(picture) = self.pictures.get(self.drawn) else { return };
        self.drawn += 1;
        self.caption(&Target::Figure(figure.name.clone()), &figure.caption);
        let (width, height) = picture.size();
        let size = |xml: &mut Xml, name: &'static str| {
            xml.raw(name);
            xml.number("cx", width);
            xml.number("cy", height);
            xml.raw("/>");
        };
        let xml = &mut self.xml;
        xml.raw("<w:p><w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\">");
        size(xml, "<wp:extent");
        xml.raw("<wp:docPr");
        xml.number("id", self.drawn as u64);
        xml.attribute("name", &figure.caption.label);
        xml.attribute("descr", &figure.alternative);
        xml.raw(concat!(
            "/><a:graphic><a:graphicData ",
            "uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">",
            "<pic:pic><pic:nvPicPr><pic:cNvPr",
        ));
        xml.number("id", self.drawn as u64);
        xml.attribute("name", &figure.name);
        xml.raw("/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip");
        xml.attribute("r:embed", &picture.relation());
        xml.raw("/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>");
        xml.raw("<a:off x=\"0\" y=\"0\"/>");
        size(xml, "<a:ext");
        xml.raw("</a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>");
        xml.raw("</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>");
    }

    /// Ends the pages that lie, or stand, where the next ones do not.
    fn turn(&mut self, page: Page) {
        if self.page != page {
            self.xml.raw("<w:p><w:pPr>");
            self.page_setup();
            self.xml.raw("</w:pPr></w:p>");
            self.page = page;
        }
    }

    fn page_setup(&mut self) {
        self.xml.raw("<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rIdFooter\"/>");
        self.xml.raw(match self.page {
            Page::Upright => "<w:pgSz w:w=\"11906\" w:h=\"16838\"/>",
            Page::Lying => "<w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\"/>",
        });
        self.xml.raw(concat!(
            "<w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" ",
            "w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/></w:sectPr>",
        ));
    }

    fn words(&mut self, style: &'static str, words: &str) {
        self.paragraph(style, &words.into());
    }

    fn paragraph(&mut self, style: &'static str, text: &Text) {
        self.open(style);
        self.pieces(text);
        self.close();
    }

    fn open(&mut self, style: &'static str) {
        self.xml.raw("<w:p><w:pPr><w:pStyle");
        self.xml.attribute("w:val", style);
        self.xml.raw("/></w:pPr>");
    }

    fn close(&mut self) {
        self.xml.raw("</w:p>\n");
    }

    fn pieces(&mut self, text: &Text) {
        for piece in text.pieces() {
            match piece {
                Piece::Reference { to, text } => self.link(to, text),
                other => self.plain(other.as_str()),
            }
        }
    }

    fn plain(&mut self, words: &str) {
        self.xml.raw("<w:r>");
        self.letters(words);
    }

    fn run(&mut self, style: &'static str, words: &str) {
        self.xml.raw("<w:r><w:rPr><w:rStyle");
        self.xml.attribute("w:val", style);
        self.xml.raw("/></w:rPr>");
        self.letters(words);
    }

    fn letters(&mut self, words: &str) {
        self.xml.raw("<w:t xml:space=\"preserve\">");
        self.xml.text(words);
        self.xml.raw("</w:t></w:r>");
    }

    fn link(&mut self, to: &Target, words: &str) {
        let Some((_, name)) = self.bookmarks.get(to) else { return self.plain(words) };
        self.xml.raw("<w:hyperlink");
        self.xml.attribute("w:anchor", name);
        self.xml.raw(">");
        self.run("Hyperlink", words);
        self.xml.raw("</w:hyperlink>");
    }

    /// Words to which links lead.
    fn marked(&mut self, target: &Target, words: &str) {
        let Some((id, name)) = self.bookmarks.get(target) else { return self.plain(words) };
        self.xml.raw("<w:bookmarkStart");
        self.xml.number("w:id", id);
        self.xml.attribute("w:name", name);
        self.xml.raw("/>");
        self.plain(words);
        self.xml.raw("<w:bookmarkEnd");
        self.xml.number("w:id", id);
        self.xml.raw("/>");
    }
}
