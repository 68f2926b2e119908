//! One spelling of texts that look the same: an accent belongs to its letter.

use unicode_normalization::UnicodeNormalization as _;

/// The text with accents as parts of their letters (NFC), where it is another text.
pub fn composed_text(text: &str) -> Option<String> {
    // Accents that stand for themselves begin at U+0300, with these bytes.
    if !text.bytes().any(|byte| matches!(byte, 0xcc | 0xcd)) {
        return None;
    }
    let composed: String = text.nfc().collect();
    (composed != text).then_some(composed)
}

#[cfg(test)]
mod tests {
    use super::composed_text;

    #[test]
    fn an_accent_belongs_to_its_letter() {
        assert_eq!(composed_text("Re\u{301}gion").as_deref(), Some("Région"));
        for same in ["Région", "Liège", "", "\u{301}"] {
            assert_eq!(composed_text(same), None, "{same}");
        }
    }
}
