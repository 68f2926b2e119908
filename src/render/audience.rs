//! For whom a document is made.

/// For whom a document is made.
///
/// Rendering masks nothing: the rows of a [`Publication`](Self::Publication) come already masked
/// from the disclosure rules. The audience decides what a document says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Rows are masked; the document may leave the house.
    Publication,
    /// Rows are whole; the document is visibly labelled as internal.
    Internal,
}
