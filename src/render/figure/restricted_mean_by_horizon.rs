//! Difference of the mean time without a first job up to a month, for every month.

use plotters::style::Color;

use crate::render::lookup::{Cell, Interval, Question, months};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;

use super::axis::{Axis, spaced_months};
use super::canvas::{Align, Canvas, Frame, Mark, Plot, Stroke};
use super::curves::{Join, NUMBER_LINE, Step, outline, runs};
use super::panel::{draw_levels, draw_months, tick_line};
use super::sheet::{Sheet, Words, shortened};
use super::style::{AXIS, GREY, INK, LABEL, MARGIN, TICK, WIDTH};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "restricted_mean_by_horizon";
const HEADING: f64 = 36.0;
const PLOT_HEIGHT: f64 = 200.0;
const BELOW: f64 = 34.0 + 3.0 * NUMBER_LINE;

/// Opacity of the ribbon.
const RIBBON: f64 = 0.22;

/// A month with its difference.
struct Horizon {
    step: Step,
    p: Cell,
    /// Difference, limits and p as they stand under the month.
    numbers: [String; 3],
    /// Whether the plan names the month.
    is_planned: bool,
}

/// Draws the figure; nothing where the results have no such difference.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.restricted_mean_by_horizon;
    let known = months(source.results, &Question::restricted_mean(0));
    let Some(&last) = known.last() else { return Ok(None) };
    let mut notes = Notes::new(names);
    // With rows at a few months only, what is between them is no gap.
    let is_curve = 2 * known.len() > usize::try_from(last).unwrap_or(0);
    let wanted: Vec<i32> = if is_curve { (1..=last).collect() } else { known };
    let horizons: Vec<Horizon> =
        wanted.into_iter().map(|month| horizon(source, &mut notes, month)).collect();
    let mut footnotes = vec![text.explain.clone()];
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: text.title.clone(),
        subtitle: names.subtitle(&text.subtitle, &names.texts.common.everyone_randomised),
        footnotes,
        text_alternative: alternative(source, &horizons),
    };
    let csv = csv(&horizons)?;
    let sheet = Sheet::new(words, names, source.audience);
    let height = HEADING + PLOT_HEIGHT + BELOW;
    let figure = sheet.draw(height, csv, |canvas, top| body(source, canvas, top, &horizons))?;
    Ok(Some(figure))
}

fn horizon(source: Source<'_>, notes: &mut Notes<'_>, month: i32) -> Horizon {
    let (results, names) = (source.results, source.names);
    let (numbers, text) = (names.numbers(), &names.texts.figure.restricted_mean_by_horizon);
    let question = Question::restricted_mean(month);
    let value = question.interval_in_days(results);
    let place = |what: &str| Place::at_month(names, ALL_REGIONS, what, month);
    let study = names.study;
    let is_planned = study.months.contains(&month) || study.horizon_months == month;
    let days = notes.show(&value.estimate, &place(&text.place), |days| numbers.signed(days, 1));
    let mut limits = String::new();
    if value.estimate.value().is_some() {
        let place = place(&text.limits_place);
        let lower = notes.show(&value.lower, &place, |days| numbers.decimal(days, 1));
        let upper = notes.show(&value.upper, &place, |days| numbers.decimal(days, 1));
        let has_both = value.limits().is_some();
        limits = if has_both { numbers.interval(&lower, &upper) } else { lower };
    }
    let p = question.cell(results, Statistic::PValue);
    let p_text = if is_planned && value.estimate.value().is_some() {
        notes.show(&p, &place(&text.p_place), |p| numbers.bare_p(p))
    } else {
        String::new()
    };
    let (band, count, count_text) = (None, Cell::Absent, String::new());
    let step = Step { month, value, band, count, count_text };
    Horizon { step, p, numbers: [days, limits, p_text], is_planned }
}

fn alternative(source: Source<'_>, horizons: &[Horizon]) -> String {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.figure.restricted_mean_by_horizon);
    let (contrast, arm) = (names.contrast(), names.arms().intervention);
    let values = [("contrast", contrast.as_str()), ("arm", &arm)];
    let mut words = vec![fill(&text.alternative, &values)];
    let mut quiet = Notes::new(names);
    for horizon in horizons.iter().filter(|horizon| horizon.is_planned) {
        let month = horizon.step.month;
        let place = Place::at_month(names, ALL_REGIONS, &text.place, month);
        let estimate = |days| numbers.signed_days(days);
        let limit = |days: f64| numbers.decimal(days, 1);
        let writers = Writers { estimate: &estimate, limit: &limit };
        let shown = quiet.show_interval(&horizon.step.value, &place, writers);
        let row = [("month", month.to_string()), ("difference", shown)];
        let row = row.each_ref().map(|(name, value)| (*name, value.as_str()));
        words.push(fill(&text.alternative_row, &row));
    }
    words.join(" ")
}

fn csv(horizons: &[Horizon]) -> Result<String, FigureError> {
    let values = ["estimate_days", VALUES[1], VALUES[2], "p_value"];
    let mut csv = Numbers::new(&["month"], &values)?;
    for Horizon { step, p, .. } in horizons {
        let Interval { estimate, lower, upper } = &step.value;
        csv.line(&[&step.month.to_string()], &[estimate, lower, upper, p])?;
    }
    csv.finish()
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    horizons: &[Horizon],
) -> Result<(), FigureError> {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.figure.restricted_mean_by_horizon);
    let room = WIDTH - 2.0 * MARGIN;
    let axis_name = fill(&text.axis, &[("contrast", &names.contrast())]);
    let direction = fill(&text.direction, &[("arm", &names.arms().intervention)]);
    canvas.text((MARGIN, top + 10.0), &shortened(&axis_name, LABEL, room), LABEL, Align::Left)?;
    canvas.text((MARGIN, top + 24.0), &shortened(&direction, TICK, room), TICK, Align::Left)?;
    let shown = horizons.iter().flat_map(|horizon| {
        let limits = horizon.step.value.limits();
        [horizon.step.value.estimate.value(), limits.map(|l| l.0), limits.map(|l| l.1)]
    });
    let axis = Axis::of_amounts(shown.flatten());
    let is_whole = axis.ticks.iter().all(|tick| (tick - tick.round()).abs() < 1e-9);
    let label = |tick: f64| numbers.signed(tick, usize::from(!is_whole));
    let heads = line_names(source);
    let widths = axis.ticks.iter().map(|tick| TICK.width(&label(*tick)));
    let widest = widths.chain(heads.iter().map(|head| TICK.width(head))).fold(0.0, f64::max);
    let frame = Frame {
        left: MARGIN + widest + 34.0,
        top: top + HEADING,
        right: WIDTH - MARGIN - 34.0,
        bottom: top + HEADING + PLOT_HEIGHT,
    };
    let last = horizons.last().map_or(1, |horizon| horizon.step.month);
    let plot = canvas.plot(frame, (0.0, f64::from(last)), axis.range());
    draw_levels(canvas, frame, &axis, label)?;
    let zero = plot.at((0.0, 0.0)).1;
    tick_line(canvas, (frame.left, frame.right), zero, Stroke::solid(AXIS, 1.2))?;
    draw_curve(&plot, horizons)?;
    draw_below(source, canvas, (frame, &plot), horizons)
}

/// What the lines of numbers hold.
fn line_names(source: Source<'_>) -> [String; 3] {
    let text = &source.names.texts.figure.restricted_mean_by_horizon;
    let limits = fill(&text.limits, &[("level", &source.names.level())]);
    [text.difference.clone(), limits, text.p.clone()]
}

fn draw_curve(plot: &Plot<'_>, horizons: &[Horizon]) -> Result<(), FigureError> {
    let steps: Vec<Step> = horizons.iter().map(|horizon| horizon.step.clone()).collect();
    let has_estimate = |step: &Step| step.value.estimate.value().is_some();
    for run in runs(&steps, |step| step.value.limits().filter(|_| has_estimate(step))) {
        let outline = outline(&run, Join::Lines);
        if outline.len() > 2 {
            plot.polygon(&outline, GREY.mix(RIBBON))?;
        }
    }
    for run in runs(&steps, |step| step.value.estimate.value()) {
        if run.len() > 1 {
            plot.line(&run, Stroke::solid(INK, 1.8))?;
        }
    }
    for horizon in horizons.iter().filter(|horizon| horizon.is_planned) {
        let Some(days) = horizon.step.value.estimate.value() else { continue };
        plot.mark((f64::from(horizon.step.month), days), Mark::FilledCircle, INK)?;
    }
    Ok(())
}

/// The plan's months with their numbers, as far as there is room.
fn draw_below(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (frame, plot): (Frame, &Plot<'_>),
    horizons: &[Horizon],
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.restricted_mean_by_horizon;
    let x = |month: i32| plot.at((f64::from(month), 0.0)).0;
    let of = |month: i32| horizons.iter().find(|horizon| horizon.step.month == month);
    let half = |month: i32| {
        let numbers = of(month).map(|horizon| &horizon.numbers).into_iter().flatten();
        numbers.map(|number| TICK.width(number)).fold(16.0, f64::max) / 2.0 + 4.0
    };
    let study = names.study;
    let wanted = std::iter::once(study.horizon_months).chain(study.months.iter().copied());
    let wanted: Vec<i32> = wanted.filter(|month| of(*month).is_some()).collect();
    let labelled: Vec<(i32, f64)> =
        spaced_months(wanted, x, half).into_iter().map(|month| (month, x(month))).collect();
    draw_months(canvas, frame, &labelled, |month| month.to_string())?;
    let centre = f64::midpoint(frame.left, frame.right);
    let heading = frame.bottom + 30.0;
    canvas.text((centre, heading), &text.horizon_axis, TICK, Align::Centre)?;
    for (line, name) in line_names(source).iter().enumerate() {
        let y = heading + (line as f64 + 1.0) * NUMBER_LINE + 2.0;
        canvas.text((MARGIN, y), name, TICK, Align::Left)?;
        for (month, x) in &labelled {
            let Some(horizon) = of(*month) else { continue };
            canvas.text((*x, y), &horizon.numbers[line], TICK, Align::Centre)?;
        }
    }
    Ok(())
}
