//! Numbers of tables and figures, and what refers to them.

use std::collections::BTreeMap;

use super::block::{Block, Table, Term};
use super::text::{Piece, Target, Text};
use super::{Document, Part};
use crate::render::text::fill;

/// How labels are written, with `{number}`.
#[derive(Clone, Copy, Debug)]
pub struct LabelTemplates<'t> {
    /// That of a table.
    pub table: &'t str,
    /// That of a figure.
    pub figure: &'t str,
}

/// A reference to what the document does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the document refers to {0:?}, which it does not have")]
pub struct DanglingReference(pub Target);

impl Document {
    /// Gives tables and figures their numbers, in reading order, and references their words.
    ///
    /// # Errors
    ///
    /// [`DanglingReference`] where something is referred to that the document does not have.
    pub fn numbered(mut self, templates: LabelTemplates<'_>) -> Result<Self, DanglingReference> {
        let mut labels: BTreeMap<Target, String> = BTreeMap::new();
        let (mut tables, mut figures) = (0_usize, 0_usize);
        let next = |template: &str, count: &mut usize| {
            *count += 1;
            fill(template, &[("number", &count.to_string())])
        };
        for part in &mut self.parts {
            labels.insert(Target::Part(part.id.clone()), part.heading.clone());
            for block in &mut part.blocks {
                match block {
                    Block::Table(table) => {
                        table.caption.label = next(templates.table, &mut tables);
                        labels
                            .insert(Target::Table(table.name.clone()), table.caption.label.clone());
                    }
                    Block::Figure(figure) => {
                        figure.caption.label = next(templates.figure, &mut figures);
                        labels.insert(
                            Target::Figure(figure.name.clone()),
                            figure.caption.label.clone(),
                        );
                    }
                    _ => (),
                }
            }
        }
        for text in self.texts_mut() {
            for piece in text.pieces_mut() {
                let Piece::Reference { to, text } = piece else { continue };
                let label = labels.get(to).ok_or_else(|| DanglingReference(to.clone()))?;
                text.clone_from(label);
            }
        }
        Ok(self)
    }

    /// Every text: sentences, paragraphs, points, cells, footnotes.
    pub fn texts_mut(&mut self) -> Vec<&mut Text> {
        let parts = self.parts.iter_mut().flat_map(Part::texts_mut);
        self.summary.sentences.iter_mut().chain(parts).collect()
    }
}

impl Part {
    fn texts_mut(&mut self) -> Vec<&mut Text> {
        let files = self.files.iter_mut().flat_map(of_table);
        self.blocks.iter_mut().flat_map(of_block).chain(files).collect()
    }
}

fn of_block(block: &mut Block) -> Vec<&mut Text> {
    match block {
        Block::Heading(_) | Block::Figure(_) => Vec::new(),
        Block::Paragraph(text) => vec![text],
        Block::List { items, .. } => items.iter_mut().collect(),
        Block::Terms(terms) => terms.iter_mut().flat_map(of_term).collect(),
        Block::Cards(cards) => {
            cards.iter_mut().flat_map(|card| &mut card.terms).flat_map(of_term).collect()
        }
        Block::Table(table) => of_table(table),
    }
}

fn of_term(term: &mut Term) -> Vec<&mut Text> {
    term.texts.iter_mut().collect()
}

fn of_table(table: &mut Table) -> Vec<&mut Text> {
    table.rows.iter_mut().flatten().chain(&mut table.footnotes).collect()
}
