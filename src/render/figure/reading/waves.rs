//! Values by wave as a panel: a line an arm, with limits where there are any, and numbers below.

use crate::render::chart::drawing::Stroke;
use crate::render::chart::panel::{Across, Label, Layer, NumberLine, Panel};
use crate::render::chart::style::{TICK, arm_type, colour, mark, stroke};
use crate::render::lookup::{Cell, Interval, Question, result_arm};
use crate::render::names::Names;
use crate::render::notes::Place;
use crate::results::vocabulary::Statistic;
use crate::trial::arm::{Arm, TwoArm};

use super::draft::Draft;
use super::form::Form;

/// An arm's mark stands this share of the months beside its wave.
const SHIFT: f64 = 0.008;

/// Space beside the first and the last wave, as a share of the months between them.
const BESIDE: f64 = 0.07;

/// A value at a wave.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) month: i32,
    pub(crate) value: Interval,
    pub(crate) count_text: String,
}

/// Every value that is drawn, with its limits.
pub(crate) fn values(points: &TwoArm<Vec<Point>>) -> impl Iterator<Item = f64> {
    let all = points.iter().flat_map(|(_, points)| points);
    all.filter(|point| point.value.estimate.value().is_some()).flat_map(|point| {
        let limits = point.value.limits();
        let ends = [limits.map(|ends| ends.0), limits.map(|ends| ends.1)];
        ends.into_iter().chain([point.value.estimate.value()]).flatten()
    })
}

/// Both arms' waves to read: of which rows, with which words, into which lines of numbers.
pub(crate) struct Asked<'q> {
    pub(crate) region: &'q str,
    pub(crate) question: &'q dyn Fn(Arm) -> Question,
    /// What an arm's values and numbers are called where they are missing.
    pub(crate) words: &'q dyn Fn(&str) -> [String; 2],
    /// Keys of the lines of an arm, but for the month.
    pub(crate) keys: &'q dyn Fn(&'static str) -> Vec<&'q str>,
    pub(crate) gaps: Gaps,
}

/// What is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gaps {
    /// Every value with its limits.
    All,
    /// Values at waves of which the results have a row; limits are drawn where there are any.
    Values,
}

/// Reads both arms' waves and adds their numbers.
pub(crate) fn both(draft: &mut Draft<'_>, asked: &Asked<'_>, waves: &[i32]) -> TwoArm<Vec<Point>> {
    TwoArm::from_fn(|arm| waves.iter().map(|month| point(draft, asked, (arm, *month))).collect())
}

fn point(draft: &mut Draft<'_>, asked: &Asked<'_>, (arm, month): (Arm, i32)) -> Point {
    let (results, names) = (draft.results, draft.names);
    let [what, number] =
        (asked.words)(&names.arm(arm)).map(|what| Place::new(names, asked.region, &what));
    let question = (asked.question)(arm).month(month);
    let value = question.interval(results);
    let count = question.cell(results, Statistic::N);
    let has_row = value.estimate != Cell::Absent || count != Cell::Absent;
    let mut count_text = String::new();
    if has_row || asked.gaps == Gaps::All {
        draft.explain(&value.estimate, &what);
        count_text = draft.show(&count, &number, Form::Count);
    }
    if value.estimate.value().is_some() && asked.gaps == Gaps::All {
        draft.explain(&value.lower, &what);
        draft.explain(&value.upper, &what);
    }
    let keys = (asked.keys)(result_arm(arm).as_str());
    let word = month.to_string();
    draft.line(&[&keys[..], &[&word]].concat(), &[&[&count][..], &value.cells()].concat());
    Point { month, value, count_text }
}

/// Each wave with both arms' values, for a sentence.
pub(crate) fn arm_values(
    draft: &Draft<'_>,
    points: &TwoArm<Vec<Point>>,
    (template, form): (&str, Form),
) -> Vec<(String, String)> {
    let of_wave = |(at, first): (usize, &Point)| {
        let cell = |arm| {
            let own = points.get(arm).get(at);
            own.map_or(Cell::Absent, |point| point.value.estimate.clone())
        };
        (first.month.to_string(), draft.arm_values(template, form, cell))
    };
    points.intervention.iter().enumerate().map(of_wave).collect()
}

/// Whether any value has limits.
pub(crate) fn has_limits(points: &TwoArm<Vec<Point>>) -> bool {
    points.iter().any(|(_, own)| own.iter().any(|point| point.value.limits().is_some()))
}

/// A panel of both arms at the waves, without heading and vertical scale.
pub(crate) fn panel(
    names: Names<'_>,
    points: &TwoArm<Vec<Point>>,
    (waves, title): (&[i32], &str),
) -> Panel {
    let (first, last) = match (waves.first(), waves.last()) {
        (Some(first), Some(last)) => (f64::from(*first), f64::from(*last)),
        _ => (0.0, 1.0),
    };
    let span = (last - first).max(1.0);
    let months = Across::months((0, 1), waves, title);
    let line = |(arm, own): (Arm, &Vec<Point>)| NumberLine {
        name: Label::new(names.arm(arm), arm_type(arm, TICK.size)),
        numbers: own.iter().map(|p| (f64::from(p.month), p.count_text.clone())).collect(),
        look: arm_type(arm, TICK.size),
    };
    Panel {
        x: Across { from: first - BESIDE * span, to: last + BESIDE * span, ..months },
        layers: points
            .iter()
            .flat_map(|(arm, own)| layers(own, (arm, SHIFT * span), waves))
            .collect(),
        lines: points.iter().map(line).collect(),
        ..Panel::default()
    }
}

/// A line through neighbouring waves, with limits and marks; a wave without value is a gap.
fn layers(points: &[Point], (arm, shift): (Arm, f64), waves: &[i32]) -> Vec<Layer> {
    let shift = if arm == Arm::Intervention { -shift } else { shift };
    let at = |month: &i32| {
        let point = points.iter().find(|point| point.month == *month)?;
        Some((f64::from(*month) + shift, point.value.estimate.value()?))
    };
    let known: Vec<Option<(f64, f64)>> = waves.iter().map(at).collect();
    let runs = known.split(Option::is_none).filter(|run| run.len() > 1);
    let line = |run: &[Option<(f64, f64)>]| Layer::Line {
        points: run.iter().copied().flatten().collect(),
        stroke: stroke(arm),
    };
    let mut layers: Vec<Layer> = runs.map(line).collect();
    let limits = points.iter().filter_map(|point| {
        let (x, _) = at(&point.month)?;
        let (lower, upper) = point.value.limits()?;
        Some((x, lower, upper))
    });
    layers.push(Layer::Limits { ends: limits.collect(), stroke: Stroke::solid(colour(arm), 1.3) });
    let points = known.into_iter().flatten().collect();
    layers.push(Layer::SmallMarks { points, mark: mark(arm), colour: colour(arm) });
    layers
}
