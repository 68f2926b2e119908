//! Effect on employment and on benefits at each month, before and after randomisation.

use std::collections::BTreeSet;

use plotters::style::RGBColor;

use crate::render::lookup::{Cell, Interval, Question, months};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Inference, Outcome, Unit};

use super::axis::{Axis, spaced_months};
use super::canvas::{Align, Canvas, Frame, Mark, Plot, Stroke};
use super::panel::{draw_levels, draw_months, tick_line};
use super::sheet::{Sheet, Words, shortened};
use super::style::{AXIS, GRID, INK, LABEL, LIGHT, MARGIN, TICK, WIDTH};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "effect_by_month";
const HEADING: f64 = 24.0;
const PLOT_HEIGHT: f64 = 190.0;
const MONTHS: f64 = 18.0;
const PANEL_GAP: f64 = 22.0;
const AXIS_TITLE: f64 = 20.0;

/// A second series stands this many months beside the first.
const SHIFT: f64 = 0.28;

/// The rule's colour, apart from ink in print and in grey.
const RULE: RGBColor = RGBColor(0xD5, 0x5E, 0x00);

/// An effect at each of its months, and where there is one the band of all months together.
struct Series {
    outcome: Outcome,
    points: Vec<(i32, Interval)>,
    band: Vec<(i32, (f64, f64))>,
}

impl Series {
    fn of(source: Source<'_>, outcome: Outcome) -> Self {
        let results = source.results;
        let months = months(results, &Question::effect_at(outcome, 0));
        let question = |month| Question::effect_at(outcome, month);
        let limits = |month| {
            let band = question(month).inference(Inference::BandSupT).interval(results);
            Some((month, band.limits()?))
        };
        let band = months.iter().copied().filter_map(limits).collect();
        let point = |month| (month, question(month).interval(results));
        Self { outcome, points: months.into_iter().map(point).collect(), band }
    }

    fn is_rule(&self) -> bool {
        self.outcome == Outcome::BenefitFormulaEur
    }

    fn unit(&self) -> Unit {
        if self.outcome == Outcome::Employed { Unit::Proportion } else { Unit::EurPerMonth }
    }

    /// Mark and colour at a month: grey up to randomisation.
    fn look(&self, month: i32) -> (Mark, RGBColor) {
        match (self.is_rule(), month > 0) {
            (false, true) => (Mark::FilledCircle, INK),
            (false, false) => (Mark::OpenCircle, LIGHT),
            (true, true) => (Mark::OpenSquare, RULE),
            (true, false) => (Mark::OpenSquare, LIGHT),
        }
    }
}

/// Series on one axis.
struct Panel {
    series: Vec<Series>,
}

impl Panel {
    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        let bands = self.series.iter().flat_map(|series| &series.band);
        let bands = bands.flat_map(|(_, (lower, upper))| [*lower, *upper]);
        let points = self.series.iter().flat_map(|series| &series.points);
        points
            .flat_map(|(_, value)| {
                let estimate = value.estimate.value();
                let limits = value.limits().filter(|_| estimate.is_some());
                [estimate, limits.map(|(lower, _)| lower), limits.map(|(_, upper)| upper)]
            })
            .flatten()
            .chain(bands)
    }
}

/// Draws the figure; nothing where there is no effect by month.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.effect_by_month;
    let panels = panels(source);
    if panels.is_empty() {
        return Ok(None);
    }
    let mut notes = Notes::new(names);
    let all = || panels.iter().flat_map(|panel| &panel.series);
    for series in all() {
        explain_gaps(source, &mut notes, series);
    }
    let mut footnotes = vec![text.explain.clone()];
    if all().flat_map(|series| &series.points).any(|(month, _)| *month <= 0) {
        footnotes.push(text.placebo.clone());
    }
    if all().any(|series| !series.band.is_empty()) {
        footnotes.push(text.band.clone());
    }
    if all().any(Series::is_rule) {
        footnotes.push(text.rule.clone());
    }
    footnotes.extend(notes.lines());
    let has_benefits = all().any(|series| series.unit() == Unit::EurPerMonth);
    let words = Words {
        name: NAME.to_owned(),
        title: if has_benefits { text.title_with_benefits.clone() } else { text.title.clone() },
        subtitle: names.subtitle(&text.subtitle, &names.texts.common.observed_each_month),
        footnotes,
        text_alternative: alternative(source, &panels),
    };
    let csv = csv(&panels)?;
    let each = HEADING + PLOT_HEIGHT + MONTHS;
    let n_panels = panels.len() as f64;
    let height = n_panels * each + (n_panels - 1.0) * PANEL_GAP + AXIS_TITLE;
    let sheet = Sheet::new(words, names, source.audience);
    let figure = sheet.draw(height, csv, |canvas, top| body(source, canvas, top, &panels))?;
    Ok(Some(figure))
}

/// Employment first, then benefits with the rule beside them, as far as there are rows.
fn panels(source: Source<'_>) -> Vec<Panel> {
    let groups: [&[Outcome]; 2] =
        [&[Outcome::Employed], &[Outcome::BenefitEur, Outcome::BenefitFormulaEur]];
    let panel = |group: &&[Outcome]| {
        let series = group.iter().map(|&outcome| Series::of(source, outcome));
        Panel { series: series.filter(|series| !series.points.is_empty()).collect() }
    };
    groups.iter().map(panel).filter(|panel| !panel.series.is_empty()).collect()
}

fn place(source: Source<'_>, outcome: Outcome) -> Place {
    let names = source.names;
    let outcome = names.outcome(outcome);
    let text = &names.texts.figure.effect_by_month.place;
    Place::new(names, ALL_REGIONS, &fill(text, &[("outcome", &outcome)]))
}

/// Says of each month without a mark or a bar why, also where the results lack the month.
fn explain_gaps(source: Source<'_>, notes: &mut Notes<'_>, series: &Series) {
    let mut missing: Vec<(Cell, BTreeSet<i32>)> = Vec::new();
    let mut add = |cell: &Cell, month: i32| {
        if cell.value().is_some() {
            return;
        }
        match missing.iter_mut().find(|(known, _)| known == cell) {
            Some((_, months)) => drop(months.insert(month)),
            None => missing.push((cell.clone(), BTreeSet::from([month]))),
        }
    };
    for (month, value) in &series.points {
        let has_mark = value.estimate.value().is_some();
        let bar = [&value.lower, &value.upper].into_iter().filter(|_| has_mark);
        for cell in std::iter::once(&value.estimate).chain(bar) {
            add(cell, *month);
        }
    }
    for pair in series.points.windows(2) {
        for month in pair[0].0 + 1..pair[1].0 {
            add(&Cell::Absent, month);
        }
    }
    let names = source.names;
    let outcome = names.outcome(series.outcome);
    let what = fill(&names.texts.figure.effect_by_month.place, &[("outcome", &outcome)]);
    for (cell, months) in &missing {
        notes.explain(cell, &Place::at_months(names, ALL_REGIONS, &what, months));
    }
}

fn alternative(source: Source<'_>, panels: &[Panel]) -> String {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.figure.effect_by_month);
    let mut words = vec![fill(&text.alternative, &[("contrast", &names.contrast())])];
    let mut quiet = Notes::new(names);
    let study = names.study;
    for series in panels.iter().flat_map(|panel| &panel.series) {
        let points = |value| numbers.bare_points(value);
        let eur = |value| numbers.signed(value, 0);
        let point_limit = |value: f64| numbers.decimal(100.0 * value, 1);
        let eur_limit = |value| numbers.decimal(value, 0);
        let writers = match series.unit() {
            Unit::Proportion => Writers { estimate: &points, limit: &point_limit },
            _ => Writers { estimate: &eur, limit: &eur_limit },
        };
        let first = series.points.first().map(|(month, _)| *month);
        for (month, value) in &series.points {
            if !study.months.contains(month)
                && *month != study.horizon_months
                && Some(*month) != first
            {
                continue;
            }
            let shown = quiet.show_interval(value, &place(source, series.outcome), writers);
            let outcome = names.outcome(series.outcome);
            let month = numbers.decimal(f64::from(*month), 0);
            let row = [("month", month.as_str()), ("outcome", &outcome), ("difference", &shown)];
            words.push(fill(&text.alternative_row, &row));
        }
    }
    let points = panels.iter().flat_map(|panel| &panel.series).flat_map(|series| &series.points);
    if points.into_iter().any(|(month, _)| *month <= 0) {
        words.push(text.placebo.clone());
    }
    words.join(" ")
}

fn csv(panels: &[Panel]) -> Result<String, FigureError> {
    const BAND: [&str; 2] = ["band_lower", "band_upper"];
    let mut csv = Numbers::new(&["outcome", "month"], &[&VALUES[..], &BAND].concat())?;
    for series in panels.iter().flat_map(|panel| &panel.series) {
        for (month, value) in &series.points {
            let known = series.band.iter().find(|(own, _)| own == month);
            let cell =
                |limit: Option<f64>| limit.map_or(Cell::NotEstimable(String::new()), Cell::Value);
            let lower = cell(known.map(|(_, limits)| limits.0));
            let upper = cell(known.map(|(_, limits)| limits.1));
            let cells = [&value.estimate, &value.lower, &value.upper, &lower, &upper];
            csv.line(&[series.outcome.as_str(), &month.to_string()], &cells)?;
        }
    }
    csv.finish()
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    panels: &[Panel],
) -> Result<(), FigureError> {
    let names = source.names;
    let all = || panels.iter().flat_map(|panel| &panel.series).flat_map(|series| &series.points);
    let first = all().map(|(month, _)| *month).min().unwrap_or(0).min(0);
    let last = all().map(|(month, _)| *month).max().unwrap_or(1).max(1);
    let axes: Vec<(Axis, Vec<String>)> = panels.iter().map(|panel| axis(source, panel)).collect();
    let widest = axes.iter().flat_map(|(_, labels)| labels).map(|label| TICK.width(label));
    let left = MARGIN + widest.fold(0.0, f64::max) + 8.0;
    let mut y = top;
    for (panel, (axis, _)) in panels.iter().zip(&axes) {
        let frame = Frame {
            left,
            top: y + HEADING,
            right: WIDTH - MARGIN - 6.0,
            bottom: y + HEADING + PLOT_HEIGHT,
        };
        draw_heading(source, canvas, y, panel)?;
        draw_panel(source, canvas, (frame, axis, (first, last)), panel)?;
        y = frame.bottom + MONTHS + PANEL_GAP;
    }
    let centre = f64::midpoint(left, WIDTH - MARGIN);
    let baseline = y - PANEL_GAP + 13.0;
    canvas.text((centre, baseline), &names.texts.common.month_axis, TICK, Align::Centre)
}

/// The axis of a panel, with the labels of its ticks.
fn axis(source: Source<'_>, panel: &Panel) -> (Axis, Vec<String>) {
    let numbers = source.names.numbers();
    let is_share = panel.series.iter().all(|series| series.unit() == Unit::Proportion);
    let axis =
        if is_share { Axis::covering(panel.values()) } else { Axis::of_amounts(panel.values()) };
    let label = |tick: &f64| {
        if is_share { numbers.axis_points(*tick) } else { numbers.signed(*tick, 0) }
    };
    let labels = axis.ticks.iter().map(label).collect();
    (axis, labels)
}

/// What the panel measures, and the marks of its series behind it.
fn draw_heading(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    panel: &Panel,
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.effect_by_month;
    let is_share = panel.series.iter().all(|series| series.unit() == Unit::Proportion);
    let template = if is_share { &text.employed } else { &text.benefit };
    let heading = fill(template, &[("contrast", &names.contrast())]);
    let has_key = panel.series.len() > 1;
    let named = |series: &Series| if series.is_rule() { &text.formula } else { &text.paid };
    let key_width: f64 = if has_key {
        panel.series.iter().map(|series| LABEL.width(named(series)) + 28.0).sum()
    } else {
        0.0
    };
    let room = WIDTH - 2.0 * MARGIN - key_width - 12.0;
    let heading = shortened(&heading, LABEL, room);
    canvas.text((MARGIN, top + 10.0), &heading, LABEL, Align::Left)?;
    let has_values = panel.values().next().is_some();
    if !has_key {
        return Ok(());
    }
    let mut x = MARGIN + LABEL.width(&heading) + 24.0;
    for series in &panel.series {
        let (mark, colour) = series.look(1);
        if has_values {
            canvas.mark((x, top + 6.0), mark, colour)?;
        }
        canvas.text((x + 9.0, top + 10.0), named(series), LABEL, Align::Left)?;
        x += LABEL.width(named(series)) + 28.0;
    }
    Ok(())
}

fn draw_panel(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (frame, axis, (first, last)): (Frame, &Axis, (i32, i32)),
    panel: &Panel,
) -> Result<(), FigureError> {
    let names = source.names;
    let numbers = names.numbers();
    let is_share = panel.series.iter().all(|series| series.unit() == Unit::Proportion);
    let from = f64::from(first) - 0.8;
    let plot = canvas.plot(frame, (from, f64::from(last) + 0.8), axis.range());
    if first < 0 {
        let grey = plotters::style::Color::mix(&GRID, 0.45);
        let shade = [(from, axis.from), (0.0, axis.from), (0.0, axis.to), (from, axis.to)];
        plot.polygon(&shade, grey)?;
    }
    draw_levels(canvas, frame, axis, |tick| {
        if is_share { numbers.axis_points(tick) } else { numbers.signed(tick, 0) }
    })?;
    let zero = plot.at((0.0, 0.0));
    tick_line(canvas, (frame.left, frame.right), zero.1, Stroke::solid(AXIS, 1.0))?;
    let upright = Stroke { colour: INK, width: 1.0, dash: Some((4.0, 2.5)) };
    canvas.line(&[(zero.0, frame.top - 8.0), (zero.0, frame.bottom)], upright)?;
    draw_words(source, canvas, frame, (zero.0, first))?;
    for (at, series) in panel.series.iter().enumerate() {
        let shift = if panel.series.len() > 1 { SHIFT * (2.0 * at as f64 - 1.0) } else { 0.0 };
        draw_series(&plot, series, shift)?;
    }
    let study = names.study;
    let wanted = [study.horizon_months, 0, first, last].into_iter();
    let wanted = wanted.chain(study.months.iter().copied()).filter(|m| (first..=last).contains(m));
    let x = |month: i32| plot.at((f64::from(month), 0.0)).0;
    let label = |month: i32| numbers.decimal(f64::from(month), 0);
    let half = |month: i32| TICK.width(&label(month)) / 2.0 + 4.0;
    let labelled: Vec<_> =
        spaced_months(wanted, x, half).into_iter().map(|month| (month, x(month))).collect();
    draw_months(canvas, frame, &labelled, label)
}

/// Names the line at month 0 and what is before it.
fn draw_words(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    frame: Frame,
    (zero, first): (f64, i32),
) -> Result<(), FigureError> {
    let text = &source.names.texts.figure.effect_by_month;
    let y = frame.top - 1.0;
    canvas.text((zero + 4.0, y), &text.randomisation, TICK, Align::Left)?;
    let room = zero - frame.left - 4.0;
    if first < 0 && TICK.width(&text.before) <= room {
        canvas.text((zero - 4.0, y), &text.before, TICK, Align::Right)?;
    }
    Ok(())
}

fn draw_series(plot: &Plot<'_>, series: &Series, shift: f64) -> Result<(), FigureError> {
    // Where the month's own interval is withheld, so is the band.
    for (month, (lower, upper)) in &series.band {
        let x = f64::from(*month) + shift;
        let (_, colour) = series.look(*month);
        plot.line(&[(x, *lower), (x, *upper)], Stroke::solid(colour, 0.45))?;
    }
    for (month, value) in &series.points {
        let Some(estimate) = value.estimate.value() else { continue };
        let (mark, colour) = series.look(*month);
        let x = f64::from(*month) + shift;
        if let Some((lower, upper)) = value.limits() {
            plot.line(&[(x, lower), (x, upper)], Stroke::solid(colour, 1.3))?;
        }
        plot.small_mark((x, estimate), mark, colour)?;
    }
    Ok(())
}
