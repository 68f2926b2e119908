//! Names at the ends of curves and beside panels, clear of the curves and of each other.

use super::drawing::{Align, Canvas, Frame, Plot, Point};
use super::lettering::shortened;
use super::panel::{CurveName, Label, Panel};
use super::style::TICK;

/// Space between a curve and its name in pixels.
const NAME_GAP: f64 = 6.0;

/// A curve may rise this many pixels before the first month under its name.
const STEP_BEFORE: f64 = 12.0;

/// A name is at most this share of the panel wide.
const WIDEST: f64 = 0.7;

/// Distance of the names beside a panel from each other.
const BESIDE_LINE: f64 = 12.0;

/// Writes names at the ends of the curves: above all lines for the upper curve, below them for the
/// others. Gives their places.
pub(crate) fn draw_names(canvas: &mut Canvas, plot: &Plot, names: &[CurveName]) -> Vec<Frame> {
    let frame = plot.frame;
    let lines: Vec<Vec<Point>> = names.iter().map(|name| plot.all_at(&name.points)).collect();
    let height = |at: usize| lines[at].last().map_or(f64::INFINITY, |(_, y)| *y);
    let upper =
        (0..names.len()).fold(0, |upper, at| if height(at) < height(upper) { at } else { upper });
    let mut places: Vec<Frame> = Vec::new();
    // The upper name last: where the others have no room below, it goes above them.
    let others = (0..names.len()).filter(|at| *at != upper);
    for at in others.chain((!names.is_empty()).then_some(upper)) {
        let Some(&(end, _)) = lines[at].last() else { continue };
        let Label { text, look } = &names[at].name;
        let text = shortened(text, *look, WIDEST * frame.width());
        let width = look.width(&text);
        let right = end.max(frame.left + width + 4.0);
        let left = right - width;
        let reach = left - STEP_BEFORE;
        let near = lines.iter().flatten().filter(|(x, _)| *x >= reach && *x <= right + STEP_BEFORE);
        let (highest, lowest) =
            near.fold((f64::INFINITY, 0.0_f64), |(high, low), (_, y)| (high.min(*y), low.max(*y)));
        let below = lowest + NAME_GAP + 0.76 * look.size;
        let above = (highest - NAME_GAP).max(frame.top + look.size);
        let has_room = below < frame.bottom - 2.0;
        let mut baseline = if at != upper && has_room { below } else { above };
        let place = |y: f64| Frame { left, top: y - look.size, right, bottom: y + 0.3 * look.size };
        while let Some(other) = places.iter().find(|other| meet(place(baseline), **other)) {
            baseline = other.top - 0.35 * look.size;
        }
        canvas.text((right, baseline), &text, *look, Align::Right);
        places.push(place(baseline));
    }
    places
}

fn meet(a: Frame, b: Frame) -> bool {
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

/// Writes names beside the panel at their heights, moved apart where they would touch.
pub(crate) fn draw_beside(canvas: &mut Canvas, plot: &Plot, names: &[(f64, Label)]) {
    let frame = plot.frame;
    let mut order: Vec<(f64, &Label)> =
        names.iter().map(|(at, label)| (plot.up(*at) + 3.6, label)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (lowest, highest) = (frame.bottom + 3.6, frame.top + 3.6);
    let n = order.len();
    // Down from the top, then up from the bottom: no name leaves the height of the panel.
    let mut heights: Vec<f64> = order.iter().map(|(y, _)| *y).collect();
    for at in 0..n {
        let floor = if at == 0 { highest } else { heights[at - 1] + BESIDE_LINE };
        heights[at] = heights[at].max(floor);
    }
    for at in (0..n).rev() {
        let ceiling = if at + 1 == n { lowest } else { heights[at + 1] - BESIDE_LINE };
        heights[at] = heights[at].min(ceiling);
    }
    for (y, (_, label)) in heights.into_iter().zip(order) {
        canvas.text((frame.right + 6.0, y), &label.text, label.look, Align::Left);
    }
}

/// Says in the panel what has no curve. Gives the places of the words.
pub(crate) fn draw_said(canvas: &mut Canvas, frame: Frame, said: &[String]) -> Vec<Frame> {
    let mut places = Vec::new();
    let mut y = frame.top + 14.0;
    for words in said {
        let words = shortened(words, TICK, frame.width() - 12.0);
        let left = frame.left + 6.0;
        canvas.text((left, y), &words, TICK, Align::Left);
        let right = left + TICK.width(&words);
        places.push(Frame { left, right, top: y - TICK.size, bottom: y + 3.0 });
        y += 14.0;
    }
    places
}

/// Writes words at the upper edge of the panel, as far as there is room between its sides.
pub(crate) fn draw_above(canvas: &mut Canvas, plot: &Plot, panel: &Panel) {
    let (frame, y) = (plot.frame, plot.frame.top - 1.0);
    for (at, align, words) in &panel.above {
        let x = plot.across(*at);
        let (x, room) = match align {
            Align::Left => (x + 4.0, frame.right - x - 4.0),
            Align::Right | Align::Centre => (x - 4.0, x - frame.left - 4.0),
        };
        if TICK.width(words) <= room {
            canvas.text((x, y), words, TICK, *align);
        }
    }
}
