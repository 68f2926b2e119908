//! Axes drawn by hand: plotters' own choose their ticks themselves.

use super::FigureError;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Frame, Point, Stroke};
use super::style::{AXIS, GRID, TICK};

/// Length of a tick in pixels.
const TICK_LENGTH: f64 = 4.0;

/// Draws a horizontal axis of values: grid lines, ticks and labels below.
pub(super) fn draw_ticks(
    canvas: &Canvas<'_>,
    frame: Frame,
    axis: &Axis,
    label: impl Fn(f64) -> String,
) -> Result<(), FigureError> {
    let plot = canvas.plot(frame, axis.range(), (0.0, 1.0));
    for &tick in &axis.ticks {
        let (x, _) = plot.at((tick, 0.0));
        canvas.line(&[(x, frame.top), (x, frame.bottom)], Stroke::solid(GRID, 0.8))?;
        let end = frame.bottom + TICK_LENGTH;
        canvas.line(&[(x, frame.bottom), (x, end)], Stroke::solid(AXIS, 1.0))?;
        canvas.text((x, end + 11.0), &label(tick), TICK, Align::Centre)?;
    }
    Ok(())
}

/// Draws a vertical axis of values: grid lines and labels on the left.
pub(super) fn draw_levels(
    canvas: &Canvas<'_>,
    frame: Frame,
    axis: &Axis,
    label: impl Fn(f64) -> String,
) -> Result<(), FigureError> {
    let plot = canvas.plot(frame, (0.0, 1.0), axis.range());
    for &tick in &axis.ticks {
        let (_, y) = plot.at((0.0, tick));
        tick_line(canvas, (frame.left, frame.right), y, Stroke::solid(GRID, 0.8))?;
        canvas.text((frame.left - 6.0, y + 3.6), &label(tick), TICK, Align::Right)?;
    }
    Ok(())
}

/// Draws the months under a frame, at the given positions.
pub(super) fn draw_months(
    canvas: &Canvas<'_>,
    frame: Frame,
    months: &[(i32, f64)],
) -> Result<(), FigureError> {
    tick_line(canvas, (frame.left, frame.right), frame.bottom, Stroke::solid(AXIS, 1.0))?;
    for &(month, x) in months {
        let end = frame.bottom + TICK_LENGTH;
        canvas.line(&[(x, frame.bottom), (x, end)], Stroke::solid(AXIS, 1.0))?;
        canvas.text((x, end + 11.0), &month.to_string(), TICK, Align::Centre)?;
    }
    Ok(())
}

/// Draws a horizontal line.
pub(super) fn tick_line(
    canvas: &Canvas<'_>,
    (left, right): Point,
    y: f64,
    stroke: Stroke,
) -> Result<(), FigureError> {
    canvas.line(&[(left, y), (right, y)], stroke)
}
