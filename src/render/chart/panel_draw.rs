//! Draws a panel in its frame.

use super::axis::spaced;
use super::corner;
use super::drawing::{Align, Canvas, Plot, Point, Stroke};
use super::lettering::shortened;
use super::naming::{draw_above, draw_beside, draw_names, draw_said};
use super::panel::{Layer, NumberLine, Panel};
use super::scales::{draw_levels, draw_places};
use super::style::TICK;

/// From the bottom of the frame to the baseline of the axis title.
pub(crate) const TITLE_DROP: f64 = 30.0;

/// Height of a line of numbers below a panel, in pixels.
pub(crate) const NUMBER_LINE: f64 = 14.0;

/// Space between labels of an axis and between the numbers below it, in pixels.
const LABEL_GAP: f64 = 5.0;

/// Length of an arrowhead in pixels.
const ARROW: f64 = 7.0;

/// What a panel takes from the grid that it stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) has_names: bool,
    pub(crate) has_levels: bool,
}

/// Draws curves, axes, words and numbers.
pub(crate) fn draw(canvas: &mut Canvas, plot: &Plot, panel: &Panel, place: Place) {
    let labels = if place.has_levels { panel.y.labels.as_slice() } else { &[] };
    draw_levels(canvas, plot, (&panel.y.axis, labels));
    for layer in &panel.layers {
        draw_layer(canvas, (plot, panel), layer);
    }
    draw_above(canvas, plot, panel);
    let wanted = labelled(plot, panel);
    let places: Vec<(f64, &str)> = wanted.iter().map(|(at, label)| (*at, label.as_str())).collect();
    draw_places(canvas, plot, &places);
    let mut words = Vec::new();
    if place.has_names {
        words = draw_names(canvas, plot, &panel.names);
    }
    words.extend(draw_said(canvas, plot.frame, &panel.said));
    corner::draw(canvas, plot, panel, &words);
    draw_beside(canvas, plot, &panel.beside);
    draw_title(canvas, plot, panel);
    for (at, line) in panel.lines.iter().enumerate() {
        let y = plot.frame.bottom + TITLE_DROP + (at as f64 + 1.0) * NUMBER_LINE;
        draw_numbers(canvas, (plot, panel), (line, y), &wanted);
    }
}

fn draw_title(canvas: &mut Canvas, plot: &Plot, panel: &Panel) {
    let (frame, x) = (plot.frame, &panel.x);
    let is_short = TICK.width(&x.title) > frame.width() && !x.short_title.is_empty();
    let title = if is_short { &x.short_title } else { &x.title };
    let title = shortened(title, TICK, frame.width());
    let centre = f64::midpoint(frame.left, frame.right);
    canvas.text((centre, frame.bottom + TITLE_DROP), &title, TICK, Align::Centre);
}

/// Half the width that a place of the axis needs, with the numbers below it.
pub(crate) fn half_width(panel: &Panel, at: f64, label: &str) -> f64 {
    let numbers = panel.lines.iter().flat_map(|line| line.numbers.iter().map(move |n| (line, n)));
    let here = numbers.filter(|(_, (x, _))| is_same(*x, at));
    let widest = here.map(|(line, (_, text))| line.look.width(text));
    f64::midpoint(widest.fold(TICK.width(label), f64::max), LABEL_GAP)
}

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// Places of the horizontal axis that can be labelled, from left to right.
fn labelled(plot: &Plot, panel: &Panel) -> Vec<(f64, String)> {
    let wanted = &panel.x.wanted;
    let places: Vec<(f64, f64)> = wanted
        .iter()
        .map(|(at, label)| (plot.across(*at), half_width(panel, *at, label)))
        .collect();
    let kept = spaced(&places);
    let mut kept: Vec<(f64, String)> =
        wanted.iter().zip(kept).filter(|(_, is_kept)| *is_kept).map(|(w, _)| w.clone()).collect();
    kept.sort_by(|a, b| a.0.total_cmp(&b.0));
    kept
}

/// A line of numbers below the panel.
fn draw_numbers(
    canvas: &mut Canvas,
    (plot, panel): (&Plot, &Panel),
    (line, y): (&NumberLine, f64),
    labelled: &[(f64, String)],
) {
    let is_wanted = |at: f64| panel.x.wanted.iter().any(|(known, _)| is_same(*known, at));
    // Numbers of labelled places are shown there alone; those in between, as far as they stand apart.
    let is_of_places = line.numbers.iter().any(|(at, _)| is_wanted(*at));
    let is_labelled = |at: f64| labelled.iter().any(|(known, _)| is_same(*known, at));
    let mut end = f64::NEG_INFINITY;
    for (at, text) in &line.numbers {
        let (x, half) = (plot.across(*at), f64::midpoint(line.look.width(text), LABEL_GAP));
        let has_room = if is_of_places { is_labelled(*at) } else { x - half >= end };
        if has_room {
            canvas.text((x, y), text, line.look, Align::Centre);
            end = x + half;
        }
    }
}

fn draw_layer(canvas: &mut Canvas, (plot, panel): (&Plot, &Panel), layer: &Layer) {
    let frame = plot.frame;
    match layer {
        Layer::Area { outline, colour, percent } => {
            canvas.area(&plot.all_at(outline), *colour, *percent);
        }
        Layer::Line { points, stroke } => canvas.line(&plot.all_at(points), *stroke),
        Layer::Marks { points, mark, colour } => {
            for &point in points {
                canvas.mark(plot.at(point), *mark, *colour);
            }
        }
        Layer::SmallMarks { points, mark, colour } => {
            for &point in points {
                canvas.small_mark(plot.at(point), *mark, *colour);
            }
        }
        Layer::Limits { ends, stroke } => {
            for &limits in ends {
                draw_limits(canvas, (plot, panel), limits, *stroke);
            }
        }
        Layer::Level { at, stroke } => {
            let y = plot.up(panel.y.axis.within(*at));
            canvas.level((frame.left, frame.right), y, *stroke);
        }
        Layer::Upright { at, stroke } => {
            let x = plot.across(*at);
            canvas.line(&[(x, frame.top - 8.0), (x, frame.bottom)], *stroke);
        }
    }
}

/// An upright interval, with an arrowhead where it goes on beyond the axis.
fn draw_limits(
    canvas: &mut Canvas,
    (plot, panel): (&Plot, &Panel),
    (at, lower, upper): (f64, f64, f64),
    stroke: Stroke,
) {
    let axis = &panel.y.axis;
    let end = |value: f64| -> Point { plot.at((at, axis.within(value))) };
    canvas.line(&[end(lower), end(upper)], stroke);
    if lower < axis.from {
        canvas.arrowhead(end(lower), (0.0, -ARROW), stroke.colour);
    }
    if upper > axis.to {
        canvas.arrowhead(end(upper), (0.0, ARROW), stroke.colour);
    }
}
