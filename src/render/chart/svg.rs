//! A drawing as SVG, with the words that a screen reader says.

use std::fmt::Write as _;

use super::drawing::{Align, Colour, Drawing, Shape, UNITS, Unit, Weight};
use super::printable::printable;

/// Fonts of readers who open the SVG without the embedded one: as wide, then narrower.
const FALLBACK_FONTS: &str = "DejaVu Sans, Verdana, Arial, sans-serif";

impl Drawing {
    /// The drawing as an SVG file.
    pub fn svg(&self) -> String {
        let mut svg = self.root();
        let (width, height) = self.size;
        push(
            &mut svg,
            format_args!(
                "<rect x=\"0\" y=\"0\" width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>\n"
            ),
        );
        for shape in &self.shapes {
            write_shape(&mut svg, shape);
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn root(&self) -> String {
        let (width, height) = self.size;
        let sides = match self.paper_width {
            None => [width, height].map(|units| (f64::from(units) / UNITS).to_string()),
            Some(paper) => {
                let each = f64::from(paper) / 10.0 / f64::from(width);
                [width, height].map(|units| format!("{:.2}mm", each * f64::from(units)))
            }
        };
        let (name, title) = (&self.name, escaped(&self.title));
        let [wide, high] = sides;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"{name}-title {name}-desc\" font-family=\"{FALLBACK_FONTS}\">\n\
             <title id=\"{name}-title\">{title}</title>\n<desc id=\"{name}-desc\">{}</desc>\n",
            escaped(&self.description)
        )
    }
}

/// Writing to a text cannot fail.
fn push(svg: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = svg.write_fmt(words);
}

fn write_shape(svg: &mut String, shape: &Shape) {
    match shape {
        Shape::Line { points, width, colour } => {
            let (stroke, points) = (hex(*colour), corners(points));
            push(
                svg,
                format_args!(
                    "<polyline fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" points=\"{points}\"/>\n"
                ),
            );
        }
        Shape::Area { corners: outline, colour, percent } => {
            let opacity = match percent {
                100.. => String::new(),
                part => format!(" opacity=\"0.{part:02}\""),
            };
            let (fill, points) = (hex(*colour), corners(outline));
            push(svg, format_args!("<polygon{opacity} fill=\"{fill}\" points=\"{points}\"/>\n"));
        }
        Shape::Disc { centre: (x, y), radius, colour } => {
            let fill = hex(*colour);
            push(
                svg,
                format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\"/>\n"),
            );
        }
        Shape::Text { at: (x, y), align, size, weight, colour, text } => {
            let anchor = match align {
                Align::Left => "",
                Align::Centre => " text-anchor=\"middle\"",
                Align::Right => " text-anchor=\"end\"",
            };
            let bold = if *weight == Weight::Bold { " font-weight=\"bold\"" } else { "" };
            let (fill, text) = (hex(*colour), escaped(text));
            push(
                svg,
                format_args!(
                    "<text x=\"{x}\" y=\"{y}\"{anchor} font-size=\"{size}\" fill=\"{fill}\"{bold}>\n{text}\n</text>\n"
                ),
            );
        }
    }
}

fn corners(points: &[Unit]) -> String {
    let corners: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
    corners.join(" ")
}

fn hex(Colour(red, green, blue): Colour) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

fn escaped(text: &str) -> String {
    let text: String = text.chars().map(printable).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
