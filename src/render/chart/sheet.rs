//! The sheet that a figure is drawn on: its size, title, notes, and the parts of what is too high.

use crate::render::text::fill;

use super::drawing::{Align, Canvas, Drawing, Shape, Type, Unit, to_unit};
use super::lettering::wrap;
use super::parts::Body;
use super::style::{INTERNAL, MARGIN, NOTE, SUBTITLE, TITLE};

/// Distance of baselines over the size of the type.
const LEADING: f64 = 1.36;

/// Space between the parts of a sheet in pixels.
const GAP: f64 = 12.0;

/// Width of a slide over its height.
const WIDTH_OF_HEIGHT: f64 = 16.0 / 9.0;

/// For what a figure is drawn. The type keeps its size; what stands side by side depends on the width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// The report's page: 720 pixels wide.
    #[default]
    Page,
    /// One column of a journal: 85 mm wide.
    Column,
    /// Both columns of a journal: 180 mm wide.
    Journal,
    /// A slide of 16 to 9.
    Slide,
}

impl Size {
    /// Widths in pixels, the first that holds the figure is taken; and the height of a part.
    const fn sheets(self) -> (&'static [f64], f64) {
        match self {
            Self::Page => (&[720.0], 3_000.0),
            Self::Column => (&[400.0], 1_080.0),
            Self::Journal => (&[720.0], 920.0),
            Self::Slide => (&[640.0, 720.0, 800.0, 880.0, 960.0], 0.0),
        }
    }

    /// Width on paper in tenths of a millimetre; a page of the report has none.
    const fn paper_width(self) -> Option<i32> {
        match self {
            Self::Page => None,
            Self::Column => Some(850),
            Self::Journal => Some(1_800),
            Self::Slide => Some(3_387),
        }
    }

    /// Height of a sheet of that width, at most.
    fn most_height(self, width: f64) -> f64 {
        if self == Self::Slide { width / WIDTH_OF_HEIGHT } else { self.sheets().1 }
    }

    /// Dots per inch where nobody asks for others.
    pub const fn dots_per_inch(self) -> u16 {
        match self {
            Self::Page => 192,
            Self::Column | Self::Journal => 300,
            Self::Slide => 144,
        }
    }
}

/// Everything that a figure says.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    /// Over the title of a document that is not for publication.
    pub(crate) internal: Option<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) text_alternative: String,
    /// Title of a part: `{title}`, `{part}` of `{parts}`.
    pub(crate) part: String,
    pub(crate) body: Body,
}

/// What stands around the body of one sheet, broken into lines.
struct Around {
    width: f64,
    head: Vec<(String, Type)>,
    notes: Vec<String>,
}

impl Around {
    fn new(chart: &Chart, title: &str, width: f64) -> Self {
        let room = width - 2.0 * MARGIN;
        let parts = [(chart.internal.as_deref().unwrap_or_default(), INTERNAL), (title, TITLE)];
        let parts = parts.into_iter().chain([(chart.subtitle.as_str(), SUBTITLE)]);
        let lines = |(text, look)| wrap(text, look, room).into_iter().map(move |line| (line, look));
        let notes = chart.notes.iter().flat_map(|note| wrap(note, NOTE, room)).collect();
        Self { width, head: parts.flat_map(lines).collect(), notes }
    }

    fn head_height(&self) -> f64 {
        let lines: f64 = self.head.iter().map(|(_, look)| look.size * LEADING).sum();
        MARGIN + lines + GAP
    }

    fn foot_height(&self) -> f64 {
        GAP + self.notes.len() as f64 * NOTE.size * LEADING + MARGIN
    }

    fn height(&self) -> f64 {
        self.head_height() + self.foot_height()
    }

    fn draw(&self, body: &Body) -> (Vec<Shape>, f64) {
        let mut canvas = Canvas::default();
        let mut y = MARGIN;
        for (line, look) in &self.head {
            canvas.text((MARGIN, y + look.size), line, *look, Align::Left);
            y += look.size * LEADING;
        }
        body.draw(&mut canvas, self.head_height(), self.width);
        let mut y = self.head_height() + body.height(self.width) + GAP;
        for line in &self.notes {
            canvas.text((MARGIN, y + NOTE.size), line, NOTE, Align::Left);
            y += NOTE.size * LEADING;
        }
        (canvas.finish(), (y + MARGIN).ceil())
    }
}

impl Chart {
    /// Draws the figure: on one sheet, or in parts where it is higher than a sheet may be.
    pub(crate) fn draw(&self, size: Size) -> Vec<Drawing> {
        let (widths, _) = size.sheets();
        for &width in widths {
            let around = Around::new(self, &self.title, width);
            if around.height() + self.body.height(width) <= size.most_height(width) {
                return vec![self.sheet(
                    size,
                    &around,
                    &self.body,
                    (self.name.clone(), &self.title),
                )];
            }
        }
        let width = widths.last().copied().unwrap_or(720.0);
        // The longest title that a part may have, so that each part has its room.
        let longest = Around::new(self, &self.part_title(99, 99), width);
        let parts = self.body.parts(width, size.most_height(width) - longest.height());
        if parts.len() == 1 {
            let around = Around::new(self, &self.title, width);
            return vec![self.sheet(size, &around, &self.body, (self.name.clone(), &self.title))];
        }
        let part = |(at, body): (usize, &Body)| {
            let title = self.part_title(at + 1, parts.len());
            let around = Around::new(self, &title, width);
            let name =
                if at == 0 { self.name.clone() } else { format!("{}-{}", self.name, at + 1) };
            self.sheet(size, &around, body, (name, &title))
        };
        parts.iter().enumerate().map(part).collect()
    }

    fn part_title(&self, part: usize, parts: usize) -> String {
        let (part, parts) = (part.to_string(), parts.to_string());
        let values = [("title", self.title.as_str()), ("part", &part), ("parts", &parts)];
        fill(&self.part, &values)
    }

    fn sheet(
        &self,
        size: Size,
        around: &Around,
        body: &Body,
        (name, title): (String, &str),
    ) -> Drawing {
        let (mut shapes, height) = around.draw(body);
        let mut sheet = (around.width, height);
        if size == Size::Slide {
            sheet = (sheet.0.max(height * WIDTH_OF_HEIGHT), height.max(sheet.0 / WIDTH_OF_HEIGHT));
            // What is higher than a slide is centred upon a larger one.
            let aside = to_unit((sheet.0 - around.width) / 2.0);
            for shape in &mut shapes {
                shape.move_right(aside);
            }
        }
        Drawing {
            name,
            title: title.to_owned(),
            description: self.text_alternative.clone(),
            size: (to_unit(sheet.0), to_unit(sheet.1)),
            paper_width: size.paper_width(),
            shapes,
        }
    }
}

impl Shape {
    fn move_right(&mut self, by: i32) {
        let moved = |(x, _): &mut Unit| *x += by;
        match self {
            Self::Line { points, .. } => points.iter_mut().for_each(moved),
            Self::Area { corners, .. } => corners.iter_mut().for_each(moved),
            Self::Disc { centre, .. } => moved(centre),
            Self::Text { at, .. } => moved(at),
        }
    }
}
