//! Curves of both arms as a panel: ribbons, lines, names and the numbers below.

use crate::render::chart::drawing::Point;
use crate::render::chart::key::{KeyEntry, Sample};
use crate::render::chart::panel::{Across, CurveName, Label, Layer, NumberLine, Panel};
use crate::render::chart::style::{
    GREY, LABEL, TICK, arm_type, band, colour, mark, ribbon, stroke,
};
use crate::render::names::Names;
use crate::render::text::fill;
use crate::trial::arm::{Arm, TwoArm};

use super::steps::{Step, wanted_months};

/// Opacity of the area between the curves, in per cent.
const AREA: u8 = 22;

/// Runs of months in which every value is there.
pub(crate) fn runs<'s, T>(
    steps: &'s [Step],
    value: impl Fn(&'s Step) -> Option<T>,
) -> Vec<Vec<(f64, T)>> {
    let mut runs: Vec<Vec<(f64, T)>> = Vec::new();
    let mut last: Option<i32> = None;
    for step in steps {
        let Some(known) = value(step) else { continue };
        if last.is_none_or(|last| last + 1 != step.month) {
            runs.push(Vec::new());
        }
        last = Some(step.month);
        if let Some(run) = runs.last_mut() {
            run.push((f64::from(step.month), known));
        }
    }
    runs
}

/// The corners of a curve whose values hold until the next month.
pub(crate) fn corners(run: &[Point]) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for &(month, value) in run {
        if let Some(&(_, before)) = points.last() {
            points.push((month, before));
        }
        points.push((month, value));
    }
    points
}

/// Corners of the areas between two such curves, one a run of months.
pub(crate) fn outlines(
    steps: &[Step],
    ends: impl Fn(&Step) -> Option<(f64, f64)>,
    join: Join,
) -> Vec<Vec<Point>> {
    let outline = |run: Vec<(f64, (f64, f64))>| {
        let side = |end: fn(&(f64, f64)) -> f64| {
            join.corners(&run.iter().map(|(month, ends)| (*month, end(ends))).collect::<Vec<_>>())
        };
        let (first, second) = (side(|ends| ends.0), side(|ends| ends.1));
        first.into_iter().chain(second.into_iter().rev()).collect()
    };
    runs(steps, ends).into_iter().map(outline).collect()
}

fn estimate(step: &Step) -> Option<f64> {
    step.value.estimate.value()
}

/// How values are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// The value holds until the next month.
    Steps,
    /// Straight lines, with a mark at each month.
    Lines,
}

impl Join {
    fn corners(self, run: &[Point]) -> Vec<Point> {
        match self {
            Self::Steps => corners(run),
            Self::Lines => run.to_vec(),
        }
    }
}

/// Both arms' curves.
#[derive(Clone, Copy)]
pub(crate) struct Curves<'c> {
    pub(crate) steps: &'c TwoArm<Vec<Step>>,
    pub(crate) join: Join,
    /// The area between the curves is shaded up to this month.
    pub(crate) area_until: Option<i32>,
}

/// Bands, ribbons, the area between the curves, and the curves upon them.
fn layers(curves: Curves<'_>) -> Vec<Layer> {
    let Curves { steps, join, area_until } = curves;
    let mut layers = Vec::new();
    let mut areas = |outlines: Vec<Vec<Point>>, colour, percent| {
        layers.extend(outlines.into_iter().map(|outline| Layer::Area { outline, colour, percent }));
    };
    let limits = |step: &Step| {
        let (lower, upper) = step.band.as_ref()?;
        Some((lower.value()?, upper.value()?))
    };
    for (arm, own) in steps.iter() {
        areas(outlines(own, limits, join), colour(arm), band(arm));
    }
    for (arm, own) in steps.iter() {
        areas(outlines(own, |step| step.value.limits(), join), colour(arm), ribbon(arm));
    }
    let control = |month: i32| steps.control.iter().find(|step| step.month == month);
    let both = |step: &Step| {
        area_until.filter(|until| step.month <= *until)?;
        Some((estimate(step)?, estimate(control(step.month)?)?))
    };
    areas(outlines(&steps.intervention, both, join), GREY, AREA);
    // The control curve is drawn last: its gaps let the other one show through.
    for (arm, own) in steps.iter() {
        for run in runs(own, estimate) {
            let is_line = run.len() > 1;
            let points = join.corners(&run);
            layers.extend(is_line.then(|| Layer::Line { points, stroke: stroke(arm) }));
            if !is_line || join == Join::Lines {
                layers.push(Layer::Marks { points: run, mark: mark(arm), colour: colour(arm) });
            }
        }
    }
    layers
}

/// The names of the arms at the ends of their curves.
pub(crate) fn curve_names(names: Names<'_>, steps: &TwoArm<Vec<Step>>) -> Vec<CurveName> {
    let name = |(arm, own): (Arm, &Vec<Step>)| CurveName {
        name: Label::new(names.arm(arm), arm_type(arm, LABEL.size)),
        points: own.iter().filter_map(|s| Some((f64::from(s.month), estimate(s)?))).collect(),
    };
    steps.iter().map(name).collect()
}

/// A line of counts an arm.
pub(crate) fn counts(names: Names<'_>, steps: &TwoArm<Vec<Step>>) -> Vec<NumberLine> {
    let line = |(arm, own): (Arm, &Vec<Step>)| NumberLine {
        name: Label::new(names.arm(arm), arm_type(arm, TICK.size)),
        numbers: own.iter().map(|step| (f64::from(step.month), step.count_text.clone())).collect(),
        look: TICK,
    };
    steps.iter().map(line).collect()
}

/// A panel of both arms' curves to a last month, without heading and vertical scale.
pub(crate) fn panel(names: Names<'_>, curves: Curves<'_>, last: i32) -> Panel {
    let title = &names.texts.common.month_axis;
    Panel {
        x: Across::months((0, last), &wanted_months(names, last), title),
        layers: layers(curves),
        names: curve_names(names, curves.steps),
        lines: counts(names, curves.steps),
        ..Panel::default()
    }
}

/// A key of the arms' lines, for where their curves have no room for names.
pub(crate) fn key(names: Names<'_>) -> Vec<KeyEntry> {
    let entry = |arm: Arm| KeyEntry {
        sample: Sample::Line(stroke(arm)),
        name: names.arm(arm),
        look: arm_type(arm, LABEL.size),
    };
    Arm::BOTH.into_iter().map(entry).collect()
}

/// What the vertical axis of panels must reach: estimates, and the upper limits of all ribbons.
pub(crate) fn heights<'s>(
    all: impl IntoIterator<Item = &'s TwoArm<Vec<Step>>>,
) -> impl Iterator<Item = f64> {
    let steps = all.into_iter().flat_map(ips_trial::arm::TwoArm::iter).flat_map(|(_, steps)| steps);
    steps.flat_map(|step| {
        let band = step.band.as_ref().and_then(|(_, upper)| upper.value());
        [band, step.value.upper.value(), step.value.estimate.value()].into_iter().flatten()
    })
}

/// The last month of both curves.
pub(crate) fn last(steps: &TwoArm<Vec<Step>>) -> i32 {
    steps.iter().flat_map(|(_, own)| own).map(|step| step.month).max().unwrap_or(1).max(1)
}

/// The last month of any curve, and at least the study's horizon.
pub(crate) fn last_month<'s>(
    names: Names<'_>,
    all: impl IntoIterator<Item = &'s TwoArm<Vec<Step>>>,
) -> i32 {
    all.into_iter().map(last).fold(names.study.horizon_months.max(1), i32::max)
}

/// Which arm has no curve, in words.
pub(crate) fn missing(names: Names<'_>, steps: &TwoArm<Vec<Step>>, words: &str) -> Vec<String> {
    let missing = steps.iter().filter(|(_, own)| own.iter().all(|step| estimate(step).is_none()));
    missing.map(|(arm, _)| fill(words, &[("arm", &names.arm(arm))])).collect()
}
