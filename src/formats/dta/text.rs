//! Texts of the dictionary, by release.

use crate::formats::text::{Encoding, until_nul};

/// The encoding of a release's texts.
pub(super) fn encoding(release: u16) -> Encoding {
    if release >= 118 { Encoding::UTF_8 } else { Encoding::Guessed }
}

/// A text of a fixed field of the dictionary.
pub(super) fn fixed(field: &[u8], release: u16) -> String {
    encoding(release).decode_label(until_nul(field))
}
