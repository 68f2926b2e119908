//! What all figures share: title, subtitle, footnotes and the root element.

use crate::render::Audience;
use crate::render::names::Names;

use super::canvas::{Align, Canvas, FONT, Type};
use super::style::{INTERNAL, MARGIN, NOTE, SUBTITLE, TITLE, WIDTH};
use super::{Figure, FigureError};

/// Distance of baselines over the size of the type.
const LEADING: f64 = 1.36;

/// Space between the parts of a sheet in pixels.
const GAP: f64 = 12.0;

/// Fonts of readers who open the SVG without the embedded one: as wide, then narrower.
const FALLBACK_FONTS: &str = "DejaVu Sans, Verdana, Arial, sans-serif";

/// The words around a drawing.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) text_alternative: String,
    internal: Option<String>,
    title_lines: Vec<String>,
    subtitle_lines: Vec<String>,
    footnotes: Vec<String>,
}

/// What to write around a drawing.
pub(super) struct Words {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) footnotes: Vec<String>,
    pub(super) text_alternative: String,
}

impl Sheet {
    /// Breaks the words into lines.
    pub(super) fn new(words: Words, names: Names<'_>, audience: Audience) -> Self {
        let width = WIDTH - 2.0 * MARGIN;
        let internal = match audience {
            Audience::Publication => None,
            Audience::Internal => Some(names.texts.common.internal.clone()),
        };
        let footnotes = words.footnotes.iter().flat_map(|line| wrap(line, NOTE, width)).collect();
        Self {
            name: words.name,
            title_lines: wrap(&words.title, TITLE, width),
            subtitle_lines: wrap(&words.subtitle, SUBTITLE, width),
            footnotes,
            internal,
            title: words.title,
            text_alternative: words.text_alternative,
        }
    }

    fn head(&self) -> Vec<(&str, Type)> {
        let internal = self.internal.iter().map(|line| (line.as_str(), INTERNAL));
        let title = self.title_lines.iter().map(|line| (line.as_str(), TITLE));
        let subtitle = self.subtitle_lines.iter().map(|line| (line.as_str(), SUBTITLE));
        internal.chain(title).chain(subtitle).collect()
    }

    /// Draws the sheet with a body of that height; `draw` is given the top of the body.
    pub(super) fn draw(
        self,
        body_height: f64,
        csv: String,
        draw: impl FnOnce(&Canvas<'_>, f64) -> Result<(), FigureError>,
    ) -> Result<Figure, FigureError> {
        let head: f64 = self.head().iter().map(|(_, look)| look.size * LEADING).sum();
        let body = MARGIN + head + GAP;
        let foot = body + body_height + GAP;
        let count = self.footnotes.iter().map(|_| NOTE.size * LEADING).sum::<f64>();
        let height = (foot + count + MARGIN).ceil();
        let mut svg = String::new();
        let canvas = Canvas::new(&mut svg, (WIDTH, height))?;
        let mut y = MARGIN;
        for (line, look) in self.head() {
            canvas.text((MARGIN, y + look.size), line, look, Align::Left)?;
            y += look.size * LEADING;
        }
        draw(&canvas, body)?;
        let mut y = foot;
        for line in &self.footnotes {
            canvas.text((MARGIN, y + NOTE.size), line, NOTE, Align::Left)?;
            y += NOTE.size * LEADING;
        }
        canvas.finish()?;
        let svg = self.dress(&svg, height)?;
        let Self { name, title, text_alternative, .. } = self;
        Ok(Figure { name, title, text_alternative, svg, csv })
    }

    /// Gives the root element its size, its role and the words that a screen reader says.
    fn dress(&self, svg: &str, height: f64) -> Result<String, FigureError> {
        let start = svg.find("viewBox=\"").ok_or(FigureError::Root)?;
        let box_end = start + svg[start..].find("\" ").ok_or(FigureError::Root)? + 1;
        let end = start + svg[start..].find('>').ok_or(FigureError::Root)?;
        let (view_box, name) = (&svg[start..box_end], &self.name);
        let root = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
             {view_box} role=\"img\" aria-labelledby=\"{name}-title {name}-desc\" \
             font-family=\"{FALLBACK_FONTS}\">\n<title id=\"{name}-title\">{}</title>\n\
             <desc id=\"{name}-desc\">{}</desc>",
            escaped(&self.title),
            escaped(&self.text_alternative)
        );
        let body = svg[end + 1..].replace(&format!(" font-family=\"{FONT}\""), "");
        Ok(root + &body)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Breaks a text into lines at most that wide; a single word may be wider and is cut.
pub(super) fn wrap(text: &str, look: Type, width: f64) -> Vec<String> {
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

/// The text, or as much of it as fits with an ellipsis behind it.
pub(super) fn shortened(text: &str, look: Type, width: f64) -> String {
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
