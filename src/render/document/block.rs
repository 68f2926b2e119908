//! What stands in a part of a document.

use super::text::Text;

/// One thing under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A further heading of the same rank as the part's own.
    Heading(String),
    /// A paragraph.
    Paragraph(Text),
    /// Points without an order.
    List {
        /// The points.
        items: Vec<Text>,
        /// How large they are set.
        size: Size,
    },
    /// Terms with what is said of them.
    Terms(Vec<Term>),
    /// Lists of terms, each under a title of its own.
    Cards(Vec<Card>),
    /// A table.
    Table(Table),
    /// A figure.
    Figure(Figure),
}

/// How large something is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// As the body of the document.
    Body,
    /// Smaller: for those who look for it.
    Fine,
}

/// A term with what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The term.
    pub term: String,
    /// What is said of it, each in a paragraph.
    pub texts: Vec<Text>,
}

/// A list of terms under a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The title.
    pub title: String,
    /// The terms.
    pub terms: Vec<Term>,
}

/// What a table or a figure shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// `Table 3`; empty until the document is numbered, and for a table that is a file only.
    pub label: String,
    /// What it shows.
    pub words: String,
}

impl From<String> for Caption {
    fn from(words: String) -> Self {
        Self { label: String::new(), words }
    }
}

/// A table: the first column names the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name in the document, and that of its file.
    pub name: String,
    /// What it shows.
    pub caption: Caption,
    /// Heads of the columns.
    pub columns: Vec<String>,
    /// Cells, as many in each row as there are columns.
    pub rows: Vec<Vec<Text>>,
    /// Columns after this one hold numbers and are set flush right.
    pub text_columns: usize,
    /// What must be known to read it.
    pub footnotes: Vec<Text>,
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its name in the document, and that of its files.
    pub name: String,
    /// What it shows. The drawing has it as its title.
    pub caption: Caption,
    /// The drawing, with title and description inside.
    pub svg: String,
    /// The figure in words, with its main numbers.
    pub alternative: String,
}
