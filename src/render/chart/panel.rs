//! A panel: values over time on two scales, with what is said about them; and rows of panels.

use std::ops::Range;

use super::axis::Axis;
use super::drawing::{Align, Colour, Mark, Point, Stroke, Type};
use super::key::KeyEntry;
use super::style::{LABEL, STRONG, TICK};

/// Some neighbours of a row of panels, or of the rows of a group: which, and from where to where.
pub(crate) type Piece = (usize, Range<usize>);

/// Rows of panels that share sizes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Grid {
    /// What all vertical axes measure, above the panels.
    pub(crate) axis_name: String,
    /// A further line below it.
    pub(crate) axis_note: String,
    /// Names of lines and marks, where panels do not name them or have no room for it.
    pub(crate) key: Vec<KeyEntry>,
    pub(crate) rows: Vec<PanelRow>,
    /// At most so many panels stand side by side on a page.
    pub(crate) most_columns: usize,
    pub(crate) plot_height: f64,
    /// What the lines of numbers below the panels count, beside the first panel of each row.
    pub(crate) line_heading: String,
}

impl Grid {
    /// Panels in one row, which is broken where the sheet ends.
    pub(crate) fn of(panels: Vec<Panel>, most_columns: usize, plot_height: f64) -> Self {
        let rows = vec![PanelRow { panels, ..PanelRow::default() }];
        Self { rows, most_columns, plot_height, ..Self::default() }
    }
}

/// Panels that belong together, under a heading where there is one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PanelRow {
    pub(crate) heading: String,
    pub(crate) panels: Vec<Panel>,
}

/// A text with its type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub(crate) text: String,
    pub(crate) look: Type,
}

impl Default for Label {
    fn default() -> Self {
        Self { text: String::new(), look: LABEL }
    }
}

impl Label {
    pub(crate) fn new(text: impl Into<String>, look: Type) -> Self {
        Self { text: text.into(), look }
    }

    pub(crate) fn strong(text: impl Into<String>) -> Self {
        Self::new(text, STRONG)
    }

    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, TICK)
    }
}

/// One panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Panel {
    /// Above the panel: what it is, and more about it.
    pub(crate) heading: Label,
    pub(crate) aside: Label,
    /// Names of marks behind the heading.
    pub(crate) key: Vec<KeyEntry>,
    pub(crate) x: Across,
    pub(crate) y: Upright,
    pub(crate) layers: Vec<Layer>,
    /// Names at the ends of curves.
    pub(crate) names: Vec<CurveName>,
    /// Names beside the panel, at heights.
    pub(crate) beside: Vec<(f64, Label)>,
    /// Words at the upper edge, left or right of a place.
    pub(crate) above: Vec<(f64, Align, String)>,
    /// Paragraphs in a corner that curves leave free.
    pub(crate) corner: Vec<String>,
    /// What is not drawn, said inside.
    pub(crate) said: Vec<String>,
    /// Lines of numbers below.
    pub(crate) lines: Vec<NumberLine>,
}

/// A horizontal scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Across {
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// Places that deserve a label, the most wanted first.
    pub(crate) wanted: Vec<(f64, String)>,
    pub(crate) title: String,
    /// Where there is no room for the title.
    pub(crate) short_title: String,
}

impl Across {
    /// Months, labelled as far as there is room.
    pub(crate) fn months(range: (i32, i32), wanted: &[i32], title: &str) -> Self {
        let label = |month: &i32| (f64::from(*month), month.to_string());
        Self {
            from: f64::from(range.0),
            to: f64::from(range.1),
            wanted: wanted.iter().map(label).collect(),
            title: title.to_owned(),
            short_title: String::new(),
        }
    }
}

/// A vertical scale with the words at its ticks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Upright {
    pub(crate) axis: Axis,
    pub(crate) labels: Vec<String>,
}

impl Upright {
    pub(crate) fn new(axis: Axis, label: impl Fn(f64) -> String) -> Self {
        Self { labels: axis.labels(label), axis }
    }
}

impl Default for Upright {
    fn default() -> Self {
        Self { axis: Axis::covering([]), labels: Vec::new() }
    }
}

/// What is drawn in a panel, in values of its scales, from the bottom up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Layer {
    /// A ribbon or a stacked area: up along one side and back along the other.
    Area {
        outline: Vec<Point>,
        colour: Colour,
        percent: u8,
    },
    Line {
        points: Vec<Point>,
        stroke: Stroke,
    },
    Marks {
        points: Vec<Point>,
        mark: Mark,
        colour: Colour,
    },
    SmallMarks {
        points: Vec<Point>,
        mark: Mark,
        colour: Colour,
    },
    /// Upright intervals: place, lower and upper end, with arrowheads beyond the axis.
    Limits {
        ends: Vec<(f64, f64, f64)>,
        stroke: Stroke,
    },
    /// A line over the whole width.
    Level {
        at: f64,
        stroke: Stroke,
    },
    /// A line over the whole height.
    Upright {
        at: f64,
        stroke: Stroke,
    },
}

/// A curve's name with the points of the curve.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CurveName {
    pub(crate) name: Label,
    pub(crate) points: Vec<Point>,
}

/// A line of numbers below a panel, each at its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NumberLine {
    pub(crate) name: Label,
    pub(crate) numbers: Vec<(f64, String)>,
    pub(crate) look: Type,
}
