//! Share in a job at each month since randomisation, by arm.

use crate::render::lookup::{Cell, Question, last_month, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;
use crate::trial::arm::{Arm, TwoArm};

use super::axis::{Axis, spaced_months};
use super::canvas::{Align, Frame};
use super::curves::{self, Axes, Curves, Join, NUMBER_LINE, Naming, Step, TITLE_DROP, half_width};
use super::panel::widest_name;
use super::sheet::{Sheet, Words};
use super::style::{LABEL, MARGIN, TICK, WIDTH};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "employment_by_month";
const PLOT_HEIGHT: f64 = 250.0;
const AXIS_NAME: f64 = 24.0;
const WIDEST_NAME: f64 = 150.0;

/// Draws the figure.
pub(super) fn draw(source: Source<'_>) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.employment_by_month;
    let mut notes = Notes::new(names);
    let steps = TwoArm::from_fn(|arm| steps(source, &mut notes, arm));
    let mut footnotes = vec![text.explain.clone()];
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: text.title.clone(),
        subtitle: names
            .subtitle(&names.texts.common.subtitle_curves, &names.texts.common.observed_each_month),
        footnotes,
        text_alternative: alternative(source, &steps),
    };
    let csv = csv(&steps)?;
    let height = AXIS_NAME + PLOT_HEIGHT + TITLE_DROP + 2.0 * NUMBER_LINE + 4.0;
    Sheet::new(words, names, source.audience).draw(height, csv, |canvas, top| {
        canvas.text((MARGIN, top + 10.0), &text.axis, LABEL, Align::Left)?;
        let last = last_of(&steps);
        let label_gap = half_width(&steps, 1, TICK) + 6.0;
        let arms = names.arms();
        let name_width = widest_name(&arms, TICK);
        let label_width = name_width.max(TICK.width(&text.observed)).min(WIDEST_NAME);
        let frame = Frame {
            left: MARGIN + label_width + label_gap,
            top: top + AXIS_NAME,
            right: WIDTH - MARGIN - 10.0,
            bottom: top + AXIS_NAME + PLOT_HEIGHT,
        };
        let scale = (frame.right - frame.left) / f64::from(last);
        let wanted = wanted_months(source, last);
        let labelled = spaced_months(
            wanted,
            |month| f64::from(month) * scale,
            |month| half_width(&steps, month, TICK),
        );
        let shown = steps.iter().flat_map(|(_, s)| s);
        let shown = shown.flat_map(|s| [s.value.upper.value(), s.value.estimate.value()]);
        let values = Axis::covering(shown.flatten());
        let level = |tick: f64| names.numbers().short_percent(tick);
        let axes = Axes { months: (0.0, f64::from(last)), values: &values, level: &level };
        let curves = Curves {
            steps: &steps,
            arms: &arms,
            join: Join::Lines,
            area_until: None,
            names: Naming::AtCurves,
            labelled: &labelled,
            count_heading: &text.observed,
            axis_title: &names.texts.common.month_axis,
            label_width,
            label_gap,
        };
        curves::draw(canvas, frame, &axes, &curves).map(drop)
    })
}

fn last_of(steps: &TwoArm<Vec<Step>>) -> i32 {
    steps.iter().flat_map(|(_, steps)| steps).map(|step| step.month).max().unwrap_or(1).max(1)
}

fn steps(source: Source<'_>, notes: &mut Notes<'_>, arm: Arm) -> Vec<Step> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.figure.employment_by_month;
    let arm_name = names.arm(arm);
    let what = |template: &str| fill(template, &[("arm", &arm_name)]);
    let share = Place::new(names, ALL_REGIONS, &what(&text.share));
    let limits = Place::new(names, ALL_REGIONS, &what(&text.limits));
    let observed = Place::new(names, ALL_REGIONS, &what(&text.observed_of));
    let Some(last) = last_month(results, &Question::employed(arm, 1)) else {
        notes.explain(&Cell::Absent, &share);
        return Vec::new();
    };
    let step = |month: i32| {
        let question = Question::employed(arm, month);
        let value = question.interval(results);
        notes.explain(&value.estimate, &share);
        if value.estimate.value().is_some() {
            notes.explain(&value.lower, &limits);
            notes.explain(&value.upper, &limits);
        }
        let count = question.cell(results, Statistic::N);
        let count_text = notes.show(&count, &observed, |n| names.numbers().count(n));
        Step { month, value, band: None, count, count_text }
    };
    (1..=last).map(step).collect()
}

/// Months that deserve a label, the most wanted first.
fn wanted_months(source: Source<'_>, last: i32) -> Vec<i32> {
    let study = source.names.study;
    let first = [study.horizon_months, 1];
    let wanted = first.into_iter().chain(study.months.iter().copied());
    wanted.filter(|month| (1..=last).contains(month)).collect()
}

fn alternative(source: Source<'_>, steps: &TwoArm<Vec<Step>>) -> String {
    let names = source.names;
    let text = &names.texts.figure.employment_by_month;
    let mut quiet = Notes::new(names);
    let mut months = wanted_months(source, last_of(steps));
    months.sort_unstable();
    months.dedup();
    let mut words = vec![text.alternative.clone()];
    for month in months {
        let place = Place::new(names, ALL_REGIONS, "");
        let values = steps.iter().map(|(arm, steps)| {
            let step = steps.iter().find(|step| step.month == month);
            let cell = step.map_or(&Cell::Absent, |step| &step.value.estimate);
            let value = quiet.show(cell, &place, |value| names.numbers().percent(value));
            fill(&text.alternative_arm, &[("arm", &names.arm(arm)), ("value", &value)])
        });
        let values: Vec<_> = values.collect();
        let month = month.to_string();
        let row = [("month", month.as_str()), ("arm_values", &values.join(&names.texts.note.list))];
        words.push(fill(&text.alternative_row, &row));
    }
    words.join(" ")
}

fn csv(steps: &TwoArm<Vec<Step>>) -> Result<String, FigureError> {
    let values = ["n", VALUES[0], VALUES[1], VALUES[2]];
    let mut csv = Numbers::new(&["arm", "month"], &values)?;
    for (arm, steps) in steps.iter() {
        for step in steps {
            let value = &step.value;
            let cells = [&step.count, &value.estimate, &value.lower, &value.upper];
            csv.line(&[result_arm(arm).as_str(), &step.month.to_string()], &cells)?;
        }
    }
    csv.finish()
}
