//! Texts in fields of a fixed width.

/// Bytes of a name, of a display format and of a label, terminating NUL included.
pub(super) const NAME: usize = 129;
pub(super) const FORMAT: usize = 57;
pub(super) const LABEL: usize = 321;

/// Characters of the table's label and of a variable's.
pub(super) const LABEL_CHARACTERS: usize = 80;

/// A text and NULs up to a width that it is shorter than.
pub(super) fn padded(bytes: &mut Vec<u8>, text: &str, width: usize) {
    let end = bytes.len() + width;
    bytes.extend_from_slice(text.as_bytes());
    bytes.resize(end, 0);
}

/// The text up to its first NUL, or as many characters of it.
pub(super) fn first_characters(text: &str, n: usize) -> &str {
    let end = text.char_indices().take(n).find(|(_, c)| *c == '\0').map(|(at, _)| at);
    let end = end.or_else(|| text.char_indices().nth(n).map(|(at, _)| at));
    &text[..end.unwrap_or(text.len())]
}
