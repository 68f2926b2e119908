//! Words with numbers in them, each of which names its row.

use crate::results::row::Key;

/// A sentence, a cell, a footnote: pieces in reading order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<Piece>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words of the language, or a label of the plan or of the data.
    Words(String),
    /// The value of a row as readers see it, or the symbol that says why there is none.
    Number {
        /// What is printed.
        text: String,
        /// The row.
        row: Key,
    },
    /// Words of a row's note.
    Note {
        /// What is printed.
        text: String,
        /// A row with that note.
        row: Key,
    },
    /// Where else to look.
    Reference {
        /// The table, figure or part.
        to: Target,
        /// What is printed: `Table 3`. Empty until the document is numbered.
        text: String,
    },
}

/// What a reference may point to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A table, by its name.
    Table(String),
    /// A figure, by its name.
    Figure(String),
    /// A part, by its id.
    Part(String),
}

impl Piece {
    /// What is printed.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Words(text)
            | Self::Number { text, .. }
            | Self::Note { text, .. }
            | Self::Reference { text, .. } => text,
        }
    }
}

impl Text {
    /// Words without a number of a row.
    pub fn words(words: impl Into<String>) -> Self {
        let words = words.into();
        Self { pieces: if words.is_empty() { Vec::new() } else { vec![Piece::Words(words)] } }
    }

    /// The value of a row as readers see it, or the symbol of a missing one.
    pub fn number(text: impl Into<String>, row: Key) -> Self {
        Self { pieces: vec![Piece::Number { text: text.into(), row }] }
    }

    /// Words of a row's note.
    pub fn note(text: impl Into<String>, row: Key) -> Self {
        Self { pieces: vec![Piece::Note { text: text.into(), row }] }
    }

    /// Another place of the document.
    pub fn reference(to: Target) -> Self {
        Self { pieces: vec![Piece::Reference { to, text: String::new() }] }
    }

    /// Replaces each `{name}` of a template by the text given for that name.
    ///
    /// As with [`fill`](crate::render::text::fill), values are not searched for placeholders, and a
    /// name without a value stays as it stands.
    ///
    /// ```
    /// use ips_eval::render::document::Text;
    ///
    /// let text = Text::fill("{n} of {total}", &[("n", "3".into()), ("total", "{n}".into())]);
    /// assert_eq!(text.plain(), "3 of {n}");
    /// ```
    pub fn fill(template: &str, values: &[(&str, Self)]) -> Self {
        let mut text = Self::default();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_words(before);
            let known = after.split_once('}').and_then(|(name, behind)| {
                let found = values.iter().find(|(known, _)| *known == name)?;
                Some((&found.1, behind))
            });
            if let Some((value, behind)) = known {
                text.push(value.clone());
                rest = behind;
            } else {
                text.push_words("{");
                rest = after;
            }
        }
        text.push_words(rest);
        text
    }

    /// Texts with a mark between them.
    pub fn join(texts: impl IntoIterator<Item = Self>, mark: &str) -> Self {
        let mut joined = Self::default();
        for (at, text) in texts.into_iter().enumerate() {
            if at > 0 {
                joined.push_words(mark);
            }
            joined.push(text);
        }
        joined
    }

    /// More text at the end.
    pub fn push(&mut self, text: Self) {
        for piece in text.pieces {
            match piece {
                Piece::Words(words) => self.push_words(&words),
                other => self.pieces.push(other),
            }
        }
    }

    fn push_words(&mut self, words: &str) {
        match self.pieces.last_mut() {
            _ if words.is_empty() => (),
            Some(Piece::Words(before)) => before.push_str(words),
            _ => self.pieces.push(Piece::Words(words.to_owned())),
        }
    }

    /// The pieces in reading order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The pieces in reading order, to be changed.
    pub(crate) fn pieces_mut(&mut self) -> &mut [Piece] {
        &mut self.pieces
    }

    /// What is printed, without what it is of.
    pub fn plain(&self) -> String {
        self.pieces.iter().map(Piece::as_str).collect()
    }

    /// Whether two texts read the same, whatever rows they are of.
    pub fn reads_as(&self, other: &Self) -> bool {
        self.plain() == other.plain()
    }

    /// Letters, digits and marks that are printed.
    pub fn length(&self) -> usize {
        self.pieces.iter().map(|piece| piece.as_str().chars().count()).sum()
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self::words(words)
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::words(words)
    }
}

impl From<&String> for Text {
    fn from(words: &String) -> Self {
        Self::words(words.as_str())
    }
}
