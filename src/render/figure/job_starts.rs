//! Jobs after the first one: the mean number started, and how long the first one is kept.

use crate::render::lookup::{Cell, Interval, Question, months, result_arm};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Outcome;
use crate::trial::arm::{Arm, TwoArm};

use super::axis::{Axis, spaced_months};
use super::canvas::{Align, Canvas, Frame};
use super::corner::{self, Taken};
use super::curves::{self, Axes, Curves, Join, NUMBER_LINE, Naming, Step, TITLE_DROP, half_width};
use super::panel::{KEY_HEIGHT, Sample, draw_key, widest_name};
use super::reading::{self, Scale, Wanted, wanted_months};
use super::sheet::{Sheet, Words, shortened};
use super::style::{LABEL, MARGIN, STRONG, TICK, WIDTH};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "job_starts";
const HEAD: f64 = 36.0;
const PLOT_HEIGHT: f64 = 180.0;
const COLUMN_GAP: f64 = 20.0;
const WIDEST_LABEL: f64 = 92.0;
const WIDEST_NAME: f64 = 0.36;

/// Curves of an outcome.
struct Panel {
    outcome: Outcome,
    steps: TwoArm<Vec<Step>>,
    /// Contrasts in words.
    words: Vec<String>,
}

/// A contrast of the numbers of jobs; a ratio has no month.
struct Contrast {
    method: &'static str,
    month: Option<i32>,
    value: Interval,
    words: String,
}

/// Draws the figure; nothing where the results have neither outcome.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.job_starts;
    let mut notes = Notes::new(names);
    let contrasts = contrasts(source, &mut notes);
    let outcomes = [Outcome::JobStarts, Outcome::JobRetention];
    let mut panels: Vec<Panel> =
        outcomes.iter().filter_map(|&outcome| panel(source, &mut notes, outcome)).collect();
    if panels.is_empty() {
        return Ok(None);
    }
    let mut footnotes = Vec::new();
    for panel in &mut panels {
        if panel.outcome == Outcome::JobStarts {
            footnotes.push(text.explain.clone());
            let horizon = Some(names.study.horizon_months);
            let shown = contrasts.iter().filter(|c| c.month.is_none() || c.month == horizon);
            panel.words = shown.map(|contrast| contrast.words.clone()).collect();
        } else {
            let arm = names.arm(Arm::Intervention);
            footnotes.push(fill(&text.explain_retention, &[("arm", &arm)]));
        }
    }
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: text.title.clone(),
        subtitle: names
            .subtitle(&names.texts.common.subtitle_curves, &names.texts.common.everyone_randomised),
        footnotes,
        text_alternative: alternative(source, &panels),
    };
    let csv = csv(&panels, &contrasts)?;
    let key = if naming(source) == Naming::InKey { KEY_HEIGHT } else { 0.0 };
    let height = key + HEAD + PLOT_HEIGHT + TITLE_DROP + 2.0 * NUMBER_LINE + 4.0;
    let sheet = Sheet::new(words, names, source.audience);
    let figure = sheet.draw(height, csv, |canvas, top| {
        if key > 0.0 {
            draw_key(canvas, top, &names.arms(), Sample::Line)?;
        }
        body(source, canvas, top + key, &panels)
    })?;
    Ok(Some(figure))
}

/// Width of a panel.
fn width() -> f64 {
    (WIDTH - 2.0 * MARGIN - COLUMN_GAP) / 2.0
}

fn naming(source: Source<'_>) -> Naming {
    let widest = widest_name(&source.names.arms(), LABEL);
    if widest > WIDEST_NAME * width() { Naming::InKey } else { Naming::AtCurves }
}

fn question(outcome: Outcome, arm: Arm) -> Question {
    match outcome {
        Outcome::JobRetention => Question::job_retention(arm, 0),
        _ => Question::job_starts(arm, 0),
    }
}

fn panel(source: Source<'_>, notes: &mut Notes<'_>, outcome: Outcome) -> Option<Panel> {
    let names = source.names;
    let text = &names.texts.figure.job_starts;
    let is_known = |arm: &Arm| question(outcome, *arm).has_rows(source.results);
    if !Arm::BOTH.iter().any(is_known) {
        return None;
    }
    let steps = TwoArm::from_fn(|arm| {
        let arm_name = names.arm(arm);
        let words = |template: &str| fill(template, &[("arm", &arm_name)]);
        let (curve, limits, at_risk, scale) = match outcome {
            Outcome::JobRetention => (
                &text.retention_curve,
                &text.retention_limits,
                &text.retention_at_risk,
                Scale::Probability,
            ),
            _ => (&text.curve, &text.limits, &text.at_risk_of, Scale::Amount),
        };
        let wanted = Wanted {
            question: question(outcome, arm),
            region: ALL_REGIONS,
            curve: words(curve),
            limits: words(limits),
            at_risk: words(at_risk),
        };
        reading::read(source, notes, &wanted, scale)
    });
    Some(Panel { outcome, steps, words: Vec::new() })
}

/// Differences at all months that the results have, then the ratio of rates.
fn contrasts<'a>(source: Source<'a>, notes: &mut Notes<'a>) -> Vec<Contrast> {
    let (results, names) = (source.results, source.names);
    let (numbers, text) = (names.numbers(), &names.texts.figure.job_starts);
    let horizon = names.study.horizon_months;
    let mut found = Vec::new();
    for month in months(results, &Question::job_starts_effect(0)) {
        let value = Question::job_starts_effect(month).interval(results);
        let place = Place::at_month(names, ALL_REGIONS, &text.difference_place, month);
        let (estimate, limit) =
            (|value| numbers.signed(value, 2), |value: f64| numbers.decimal(value, 2));
        let mut quiet = Notes::new(names);
        let asked = if month == horizon { &mut *notes } else { &mut quiet };
        let writers = Writers { estimate: &estimate, limit: &limit };
        let shown = asked.show_interval(&value, &place, writers);
        let values = [("month", month.to_string()), ("difference", shown)];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        let words = fill(&text.difference, &values);
        found.push(Contrast { method: "mean_cumulative", month: Some(month), value, words });
    }
    let ratio = Question::job_starts_ratio();
    if ratio.has_rows(results) {
        let value = ratio.interval(results);
        let place = Place::new(names, ALL_REGIONS, &text.ratio_place);
        let write = |value: f64| numbers.decimal(value, 2);
        let writers = Writers { estimate: &write, limit: &write };
        let shown = notes.show_interval(&value, &place, writers);
        let words = fill(&text.ratio, &[("ratio", &shown)]);
        found.push(Contrast { method: "andersen_gill", month: None, value, words });
    }
    found
}

fn alternative(source: Source<'_>, panels: &[Panel]) -> String {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.figure.job_starts);
    let month = names.study.horizon_months;
    let mut quiet = Notes::new(names);
    let mut words = Vec::new();
    for panel in panels {
        let is_retention = panel.outcome == Outcome::JobRetention;
        words.push(
            if is_retention { &text.alternative_retention } else { &text.alternative }.clone(),
        );
        let place = Place::new(names, ALL_REGIONS, "");
        let values = panel.steps.iter().map(|(arm, steps)| {
            let step = steps.iter().find(|step| step.month == month);
            let cell = step.map_or(&Cell::Absent, |step| &step.value.estimate);
            let value = quiet.show(cell, &place, |value| {
                if is_retention { numbers.percent(value) } else { numbers.decimal(value, 2) }
            });
            fill(&text.alternative_arm, &[("arm", &names.arm(arm)), ("value", &value)])
        });
        let values: Vec<_> = values.collect();
        let (month, values) = (month.to_string(), values.join(&names.texts.note.list));
        let row = [("month", month.as_str()), ("arm_values", &values)];
        words.push(fill(&text.alternative_starts, &row));
        words.extend(panel.words.iter().map(|words| format!("{words}.")));
    }
    words.join(" ")
}

fn csv(panels: &[Panel], contrasts: &[Contrast]) -> Result<String, FigureError> {
    let values = [&VALUES[..], &["n_at_risk"]].concat();
    let mut csv = Numbers::new(&["outcome", "arm", "method", "month"], &values)?;
    let none = Cell::NotEstimable(String::new());
    for panel in panels {
        let method = question(panel.outcome, Arm::Control).key().method.as_str();
        for (arm, steps) in panel.steps.iter() {
            for step in steps {
                let Interval { estimate, lower, upper } = &step.value;
                let arm = result_arm(arm).as_str();
                let keys = [panel.outcome.as_str(), arm, method, &step.month.to_string()];
                csv.line(&keys, &[estimate, lower, upper, &step.count])?;
            }
        }
    }
    for contrast in contrasts {
        let Interval { estimate, lower, upper } = &contrast.value;
        let month = contrast.month.map_or_else(String::new, |month| month.to_string());
        let keys = [Outcome::JobStarts.as_str(), "ips-control", contrast.method, &month];
        csv.line(&keys, &[estimate, lower, upper, &none])?;
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
    let text = &names.texts.figure.job_starts;
    let arms = names.arms();
    let label_width = widest_name(&arms, TICK).max(TICK.width(&text.at_risk)).min(WIDEST_LABEL);
    for (at, panel) in panels.iter().enumerate() {
        let x = MARGIN + at as f64 * (width() + COLUMN_GAP);
        let gap = half_width(&panel.steps, 0, TICK).max(8.0) + 3.0;
        let frame = Frame {
            left: x + label_width + gap,
            top: top + HEAD,
            right: x + width() - 6.0,
            bottom: top + HEAD + PLOT_HEIGHT,
        };
        draw_head(source, canvas, (x, top), panel)?;
        draw_panel(source, canvas, (frame, label_width, gap), panel)?;
    }
    Ok(())
}

/// What the panel measures, and that it compares no randomised groups.
fn draw_head(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (x, top): (f64, f64),
    panel: &Panel,
) -> Result<(), FigureError> {
    let text = &source.names.texts.figure.job_starts;
    let is_retention = panel.outcome == Outcome::JobRetention;
    let heading = if is_retention { &text.retention } else { &text.starts };
    let heading = shortened(heading, STRONG, width());
    canvas.text((x, top + 10.0), &heading, STRONG, Align::Left)?;
    if is_retention {
        let warning = shortened(&text.retention_warning, LABEL, width());
        canvas.text((x, top + 24.0), &warning, LABEL, Align::Left)?;
    }
    Ok(())
}

fn draw_panel(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (frame, label_width, label_gap): (Frame, f64, f64),
    panel: &Panel,
) -> Result<(), FigureError> {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.figure.job_starts);
    let is_retention = panel.outcome == Outcome::JobRetention;
    let steps = || panel.steps.iter().flat_map(|(_, steps)| steps);
    let shown = steps().flat_map(|s| [s.value.upper.value(), s.value.estimate.value()]).flatten();
    let last = steps().map(|step| step.month).max().unwrap_or(1).max(1);
    let values = if is_retention { Axis::covering([1.0]) } else { Axis::covering(shown) };
    let is_tenth = |tick: &f64| (10.0 * tick - (10.0 * tick).round()).abs() < 1e-9;
    let digits = if values.ticks.iter().all(is_tenth) { 1 } else { 2 };
    let level = |tick: f64| {
        if is_retention { numbers.short_percent(tick) } else { numbers.decimal(tick, digits) }
    };
    let axes = Axes { months: (0.0, f64::from(last)), values: &values, level: &level };
    let scale = (frame.right - frame.left) / f64::from(last);
    let labelled = spaced_months(
        wanted_months(source, last),
        |month| f64::from(month) * scale,
        |month| half_width(&panel.steps, month, TICK),
    );
    let axis_title =
        if is_retention { &text.retention_axis } else { &names.texts.common.month_axis };
    let arms = names.arms();
    let curves = Curves {
        steps: &panel.steps,
        arms: &arms,
        join: Join::Steps,
        area_until: None,
        names: naming(source),
        labelled: &labelled,
        count_heading: &text.at_risk,
        axis_title,
        label_width,
        label_gap,
    };
    let words = curves::draw(canvas, frame, &axes, &curves)?;
    if panel.words.is_empty() {
        return Ok(());
    }
    let plot = canvas.plot(frame, axes.months, axes.values.range());
    let taken = Taken { steps: &panel.steps, words };
    corner::write(canvas, (frame, &plot), &taken, &panel.words)
}
