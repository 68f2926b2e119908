//! What forest plots share: the axis, intervals that may go beyond it, and the words below.

use crate::render::lookup::Interval;

use super::FigureError;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Frame, Stroke};
use super::sheet::shortened;
use super::style::{LABEL, MARGIN, TICK, WIDTH};

/// Space below the frame for ticks, directions and the axis title, in pixels.
pub(super) const FOOT: f64 = 54.0;

/// The axis shows at least this much of a wide interval on either side.
const ALWAYS_SHOWN: f64 = 0.4;

/// Space between an estimate and the end of the axis.
const BREATH: f64 = 0.05;

/// Words below the axis.
pub(super) struct Directions<'w> {
    pub(super) left: &'w str,
    pub(super) right: &'w str,
    pub(super) axis: &'w str,
}

/// Covers all estimates, and intervals as far as they do not dwarf the rest.
pub(super) fn axis<'e>(differences: impl Iterator<Item = &'e Interval>) -> Axis {
    let (mut estimates, mut limits) = (vec![0.0_f64], Vec::new());
    for difference in differences {
        let Some(estimate) = difference.estimate.value() else { continue };
        estimates.push(estimate);
        if let Some((lower, upper)) = difference.limits() {
            limits.extend([lower, upper]);
        }
    }
    let lowest = estimates.iter().copied().fold(0.0, f64::min) - BREATH;
    let highest = estimates.iter().copied().fold(0.0, f64::max) + BREATH;
    let (floor, ceiling) = (lowest.min(-ALWAYS_SHOWN), highest.max(ALWAYS_SHOWN));
    let limits = limits.into_iter().map(|limit: f64| limit.clamp(floor, ceiling));
    Axis::covering(limits.chain([lowest.max(-1.0), highest.min(1.0)]))
}

/// Whether the interval of a shown estimate goes on beyond the axis.
pub(super) fn is_cut(difference: &Interval, axis: &Axis) -> bool {
    let Some((lower, upper)) = difference.limits() else { return false };
    difference.estimate.value().is_some() && (lower < axis.from || upper > axis.to)
}

/// A line between the limits, with an arrowhead where it goes on beyond the axis.
pub(super) fn draw_interval(
    canvas: &Canvas<'_>,
    (row, axis): (Frame, &Axis),
    (lower, upper): (f64, f64),
    stroke: Stroke,
) -> Result<(), FigureError> {
    let plot = canvas.plot(row, axis.range(), (-1.0, 1.0));
    // An interval wholly beyond the axis is its arrowhead.
    let within = |limit: f64| limit.clamp(axis.from, axis.to);
    let ends = [(within(lower), 0.0), (within(upper), 0.0)];
    plot.line(&ends, stroke)?;
    let fill = plotters::style::Color::to_rgba(&stroke.colour);
    let cut = [(lower < axis.from, ends[0], 7.0), (upper > axis.to, ends[1], -7.0)];
    for (is_cut, end, back) in cut {
        if is_cut {
            let (x, y) = plot.at(end);
            let head = [(x, y), (x + back, y - 3.5), (x + back, y + 3.5)];
            canvas.polygon(&head, fill)?;
        }
    }
    Ok(())
}

/// What lies on either side of zero, and what the axis measures.
pub(super) fn draw_directions(
    canvas: &Canvas<'_>,
    frame: Frame,
    axis: &Axis,
    words: &Directions<'_>,
) -> Result<(), FigureError> {
    let zero = canvas.plot(frame, axis.range(), (0.0, 1.0)).at((0.0, 0.0)).0;
    let y = frame.bottom + 30.0;
    // The left words may run under the labels, the right ones under the numbers: both are empty.
    let left = shortened(words.left, TICK, zero - 8.0 - MARGIN);
    let right = shortened(words.right, TICK, WIDTH - MARGIN - zero - 8.0);
    canvas.text((zero - 8.0, y), &left, TICK, Align::Right)?;
    canvas.text((zero + 8.0, y), &right, TICK, Align::Left)?;
    let title = shortened(words.axis, LABEL, WIDTH - 2.0 * MARGIN);
    let half = LABEL.width(&title) / 2.0;
    let centre = f64::midpoint(frame.left, frame.right);
    let centre = centre.clamp(MARGIN + half, WIDTH - MARGIN - half);
    canvas.text((centre, y + 17.0), &title, LABEL, Align::Centre)
}
