//! Markup with everything escaped that comes from outside.

/// Writes markup. Text goes in by [`text`](Self::text) and [`attribute`](Self::attribute) only,
/// which escape it; the rest is written in this program.
#[derive(Debug, Default)]
pub(super) struct Markup {
    page: String,
}

impl Markup {
    /// Markup of this program.
    pub(super) fn raw(&mut self, markup: &'static str) {
        self.page.push_str(markup);
    }

    /// A drawing of this program, which is markup with its own texts escaped.
    pub(super) fn drawing(&mut self, svg: &str) {
        self.page.push_str(svg);
    }

    /// Words for readers.
    pub(super) fn text(&mut self, words: &str) {
        for letter in words.chars() {
            match letter {
                '&' => self.page.push_str("&amp;"),
                '<' => self.page.push_str("&lt;"),
                '>' => self.page.push_str("&gt;"),
                '"' => self.page.push_str("&quot;"),
                '\'' => self.page.push_str("&#39;"),
                '\t' | '\n' => self.page.push(letter),
                // No page may hold it, not even escaped.
                _ if letter.is_control() => self.page.push(char::REPLACEMENT_CHARACTER),
                _ => self.page.push(letter),
            }
        }
    }

    /// An attribute with a blank before it.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) {
        self.page.push(' ');
        self.page.push_str(name);
        self.page.push_str("=\"");
        self.text(value);
        self.page.push('"');
    }

    /// `before`, words, `after`.
    pub(super) fn around(&mut self, before: &'static str, words: &str, after: &'static str) {
        self.raw(before);
        self.text(words);
        self.raw(after);
    }

    /// The whole page.
    pub(super) fn into_string(self) -> String {
        self.page
    }
}

#[cfg(test)]
mod tests {
    use super::Markup;

    #[test]
    fn nothing_from_outside_is_markup() {
        let mut markup = Markup::default();
        markup.raw("<p");
        markup.attribute("title", "a\"b'c<d>&e\u{0}");
        markup.around(">", "<script>&\u{7}\n", "</p>");
        let page = markup.into_string();
        let attribute = "title=\"a&quot;b&#39;c&lt;d&gt;&amp;e\u{FFFD}\"";
        assert_eq!(page, format!("<p {attribute}>&lt;script&gt;&amp;\u{FFFD}\n</p>"));
    }
}
