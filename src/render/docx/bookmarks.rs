//! Where links lead: a bookmark for each part, table and figure.

use std::collections::BTreeMap;

use crate::render::document::{Block, Document, Target};

/// Names of the bookmarks, which Word wants short and plain, with their numbers.
pub(super) struct Bookmarks(BTreeMap<Target, (u64, String)>);

impl Bookmarks {
    /// Those of a document, in reading order.
    pub(super) fn of(document: &Document) -> Self {
        let mut targets = Vec::new();
        for part in &document.parts {
            targets.push(("part", Target::Part(part.id.clone())));
            for block in &part.blocks {
                match block {
                    Block::Table(table) => {
                        targets.push(("table", Target::Table(table.name.clone())));
                    }
                    Block::Figure(figure) => {
                        targets.push(("figure", Target::Figure(figure.name.clone())));
                    }
                    _ => (),
                }
            }
        }
        let numbered = targets.into_iter().zip(1..);
        Self(numbered.map(|((kind, to), id)| (to, (id, format!("{kind}_{id}")))).collect())
    }

    /// Number and name of a bookmark, for what the document has.
    pub(super) fn get(&self, to: &Target) -> Option<(u64, &str)> {
        self.0.get(to).map(|(id, name)| (*id, name.as_str()))
    }
}
