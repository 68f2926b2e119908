//! Drawing with plotters, in pixels with one decimal.
//!
//! plotters places everything on whole pixels, which makes steps and ribbons jagged; so it draws
//! on a canvas ten times as large, and the root element scales it back.

use std::sync::LazyLock;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::DrawingArea;
use plotters::prelude::{Cartesian2d, Circle, IntoDrawingArea, PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, RGBAColor, RGBColor, ShapeStyle, TextStyle,
};

use super::FigureError;

/// Pixels of the drawing in a pixel of the figure.
pub(super) const SCALE: f64 = 10.0;

/// Family of the font that is compiled in.
pub(super) const FONT: &str = "DejaVu Sans";

/// plotters divides font sizes by this on their way to SVG.
const FONT_DIVISOR: f64 = 1.24;

/// Ascent plus descent of the font over its em: plotters measures with the former as size.
const LINE_OVER_EM: f64 = 1.164_062_5;

/// Distance from the top of a text to its baseline in plotters' SVG, in em.
const TOP_TO_BASELINE: f64 = 0.76;

/// A point in pixels of the figure, from its top left corner.
pub(super) type Point = (f64, f64);

/// Which side of a text its point is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// Weight of a font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Normal,
    Bold,
}

/// Size, weight and colour of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) colour: RGBColor,
}

impl Type {
    fn font(self) -> FontDesc<'static> {
        let style = match self.weight {
            Weight::Normal => FontStyle::Normal,
            Weight::Bold => FontStyle::Bold,
        };
        FontDesc::new(FontFamily::Name(FONT), self.size * SCALE * FONT_DIVISOR, style)
    }

    /// Width of a text in pixels of the figure.
    pub(super) fn width(self, text: &str) -> f64 {
        let measured = self.font().box_size(text).map_or(0, |size| size.0);
        f64::from(measured) * LINE_OVER_EM / FONT_DIVISOR / SCALE
    }
}

/// Colour and width of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    pub(super) colour: RGBColor,
    pub(super) width: f64,
    pub(super) dash: Option<(f64, f64)>,
}

impl Stroke {
    pub(super) const fn solid(colour: RGBColor, width: f64) -> Self {
        Self { colour, width, dash: None }
    }

    fn style(self) -> ShapeStyle {
        self.colour.stroke_width(to_drawing(self.width).unsigned_abs())
    }
}

/// The mark of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    FilledCircle,
    OpenCircle,
    OpenSquare,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type PlotArea<'a> = DrawingArea<SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// A sheet to draw on.
pub(super) struct Canvas<'a> {
    area: Area<'a>,
}

/// A rectangle in pixels of the figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// A part of the sheet with axes.
pub(super) struct Plot<'a> {
    area: PlotArea<'a>,
    canvas: Canvas<'a>,
}

impl<'a> Canvas<'a> {
    /// A white sheet of that size in pixels; the SVG is written to `svg`.
    pub(super) fn new(svg: &'a mut String, size: Point) -> Result<Self, FigureError> {
        prepare_fonts()?;
        let size = (to_drawing(size.0).unsigned_abs(), to_drawing(size.1).unsigned_abs());
        let area = SVGBackend::with_string(svg, size).into_drawing_area();
        area.fill(&plotters::style::WHITE).map_err(FigureError::draw)?;
        Ok(Self { area })
    }

    /// Ends the drawing.
    pub(super) fn finish(self) -> Result<(), FigureError> {
        self.area.present().map_err(FigureError::draw)
    }

    /// Writes a text with its baseline through the point.
    pub(super) fn text(
        &self,
        at: Point,
        text: &str,
        look: Type,
        align: Align,
    ) -> Result<(), FigureError> {
        if text.is_empty() {
            return Ok(());
        }
        let side = match align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = TextStyle {
            font: look.font(),
            color: look.colour.to_backend_color(),
            pos: Pos::new(side, VPos::Top),
        };
        let top = at.1 - TOP_TO_BASELINE * look.size;
        let element = Text::new(text.to_owned(), (to_drawing(at.0), to_drawing(top)), style);
        self.area.draw(&element).map_err(FigureError::draw)
    }

    /// Draws a line through points.
    pub(super) fn line(&self, points: &[Point], stroke: Stroke) -> Result<(), FigureError> {
        let Some(pattern) = stroke.dash else {
            return self.path(points, stroke);
        };
        for dash in dashes(points, pattern) {
            self.path(&dash, stroke)?;
        }
        Ok(())
    }

    fn path(&self, points: &[Point], stroke: Stroke) -> Result<(), FigureError> {
        let points: Vec<_> = points.iter().map(|&point| on_drawing(point)).collect();
        self.area.draw(&PathElement::new(points, stroke.style())).map_err(FigureError::draw)
    }

    /// Fills a polygon.
    pub(super) fn polygon(&self, points: &[Point], colour: RGBAColor) -> Result<(), FigureError> {
        let points: Vec<_> = points.iter().map(|&point| on_drawing(point)).collect();
        self.area.draw(&Polygon::new(points, colour.filled())).map_err(FigureError::draw)
    }

    /// Draws a mark around a point.
    pub(super) fn mark(&self, at: Point, mark: Mark, colour: RGBColor) -> Result<(), FigureError> {
        self.mark_of(at, mark, colour, (MARK_RADIUS, MARK_LINE))
    }

    /// Draws a mark with that radius and width of line.
    fn mark_of(
        &self,
        at: Point,
        mark: Mark,
        colour: RGBColor,
        (radius, line): (f64, f64),
    ) -> Result<(), FigureError> {
        let white = plotters::style::WHITE;
        match mark {
            Mark::FilledCircle => self.circle(at, radius, colour.filled()),
            Mark::OpenCircle => {
                self.circle(at, radius, colour.filled())?;
                self.circle(at, radius - line, white.filled())
            }
            Mark::OpenSquare => {
                self.polygon(&square(at, radius - 0.3), colour.to_rgba())?;
                self.polygon(&square(at, radius - 0.3 - line), white.to_rgba())
            }
        }
    }

    fn circle(&self, at: Point, radius: f64, style: ShapeStyle) -> Result<(), FigureError> {
        let element = Circle::new(on_drawing(at), to_drawing(radius), style);
        self.area.draw(&element).map_err(FigureError::draw)
    }

    /// A part of the sheet whose positions are values on two axes; `y` grows upwards.
    pub(super) fn plot(&self, frame: Frame, x: (f64, f64), y: (f64, f64)) -> Plot<'a> {
        let pixels = (
            to_drawing(frame.left)..to_drawing(frame.right),
            to_drawing(frame.bottom)..to_drawing(frame.top),
        );
        let axes = Cartesian2d::new(x.0..x.1, y.0..y.1, pixels);
        let canvas = Canvas { area: self.area.clone() };
        Plot { area: self.area.apply_coord_spec(axes), canvas }
    }
}

impl Plot<'_> {
    /// Where a pair of values is on the sheet.
    pub(super) fn at(&self, value: Point) -> Point {
        let (x, y) = self.area.map_coordinate(&value);
        (f64::from(x) / SCALE, f64::from(y) / SCALE)
    }

    fn all_at(&self, values: &[Point]) -> Vec<Point> {
        values.iter().map(|&value| self.at(value)).collect()
    }

    /// Draws a line through pairs of values.
    pub(super) fn line(&self, values: &[Point], stroke: Stroke) -> Result<(), FigureError> {
        self.canvas.line(&self.all_at(values), stroke)
    }

    /// Fills the area between pairs of values.
    pub(super) fn polygon(&self, values: &[Point], colour: RGBAColor) -> Result<(), FigureError> {
        self.canvas.polygon(&self.all_at(values), colour)
    }

    /// Draws a mark around a pair of values.
    pub(super) fn mark(
        &self,
        value: Point,
        mark: Mark,
        colour: RGBColor,
    ) -> Result<(), FigureError> {
        self.canvas.mark(self.at(value), mark, colour)
    }

    /// Draws a mark for many values close together around a pair of values.
    pub(super) fn small_mark(
        &self,
        value: Point,
        mark: Mark,
        colour: RGBColor,
    ) -> Result<(), FigureError> {
        self.canvas.mark_of(self.at(value), mark, colour, (SMALL_RADIUS, SMALL_LINE))
    }
}

const MARK_RADIUS: f64 = 4.2;
const MARK_LINE: f64 = 1.5;
const SMALL_RADIUS: f64 = 3.0;
const SMALL_LINE: f64 = 1.2;

fn square((x, y): Point, half: f64) -> [Point; 4] {
    [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
}

fn on_drawing((x, y): Point) -> (i32, i32) {
    (to_drawing(x), to_drawing(y))
}

#[expect(clippy::cast_possible_truncation, reason = "a sheet has a few thousand pixels")]
fn to_drawing(pixels: f64) -> i32 {
    (pixels * SCALE).round() as i32
}

/// The drawn parts of a broken line: `pattern` is the length of a dash and of a gap.
fn dashes(points: &[Point], pattern: (f64, f64)) -> Vec<Vec<Point>> {
    let mut parts = Vec::new();
    let Some(&first) = points.first() else { return parts };
    let (mut here, mut is_drawn, mut left) = (first, true, pattern.0);
    let mut part = vec![first];
    for &next in &points[1..] {
        loop {
            let (dx, dy) = (next.0 - here.0, next.1 - here.1);
            let length = (dx * dx + dy * dy).sqrt();
            if length <= left {
                left -= length;
                here = next;
                if is_drawn && length > 0.0 {
                    part.push(here);
                }
                break;
            }
            here = (here.0 + dx * left / length, here.1 + dy * left / length);
            if is_drawn {
                part.push(here);
                parts.push(std::mem::take(&mut part));
            } else {
                part = vec![here];
            }
            is_drawn = !is_drawn;
            left = if is_drawn { pattern.0 } else { pattern.1 };
        }
    }
    if is_drawn && part.len() > 1 {
        parts.push(part);
    }
    parts
}

/// Whether plotters, which keeps fonts for the whole process, could read the embedded ones.
static FONTS_ARE_READ: LazyLock<bool> = LazyLock::new(|| {
    let fonts =
        [(FontStyle::Normal, dejavu::sans::regular()), (FontStyle::Bold, dejavu::sans::bold())];
    fonts
        .into_iter()
        .all(|(style, bytes)| plotters::style::register_font(FONT, style, bytes).is_ok())
});

/// Makes text measurable, also before there is a canvas.
pub(super) fn prepare_fonts() -> Result<(), FigureError> {
    if *FONTS_ARE_READ { Ok(()) } else { Err(FigureError::Font) }
}

#[cfg(test)]
mod tests {
    use super::dashes;

    #[test]
    fn dashes_go_round_corners_and_cover_their_share() {
        let parts = dashes(&[(0.0, 0.0), (5.0, 0.0), (5.0, 5.0)], (4.0, 2.0));
        assert_eq!(parts, [vec![(0.0, 0.0), (4.0, 0.0)], vec![(5.0, 1.0), (5.0, 5.0)]]);
        assert!(dashes(&[], (4.0, 2.0)).is_empty());
        assert!(dashes(&[(1.0, 1.0), (1.0, 1.0)], (4.0, 2.0)).iter().all(|part| part.len() > 1));
    }
}
