//! Panels of values by wave: a line an arm, with limits where there are any, and numbers below.

use crate::render::lookup::{Cell, Interval};
use crate::trial::arm::{Arm, TwoArm};

use super::FigureError;
use super::axis::{Axis, spaced_months};
use super::canvas::{Align, Canvas, Frame, Plot, Stroke};
use super::panel::{draw_levels, draw_months};
use super::sheet::shortened;
use super::style::{LABEL, MARGIN, STRONG, TICK, WIDTH, arm_type, colour, mark, stroke};

/// Height of a panel with everything that belongs to it, in pixels.
pub(super) const PANEL_HEIGHT: f64 = HEADING + PLOT_HEIGHT + BELOW;

const HEADING: f64 = 38.0;
const PLOT_HEIGHT: f64 = 130.0;
const BELOW: f64 = 70.0;
const NUMBER_LINE: f64 = 13.0;
const TITLE_DROP: f64 = 29.0;
const COLUMN_GAP: f64 = 18.0;
const WIDEST_NAME: f64 = 92.0;

/// An arm's mark stands this share of the frame beside its wave.
const SHIFT: f64 = 0.008;

/// Space beside the first and the last wave, as a share of the months between them.
const BESIDE: f64 = 0.07;

/// A value at a wave.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub(super) month: i32,
    pub(super) value: Interval,
    pub(super) count: Cell,
    pub(super) count_text: String,
}

/// What a panel shows.
pub(super) struct Panel {
    /// Over the panel, in bold, with plain words behind it.
    pub(super) heading: (String, String),
    pub(super) points: TwoArm<Vec<Point>>,
    pub(super) axis: Axis,
    /// Decimals of the labels of its axis.
    pub(super) digits: usize,
}

/// What all panels of a figure share.
pub(super) struct Shared<'w> {
    pub(super) arms: &'w TwoArm<String>,
    /// Waves of all panels, in order.
    pub(super) waves: &'w [i32],
    pub(super) axis_title: &'w str,
    /// What the numbers below count.
    pub(super) count_heading: &'w str,
    /// A tick with so many decimals.
    pub(super) level: &'w dyn Fn(f64, usize) -> String,
}

/// Every value that is drawn, with its limits.
pub(super) fn values(points: &TwoArm<Vec<Point>>) -> impl Iterator<Item = f64> {
    let all = points.iter().flat_map(|(_, points)| points);
    all.filter(|point| point.value.estimate.value().is_some()).flat_map(|point| {
        let limits = point.value.limits();
        let ends = [limits.map(|ends| ends.0), limits.map(|ends| ends.1)];
        ends.into_iter().chain([point.value.estimate.value()]).flatten()
    })
}

/// Draws panels in rows of so many columns, from the top down.
pub(super) fn draw_all(
    canvas: &Canvas<'_>,
    top: f64,
    (panels, columns): (&[Panel], usize),
    shared: &Shared<'_>,
) -> Result<(), FigureError> {
    let n_columns = columns.max(1) as f64;
    let names = widest(shared);
    let width = WIDTH - 2.0 * MARGIN - names - n_columns * COLUMN_GAP;
    let width = width / n_columns;
    let label = |panel: &Panel| {
        let widths = panel.axis.ticks.iter();
        let widths = widths.map(|tick| TICK.width(&(shared.level)(*tick, panel.digits)));
        widths.fold(0.0, f64::max)
    };
    let ticks = panels.iter().map(label).fold(0.0, f64::max) + 8.0;
    for (at, panel) in panels.iter().enumerate() {
        let (row, column) = (at / columns.max(1), at % columns.max(1));
        let left = MARGIN + names + COLUMN_GAP + column as f64 * (width + COLUMN_GAP);
        let y = top + row as f64 * PANEL_HEIGHT;
        let frame = Frame {
            left: left + ticks,
            top: y + HEADING,
            right: left + width,
            bottom: y + HEADING + PLOT_HEIGHT,
        };
        // Nothing else stands where the names of the first column's numbers would.
        let (left, width) =
            if column == 0 { (MARGIN, width + left - MARGIN) } else { (left, width) };
        let (strong, plain) = &panel.heading;
        let room = width;
        let strong = shortened(strong, STRONG, room);
        canvas.text((left, y + 12.0), &strong, STRONG, Align::Left)?;
        let plain = shortened(plain, TICK, room);
        canvas.text((left, y + 25.0), &plain, TICK, Align::Left)?;
        draw(canvas, (frame, column == 0), panel, shared)?;
    }
    Ok(())
}

fn widest(shared: &Shared<'_>) -> f64 {
    let arms = Arm::BOTH.iter().map(|&arm| TICK.width(shared.arms.get(arm)));
    let names = arms.chain([TICK.width(shared.count_heading)]);
    names.fold(0.0, f64::max).min(WIDEST_NAME)
}

fn half_width(panel: &Panel, shared: &Shared<'_>, at: usize) -> f64 {
    let Some(month) = shared.waves.get(at) else { return 0.0 };
    let own = panel.points.iter().flat_map(|(_, points)| points);
    let own = own.filter(|point| point.month == *month);
    let texts = own.map(|point| TICK.width(&point.count_text));
    texts.fold(TICK.width(&month.to_string()), f64::max) / 2.0 + 2.0
}

fn draw(
    canvas: &Canvas<'_>,
    (frame, is_first): (Frame, bool),
    panel: &Panel,
    shared: &Shared<'_>,
) -> Result<(), FigureError> {
    draw_levels(canvas, frame, &panel.axis, |tick| (shared.level)(tick, panel.digits))?;
    let (first, last) = match (shared.waves.first(), shared.waves.last()) {
        (Some(first), Some(last)) => (f64::from(*first), f64::from(*last)),
        _ => (0.0, 1.0),
    };
    let span = (last - first).max(1.0);
    let months = (first - BESIDE * span, last + BESIDE * span);
    let plot = canvas.plot(frame, months, panel.axis.range());
    for arm in Arm::BOTH {
        draw_arm(&plot, (arm, SHIFT * span), panel, shared)?;
    }
    let x = |month: i32| plot.at((f64::from(month), panel.axis.from)).0;
    let position = |month: i32| shared.waves.iter().position(|own| *own == month).unwrap_or(0);
    let half = |month: i32| half_width(panel, shared, position(month));
    let labelled = spaced_months(shared.waves.iter().copied(), x, half);
    let labelled: Vec<(i32, f64)> = labelled.into_iter().map(|month| (month, x(month))).collect();
    draw_months(canvas, frame, &labelled, |month| month.to_string())?;
    draw_counts(canvas, (frame, is_first), (panel, &labelled), shared)
}

/// A line through neighbouring waves, with marks and limits; a wave without value is a gap.
fn draw_arm(
    plot: &Plot<'_>,
    (arm, shift): (Arm, f64),
    panel: &Panel,
    shared: &Shared<'_>,
) -> Result<(), FigureError> {
    let shift = if arm == Arm::Intervention { -shift } else { shift };
    let points = panel.points.get(arm);
    let at = |month: &i32| {
        let point = points.iter().find(|point| point.month == *month)?;
        Some((f64::from(*month) + shift, point.value.estimate.value()?))
    };
    for pair in shared.waves.windows(2) {
        if let (Some(from), Some(to)) = (at(&pair[0]), at(&pair[1])) {
            plot.line(&[from, to], stroke(arm))?;
        }
    }
    for point in points {
        let Some((x, y)) = at(&point.month) else { continue };
        if let Some((lower, upper)) = point.value.limits() {
            plot.line(&[(x, lower), (x, upper)], Stroke::solid(colour(arm), 1.3))?;
        }
        plot.small_mark((x, y), mark(arm), colour(arm))?;
    }
    Ok(())
}

fn draw_counts(
    canvas: &Canvas<'_>,
    (frame, is_first): (Frame, bool),
    (panel, labelled): (&Panel, &[(i32, f64)]),
    shared: &Shared<'_>,
) -> Result<(), FigureError> {
    let heading = frame.bottom + TITLE_DROP;
    let room = frame.right - frame.left;
    let title = shortened(shared.axis_title, TICK, room);
    canvas.text((f64::midpoint(frame.left, frame.right), heading), &title, TICK, Align::Centre)?;
    let end = MARGIN + widest(shared);
    if is_first {
        let name = shortened(shared.count_heading, TICK, WIDEST_NAME);
        canvas.text((end, heading), &name, TICK, Align::Right)?;
    }
    for (line, arm) in Arm::BOTH.into_iter().enumerate() {
        let y = heading + (line as f64 + 1.0) * NUMBER_LINE;
        let look = arm_type(arm, TICK.size);
        if is_first {
            let name = shortened(shared.arms.get(arm), look, WIDEST_NAME);
            canvas.text((end, y), &name, look, Align::Right)?;
        }
        for point in panel.points.get(arm) {
            if let Some((_, x)) = labelled.iter().find(|(month, _)| *month == point.month) {
                canvas.text((*x, y), &point.count_text, look, Align::Centre)?;
            }
        }
    }
    Ok(())
}

/// The line that explains the arms' marks needs this much room above the panels.
pub(super) const KEY: f64 = LABEL.size + 11.0;
