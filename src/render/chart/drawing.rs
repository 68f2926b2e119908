//! A drawing as the writers of pictures take it: lines, areas, discs and texts, in tenths of a pixel.
//!
//! Everything that is shown passes through here, whatever the format; so this is where characters
//! that no document may hold are replaced.

use super::printable::printable;

/// Units of a drawing in a pixel of the figure.
pub(crate) const UNITS: f64 = 10.0;

/// A point in pixels of the figure, from its top left corner.
pub(crate) type Point = (f64, f64);

/// A point in units of the drawing.
pub(crate) type Unit = (i32, i32);

/// Red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// Which side of a text its point is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// Weight of a font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Normal,
    Bold,
}

/// Size, weight and colour of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Type {
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) colour: Colour,
}

/// Colour and width of a line, and the lengths of its dashes and gaps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) colour: Colour,
    pub(crate) width: f64,
    pub(crate) dash: Option<(f64, f64)>,
}

impl Stroke {
    pub(crate) const fn solid(colour: Colour, width: f64) -> Self {
        Self { colour, width, dash: None }
    }
}

/// The mark of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    FilledCircle,
    OpenCircle,
    OpenSquare,
}

/// A rectangle in pixels of the figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Frame {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }
}

/// What a writer is given, in units of the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Line { points: Vec<Unit>, width: i32, colour: Colour },
    Area { corners: Vec<Unit>, colour: Colour, percent: u8 },
    Disc { centre: Unit, radius: i32, colour: Colour },
    Text { at: Unit, align: Align, size: i32, weight: Weight, colour: Colour, text: String },
}

/// A drawing with the words that describe it. Any of the writers makes a file of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) description: String,
    /// Width and height in units.
    pub(crate) size: Unit,
    /// Width on paper in tenths of a millimetre; nothing where a pixel is a pixel.
    pub(crate) paper_width: Option<i32>,
    pub(crate) shapes: Vec<Shape>,
}

impl Drawing {
    /// Name of its files: that of the figure, with the number of a further part.
    pub fn name(&self) -> &str {
        &self.name
    }
}

const MARK_RADIUS: f64 = 4.2;
const MARK_LINE: f64 = 1.5;
const SMALL_RADIUS: f64 = 3.0;
const SMALL_LINE: f64 = 1.2;
const WHITE: Colour = Colour(0xFF, 0xFF, 0xFF);

/// Where shapes are drawn.
#[derive(Debug, Default)]
pub(crate) struct Canvas {
    shapes: Vec<Shape>,
}

impl Canvas {
    /// What has been drawn.
    pub(crate) fn finish(self) -> Vec<Shape> {
        self.shapes
    }

    /// Writes a text with its baseline through the point.
    pub(crate) fn text(&mut self, at: Point, text: &str, look: Type, align: Align) {
        let text: String = text.chars().map(printable).collect();
        if text.trim().is_empty() {
            return;
        }
        let (size, weight, colour) = (to_unit(look.size), look.weight, look.colour);
        self.shapes.push(Shape::Text { at: to_units(at), align, size, weight, colour, text });
    }

    /// Draws a line through points.
    pub(crate) fn line(&mut self, points: &[Point], stroke: Stroke) {
        let parts = match stroke.dash {
            Some(pattern) => dashes(points, pattern),
            None => vec![points.to_vec()],
        };
        for part in parts.into_iter().filter(|part| part.len() > 1) {
            let points = part.into_iter().map(to_units).collect();
            let (width, colour) = (to_unit(stroke.width), stroke.colour);
            self.shapes.push(Shape::Line { points, width, colour });
        }
    }

    /// Draws a level line.
    pub(crate) fn level(&mut self, (left, right): (f64, f64), y: f64, stroke: Stroke) {
        self.line(&[(left, y), (right, y)], stroke);
    }

    /// Fills a polygon; so many per cent of its colour cover what is below.
    pub(crate) fn area(&mut self, corners: &[Point], colour: Colour, percent: u8) {
        let corners: Vec<Unit> = corners.iter().copied().map(to_units).collect();
        if corners.len() > 2 {
            self.shapes.push(Shape::Area { corners, colour, percent });
        }
    }

    /// White behind words that lines would cross.
    pub(crate) fn blank(&mut self, frame: Frame) {
        let Frame { left, top, right, bottom } = frame;
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        self.area(&corners, WHITE, 100);
    }

    /// Draws a mark around a point.
    pub(crate) fn mark(&mut self, at: Point, mark: Mark, colour: Colour) {
        self.mark_of(at, mark, colour, (MARK_RADIUS, MARK_LINE));
    }

    /// Draws a mark of many that are close together.
    pub(crate) fn small_mark(&mut self, at: Point, mark: Mark, colour: Colour) {
        self.mark_of(at, mark, colour, (SMALL_RADIUS, SMALL_LINE));
    }

    fn mark_of(&mut self, at: Point, mark: Mark, colour: Colour, (radius, line): (f64, f64)) {
        match mark {
            Mark::FilledCircle => self.disc(at, radius, colour),
            Mark::OpenCircle => {
                self.disc(at, radius, colour);
                self.disc(at, radius - line, WHITE);
            }
            Mark::OpenSquare => {
                self.area(&square(at, radius - 0.3), colour, 100);
                self.area(&square(at, radius - 0.3 - line), WHITE, 100);
            }
        }
    }

    fn disc(&mut self, at: Point, radius: f64, colour: Colour) {
        self.shapes.push(Shape::Disc { centre: to_units(at), radius: to_unit(radius), colour });
    }

    /// An arrowhead at a point, its base that far back from it.
    pub(crate) fn arrowhead(&mut self, (x, y): Point, (back_x, back_y): Point, colour: Colour) {
        let half = 3.5;
        let (side_x, side_y) = if back_x == 0.0 { (half, 0.0) } else { (0.0, half) };
        let (base_x, base_y) = (x + back_x, y + back_y);
        let head = [(x, y), (base_x - side_x, base_y - side_y), (base_x + side_x, base_y + side_y)];
        self.area(&head, colour, 100);
    }
}

fn square((x, y): Point, half: f64) -> [Point; 4] {
    [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
}

fn to_units((x, y): Point) -> Unit {
    (to_unit(x), to_unit(y))
}

/// Pixels as units of the drawing.
#[expect(clippy::cast_possible_truncation, reason = "a sheet has a few thousand pixels")]
pub(crate) fn to_unit(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

/// Where pairs of values are in a frame; `y` grows upwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plot {
    pub(crate) frame: Frame,
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
}

impl Plot {
    pub(crate) fn at(&self, (x, y): Point) -> Point {
        (self.across(x), self.up(y))
    }

    pub(crate) fn across(&self, x: f64) -> f64 {
        let share = (x - self.x.0) / (self.x.1 - self.x.0);
        self.frame.left + share * (self.frame.right - self.frame.left)
    }

    pub(crate) fn up(&self, y: f64) -> f64 {
        let share = (y - self.y.0) / (self.y.1 - self.y.0);
        self.frame.bottom - share * (self.frame.bottom - self.frame.top)
    }

    pub(crate) fn all_at(&self, values: &[Point]) -> Vec<Point> {
        values.iter().map(|&value| self.at(value)).collect()
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::chart::style::TICK;

    #[test]
    fn dashes_go_on_around_corners() {
        let parts = dashes(&[(0.0, 0.0), (6.0, 0.0), (6.0, 10.0)], (5.0, 2.0));
        assert_eq!(parts[0], [(0.0, 0.0), (5.0, 0.0)]);
        assert_eq!(parts[1], [(6.0, 1.0), (6.0, 6.0)]);
        assert_eq!(parts.len(), 3);
    }

    #[test]
    fn characters_that_no_document_may_hold_are_replaced() {
        let mut canvas = Canvas::default();
        canvas.text((0.0, 0.0), "a\u{1}b\u{FFFE}c\td", TICK, Align::Left);
        canvas.text((0.0, 0.0), " \n", TICK, Align::Left);
        let shapes = canvas.finish();
        assert_eq!(shapes.len(), 1);
        let Shape::Text { text, .. } = &shapes[0] else { panic!("a text") };
        assert_eq!(text, "a\u{FFFD}b\u{FFFD}c d");
    }
}
