//! The languages of documents.

/// A language in which documents exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
}

impl Language {
    /// Every language.
    pub const ALL: &'static [Language] = &[Language::English];

    /// The code of the language: `en`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }
}
