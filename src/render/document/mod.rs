//! A document without a format: what is said, in which order, and which row each number is of.
//!
//! Sections make it, writers read it: nothing else passes between them. A writer needs nothing but
//! this room and the drawings inside.

mod block;
mod numbering;
mod text;

pub use block::{Block, Caption, Card, Figure, Size, Table, Term};
pub use numbering::{DanglingReference, LabelTemplates};
pub use text::{Piece, Target, Text};

/// A whole document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Code of its language: `en`.
    pub language: String,
    /// Title.
    pub title: String,
    /// What stands under the title.
    pub subtitle: String,
    /// For whom the document is, where it must not leave the house.
    pub warning: Option<String>,
    /// The result in a few sentences.
    pub summary: Summary,
    /// Parts in reading order.
    pub parts: Vec<Part>,
    /// Words that writers need.
    pub wording: Wording,
}

/// The result in a few sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What it is called where it has no heading.
    pub name: String,
    /// The sentences, the main one first.
    pub sentences: Vec<Text>,
    /// Abbreviations that they use.
    pub abbreviations: String,
}

/// What stands under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name in the document.
    pub id: String,
    /// Heading.
    pub heading: String,
    /// What stands in it, in reading order.
    pub blocks: Vec<Block>,
    /// Tables that are too wide for a page: files beside the document.
    pub files: Vec<Table>,
}

/// Words that writers need beside what is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// What the list of the parts is called.
    pub contents: String,
    /// What the words for a figure are called.
    pub in_words: String,
    /// A caption, of `{label}` and `{caption}`.
    pub caption: String,
    /// Head of a column of footnotes, where a table stands alone.
    pub notes_column: String,
}

impl Part {
    /// A part with nothing in it yet.
    pub fn new(id: impl Into<String>, heading: &str) -> Self {
        let (id, heading) = (id.into(), heading.to_owned());
        Self { id, heading, blocks: Vec::new(), files: Vec::new() }
    }

    /// With a paragraph.
    #[must_use]
    pub fn paragraph(self, words: &str) -> Self {
        self.block(Block::Paragraph(words.into()))
    }

    /// With one more thing in it.
    #[must_use]
    pub fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// With tables.
    #[must_use]
    pub fn with_tables(mut self, tables: impl IntoIterator<Item = Table>) -> Self {
        self.blocks.extend(tables.into_iter().map(Block::Table));
        self
    }

    /// With tables that are files only.
    #[must_use]
    pub fn with_files(mut self, files: impl IntoIterator<Item = Table>) -> Self {
        self.files.extend(files);
        self
    }

    /// Its tables, in reading order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        })
    }
}
