//! Draws a forest plot.

use super::drawing::{Align, Canvas, Frame, Plot, Stroke};
use super::forest::{Forest, Group, Look, Row, RowMark};
use super::forest_layout::{GROUP_GAP, LINE, Layout, SECOND_LINE, title_room};
use super::key;
use super::lettering::shortened;
use super::scales::draw_ticks;
use super::style::{AXIS_LINE, GRID_LINE, LABEL, MARGIN, STRONG, TICK};

/// Half the height of a diamond in pixels.
const DIAMOND: f64 = 5.6;

impl Forest {
    /// Height on a sheet of that width.
    pub(crate) fn height(&self, width: f64) -> f64 {
        Layout::new(self, width).height()
    }

    /// Draws the plot from the top of its body down.
    pub(crate) fn draw(&self, canvas: &mut Canvas, top: f64, width: f64) {
        let layout = Layout::new(self, width);
        draw_headings(canvas, top, &layout);
        let top = top + layout.heading_height();
        let rows: f64 = self.groups.iter().map(|group| layout.group_height(group)).sum();
        let frame = Frame { left: layout.plot.0, right: layout.plot.1, top, bottom: top + rows };
        let plot = Plot { frame, x: self.axis.range(), y: (0.0, 1.0) };
        draw_ticks(canvas, &plot, (&self.axis, &self.labels));
        for &(at, stroke) in &self.references {
            let x = plot.across(self.axis.within(at));
            canvas.line(&[(x, frame.top), (x, frame.bottom)], stroke);
        }
        let mut y = top;
        for (at, group) in self.groups.iter().enumerate() {
            if at > 0 {
                canvas.level((MARGIN, width - MARGIN), y, GRID_LINE);
            }
            draw_group(canvas, (&layout, &plot), (group, y + GROUP_GAP / 2.0));
            y += layout.group_height(group);
        }
        canvas.level((frame.left, frame.right), frame.bottom, AXIS_LINE);
        self.draw_directions(canvas, &plot, width);
    }

    /// What lies on either side of no effect, and what the axis measures.
    fn draw_directions(&self, canvas: &mut Canvas, plot: &Plot, width: f64) {
        let y = plot.frame.bottom + 30.0;
        let title = shortened(&self.axis_title, LABEL, width - 2.0 * MARGIN);
        let half = LABEL.width(&title) / 2.0;
        let centre = f64::midpoint(plot.frame.left, plot.frame.right);
        let centre = centre.min(width - MARGIN - half).max(MARGIN + half);
        let Some([left, right]) = &self.sides else {
            canvas.text((centre, y + 3.0), &title, LABEL, Align::Centre);
            return;
        };
        let zero = plot.across(self.axis.within(0.0));
        // The left words may run under the labels, the right ones under the numbers: both are empty.
        let left = shortened(left, TICK, zero - 8.0 - MARGIN);
        let right = shortened(right, TICK, width - MARGIN - zero - 8.0);
        canvas.text((zero - 8.0, y), &left, TICK, Align::Right);
        canvas.text((zero + 8.0, y), &right, TICK, Align::Left);
        canvas.text((centre, y + 17.0), &title, LABEL, Align::Centre);
    }
}

fn draw_headings(canvas: &mut Canvas, top: f64, layout: &Layout<'_>) {
    let forest = layout.forest;
    let mut y = top + 10.0;
    if !forest.key.is_empty() {
        let end = if layout.has_key_line() { layout.sheet_width - MARGIN } else { layout.plot.1 };
        let left = (end - key::width(&forest.key)).max(MARGIN);
        key::draw(canvas, (left, y), &forest.key);
        if layout.has_key_line() {
            y += LINE;
        }
    }
    for (column, &(left, right)) in forest.columns.iter().zip(&layout.columns) {
        let heading = shortened(&column.heading, column.look, right - left);
        let x = if column.align == Align::Right { right } else { left };
        canvas.text((x, y), &heading, column.look, column.align);
    }
    let values = &forest.values;
    let is_right = layout.is_narrow || values.align == Align::Right;
    let (x, align) =
        if is_right { (layout.values.1, Align::Right) } else { (layout.values.0, Align::Left) };
    canvas.text((x, y), &values.heading, values.look, align);
}

fn draw_group(
    canvas: &mut Canvas,
    (layout, plot): (&Layout<'_>, &Plot),
    (group, top): (&Group, f64),
) {
    let mut y = top;
    if !group.title.is_empty() {
        let title = shortened(&group.title, STRONG, title_room(layout, group));
        let baseline = y + 13.0;
        behind_words(canvas, (MARGIN, baseline), STRONG.width(&title));
        canvas.text((MARGIN, baseline), &title, STRONG, Align::Left);
        canvas.text((layout.values.0, baseline), &group.aside, TICK, Align::Left);
        if !group.key.is_empty() {
            let left = layout.sheet_width - MARGIN - key::width(&group.key);
            behind_words(canvas, (left, baseline), key::width(&group.key));
            key::draw(canvas, (left, baseline), &group.key);
        }
        y += LINE;
    }
    for at in 0..group.rows.len() {
        y += draw_row(canvas, (layout, plot), (&group.rows, at), y);
    }
    if !group.foot.is_empty() {
        let left = MARGIN + 12.0;
        let words = shortened(&group.foot, TICK, layout.sheet_width - MARGIN - left);
        behind_words(canvas, (left, y + 12.0), TICK.width(&words));
        canvas.text((left, y + 12.0), &words, TICK, Align::Left);
    }
}

/// White behind words that lines of the plot would cross.
fn behind_words(canvas: &mut Canvas, (left, baseline): (f64, f64), width: f64) {
    let (top, bottom) = (baseline - TICK.size, baseline + 3.0);
    canvas.blank(Frame { left: left - 2.0, top, right: left + width + 2.0, bottom });
}

/// Draws a row and gives its height.
fn draw_row(
    canvas: &mut Canvas,
    (layout, plot): (&Layout<'_>, &Plot),
    (rows, at): (&[Row], usize),
    top: f64,
) -> f64 {
    let row = &rows[at];
    let lines = layout.lines(rows, at);
    let baseline = top + LINE / 2.0 + 4.0;
    let numbers = if layout.is_narrow { top + lines.centre + 4.0 } else { baseline };
    let mut names_end = MARGIN;
    if layout.is_narrow {
        // Words of a narrow sheet stand above the plot, whose grid would cross them.
        let above = Frame {
            left: plot.frame.left - 2.0,
            right: plot.frame.right + 2.0,
            top: top + 1.0,
            bottom: top + lines.centre - 0.4 * LINE,
        };
        canvas.blank(above);
    }
    for (column, ((broken, (_, look)), &(left, right))) in
        lines.cells.iter().zip(&row.cells).zip(&layout.columns).enumerate()
    {
        let indent = if column == 0 { row.indent } else { 0.0 };
        if layout.forest.columns[column].align == Align::Right {
            let words = broken.first().map_or("", String::as_str);
            canvas.text((right, numbers), words, *look, Align::Right);
            continue;
        }
        let x = if layout.is_narrow { names_end + indent } else { left + indent };
        for (line, words) in broken.iter().enumerate() {
            canvas.text((x, baseline + line as f64 * SECOND_LINE), words, *look, Align::Left);
        }
        let widest = look.widest(broken.iter().map(String::as_str));
        names_end = if widest > 0.0 { x + widest + 13.0 } else { names_end };
    }
    let is_right = layout.is_narrow || layout.forest.values.align == Align::Right;
    let (x, align) =
        if is_right { (layout.values.1, Align::Right) } else { (layout.values.0, Align::Left) };
    canvas.text((x, baseline), &row.value, LABEL, align);
    for mark in &row.marks {
        draw_mark(canvas, (layout.forest, plot), mark, top + lines.centre + mark.below);
    }
    lines.height
}

/// A line between the limits, an arrowhead where it goes on beyond the axis, and the mark upon it.
fn draw_mark(canvas: &mut Canvas, (forest, plot): (&Forest, &Plot), mark: &RowMark, y: f64) {
    let axis = &forest.axis;
    let x = |value: f64| plot.across(axis.within(value));
    let estimate = mark.span.estimate;
    match mark.look {
        Look::Diamond(colour) => {
            let (lower, upper) = mark.span.limits.unwrap_or((estimate, estimate));
            let middle = x(estimate);
            let corners =
                [(x(lower), y), (middle, y - DIAMOND), (x(upper), y), (middle, y + DIAMOND)];
            canvas.area(&corners, colour, 100);
        }
        Look::Marked(shape, colour, width) => {
            if let Some((lower, upper)) = mark.span.limits {
                // An interval wholly beyond the axis is its arrowhead.
                canvas.level((x(lower), x(upper)), y, Stroke::solid(colour, width));
                if lower < axis.from {
                    canvas.arrowhead((x(lower), y), (7.0, 0.0), colour);
                }
                if upper > axis.to {
                    canvas.arrowhead((x(upper), y), (-7.0, 0.0), colour);
                }
            }
            if (axis.from..=axis.to).contains(&estimate) {
                canvas.mark((x(estimate), y), shape, colour);
            }
        }
    }
}
