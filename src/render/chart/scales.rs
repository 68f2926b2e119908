//! Axes: grid lines, ticks and their words.

use super::axis::Axis;
use super::drawing::{Align, Canvas, Plot};
use super::style::{AXIS_LINE, GRID_LINE, TICK};

/// Length of a tick in pixels.
const TICK_LENGTH: f64 = 4.0;

/// From the bottom of a frame to the baseline of the words at its ticks.
pub(crate) const TICK_DROP: f64 = TICK_LENGTH + 11.0;

/// Draws a horizontal axis of values: grid lines, ticks, and words below, as far as they stand apart.
pub(crate) fn draw_ticks(canvas: &mut Canvas, plot: &Plot, (axis, labels): (&Axis, &[String])) {
    let frame = plot.frame;
    let mut end = f64::NEG_INFINITY;
    for (&tick, label) in axis.ticks.iter().zip(labels) {
        let x = plot.across(tick);
        canvas.line(&[(x, frame.top), (x, frame.bottom)], GRID_LINE);
        canvas.line(&[(x, frame.bottom), (x, frame.bottom + TICK_LENGTH)], AXIS_LINE);
        let half = TICK.width(label) / 2.0;
        if x - half >= end {
            canvas.text((x, frame.bottom + TICK_DROP), label, TICK, Align::Centre);
            end = x + half + 3.0;
        }
    }
}

/// Draws a vertical axis of values: grid lines, and words on the left where there are any.
pub(crate) fn draw_levels(canvas: &mut Canvas, plot: &Plot, (axis, labels): (&Axis, &[String])) {
    let frame = plot.frame;
    for (at, &tick) in axis.ticks.iter().enumerate() {
        let y = plot.up(tick);
        canvas.level((frame.left, frame.right), y, GRID_LINE);
        if let Some(label) = labels.get(at) {
            canvas.text((frame.left - 6.0, y + 3.6), label, TICK, Align::Right);
        }
    }
}

/// Draws a horizontal axis with words at some of its places.
pub(crate) fn draw_places(canvas: &mut Canvas, plot: &Plot, places: &[(f64, &str)]) {
    let frame = plot.frame;
    canvas.level((frame.left, frame.right), frame.bottom, AXIS_LINE);
    for &(at, label) in places {
        let x = plot.across(at);
        canvas.line(&[(x, frame.bottom), (x, frame.bottom + TICK_LENGTH)], AXIS_LINE);
        canvas.text((x, frame.bottom + TICK_DROP), label, TICK, Align::Centre);
    }
}
