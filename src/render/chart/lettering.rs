//! The fonts that are compiled in: how wide a text is, and where it is broken.

use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId};

use super::drawing::{Type, Weight};
use super::printable::printable;

/// Both weights of the font.
struct Faces {
    regular: Face<'static>,
    bold: Face<'static>,
}

static FACES: LazyLock<Option<Faces>> = LazyLock::new(|| {
    let face = |bytes: &'static [u8]| Face::parse(bytes, 0).ok();
    Some(Faces { regular: face(bytes(Weight::Normal))?, bold: face(bytes(Weight::Bold))? })
});

/// The font's file.
pub(crate) fn bytes(weight: Weight) -> &'static [u8] {
    match weight {
        Weight::Normal => dejavu::sans::regular(),
        Weight::Bold => dejavu::sans::bold(),
    }
}

/// The font; nothing where what is compiled in is no font.
pub(crate) fn face(weight: Weight) -> Option<&'static Face<'static>> {
    let faces = FACES.as_ref()?;
    Some(match weight {
        Weight::Normal => &faces.regular,
        Weight::Bold => &faces.bold,
    })
}

/// Whether the fonts that are compiled in can be read.
pub(crate) fn has_fonts() -> bool {
    FACES.is_some()
}

/// The glyphs of a text, each with its advance and the kerning before it, in units of the font.
pub(crate) fn glyphs<'t>(
    face: &'t Face<'static>,
    text: &'t str,
) -> impl Iterator<Item = (char, GlyphId, i32, i32)> + 't {
    let mut before: Option<GlyphId> = None;
    text.chars().map(printable).map(move |c| {
        let glyph = face.glyph_index(c).unwrap_or_default();
        let kerning = before.replace(glyph).map_or(0, |before| kerning(face, before, glyph));
        (c, glyph, i32::from(face.glyph_hor_advance(glyph).unwrap_or(0)), kerning)
    })
}

fn kerning(face: &Face<'_>, left: GlyphId, right: GlyphId) -> i32 {
    let Some(table) = face.tables().kern else { return 0 };
    let mut level = table.subtables.into_iter().filter(|part| part.horizontal && !part.variable);
    level.find_map(|part| part.glyphs_kerning(left, right)).map_or(0, i32::from)
}

impl Type {
    /// Width of a text in pixels of the figure.
    pub(crate) fn width(self, text: &str) -> f64 {
        let Some(face) = face(self.weight) else { return 0.0 };
        let units: i32 = glyphs(face, text).map(|(_, _, advance, kerning)| advance + kerning).sum();
        f64::from(units) * self.size / f64::from(face.units_per_em())
    }

    /// Width of the widest of texts.
    pub(crate) fn widest<'t>(self, texts: impl IntoIterator<Item = &'t str>) -> f64 {
        texts.into_iter().map(|text| self.width(text)).fold(0.0, f64::max)
    }
}

/// Breaks a text into lines at most that wide; a single word may be wider and is cut.
pub(crate) fn wrap(text: &str, look: Type, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if look.width(&format!("{line} {word}")) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(shortened(word, look, width)),
        }
    }
    lines
}

/// Breaks a text into at most so many lines, the last one shortened where it must be.
pub(crate) fn wrap_to(text: &str, look: Type, width: f64, most: usize) -> Vec<String> {
    let mut lines = wrap(text, look, width);
    if lines.len() > most.max(1) {
        let rest = lines.split_off(most.max(1) - 1).join(" ");
        lines.push(shortened(&rest, look, width));
    }
    lines
}

/// The text, or as much of it as fits with an ellipsis behind it.
pub(crate) fn shortened(text: &str, look: Type, width: f64) -> String {
    if look.width(text) <= width {
        return text.to_owned();
    }
    let mut kept: String = text.to_owned();
    while kept.pop().is_some() {
        let candidate = format!("{}…", kept.trim_end());
        if look.width(&candidate) <= width {
            return candidate;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::chart::style::{LABEL, STRONG};

    #[test]
    fn the_font_measures() {
        // Advance of `n` in DejaVu Sans: 1298 of 2048 units; in bold 1458.
        assert!((LABEL.width("nn") - 2.0 * 1298.0 / 2048.0 * LABEL.size).abs() < 1e-9);
        assert!((STRONG.width("n") - 1458.0 / 2048.0 * STRONG.size).abs() < 1e-9);
    }

    #[test]
    fn long_texts_are_broken_and_then_cut() {
        let lines = wrap_to("one two three four five", LABEL, 60.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'), "{lines:?}");
        assert!(lines.iter().all(|line| LABEL.width(line) <= 60.0));
    }
}
