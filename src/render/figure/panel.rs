//! Axes drawn by hand: plotters' own choose their ticks themselves.

use crate::trial::arm::{Arm, TwoArm};

use super::FigureError;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Frame, Point, Stroke};
use super::sheet::{shortened, wrap};
use super::style::{
    AXIS, GRID, LABEL, MARGIN, STRONG, TICK, WIDTH, arm_type, colour, mark, stroke,
};

/// Height of the line that explains the arms' marks, in pixels.
pub(super) const KEY_HEIGHT: f64 = 20.0;

/// Length of a sample of a line in a key, in pixels.
const SAMPLE: f64 = 24.0;

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
    label: impl Fn(i32) -> String,
) -> Result<(), FigureError> {
    tick_line(canvas, (frame.left, frame.right), frame.bottom, Stroke::solid(AXIS, 1.0))?;
    for &(month, x) in months {
        let end = frame.bottom + TICK_LENGTH;
        canvas.line(&[(x, frame.bottom), (x, end)], Stroke::solid(AXIS, 1.0))?;
        canvas.text((x, end + 11.0), &label(month), TICK, Align::Centre)?;
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

/// Writes a region's name in bold on at most two lines, the second shortened where it must be.
pub(super) fn draw_region_name(
    canvas: &Canvas<'_>,
    (top, line_height): (f64, f64),
    name: &str,
    width: f64,
) -> Result<(), FigureError> {
    let lines = wrap(name, STRONG, width);
    for (at, line) in lines.iter().take(2).enumerate() {
        let is_cut = at == 1 && lines.len() > 2;
        let line =
            if is_cut { shortened(&lines[1..].join(" "), STRONG, width) } else { line.clone() };
        let y = top + (at as f64 + 0.5) * line_height + 4.0;
        canvas.text((MARGIN, y), &line, STRONG, Align::Left)?;
    }
    Ok(())
}

/// What a key shows of an arm beside its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sample {
    Line,
    Mark,
}

/// Explains lines or marks with the arms' full names, where there was no room for them.
pub(super) fn draw_key(
    canvas: &Canvas<'_>,
    top: f64,
    arms: &TwoArm<String>,
    sample: Sample,
) -> Result<(), FigureError> {
    let room = (WIDTH - 2.0 * MARGIN) / 2.0 - SAMPLE - 16.0;
    let mut x = MARGIN;
    for (arm, name) in arms.iter() {
        let y = top + 10.0;
        match sample {
            Sample::Line => canvas.line(&[(x, y - 4.0), (x + SAMPLE, y - 4.0)], stroke(arm))?,
            Sample::Mark => canvas.mark((x + SAMPLE / 2.0, y - 4.0), mark(arm), colour(arm))?,
        }
        let look = arm_type(arm, LABEL.size);
        let name = shortened(name, look, room);
        canvas.text((x + SAMPLE + 6.0, y), &name, look, Align::Left)?;
        x += SAMPLE + 6.0 + look.width(&name) + 20.0;
    }
    Ok(())
}

/// Width of the wider of the arms' names.
pub(super) fn widest_name(arms: &TwoArm<String>, look: super::canvas::Type) -> f64 {
    Arm::BOTH.iter().map(|&arm| look.width(arms.get(arm))).fold(0.0, f64::max)
}
