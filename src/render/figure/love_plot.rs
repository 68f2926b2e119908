//! Love plot: how far the arms are apart at randomisation, by characteristic.

use crate::render::covariates::{self, Variable};
use crate::render::lookup::{Cell, Question};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Analysis, Statistic};

use super::axis::Axis;
use super::canvas::{Align, Canvas, Frame, Mark, Stroke};
use super::forest::{self, Directions, FOOT};
use super::panel::{draw_ticks, tick_line};
use super::sheet::{Sheet, Words, shortened};
use super::style::{AXIS, GRID, INK, LABEL, LIGHT, MARGIN, STRONG, TICK, WIDTH};
use super::table::Numbers;
use super::{Figure, FigureError, Source};

const NAME: &str = "love_plot";
const LINE: f64 = 16.0;
const GROUP_GAP: f64 = 4.0;
const HEADING: f64 = 20.0;
const WIDEST_LABEL: f64 = 290.0;
const INDENT: f64 = 12.0;

/// Differences beyond this deserve a look.
const NOTABLE: f64 = 0.1;

/// A characteristic.
struct Entry {
    /// Variable, or `variable=level`.
    word: String,
    label: String,
    kind: Kind,
    value: Cell,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A variable of numbers.
    Number,
    /// A variable of levels, as a whole.
    Whole,
    /// One of its levels.
    Level,
}

/// Draws the figure; nothing where there is no table of characteristics.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.love_plot;
    let mut notes = Notes::new(names);
    let entries = entries(source, &mut notes);
    if entries.is_empty() {
        return Ok(None);
    }
    let mut footnotes = vec![text.explain.clone()];
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: text.title.clone(),
        subtitle: text.subtitle.clone(),
        footnotes,
        text_alternative: alternative(source, &entries),
    };
    let mut csv = Numbers::new(&["level"], &["standardised_mean_difference"])?;
    for entry in &entries {
        csv.line(&[&entry.word], &[&entry.value])?;
    }
    let csv = csv.finish()?;
    let groups = entries.iter().filter(|entry| entry.kind != Kind::Level).count() as f64;
    let rows = entries.len() as f64 * LINE + groups * GROUP_GAP;
    let sheet = Sheet::new(words, names, source.audience);
    let figure = sheet.draw(HEADING + rows + FOOT, csv, |canvas, top| {
        let frame =
            Frame { left: 0.0, right: 0.0, top: top + HEADING, bottom: top + HEADING + rows };
        body(source, canvas, frame, &entries)
    })?;
    Ok(Some(figure))
}

fn entries(source: Source<'_>, notes: &mut Notes<'_>) -> Vec<Entry> {
    let (results, names) = (source.results, source.names);
    let has_rows = results.rows().iter().any(|row| row.key.analysis == Analysis::Balance);
    if !has_rows {
        return Vec::new();
    }
    let text = &names.texts.figure.love_plot;
    let mut entry = |word: &str, kind: Kind| {
        let label = names.level_of(word);
        let value = Question::balance(ALL_REGIONS, word).cell(results, Statistic::Estimate);
        let what = fill(&text.place, &[("level", &label)]);
        let place = Place::new(names, ALL_REGIONS, &what);
        let shown = notes.show(&value, &place, |value| match kind {
            Kind::Whole => names.numbers().decimal(value, 2),
            Kind::Number | Kind::Level => names.numbers().signed(value, 2),
        });
        Entry { word: word.to_owned(), label, kind, value, text: shown }
    };
    let mut entries = Vec::new();
    for Variable { name, levels } in covariates::baseline(results) {
        let kind = if levels.is_empty() { Kind::Number } else { Kind::Whole };
        entries.push(entry(&name, kind));
        entries.extend(levels.iter().map(|level| entry(level, Kind::Level)));
    }
    entries
}

fn alternative(source: Source<'_>, entries: &[Entry]) -> String {
    let names = source.names;
    let text = &names.texts.figure.love_plot;
    let mut words = vec![fill(&text.alternative, &[("contrast", &names.contrast())])];
    for entry in entries {
        let variable = names.variable(covariates::parts(&entry.word).0);
        let label = if entry.kind == Kind::Whole { &text.whole } else { &entry.label };
        let row = [("variable", variable.as_str()), ("level", label), ("value", &entry.text)];
        words.push(fill(&text.alternative_row, &row));
    }
    words.join(" ")
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    rows: Frame,
    entries: &[Entry],
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.love_plot;
    let label_width = |entry: &Entry| match entry.kind {
        Kind::Level => INDENT + LABEL.width(&entry.label),
        Kind::Number | Kind::Whole => STRONG.width(&entry.label),
    };
    let widest = entries.iter().map(label_width).fold(0.0, f64::max).min(WIDEST_LABEL);
    let value = entries.iter().map(|entry| LABEL.width(&entry.text)).fold(0.0, f64::max);
    let value_start = WIDTH - MARGIN - value.max(TICK.width(&text.value_heading));
    let frame = Frame { left: MARGIN + widest + 20.0, right: value_start - 22.0, ..rows };
    canvas.text((WIDTH - MARGIN, rows.top - 8.0), &text.value_heading, TICK, Align::Right)?;
    let values = entries.iter().filter_map(|entry| entry.value.value());
    let axis = Axis::covering(values.chain([-1.5 * NOTABLE, 1.5 * NOTABLE]));
    draw_ticks(canvas, frame, &axis, |tick| names.numbers().signed(tick, 2))?;
    let plot = canvas.plot(frame, axis.range(), (0.0, 1.0));
    plot.line(&[(0.0, 0.0), (0.0, 1.0)], Stroke::solid(INK, 1.2))?;
    let dashed = Stroke { colour: LIGHT, width: 1.0, dash: Some((4.0, 3.0)) };
    for at in [-NOTABLE, NOTABLE] {
        plot.line(&[(at, 0.0), (at, 1.0)], dashed)?;
    }
    draw_key(source, canvas, frame, entries)?;
    let mut y = rows.top;
    for entry in entries {
        if entry.kind != Kind::Level {
            if y > rows.top {
                let y = y + GROUP_GAP / 2.0;
                canvas.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], Stroke::solid(GRID, 0.8))?;
            }
            y += GROUP_GAP;
        }
        draw_entry(canvas, (frame, &axis), (entry, y + LINE / 2.0))?;
        y += LINE;
    }
    tick_line(canvas, (frame.left, frame.right), frame.bottom, Stroke::solid(AXIS, 1.0))?;
    let arms = names.arms();
    let words = Directions {
        left: &fill(&text.higher_control, &[("arm", &arms.control)]),
        right: &fill(&text.higher_intervention, &[("arm", &arms.intervention)]),
        axis: &fill(&text.axis, &[("contrast", &names.contrast())]),
    };
    forest::draw_directions(canvas, frame, &axis, &words)
}

/// Names the two marks above the plot, where both are used.
fn draw_key(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    frame: Frame,
    entries: &[Entry],
) -> Result<(), FigureError> {
    let text = &source.names.texts.figure.love_plot;
    let is_shown = |entry: &&Entry| entry.value.value().is_some();
    if !entries.iter().filter(is_shown).any(|entry| entry.kind == Kind::Whole) {
        return Ok(());
    }
    let width = TICK.width(&text.numeric) + TICK.width(&text.whole) + 46.0;
    let mut x = (frame.right - width).max(MARGIN) + 5.0;
    let y = frame.top - 8.0;
    let key = [(Mark::FilledCircle, INK, &text.numeric), (Mark::OpenSquare, LIGHT, &text.whole)];
    for (mark, colour, words) in key {
        canvas.mark((x, y - 3.5), mark, colour)?;
        canvas.text((x + 9.0, y), words, TICK, Align::Left)?;
        x += TICK.width(words) + 30.0;
    }
    Ok(())
}

fn draw_entry(
    canvas: &Canvas<'_>,
    (frame, axis): (Frame, &Axis),
    (entry, centre): (&Entry, f64),
) -> Result<(), FigureError> {
    let baseline = centre + 4.0;
    let (look, indent) = if entry.kind == Kind::Level { (LABEL, INDENT) } else { (STRONG, 0.0) };
    let label = shortened(&entry.label, look, WIDEST_LABEL - indent);
    canvas.text((MARGIN + indent, baseline), &label, look, Align::Left)?;
    canvas.text((WIDTH - MARGIN, baseline), &entry.text, LABEL, Align::Right)?;
    let Some(value) = entry.value.value() else { return Ok(()) };
    let row = Frame { top: centre - LINE / 2.0, bottom: centre + LINE / 2.0, ..frame };
    let plot = canvas.plot(row, axis.range(), (-1.0, 1.0));
    match entry.kind {
        Kind::Whole => plot.mark((value, 0.0), Mark::OpenSquare, LIGHT),
        Kind::Number | Kind::Level => plot.mark((value, 0.0), Mark::FilledCircle, INK),
    }
}
