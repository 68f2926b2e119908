//! Forest plot: the difference by the horizon in each region and over all.

use crate::render::lookup::{Interval, Question, regions};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::{EffectByRegionText, fill};
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Frame, Mark, Stroke};
use super::forest::{self, Directions, FOOT};
use super::panel::{draw_region_name, draw_ticks, tick_line};
use super::sheet::{Sheet, Words};
use super::style::{AXIS, GRID, INK, LABEL, LIGHT, MARGIN, STRONG, TICK, WIDTH};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "effect_by_region";
const LINE: f64 = 18.0;
const GROUP_GAP: f64 = 9.0;
const HEADING: f64 = 18.0;
const WIDEST_REGION: f64 = 130.0;
const COLUMN_GAP: f64 = 12.0;

/// Which estimator a line shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Estimator {
    Everyone,
    Observed,
    Pooled,
}

impl Estimator {
    fn label(self, text: &EffectByRegionText) -> &str {
        match self {
            Self::Everyone => &text.everyone,
            Self::Observed => &text.observed,
            Self::Pooled => &text.pooled,
        }
    }
}

/// A line of the plot.
struct Entry {
    region: String,
    estimator: Estimator,
    difference: Interval,
    text: String,
}

/// The whole plot without its positions.
struct Forest {
    groups: Vec<Vec<Entry>>,
    interaction: Option<String>,
    axis: Axis,
}

/// Draws the figure.
pub(super) fn draw(source: Source<'_>) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.effect_by_region;
    let month = names.study.horizon_months.to_string();
    let mut notes = Notes::new(names);
    let forest = forest(source, &mut notes);
    let mut footnotes = vec![text.explain.clone()];
    footnotes.extend(forest.interaction.clone());
    if forest.entries().any(|entry| forest.is_cut(entry)) {
        footnotes.push(text.arrow.clone());
    }
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: fill(&text.title, &[("month", &month)]),
        subtitle: names
            .subtitle(&names.texts.common.subtitle, &names.texts.common.intention_to_treat),
        footnotes,
        text_alternative: alternative(source, &forest),
    };
    let csv = csv(source, &forest)?;
    let height = HEADING + forest.height() + FOOT;
    Sheet::new(words, names, source.audience)
        .draw(height, csv, |canvas, top| body(source, canvas, top, &forest))
}

fn forest(source: Source<'_>, notes: &mut Notes<'_>) -> Forest {
    let (results, names) = (source.results, source.names);
    let horizon = names.study.horizon_months;
    let mut order = regions(results);
    // The overall estimates come last, as in every forest plot.
    order.rotate_left(1);
    let mut groups = Vec::new();
    for region in order {
        let mut questions = vec![
            (Estimator::Everyone, Question::everyone(region, horizon)),
            (Estimator::Observed, Question::observed(region, horizon)),
        ];
        if region == ALL_REGIONS && names.study.regions.len() > 1 {
            questions.push((Estimator::Pooled, Question::pooled(horizon)));
        }
        let entry = |(estimator, question): (Estimator, Question)| {
            let difference = question.interval(results);
            let text = show(source, notes, &difference, (region, estimator));
            Entry { region: region.to_owned(), estimator, difference, text }
        };
        groups.push(questions.into_iter().map(entry).collect::<Vec<_>>());
    }
    let axis = forest::axis(groups.iter().flatten().map(|entry| &entry.difference));
    let interaction = (names.study.regions.len() > 1).then(|| interaction(source, notes));
    Forest { groups, interaction, axis }
}

fn show(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    difference: &Interval,
    (region, estimator): (&str, Estimator),
) -> String {
    let numbers = source.names.numbers();
    let text = &source.names.texts.figure.effect_by_region;
    let place = Place::new(source.names, region, estimator.label(text));
    let points = |value| numbers.bare_points(value);
    let limit = |value: f64| numbers.decimal(100.0 * value, 1);
    notes.show_interval(difference, &place, Writers { estimate: &points, limit: &limit })
}

fn interaction(source: Source<'_>, notes: &mut Notes<'_>) -> String {
    let names = source.names;
    let text = &names.texts.figure.effect_by_region;
    let question = Question::interaction(names.study.horizon_months);
    let cell = question.cell(source.results, Statistic::PValue);
    let place = Place::new(names, ALL_REGIONS, &text.interaction_place);
    let p = notes.show(&cell, &place, |p| names.numbers().p_value(p));
    fill(&text.interaction, &[("p", &p)])
}

impl Forest {
    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.groups.iter().flatten()
    }

    fn height(&self) -> f64 {
        let lines = self.entries().count() as f64;
        lines * LINE + self.groups.len() as f64 * GROUP_GAP
    }

    fn is_cut(&self, entry: &Entry) -> bool {
        forest::is_cut(&entry.difference, &self.axis)
    }
}

fn alternative(source: Source<'_>, forest: &Forest) -> String {
    let names = source.names;
    let text = &names.texts.figure.effect_by_region;
    let (month, contrast) = (names.study.horizon_months.to_string(), names.contrast());
    let values = [("month", month.as_str()), ("contrast", contrast.as_str())];
    let mut words = vec![fill(&text.alternative, &values)];
    for entry in forest.entries() {
        let region = names.region(&entry.region);
        let values = [
            ("region", region.as_str()),
            ("method", entry.estimator.label(text)),
            ("difference", entry.text.as_str()),
        ];
        words.push(fill(&text.alternative_row, &values));
    }
    words.extend(forest.interaction.clone());
    words.join(" ")
}

fn csv(source: Source<'_>, forest: &Forest) -> Result<String, FigureError> {
    let values = [VALUES[0], VALUES[1], VALUES[2], "p_value"];
    let mut csv = Numbers::new(&["region", "analysis_set", "method"], &values)?;
    let absent = crate::render::lookup::Cell::NotEstimable(String::new());
    for entry in forest.entries() {
        let (set, method) = match entry.estimator {
            Estimator::Everyone => ("itt", "risk_difference_aalen_johansen"),
            Estimator::Observed => ("itt_observed", "risk_difference_newcombe"),
            Estimator::Pooled => ("itt_observed", "risk_difference_mantel_haenszel"),
        };
        let difference = &entry.difference;
        let cells = [&difference.estimate, &difference.lower, &difference.upper, &absent];
        csv.line(&[&entry.region, set, method], &cells)?;
    }
    if forest.interaction.is_some() {
        let question = Question::interaction(source.names.study.horizon_months);
        let p = question.cell(source.results, Statistic::PValue);
        csv.line(&[ALL_REGIONS, "itt_observed", "wald_hc2"], &[&absent, &absent, &absent, &p])?;
    }
    csv.finish()
}

/// Where columns start and end, in pixels.
struct Columns {
    method: f64,
    plot: (f64, f64),
    effect: f64,
}

fn columns(source: Source<'_>, forest: &Forest, heading: &str) -> Columns {
    let names = source.names;
    let text = &names.texts.figure.effect_by_region;
    let widest = |widths: &mut dyn Iterator<Item = f64>| widths.fold(0.0_f64, f64::max);
    let region = widest(&mut forest.entries().map(|e| STRONG.width(&names.region(&e.region))));
    let method = widest(&mut forest.entries().map(|e| LABEL.width(e.estimator.label(text))));
    let effect = widest(&mut forest.entries().map(|e| LABEL.width(&e.text)));
    let method_start = MARGIN + region.min(WIDEST_REGION) + COLUMN_GAP;
    let effect_start = WIDTH - MARGIN - effect.max(TICK.width(heading));
    Columns {
        method: method_start,
        plot: (method_start + method + COLUMN_GAP, effect_start - 1.5 * COLUMN_GAP),
        effect: effect_start,
    }
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    forest: &Forest,
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.effect_by_region;
    let heading = fill(&text.effect_heading, &[("level", &names.level())]);
    let columns = columns(source, forest, &heading);
    canvas.text((columns.effect, top + 10.0), &heading, TICK, Align::Left)?;
    let frame = Frame {
        left: columns.plot.0,
        right: columns.plot.1,
        top: top + HEADING,
        bottom: top + HEADING + forest.height(),
    };
    draw_ticks(canvas, frame, &forest.axis, |tick| names.numbers().axis_points(tick))?;
    draw_reference_lines(canvas, frame, forest)?;
    let mut y = frame.top;
    for (at, group) in forest.groups.iter().enumerate() {
        if at > 0 {
            canvas.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], Stroke::solid(GRID, 0.8))?;
        }
        y += GROUP_GAP / 2.0;
        let name = names.region(&group[0].region);
        draw_region_name(canvas, (y, LINE), &name, WIDEST_REGION)?;
        for entry in group {
            draw_entry(canvas, (&columns, frame, &forest.axis), (entry, y + LINE / 2.0), text)?;
            y += LINE;
        }
        y += GROUP_GAP / 2.0;
    }
    tick_line(canvas, (frame.left, frame.right), frame.bottom, Stroke::solid(AXIS, 1.0))?;
    let (arms, contrast) = (names.arms(), names.contrast());
    let words = Directions {
        left: &fill(&text.favours_control, &[("arm", &arms.control)]),
        right: &fill(&text.favours_intervention, &[("arm", &arms.intervention)]),
        axis: &fill(&text.axis, &[("contrast", &contrast)]),
    };
    forest::draw_directions(canvas, frame, &forest.axis, &words)
}

fn draw_reference_lines(
    canvas: &Canvas<'_>,
    frame: Frame,
    forest: &Forest,
) -> Result<(), FigureError> {
    let plot = canvas.plot(frame, forest.axis.range(), (0.0, 1.0));
    plot.line(&[(0.0, 0.0), (0.0, 1.0)], Stroke::solid(INK, 1.2))?;
    let is_pooled = |entry: &&Entry| entry.estimator == Estimator::Pooled;
    let pooled = forest.entries().find(is_pooled).and_then(|e| e.difference.estimate.value());
    match pooled {
        Some(at) => {
            let stroke = Stroke { colour: LIGHT, width: 1.0, dash: Some((3.0, 3.0)) };
            plot.line(&[(at, 1.0), (at, 0.0)], stroke)
        }
        None => Ok(()),
    }
}

fn draw_entry(
    canvas: &Canvas<'_>,
    (columns, frame, axis): (&Columns, Frame, &Axis),
    (entry, centre): (&Entry, f64),
    text: &EffectByRegionText,
) -> Result<(), FigureError> {
    let baseline = centre + 4.0;
    let label = entry.estimator.label(text);
    canvas.text((columns.method, baseline), label, LABEL, Align::Left)?;
    canvas.text((columns.effect, baseline), &entry.text, LABEL, Align::Left)?;
    let Some(estimate) = entry.difference.estimate.value() else { return Ok(()) };
    let row = Frame { top: centre - LINE / 2.0, bottom: centre + LINE / 2.0, ..frame };
    let limits = entry.difference.limits();
    if entry.estimator == Estimator::Pooled {
        let (lower, upper) = limits.unwrap_or((estimate, estimate));
        let plot = canvas.plot(row, axis.range(), (-1.0, 1.0));
        let (lower, upper) = (lower.max(axis.from), upper.min(axis.to));
        let diamond = [(lower, 0.0), (estimate, 0.62), (upper, 0.0), (estimate, -0.62)];
        return plot.polygon(&diamond, plotters::style::Color::to_rgba(&LIGHT));
    }
    let is_main = entry.estimator == Estimator::Everyone;
    let (colour, width) = if is_main { (INK, 2.0) } else { (LIGHT, 1.3) };
    if let Some(limits) = limits {
        forest::draw_interval(canvas, (row, axis), limits, Stroke::solid(colour, width))?;
    }
    let plot = canvas.plot(row, axis.range(), (-1.0, 1.0));
    let mark = if is_main { Mark::FilledCircle } else { Mark::OpenCircle };
    plot.mark((estimate, 0.0), mark, colour)
}
