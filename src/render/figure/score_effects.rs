//! Forest plot: effects on scores by wave, in standard deviations.

use std::collections::BTreeSet;

use crate::render::lookup::{Interval, Question, months};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::{ScoreEffectsText, fill};
use crate::results::row::ALL_REGIONS;
use crate::results::study::StudyScore;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome};

use super::axis::Axis;
use super::canvas::{Align, Canvas, Frame, Mark, Stroke};
use super::forest::{self, Directions, FOOT};
use super::panel::{draw_ticks, tick_line};
use super::sheet::{Sheet, Words, shortened};
use super::style::{AXIS, GRID, INK, LABEL, LIGHT, MARGIN, STRONG, TICK, WIDTH};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "score_effects";
const LINE: f64 = 16.0;
const TITLE_LINE: f64 = 19.0;
const GROUP_GAP: f64 = 8.0;
const HEADING: f64 = 18.0;
const COLUMN_GAP: f64 = 12.0;

/// Intervals are shown at least to here on either side, in standard deviations.
const ALWAYS_SHOWN: f64 = 1.2;

/// An estimator at a wave.
struct Entry {
    month: i32,
    method: Method,
    /// Whether it is the first of its wave, which is named there.
    is_first: bool,
    difference: Interval,
    text: String,
}

/// A score or an index with its effects.
struct Group<'a> {
    score: &'a StudyScore,
    entries: Vec<Entry>,
}

/// The estimators of an outcome.
fn methods(outcome: Outcome) -> &'static [Method] {
    match outcome {
        Outcome::Index => &[Method::OlsStrataHc2],
        _ => &[Method::HedgesG, Method::AncovaStandardised],
    }
}

fn label(text: &ScoreEffectsText, method: Method) -> &str {
    match method {
        Method::HedgesG => &text.hedges,
        Method::AncovaStandardised => &text.ancova,
        _ => &text.index,
    }
}

fn direction<'t>(text: &'t ScoreEffectsText, score: &StudyScore) -> &'t str {
    if score.higher_is_better { &text.higher } else { &text.lower }
}

fn question(score: &StudyScore, method: Method) -> Question {
    Question::new(Analysis::Effect, score.outcome, AnalysisSet::Answered, method)
        .level(&score.level)
}

/// Draws the figure; nothing where there is no standardised effect.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.score_effects;
    let mut notes = Notes::new(names);
    let groups = groups(source, &mut notes);
    if groups.is_empty() {
        return Ok(None);
    }
    let all = || groups.iter().flat_map(|group| &group.entries);
    let axis = axis(all().map(|entry| &entry.difference));
    let mut footnotes = vec![text.explain.clone()];
    let has_lower = groups.iter().any(|group| !group.score.higher_is_better);
    footnotes.extend(has_lower.then(|| text.mixed.clone()));
    footnotes.push(text.waves.clone());
    if all().any(|entry| forest::is_cut(&entry.difference, &axis)) {
        footnotes.push(text.arrow.clone());
    }
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: text.title.clone(),
        subtitle: names.subtitle(&names.texts.common.subtitle, &text.set),
        footnotes,
        text_alternative: alternative(source, &groups),
    };
    let csv = csv(&groups)?;
    let lines = all().count() as f64;
    let rows = lines * LINE + groups.len() as f64 * (TITLE_LINE + GROUP_GAP);
    let sheet = Sheet::new(words, names, source.audience);
    let figure = sheet.draw(HEADING + rows + FOOT, csv, |canvas, top| {
        body(source, canvas, (top, rows), (&groups, &axis))
    })?;
    Ok(Some(figure))
}

/// Covers all estimates, and intervals as far as they do not dwarf the rest.
fn axis<'e>(differences: impl Iterator<Item = &'e Interval>) -> Axis {
    let shown = differences.filter_map(|own| Some((own.estimate.value()?, own.limits())));
    let ends = shown.flat_map(|(estimate, limits)| {
        let (lower, upper) = limits.unwrap_or((estimate, estimate));
        let within = |limit: f64| limit.clamp(-ALWAYS_SHOWN, ALWAYS_SHOWN);
        [estimate, within(lower), within(upper)]
    });
    Axis::covering(ends)
}

fn groups<'a>(source: Source<'a>, notes: &mut Notes<'a>) -> Vec<Group<'a>> {
    let scores = source.names.study.scores.iter();
    let wanted = scores.filter(|score| matches!(score.outcome, Outcome::Score | Outcome::Index));
    let mut groups = Vec::new();
    for score in wanted {
        let methods = methods(score.outcome);
        let of = |method: &Method| months(source.results, &question(score, *method));
        let waves: BTreeSet<i32> = methods.iter().flat_map(of).collect();
        let mut entries = Vec::new();
        for month in waves {
            for (at, &method) in methods.iter().enumerate() {
                let difference = question(score, method).month(month).interval(source.results);
                let text = show(source, notes, &difference, (score, month, method));
                entries.push(Entry { month, method, is_first: at == 0, difference, text });
            }
        }
        if !entries.is_empty() {
            groups.push(Group { score, entries });
        }
    }
    groups
}

fn show(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    difference: &Interval,
    (score, month, method): (&StudyScore, i32, Method),
) -> String {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.figure.score_effects);
    let values = [("score", names.score(score)), ("method", label(text, method).to_owned())];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let place = Place::at_month(names, ALL_REGIONS, &fill(&text.place, &values), month);
    let estimate = |value| numbers.signed(value, 2);
    let limit = |value| numbers.decimal(value, 2);
    notes.show_interval(difference, &place, Writers { estimate: &estimate, limit: &limit })
}

fn alternative(source: Source<'_>, groups: &[Group<'_>]) -> String {
    let names = source.names;
    let text = &names.texts.figure.score_effects;
    let mut words = vec![fill(&text.alternative, &[("contrast", &names.contrast())])];
    for group in groups {
        let score = names.score(group.score);
        for entry in &group.entries {
            let month = entry.month.to_string();
            let values = [
                ("score", score.as_str()),
                ("direction", direction(text, group.score)),
                ("month", month.as_str()),
                ("method", label(text, entry.method)),
                ("difference", entry.text.as_str()),
            ];
            words.push(fill(&text.alternative_row, &values));
        }
    }
    words.join(" ")
}

fn csv(groups: &[Group<'_>]) -> Result<String, FigureError> {
    let mut csv = Numbers::new(&["outcome", "level", "month", "method"], &VALUES)?;
    for group in groups {
        for entry in &group.entries {
            let month = entry.month.to_string();
            let (outcome, method) = (group.score.outcome.as_str(), entry.method.as_str());
            let own = &entry.difference;
            let cells = [&own.estimate, &own.lower, &own.upper];
            csv.line(&[outcome, &group.score.level, &month, method], &cells)?;
        }
    }
    csv.finish()
}

/// Where columns start and end, in pixels.
struct Columns {
    method: f64,
    plot: (f64, f64),
    effect: f64,
}

fn columns(source: Source<'_>, groups: &[Group<'_>], heading: &str) -> Columns {
    let text = &source.names.texts.figure.score_effects;
    let all = || groups.iter().flat_map(|group| &group.entries);
    let widest = |widths: &mut dyn Iterator<Item = f64>| widths.fold(0.0_f64, f64::max);
    let month = widest(&mut all().map(|entry| LABEL.width(&month_name(text, entry.month))));
    let method = widest(&mut all().map(|entry| LABEL.width(label(text, entry.method))));
    let effect = widest(&mut all().map(|entry| LABEL.width(&entry.text)));
    let method_start = MARGIN + month + COLUMN_GAP;
    let effect_start = WIDTH - MARGIN - effect.max(TICK.width(heading));
    Columns {
        method: method_start,
        plot: (method_start + method + 1.5 * COLUMN_GAP, effect_start - 1.5 * COLUMN_GAP),
        effect: effect_start,
    }
}

fn month_name(text: &ScoreEffectsText, month: i32) -> String {
    fill(&text.month, &[("month", &month.to_string())])
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (top, rows): (f64, f64),
    (groups, axis): (&[Group<'_>], &Axis),
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.score_effects;
    let heading = fill(&text.effect_heading, &[("level", &names.level())]);
    let columns = columns(source, groups, &heading);
    canvas.text((columns.effect, top + 10.0), &heading, TICK, Align::Left)?;
    let frame = Frame {
        left: columns.plot.0,
        right: columns.plot.1,
        top: top + HEADING,
        bottom: top + HEADING + rows,
    };
    draw_ticks(canvas, frame, axis, |tick| {
        names.numbers().signed(tick, 1 + usize::from(is_fine(axis)))
    })?;
    let plot = canvas.plot(frame, axis.range(), (0.0, 1.0));
    plot.line(&[(0.0, 0.0), (0.0, 1.0)], Stroke::solid(INK, 1.2))?;
    let mut y = frame.top;
    for (at, group) in groups.iter().enumerate() {
        if at > 0 {
            canvas.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], Stroke::solid(GRID, 0.8))?;
        }
        y += GROUP_GAP / 2.0;
        draw_title(source, canvas, (y, plot.at((0.0, 0.0)).0, columns.effect), group.score)?;
        y += TITLE_LINE;
        for entry in &group.entries {
            draw_entry(canvas, (&columns, frame, axis), (entry, y + LINE / 2.0), text)?;
            y += LINE;
        }
        y += GROUP_GAP / 2.0;
    }
    tick_line(canvas, (frame.left, frame.right), frame.bottom, Stroke::solid(AXIS, 1.0))?;
    draw_directions(source, canvas, (frame, axis), groups)
}

/// Whether ticks are closer than a tenth.
fn is_fine(axis: &Axis) -> bool {
    axis.ticks.iter().any(|tick| (10.0 * tick - (10.0 * tick).round()).abs() > 1e-9)
}

/// The score's name in bold, and which direction is the better one.
fn draw_title(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (top, zero, effect): (f64, f64, f64),
    score: &StudyScore,
) -> Result<(), FigureError> {
    let text = &source.names.texts.figure.score_effects;
    let name = shortened(&source.names.score(score), STRONG, zero - MARGIN - 10.0);
    canvas.text((MARGIN, top + 13.0), &name, STRONG, Align::Left)?;
    canvas.text((effect, top + 13.0), direction(text, score), TICK, Align::Left)
}

fn draw_entry(
    canvas: &Canvas<'_>,
    (columns, frame, axis): (&Columns, Frame, &Axis),
    (entry, centre): (&Entry, f64),
    text: &ScoreEffectsText,
) -> Result<(), FigureError> {
    let baseline = centre + 4.0;
    if entry.is_first {
        let month = month_name(text, entry.month);
        canvas.text((MARGIN, baseline), &month, LABEL, Align::Left)?;
    }
    canvas.text((columns.method, baseline), label(text, entry.method), LABEL, Align::Left)?;
    canvas.text((columns.effect, baseline), &entry.text, LABEL, Align::Left)?;
    let Some(estimate) = entry.difference.estimate.value() else { return Ok(()) };
    let row = Frame { top: centre - LINE / 2.0, bottom: centre + LINE / 2.0, ..frame };
    let (mark, colour, width) = match entry.method {
        Method::HedgesG => (Mark::FilledCircle, INK, 1.8),
        Method::AncovaStandardised => (Mark::OpenCircle, LIGHT, 1.3),
        _ => (Mark::OpenSquare, INK, 1.8),
    };
    if let Some(limits) = entry.difference.limits() {
        forest::draw_interval(canvas, (row, axis), limits, Stroke::solid(colour, width))?;
    }
    canvas.plot(row, axis.range(), (-1.0, 1.0)).mark((estimate, 0.0), mark, colour)
}

/// What lies on either side of zero: better or worse where all scores agree on it.
fn draw_directions(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (frame, axis): (Frame, &Axis),
    groups: &[Group<'_>],
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.score_effects;
    let arms = names.arms();
    let all_higher = groups.iter().all(|group| group.score.higher_is_better);
    let (left, right) = if all_higher {
        (&text.better_control, &text.better_intervention)
    } else {
        (&text.higher_control, &text.higher_intervention)
    };
    let words = Directions {
        left: &fill(left, &[("arm", &arms.control)]),
        right: &fill(right, &[("arm", &arms.intervention)]),
        axis: &fill(&text.axis, &[("contrast", &names.contrast())]),
    };
    forest::draw_directions(canvas, frame, axis, &words)
}
