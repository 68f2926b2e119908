//! Characters that no document may hold.

/// The character, or what stands for it where XML 1.0 forbids it; line ends and tabs are spaces.
pub(crate) fn printable(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => ' ',
        '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}
