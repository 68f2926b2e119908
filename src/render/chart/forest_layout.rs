//! Where the parts of a forest plot stand: on a wide sheet words, plot and values side by side; on a
//! narrow one the words and values of a row above its interval.

use super::drawing::{Align, Type};
use super::forest::{Column, Forest, Group, Row};
use super::key;
use super::lettering::{shortened, wrap_to};
use super::style::{MARGIN, STRONG, TICK};

/// Heights in pixels.
pub(crate) const LINE: f64 = 18.0;
pub(crate) const SECOND_LINE: f64 = 13.0;
pub(crate) const GROUP_GAP: f64 = 9.0;
const HEADING: f64 = 22.0;
/// Below the frame: ticks, directions and the title of the axis.
const FOOT: f64 = 54.0;

/// Space between columns in pixels.
const GAP: f64 = 13.0;

/// A plot is at least as wide as this, or words go above their intervals.
const NARROWEST: f64 = 150.0;

/// Names are broken down to this width before they do, and into at most so many lines.
const NARROWEST_NAME: f64 = 96.0;
const MOST_LINES: usize = 3;

/// A plot with its columns.
pub(crate) struct Layout<'f> {
    pub(crate) forest: &'f Forest,
    /// Left and right end of each column in front of the plot.
    pub(crate) columns: Vec<(f64, f64)>,
    pub(crate) plot: (f64, f64),
    pub(crate) values: (f64, f64),
    pub(crate) is_narrow: bool,
    pub(crate) sheet_width: f64,
}

/// A row's words broken into lines, and its height.
pub(crate) struct Lines {
    pub(crate) cells: Vec<Vec<String>>,
    pub(crate) height: f64,
    /// From the top of the row to the middle of its first mark.
    pub(crate) centre: f64,
}

impl<'f> Layout<'f> {
    pub(crate) fn new(forest: &'f Forest, sheet_width: f64) -> Self {
        let natural: Vec<f64> = (0..forest.columns.len()).map(|at| width(forest, at)).collect();
        let wide = Self::wide(forest, sheet_width, &natural);
        if wide.plot_width() >= NARROWEST {
            return wide;
        }
        let mut tighter = natural.clone();
        let missing = NARROWEST - wide.plot_width();
        if let Some(first) = tighter.first_mut() {
            *first = first.min((*first - missing).max(NARROWEST_NAME));
        }
        let tight = Self::wide(forest, sheet_width, &tighter);
        if tight.plot_width() >= NARROWEST {
            return tight;
        }
        Self::narrow(forest, sheet_width, &natural)
    }

    fn wide(forest: &'f Forest, sheet_width: f64, widths: &[f64]) -> Self {
        let mut x = MARGIN;
        let mut columns = Vec::new();
        for width in widths {
            columns.push((x, x + width));
            x += width + GAP;
        }
        let values = values_width(forest);
        let values = (sheet_width - MARGIN - values, sheet_width - MARGIN);
        let plot = (x + 0.5 * GAP, values.0 - 1.5 * GAP);
        Self { forest, columns, plot, values, is_narrow: false, sheet_width }
    }

    /// Names and values on a line of their own; numbers beside the interval below it.
    fn narrow(forest: &'f Forest, sheet_width: f64, widths: &[f64]) -> Self {
        let mut x = MARGIN + 12.0;
        let mut columns = Vec::new();
        for (column, width) in forest.columns.iter().zip(widths) {
            if column.align == Align::Right {
                columns.push((x, x + width));
                x += width + GAP;
            } else {
                columns.push((MARGIN, sheet_width - MARGIN));
            }
        }
        let right = sheet_width - MARGIN;
        let values = (right - values_width(forest), right);
        let plot = (x + 4.0, right - 8.0);
        Self { forest, columns, plot, values, is_narrow: true, sheet_width }
    }

    fn plot_width(&self) -> f64 {
        self.plot.1 - self.plot.0
    }

    pub(crate) fn heading_height(&self) -> f64 {
        let key = if self.forest.key.is_empty() || !self.has_key_line() { 0.0 } else { LINE };
        HEADING + key
    }

    /// Whether the key needs a line of its own: in front of the values' heading there is no room.
    pub(crate) fn has_key_line(&self) -> bool {
        key::width(&self.forest.key) > self.values.0 - GAP - MARGIN
    }

    pub(crate) fn height(&self) -> f64 {
        let groups = self.forest.groups.iter().map(|group| self.group_height(group));
        self.heading_height() + groups.sum::<f64>() + FOOT
    }

    pub(crate) fn group_height(&self, group: &Group) -> f64 {
        let rows = (0..group.rows.len()).map(|at| self.lines(&group.rows, at).height);
        let lines = [&group.title, &group.foot].into_iter().filter(|line| !line.is_empty()).count();
        rows.sum::<f64>() + lines as f64 * LINE + GROUP_GAP
    }

    /// The words of a row, broken where their columns end.
    pub(crate) fn lines(&self, rows: &[Row], at: usize) -> Lines {
        let row = &rows[at];
        // The lines below that have no name of their own belong to the name above.
        let is_free = |row: &&Row| row.cells.first().is_some_and(|(name, _)| name.is_empty());
        let free = rows[at + 1..].iter().take_while(is_free).count();
        let mut cells = Vec::new();
        let mut extra = 0.0_f64;
        for (column, (text, look)) in row.cells.iter().enumerate() {
            let is_first = column == 0;
            let is_name = self.forest.columns[column].align == Align::Left;
            let most = if is_first { MOST_LINES.max(1 + free).min(3) } else { 1 };
            let room = self.room(row, column);
            let broken = if is_first && is_name {
                wrap_to(text, *look, room, most)
            } else {
                vec![shortened(text, *look, room)]
            };
            let own = broken.len().saturating_sub(1) as f64 * SECOND_LINE;
            let below = if self.is_narrow { 0.0 } else { free as f64 * LINE };
            extra = extra.max(own - below);
            cells.push(broken);
        }
        let lowest = row.marks.iter().map(|mark| mark.below).fold(0.0, f64::max);
        let words = LINE + extra.max(0.0);
        if self.is_narrow {
            let (height, centre) = (words + LINE + lowest, words + 0.4 * LINE);
            return Lines { cells, height, centre };
        }
        Lines { cells, height: words.max(LINE + lowest), centre: LINE / 2.0 }
    }

    /// Room for the words of a column in a row.
    fn room(&self, row: &Row, column: usize) -> f64 {
        let indent = if column == 0 { row.indent } else { 0.0 };
        let (left, right) = self.columns[column];
        let is_name = |at: usize| self.forest.columns[at].align == Align::Left;
        if !self.is_narrow || !is_name(column) {
            return right - left - indent;
        }
        // Names share their line with the value: each has its part, and what the others leave.
        let line = self.values.0 - GAP - MARGIN - indent;
        let others = row
            .cells
            .iter()
            .enumerate()
            .filter(|(at, (text, _))| *at != column && is_name(*at) && !text.is_empty());
        let others: Vec<f64> = others.map(|(_, (text, look))| GAP + look.width(text)).collect();
        let fair = line / (others.len() as f64 + 1.0) - GAP;
        (line - others.iter().sum::<f64>()).max(fair)
    }
}

/// Width of a column in front of the plot: what its words need, and no more than it may have.
fn width(forest: &Forest, at: usize) -> f64 {
    let column: &Column = &forest.columns[at];
    let rows = forest.groups.iter().flat_map(|group| &group.rows);
    let of = |row: &Row| {
        let indent = if at == 0 { row.indent } else { 0.0 };
        row.cells.get(at).map_or(0.0, |(text, look): &(String, Type)| indent + look.width(text))
    };
    let heading = column.look.width(&column.heading);
    rows.map(of).fold(heading, f64::max).min(column.widest)
}

fn values_width(forest: &Forest) -> f64 {
    let groups = || forest.groups.iter();
    let values = groups().flat_map(|group| &group.rows);
    let values = values.map(|row| super::style::LABEL.width(&row.value));
    let heading = forest.values.look.width(&forest.values.heading);
    let asides = groups().map(|group| TICK.width(&group.aside));
    values.chain(asides).fold(heading, f64::max)
}

/// Room for the title of a group, in front of what stands at the end of its line.
pub(crate) fn title_room(layout: &Layout<'_>, group: &Group) -> f64 {
    let right = layout.sheet_width - MARGIN;
    let key = key::width(&group.key);
    let end = if !group.aside.is_empty() {
        layout.values.0 - GAP
    } else if key > 0.0 {
        right - key - GAP
    } else if layout.is_narrow {
        right
    } else {
        layout.plot.0 - GAP
    };
    (end - MARGIN).max(STRONG.size)
}
