//! Words in a corner of a panel that the curves leave free.

use super::drawing::{Align, Canvas, Frame, Plot, Point};
use super::lettering::wrap;
use super::panel::{Layer, Panel};
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

/// Whether nothing at all is drawn where the words go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Free,
    Shared,
}

/// Writes the panel's paragraphs into its freest corner; `words` are places of words.
pub(crate) fn draw(canvas: &mut Canvas, plot: &Plot, panel: &Panel, words: &[Frame]) {
    if panel.corner.is_empty() {
        return;
    }
    let [wide, narrow] = SHARES.map(|share| {
        let room = (share * plot.frame.width()).max(LEAST.min(plot.frame.width() - 2.0 * INSET));
        let lines = panel.corner.iter().flat_map(|words| wrap(words, TICK, room));
        lines.collect::<Vec<String>>()
    });
    let corner = |lines: &[String]| {
        let width = TICK.widest(lines.iter().map(String::as_str));
        free_corner(plot, (panel, words), (width, LINE * lines.len() as f64))
    };
    let (align, place, lines) = match (corner(&wide), corner(&narrow)) {
        ((align, place, Room::Free), _) => (align, place, wide),
        (_, (align, place, _)) => (align, place, narrow),
    };
    let x = if align == Align::Left { place.left } else { place.right };
    for (at, line) in lines.iter().enumerate() {
        let baseline = place.top + (at as f64 + 1.0) * LINE - 3.0;
        canvas.text((x, baseline), line, TICK, align);
    }
}

fn free_corner(
    plot: &Plot,
    (panel, words): (&Panel, &[Frame]),
    (width, height): (f64, f64),
) -> (Align, Frame, Room) {
    let frame = plot.frame;
    let place = |(align, edge): (Align, Edge)| {
        let left =
            if align == Align::Left { frame.left + INSET } else { frame.right - INSET - width };
        let top = if edge == Edge::Top { frame.top + INSET } else { frame.bottom - INSET - height };
        (align, Frame { left, top, right: left + width, bottom: top + height })
    };
    let (curves, ribbons) = (curves(plot, panel), ribbons(plot, panel));
    let is_clear = |place: &Frame, what: &[Frame]| what.iter().all(|other| !meet(*place, *other));
    let choices = || CORNERS.into_iter().map(place);
    let of_all = |c: &(Align, Frame)| [words, &curves, &ribbons].iter().all(|w| is_clear(&c.1, w));
    let of_curves = |c: &(Align, Frame)| [words, &curves].iter().all(|w| is_clear(&c.1, w));
    let of_words = |c: &(Align, Frame)| is_clear(&c.1, words);
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

/// Boxes along the curves, from corner to corner.
fn curves(plot: &Plot, panel: &Panel) -> Vec<Frame> {
    let lines = panel.layers.iter().filter_map(|layer| match layer {
        Layer::Line { points, .. } => Some(points),
        _ => None,
    });
    let pairs = lines.flat_map(|points| points.windows(2));
    pairs.map(|pair| around(plot, &[pair[0], pair[1]])).collect()
}

/// Boxes over ribbons: an outline goes up along one side and back along the other.
fn ribbons(plot: &Plot, panel: &Panel) -> Vec<Frame> {
    let outlines = panel.layers.iter().filter_map(|layer| match layer {
        Layer::Area { outline, .. } => Some(outline),
        _ => None,
    });
    let mut boxes = Vec::new();
    for outline in outlines {
        let n = outline.len();
        for at in 1..n / 2 {
            let corners = [outline[at - 1], outline[at], outline[n - at], outline[n - 1 - at]];
            boxes.push(around(plot, &corners));
        }
    }
    boxes
}

fn around(plot: &Plot, points: &[Point]) -> Frame {
    let mut frame = Frame {
        left: f64::INFINITY,
        top: f64::INFINITY,
        right: f64::NEG_INFINITY,
        bottom: f64::NEG_INFINITY,
    };
    for &point in points {
        let (x, y) = plot.at(point);
        (frame.left, frame.right) = (frame.left.min(x), frame.right.max(x));
        (frame.top, frame.bottom) = (frame.top.min(y), frame.bottom.max(y));
    }
    frame
}
