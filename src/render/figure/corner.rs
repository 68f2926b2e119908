//! Words in a corner of a panel that the curves leave free.

use crate::trial::arm::TwoArm;

use super::FigureError;
use super::canvas::{Align, Canvas, Frame, Plot};
use super::curves::Step;
use super::sheet::wrap;
use super::style::TICK;

/// Distance of baselines in pixels.
const LINE: f64 = 12.0;

/// Distance of the words from the frame, and from what is drawn.
const INSET: f64 = 5.0;

/// Words are at most this share of the frame wide: the first where a corner has room for it.
const SHARES: [f64; 2] = [0.94, 0.62];

/// Words may be at least as wide as this.
const LEAST: f64 = 120.0;

/// Corners in the order in which they are tried: right before left, low before high.
const CORNERS: [(Align, Edge); 4] = [
    (Align::Right, Edge::Bottom),
    (Align::Left, Edge::Top),
    (Align::Right, Edge::Top),
    (Align::Left, Edge::Bottom),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Top,
    Bottom,
}

/// What is drawn in a panel already.
pub(super) struct Taken<'t> {
    pub(super) steps: &'t TwoArm<Vec<Step>>,
    /// Places of words.
    pub(super) words: Vec<Frame>,
}

/// Writes paragraphs into the freest corner of the panel.
pub(super) fn write(
    canvas: &Canvas<'_>,
    (frame, plot): (Frame, &Plot<'_>),
    taken: &Taken<'_>,
    paragraphs: &[String],
) -> Result<(), FigureError> {
    let [wide, narrow] = SHARES.map(|share| {
        let room = (share * (frame.right - frame.left)).max(LEAST);
        let lines = paragraphs.iter().flat_map(|words| wrap(words, TICK, room));
        lines.collect::<Vec<String>>()
    });
    let corner = |lines: &[String]| {
        let width = lines.iter().map(|line| TICK.width(line)).fold(0.0, f64::max);
        free_corner((frame, plot), taken, (width, LINE * lines.len() as f64))
    };
    let (align, place, lines) = match (corner(&wide), corner(&narrow)) {
        ((align, place, Room::Free), _) => (align, place, wide),
        (_, (align, place, _)) => (align, place, narrow),
    };
    let x = if align == Align::Left { place.left } else { place.right };
    for (at, line) in lines.iter().enumerate() {
        let baseline = place.top + (at as f64 + 1.0) * LINE - 3.0;
        canvas.text((x, baseline), line, TICK, align)?;
    }
    Ok(())
}

/// Whether nothing at all is drawn where the words go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Free,
    Shared,
}

fn free_corner(
    (frame, plot): (Frame, &Plot<'_>),
    taken: &Taken<'_>,
    (width, height): (f64, f64),
) -> (Align, Frame, Room) {
    let place = |(align, edge): (Align, Edge)| {
        let left =
            if align == Align::Left { frame.left + INSET } else { frame.right - INSET - width };
        let top = if edge == Edge::Top { frame.top + INSET } else { frame.bottom - INSET - height };
        (align, Frame { left, top, right: left + width, bottom: top + height })
    };
    let (curves, ribbons) = (curves(plot, taken.steps), ribbons(plot, taken.steps));
    let is_clear = |place: &Frame, what: &[Frame]| what.iter().all(|other| !meet(*place, *other));
    let choices = || CORNERS.into_iter().map(place);
    let of_all =
        |c: &(Align, Frame)| [&taken.words, &curves, &ribbons].iter().all(|w| is_clear(&c.1, w));
    let of_curves = |c: &(Align, Frame)| [&taken.words, &curves].iter().all(|w| is_clear(&c.1, w));
    let of_words = |c: &(Align, Frame)| is_clear(&c.1, &taken.words);
    if let Some((align, place)) = choices().find(of_all) {
        return (align, place, Room::Free);
    }
    let found = choices().find(of_curves).or_else(|| choices().find(of_words));
    let (align, place) = found.unwrap_or_else(|| place(CORNERS[0]));
    (align, place, Room::Shared)
}

fn meet(a: Frame, b: Frame) -> bool {
    a.left < b.right + INSET
        && b.left < a.right + INSET
        && a.top < b.bottom + INSET / 2.0
        && b.top < a.bottom + INSET / 2.0
}

/// Boxes along the curves: a step, and the rise to the next one.
fn curves(plot: &Plot<'_>, steps: &TwoArm<Vec<Step>>) -> Vec<Frame> {
    let mut boxes = Vec::new();
    for (_, steps) in steps.iter() {
        let mut before: Option<f64> = None;
        for step in steps {
            let Some(value) = step.value.estimate.value() else { continue };
            let other = before.replace(value).unwrap_or(value);
            boxes.push(area(plot, step.month, (value.min(other), value.max(other))));
        }
    }
    boxes
}

fn ribbons(plot: &Plot<'_>, steps: &TwoArm<Vec<Step>>) -> Vec<Frame> {
    let steps = steps.iter().flat_map(|(_, steps)| steps);
    steps.filter_map(|step| Some(area(plot, step.month, step.value.limits()?))).collect()
}

fn area(plot: &Plot<'_>, month: i32, (lower, upper): (f64, f64)) -> Frame {
    let (left, top) = plot.at((f64::from(month), upper));
    let (right, bottom) = plot.at((f64::from(month) + 1.0, lower));
    Frame { left, top, right, bottom }
}
