//! XML with everything escaped that comes from outside.

/// Writes XML. Text goes in by [`text`](Self::text) and [`attribute`](Self::attribute) only, which
/// escape it; the rest is written in this program.
#[derive(Debug, Default)]
pub(super) struct Xml {
    written: String,
}

impl Xml {
    /// A part of the package, with its declaration.
    pub(super) fn part() -> Self {
        let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
        Self { written: declaration.to_owned() }
    }

    /// Markup of this program.
    pub(super) fn raw(&mut self, markup: &'static str) {
        self.written.push_str(markup);
    }

    /// Words for readers.
    pub(super) fn text(&mut self, words: &str) {
        for letter in words.chars() {
            match letter {
                '&' => self.written.push_str("&amp;"),
                '<' => self.written.push_str("&lt;"),
                '>' => self.written.push_str("&gt;"),
                '"' => self.written.push_str("&quot;"),
                '\t' | '\n' => self.written.push(letter),
                // No XML may hold them, not even escaped.
                '\u{FFFE}' | '\u{FFFF}' => self.written.push(char::REPLACEMENT_CHARACTER),
                _ if letter.is_control() => self.written.push(char::REPLACEMENT_CHARACTER),
                _ => self.written.push(letter),
            }
        }
    }

    /// An attribute with a blank before it.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) {
        self.written.push(' ');
        self.written.push_str(name);
        self.written.push_str("=\"");
        self.text(value);
        self.written.push('"');
    }

    /// A number as an attribute.
    pub(super) fn number(&mut self, name: &'static str, value: u64) {
        self.attribute(name, &value.to_string());
    }

    /// The bytes of the part.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.written.into_bytes()
    }
}
