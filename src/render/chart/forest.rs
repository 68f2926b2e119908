//! Rows with words, an interval each, and words again: what a forest plot says.

use super::axis::{Axis, Span};
use super::drawing::{Align, Colour, Mark, Stroke, Type};
use super::key::KeyEntry;
use super::style::{DASHED, INK, LABEL, LIGHT, NO_EFFECT, STRONG, TICK};

/// Groups of rows on one horizontal scale.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Forest {
    /// Columns of words in front of the plot.
    pub(crate) columns: Vec<Column>,
    /// The column behind it.
    pub(crate) values: Column,
    pub(crate) groups: Vec<Group>,
    pub(crate) axis: Axis,
    /// Words at the ticks.
    pub(crate) labels: Vec<String>,
    /// Upright lines over all rows.
    pub(crate) references: Vec<(f64, Stroke)>,
    /// What lies to the left and to the right of no effect.
    pub(crate) sides: Option<[String; 2]>,
    pub(crate) axis_title: String,
    /// What the marks are, above the plot.
    pub(crate) key: Vec<KeyEntry>,
}

/// A column of words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) heading: String,
    pub(crate) look: Type,
    pub(crate) align: Align,
    /// Its words are broken or cut where they are wider than this, in pixels.
    pub(crate) widest: f64,
}

impl Column {
    /// Names of what a row is about.
    pub(crate) const fn names(widest: f64) -> Self {
        Self { heading: String::new(), look: TICK, align: Align::Left, widest }
    }

    /// Numbers, flush right under their heading.
    pub(crate) const fn numbers(heading: String, look: Type) -> Self {
        Self { heading, look, align: Align::Right, widest: 124.0 }
    }

    /// Estimates with their limits.
    pub(crate) const fn estimates(heading: String) -> Self {
        Self { heading, look: TICK, align: Align::Left, widest: 1e4 }
    }
}

/// Rows that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Group {
    /// A line of its own above the rows; none where it is empty.
    pub(crate) title: String,
    /// What the marks of the rows are, at the end of that line.
    pub(crate) key: Vec<KeyEntry>,
    /// Words above the values of the rows.
    pub(crate) aside: String,
    pub(crate) rows: Vec<Row>,
    /// A line below the rows; none where it is empty.
    pub(crate) foot: String,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Row {
    /// Words of the columns; where the first is empty, that of the row above may go on.
    pub(crate) cells: Vec<(String, Type)>,
    pub(crate) indent: f64,
    pub(crate) value: String,
    pub(crate) marks: Vec<RowMark>,
}

impl Row {
    /// A row whose words and value are of the usual type.
    pub(crate) fn new<const N: usize>(cells: [String; N], value: String) -> Self {
        let cells = cells.into_iter().map(|cell| (cell, LABEL)).collect();
        Self { cells, value, ..Self::default() }
    }

    /// The same row, its first words in bold.
    pub(crate) fn strong(mut self) -> Self {
        if let Some(first) = self.cells.first_mut() {
            first.1 = STRONG;
        }
        self
    }

    /// The same row, its first words under the title of its group.
    pub(crate) const fn indented(mut self) -> Self {
        self.indent = 12.0;
        self
    }

    /// The same row with a mark, if there is one.
    pub(crate) fn with(mut self, mark: Option<RowMark>) -> Self {
        self.marks.extend(mark);
        self
    }
}

/// An estimate with its limits on the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RowMark {
    pub(crate) span: Span,
    pub(crate) look: Look,
    /// How far below the middle of its row, in pixels.
    pub(crate) below: f64,
}

/// How an estimate and its limits are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Look {
    /// A mark on a line of that width.
    Marked(Mark, Colour, f64),
    /// A diamond from limit to limit.
    Diamond(Colour),
}

/// The main estimate of a row, and one beside it.
pub(crate) const MAIN: Look = Look::Marked(Mark::FilledCircle, INK, 2.0);
pub(crate) const BESIDE: Look = Look::Marked(Mark::OpenCircle, LIGHT, 1.3);

impl RowMark {
    /// A mark in the middle of its row; nothing where there is no estimate.
    pub(crate) fn new(span: Option<Span>, look: Look) -> Option<Self> {
        Some(Self { span: span?, look, below: 0.0 })
    }

    /// A second mark under the first.
    pub(crate) fn below(span: Option<Span>, look: Look) -> Option<Self> {
        Some(Self { below: 10.0, ..Self::new(span, look)? })
    }
}

impl Forest {
    /// A plot without rows, with its line of no effect.
    pub(crate) fn new(columns: Vec<Column>, values: Column) -> Self {
        Self {
            columns,
            values,
            groups: Vec::new(),
            axis: Axis::covering([]),
            labels: Vec::new(),
            references: vec![(0.0, NO_EFFECT)],
            sides: None,
            axis_title: String::new(),
            key: Vec::new(),
        }
    }

    /// The same plot with groups, on an axis that is made for their estimates.
    pub(crate) fn on(
        mut self,
        groups: Vec<Group>,
        axis: impl FnOnce(Vec<Span>) -> Axis,
        label: impl Fn(f64) -> String,
    ) -> Self {
        self.groups = groups;
        self.axis = axis(self.spans().collect());
        self.labels = self.axis.labels(label);
        self
    }

    /// The same plot with a dashed line, if there is a place for it.
    pub(crate) fn dashed_at(mut self, at: Option<f64>) -> Self {
        self.references.extend(at.map(|at| (at, DASHED)));
        self
    }

    /// The same plot with words below the axis.
    pub(crate) fn between(mut self, sides: [String; 2], axis_title: String) -> Self {
        (self.sides, self.axis_title) = (Some(sides), axis_title);
        self
    }

    /// All estimates with their limits.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        let rows = self.groups.iter().flat_map(|group| &group.rows);
        rows.flat_map(|row| &row.marks).map(|mark| mark.span)
    }

    /// Whether an interval goes on beyond the axis.
    pub(crate) fn is_cut(&self) -> bool {
        self.spans().any(|span| span.is_cut(&self.axis))
    }
}
