//! The hazard ratio of a first job in consecutive intervals of months, on a log axis.

use crate::render::lookup::{Cell, Interval, Question, months};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;

use super::axis::{Axis, spaced_months};
use super::canvas::{Align, Canvas, Frame, Mark, Plot, Stroke};
use super::forest;
use super::log_axis;
use super::panel::{draw_levels, draw_months, tick_line};
use super::sheet::{Sheet, Words, shortened};
use super::style::{AXIS, INK, LABEL, LIGHT, MARGIN, TICK, WIDTH};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "hazard_ratio_over_time";
const HEADING: f64 = 22.0;
const PLOT_HEIGHT: f64 = 210.0;
const BELOW: f64 = 48.0;
const ARROW: f64 = 7.0;

/// A ratio between two months.
struct Part {
    from: i32,
    to: i32,
    ratio: Interval,
    placed: Interval,
    text: String,
    events: Cell,
    events_text: String,
}

/// What the whole follow-up gives.
struct Whole {
    ratio: Cell,
    ratio_text: String,
    p: Cell,
    p_text: String,
}

/// Draws the figure; nothing where the results have no ratio of an interval.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratio_over_time;
    let mut notes = Notes::new(names);
    let parts = parts(source, &mut notes);
    if parts.is_empty() {
        return Ok(None);
    }
    let whole = whole(source, &mut notes);
    let overall =
        Interval { estimate: whole.ratio.clone(), lower: Cell::Absent, upper: Cell::Absent };
    let overall = log_axis::places(&overall);
    let axis = log_axis::covering(parts.iter().map(|part| &part.placed).chain([&overall]));
    let arms = names.arms();
    let mut footnotes = vec![fill(&text.explain, &[("arm", &arms.intervention)])];
    if parts.iter().any(|part| forest::is_cut(&part.placed, &axis)) {
        footnotes.push(text.arrow.clone());
    }
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: text.title.clone(),
        subtitle: names
            .subtitle(&names.texts.common.subtitle, &names.texts.common.everyone_randomised),
        footnotes,
        text_alternative: alternative(source, (&parts, &whole)),
    };
    let csv = csv(&parts, &whole)?;
    let sheet = Sheet::new(words, names, source.audience);
    let height = HEADING + PLOT_HEIGHT + BELOW;
    let figure = sheet
        .draw(height, csv, |canvas, top| body(source, canvas, top, (&parts, &whole, &axis)))?;
    Ok(Some(figure))
}

fn parts(source: Source<'_>, notes: &mut Notes<'_>) -> Vec<Part> {
    let (results, names) = (source.results, source.names);
    let (numbers, text) = (names.numbers(), &names.texts.figure.hazard_ratio_over_time);
    let ends = months(results, &Question::hazard_ratio_until(0));
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let part = |(from, to): (i32, i32)| {
        let question = Question::hazard_ratio_until(to);
        let ratio = question.interval(results);
        let write = |value: f64| numbers.decimal(value, 2);
        let place = Place::at_month(names, ALL_REGIONS, &text.place, to);
        let shown =
            notes.show_interval(&ratio, &place, Writers { estimate: &write, limit: &write });
        let events = question.cell(results, Statistic::Events);
        let place = Place::at_month(names, ALL_REGIONS, &text.events_place, to);
        let events_text = notes.show(&events, &place, |value| numbers.count(value));
        let placed = log_axis::places(&ratio);
        Part { from, to, ratio, placed, text: shown, events, events_text }
    };
    starts.zip(ends.iter().copied()).map(part).collect()
}

fn whole(source: Source<'_>, notes: &mut Notes<'_>) -> Whole {
    let (results, names) = (source.results, source.names);
    let (numbers, text) = (names.numbers(), &names.texts.figure.hazard_ratio_over_time);
    let ratio = Question::hazard_ratio(ALL_REGIONS, "").cell(results, Statistic::Estimate);
    let place = Place::new(names, ALL_REGIONS, &text.overall_place);
    let shown = notes.show(&ratio, &place, |value| numbers.decimal(value, 2));
    let ratio_text = fill(&text.overall, &[("ratio", &shown)]);
    let p = Question::proportional_hazards().cell(results, Statistic::PValue);
    let place = Place::new(names, ALL_REGIONS, &text.test_place);
    let shown = notes.show(&p, &place, |p| numbers.p_value(p));
    let p_text = fill(&text.test, &[("p", &shown)]);
    Whole { ratio, ratio_text, p, p_text }
}

fn alternative(source: Source<'_>, (parts, whole): (&[Part], &Whole)) -> String {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratio_over_time;
    let arms = names.arms();
    let both = [("intervention", arms.intervention.as_str()), ("control", &arms.control)];
    let mut words = vec![fill(&text.alternative, &both)];
    for part in parts {
        let ends = [("lower", part.from.to_string()), ("upper", part.to.to_string())];
        let ends = ends.each_ref().map(|(name, value)| (*name, value.as_str()));
        let interval = fill(&text.interval, &ends);
        let row = [("interval", interval.as_str()), ("ratio", &part.text)];
        words.push(fill(&text.alternative_row, &row));
    }
    words.push(format!("{}. {}.", whole.ratio_text, whole.p_text));
    words.join(" ")
}

fn csv(parts: &[Part], whole: &Whole) -> Result<String, FigureError> {
    let values = [&VALUES[..], &["events", "p_value"]].concat();
    let mut csv = Numbers::new(&["from_month", "to_month"], &values)?;
    let none = Cell::NotEstimable(String::new());
    for part in parts {
        let (estimate, lower, upper) = (&part.ratio.estimate, &part.ratio.lower, &part.ratio.upper);
        let cells = [estimate, lower, upper, &part.events, &none];
        csv.line(&[&part.from.to_string(), &part.to.to_string()], &cells)?;
    }
    csv.line(&["", ""], &[&whole.ratio, &none, &none, &none, &whole.p])?;
    csv.finish()
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    (parts, whole, axis): (&[Part], &Whole, &Axis),
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratio_over_time;
    let arms = names.arms();
    let both = [("intervention", arms.intervention.as_str()), ("control", &arms.control)];
    let p_width = TICK.width(&whole.p_text) + 16.0;
    let heading = shortened(&fill(&text.axis, &both), LABEL, WIDTH - 2.0 * MARGIN - p_width);
    canvas.text((MARGIN, top + 10.0), &heading, LABEL, Align::Left)?;
    canvas.text((WIDTH - MARGIN, top + 10.0), &whole.p_text, TICK, Align::Right)?;
    let label = |tick: f64| log_axis::label(names.numbers(), tick);
    let ticks = axis.ticks.iter().map(|tick| TICK.width(&label(*tick)));
    let left = ticks.fold(TICK.width(&text.events), f64::max);
    let frame = Frame {
        left: MARGIN + left + 8.0,
        top: top + HEADING,
        right: WIDTH - MARGIN - TICK.width(&whole.ratio_text) - 10.0,
        bottom: top + HEADING + PLOT_HEIGHT,
    };
    let last = parts.iter().map(|part| part.to).max().unwrap_or(1).max(1);
    let plot = canvas.plot(frame, (0.0, f64::from(last)), axis.range());
    draw_levels(canvas, frame, axis, label)?;
    let one = plot.at((0.0, 0.0)).1;
    tick_line(canvas, (frame.left, frame.right), one, Stroke::solid(INK, 1.2))?;
    if let Some(overall) = whole.ratio.value().map(log_axis::place) {
        let y = plot.at((0.0, overall.clamp(axis.from, axis.to))).1;
        let dashed = Stroke { colour: LIGHT, width: 1.2, dash: Some((5.0, 3.0)) };
        tick_line(canvas, (frame.left, frame.right), y, dashed)?;
        canvas.text((frame.right + 6.0, y + 3.6), &whole.ratio_text, TICK, Align::Left)?;
    }
    for part in parts {
        draw_part(canvas, (&plot, axis), part)?;
    }
    draw_below(source, canvas, (frame, &plot), parts)
}

/// A step over the interval, with its mark and its limits in the middle.
fn draw_part(
    canvas: &Canvas<'_>,
    (plot, axis): (&Plot<'_>, &Axis),
    part: &Part,
) -> Result<(), FigureError> {
    let Some(estimate) = part.placed.estimate.value() else { return Ok(()) };
    let (from, to) = (f64::from(part.from), f64::from(part.to));
    let middle = f64::midpoint(from, to);
    if let Some((lower, upper)) = part.placed.limits() {
        let within = |limit: f64| limit.clamp(axis.from, axis.to);
        let ends = [(middle, within(lower)), (middle, within(upper))];
        plot.line(&ends, Stroke::solid(INK, 1.3))?;
        let cut = [(lower < axis.from, ends[0], -ARROW), (upper > axis.to, ends[1], ARROW)];
        for (is_cut, end, back) in cut {
            if is_cut {
                let (x, y) = plot.at(end);
                let head = [(x, y), (x - 3.5, y + back), (x + 3.5, y + back)];
                canvas.polygon(&head, plotters::style::Color::to_rgba(&INK))?;
            }
        }
    }
    if !(axis.from..=axis.to).contains(&estimate) {
        return Ok(());
    }
    plot.line(&[(from, estimate), (to, estimate)], Stroke::solid(INK, 1.8))?;
    plot.mark((middle, estimate), Mark::FilledCircle, INK)
}

/// Ends of the intervals, and the first jobs in each as far as there is room.
fn draw_below(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (frame, plot): (Frame, &Plot<'_>),
    parts: &[Part],
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratio_over_time;
    let x = |month: f64| plot.at((month, 0.0)).0;
    let half = |month: i32| TICK.width(&month.to_string()) / 2.0 + 4.0;
    let last = parts.last().map(|part| part.to);
    let ends = last.into_iter().chain([0]).chain(parts.iter().map(|part| part.to));
    let labelled: Vec<(i32, f64)> = spaced_months(ends, |month| x(f64::from(month)), half)
        .into_iter()
        .map(|month| (month, x(f64::from(month))))
        .collect();
    draw_months(canvas, frame, &labelled, |month| month.to_string())?;
    let y = frame.bottom + 30.0;
    let mut end = frame.left;
    for part in parts {
        let middle = x(f64::midpoint(f64::from(part.from), f64::from(part.to)));
        let half = TICK.width(&part.events_text) / 2.0 + 2.0;
        if middle - half >= end {
            canvas.text((middle, y), &part.events_text, TICK, Align::Centre)?;
            end = middle + half;
        }
    }
    canvas.text((frame.left - 8.0, y), &text.events, TICK, Align::Right)?;
    tick_line(canvas, (frame.left, frame.right), frame.bottom, Stroke::solid(AXIS, 1.0))?;
    let centre = f64::midpoint(frame.left, frame.right);
    canvas.text((centre, y + 16.0), &names.texts.common.month_axis, TICK, Align::Centre)
}
