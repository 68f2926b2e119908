//! Keys: what a line or a mark stands for, where it cannot be written beside it.

use super::drawing::{Align, Canvas, Colour, Mark, Point, Stroke, Type};
use super::lettering::shortened;
use super::style::{LABEL, MARGIN, TICK};

/// Height of the line of a key above panels, in pixels.
pub(crate) const KEY_HEIGHT: f64 = 22.0;

/// Length of a sample of a line in pixels.
const LINE_SAMPLE: f64 = 24.0;

/// Room of a sample of a mark in pixels.
const MARK_SAMPLE: f64 = 9.0;

/// Space behind a sample and behind a name, in pixels.
const SAMPLE_GAP: f64 = 5.0;
const NAME_GAP: f64 = 18.0;

/// What is shown beside a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sample {
    Line(Stroke),
    Mark(Mark, Colour),
    /// Words alone.
    Nothing,
}

impl Sample {
    const fn width(self) -> f64 {
        match self {
            Self::Line(_) => LINE_SAMPLE + SAMPLE_GAP,
            Self::Mark(..) => MARK_SAMPLE + SAMPLE_GAP,
            Self::Nothing => 0.0,
        }
    }
}

/// A sample with its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyEntry {
    pub(crate) sample: Sample,
    pub(crate) name: String,
    pub(crate) look: Type,
}

impl KeyEntry {
    /// A mark with its name beside it.
    pub(crate) fn mark(mark: Mark, colour: Colour, name: &str) -> Self {
        Self { sample: Sample::Mark(mark, colour), name: name.to_owned(), look: TICK }
    }
}

/// Width of a key on one line.
pub(crate) fn width(entries: &[KeyEntry]) -> f64 {
    let each = entries.iter().map(|e| e.sample.width() + e.look.width(&e.name) + NAME_GAP);
    (each.sum::<f64>() - NAME_GAP).max(0.0)
}

/// Draws a key from a point of its baseline to the right.
pub(crate) fn draw(canvas: &mut Canvas, (left, baseline): Point, entries: &[KeyEntry]) {
    let mut x = left;
    for entry in entries {
        let y = baseline - 0.36 * entry.look.size;
        match entry.sample {
            Sample::Line(stroke) => canvas.level((x, x + LINE_SAMPLE), y, stroke),
            Sample::Mark(mark, colour) => canvas.mark((x + MARK_SAMPLE / 2.0, y), mark, colour),
            Sample::Nothing => {}
        }
        x += entry.sample.width();
        canvas.text((x, baseline), &entry.name, entry.look, Align::Left);
        x += entry.look.width(&entry.name) + NAME_GAP;
    }
}

/// Lines that a key takes above panels, its names shortened to the sheet.
pub(crate) fn lines(entries: &[KeyEntry], sheet_width: f64) -> Vec<Vec<KeyEntry>> {
    let room = sheet_width - 2.0 * MARGIN;
    let mut lines: Vec<Vec<KeyEntry>> = Vec::new();
    for entry in entries {
        let name = shortened(&entry.name, entry.look, room - entry.sample.width());
        let entry = KeyEntry { name, ..entry.clone() };
        match lines.last_mut() {
            Some(line) if width(line) + NAME_GAP + width(std::slice::from_ref(&entry)) <= room => {
                line.push(entry);
            }
            _ => lines.push(vec![entry]),
        }
    }
    lines
}

/// Height of a key of so many lines.
pub(crate) fn height(lines: usize) -> f64 {
    if lines == 0 { 0.0 } else { KEY_HEIGHT + (lines as f64 - 1.0) * (LABEL.size + 5.0) }
}

/// Draws a key above panels.
pub(crate) fn draw_lines(canvas: &mut Canvas, top: f64, lines: &[Vec<KeyEntry>]) {
    for (at, line) in lines.iter().enumerate() {
        let baseline = top + 10.0 + at as f64 * (LABEL.size + 5.0);
        draw(canvas, (MARGIN, baseline), line);
    }
}
