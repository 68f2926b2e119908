//! Curves by arm over months, with ribbons and numbers below: one panel.

use plotters::style::Color;

use crate::render::lookup::{Cell, Interval};
use crate::trial::arm::{Arm, TwoArm};

use super::FigureError;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Frame, Plot, Point, Type};
use super::panel::{draw_levels, draw_months};
use super::sheet::shortened;
use super::style::{GREY, LABEL, TICK, arm_type, band, colour, mark, ribbon, stroke};

/// Height of a line of numbers below a panel, in pixels.
pub(super) const NUMBER_LINE: f64 = 14.0;

/// From the bottom of the frame to the baseline of the axis title.
pub(super) const TITLE_DROP: f64 = 30.0;

/// Space between a curve and its name in pixels.
const NAME_GAP: f64 = 6.0;

/// Opacity of the area between the curves.
const AREA: f64 = 0.22;

/// A curve may rise this many pixels before the first month under its name.
const STEP_BEFORE: f64 = 12.0;

/// A value at a month.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) month: i32,
    pub(super) value: Interval,
    /// Limits of a band for all months at once, where the results have one.
    pub(super) band: Option<(Cell, Cell)>,
    pub(super) count: Cell,
    pub(super) count_text: String,
}

/// How values are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// The value holds until the next month.
    Steps,
    /// Straight lines, with a mark at each month.
    Lines,
}

/// Where the arms are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// At the ends of the curves.
    AtCurves,
    /// In a key above the panels.
    InKey,
    /// Elsewhere, such as in the panel beside.
    Elsewhere,
}

/// A panel's content.
pub(super) struct Curves<'c> {
    pub(super) steps: &'c TwoArm<Vec<Step>>,
    pub(super) arms: &'c TwoArm<String>,
    pub(super) join: Join,
    /// The area between the curves is shaded up to this month.
    pub(super) area_until: Option<i32>,
    pub(super) names: Naming,
    /// Months with a tick and numbers below.
    pub(super) labelled: &'c [i32],
    pub(super) count_heading: &'c str,
    pub(super) axis_title: &'c str,
    /// Widest name of a line of numbers, and its distance from the frame.
    pub(super) label_width: f64,
    pub(super) label_gap: f64,
}

/// Axes shared by all panels of a figure.
pub(super) struct Axes<'c> {
    pub(super) months: (f64, f64),
    pub(super) values: &'c Axis,
    pub(super) level: &'c dyn Fn(f64) -> String,
}

/// Draws curves, axes and the numbers below, and names the curves at their ends. Gives the places of
/// the names.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    frame: Frame,
    axes: &Axes<'_>,
    curves: &Curves<'_>,
) -> Result<Vec<Frame>, FigureError> {
    draw_levels(canvas, frame, axes.values, axes.level)?;
    let plot = canvas.plot(frame, axes.months, axes.values.range());
    for arm in Arm::BOTH {
        draw_band(&plot, arm, curves)?;
    }
    for arm in Arm::BOTH {
        draw_ribbon(&plot, arm, curves)?;
    }
    draw_area(&plot, curves)?;
    // The control curve is drawn last: its gaps let the other one show through.
    for arm in Arm::BOTH {
        draw_curve(&plot, arm, curves)?;
    }
    let at = |month: i32| plot.at((f64::from(month), 0.0)).0;
    let months: Vec<_> = curves.labelled.iter().map(|&month| (month, at(month))).collect();
    draw_months(canvas, frame, &months, |month| month.to_string())?;
    let is_named = curves.names == Naming::AtCurves;
    let names = if is_named { draw_names(canvas, &plot, frame, curves)? } else { Vec::new() };
    draw_counts(canvas, frame, &months, curves)?;
    Ok(names)
}

/// Runs of months in which every value is there.
pub(super) fn runs<'s, T>(
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

/// The corners of a curve through values at months.
pub(super) fn corners(run: &[(f64, f64)], join: Join) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for &(month, value) in run {
        if let (Join::Steps, Some(&(_, before))) = (join, points.last()) {
            points.push((month, before));
        }
        points.push((month, value));
    }
    points
}

/// Corners of the area between two curves, up along the first and back along the second.
pub(super) fn outline(run: &[(f64, (f64, f64))], join: Join) -> Vec<Point> {
    let first: Vec<_> = run.iter().map(|&(month, (value, _))| (month, value)).collect();
    let second: Vec<_> = run.iter().map(|&(month, (_, value))| (month, value)).collect();
    let mut outline = corners(&first, join);
    outline.extend(corners(&second, join).into_iter().rev());
    outline
}

fn draw_ribbon(plot: &Plot<'_>, arm: Arm, curves: &Curves<'_>) -> Result<(), FigureError> {
    for run in runs(curves.steps.get(arm), |step| step.value.limits()) {
        let outline = outline(&run, curves.join);
        if outline.len() > 2 {
            plot.polygon(&outline, colour(arm).mix(ribbon(arm)))?;
        }
    }
    Ok(())
}

/// A lighter ribbon around the other one, for all months at once.
fn draw_band(plot: &Plot<'_>, arm: Arm, curves: &Curves<'_>) -> Result<(), FigureError> {
    let limits = |step: &Step| {
        let (lower, upper) = step.band.as_ref()?;
        Some((lower.value()?, upper.value()?))
    };
    for run in runs(curves.steps.get(arm), limits) {
        let outline = outline(&run, curves.join);
        if outline.len() > 2 {
            plot.polygon(&outline, colour(arm).mix(band(arm)))?;
        }
    }
    Ok(())
}

/// Shades what lies between the curves, as far as both are there.
fn draw_area(plot: &Plot<'_>, curves: &Curves<'_>) -> Result<(), FigureError> {
    let Some(until) = curves.area_until else { return Ok(()) };
    let control = |month: i32| {
        let step = curves.steps.control.iter().find(|step| step.month == month)?;
        step.value.estimate.value()
    };
    let both = |step: &Step| {
        let is_wanted = step.month <= until;
        is_wanted.then_some(())?;
        Some((step.value.estimate.value()?, control(step.month)?))
    };
    for run in runs(&curves.steps.intervention, both) {
        let outline = outline(&run, curves.join);
        if outline.len() > 2 {
            plot.polygon(&outline, GREY.mix(AREA))?;
        }
    }
    Ok(())
}

fn draw_curve(plot: &Plot<'_>, arm: Arm, curves: &Curves<'_>) -> Result<(), FigureError> {
    for run in runs(curves.steps.get(arm), |step| step.value.estimate.value()) {
        let points = corners(&run, curves.join);
        if points.len() > 1 {
            plot.line(&points, stroke(arm))?;
        }
        if curves.join == Join::Lines || points.len() == 1 {
            for &point in &run {
                plot.mark(point, mark(arm), colour(arm))?;
            }
        }
    }
    Ok(())
}

/// Names at the ends of the curves: above both lines for the upper, below both for the lower. Gives
/// their places.
fn draw_names(
    canvas: &Canvas<'_>,
    plot: &Plot<'_>,
    frame: Frame,
    curves: &Curves<'_>,
) -> Result<Vec<Frame>, FigureError> {
    let mut places = Vec::new();
    let lines = TwoArm::from_fn(|arm| {
        let known =
            |step: &Step| Some(plot.at((f64::from(step.month), step.value.estimate.value()?)));
        curves.steps.get(arm).iter().filter_map(known).collect::<Vec<Point>>()
    });
    let end = |arm: Arm| lines.get(arm).last().copied();
    let height = |arm: Arm| end(arm).map_or(f64::INFINITY, |(_, y)| y);
    let upper = if height(Arm::Control) < height(Arm::Intervention) {
        Arm::Control
    } else {
        Arm::Intervention
    };
    let both = || lines.intervention.iter().chain(&lines.control).copied();
    for arm in Arm::BOTH {
        let Some((right, _)) = end(arm) else { continue };
        let name = shortened(curves.arms.get(arm), LABEL, 0.7 * (frame.right - frame.left));
        let right = right.max(frame.left + LABEL.width(&name) + 4.0);
        let reach = right - LABEL.width(&name) - STEP_BEFORE;
        let near = both().filter(|&(x, _)| x >= reach && x <= right + STEP_BEFORE);
        let (highest, lowest) =
            near.fold((f64::INFINITY, 0.0_f64), |(high, low), (_, y)| (high.min(y), low.max(y)));
        let below = lowest + NAME_GAP + 0.76 * LABEL.size;
        let above = (highest - NAME_GAP).max(frame.top + LABEL.size);
        let stacked = (above - 1.15 * LABEL.size).max(frame.top + LABEL.size);
        let has_room = below < frame.bottom - 2.0;
        let baseline = match (arm == upper, has_room) {
            (false, true) => below,
            (true, true) | (false, false) => above,
            (true, false) => stacked,
        };
        canvas.text((right, baseline), &name, arm_type(arm, LABEL.size), Align::Right)?;
        let left = right - LABEL.width(&name);
        let (top, bottom) = (baseline - LABEL.size, baseline + 0.3 * LABEL.size);
        places.push(Frame { left, top, right, bottom });
    }
    Ok(places)
}

fn draw_counts(
    canvas: &Canvas<'_>,
    frame: Frame,
    months: &[(i32, f64)],
    curves: &Curves<'_>,
) -> Result<(), FigureError> {
    let centre = f64::midpoint(frame.left, frame.right);
    let heading = frame.bottom + TITLE_DROP;
    canvas.text((centre, heading), curves.axis_title, TICK, Align::Centre)?;
    canvas.text(
        (frame.left - curves.label_gap, heading),
        curves.count_heading,
        TICK,
        Align::Right,
    )?;
    for (line, arm) in Arm::BOTH.into_iter().enumerate() {
        let y = heading + (line as f64 + 1.0) * NUMBER_LINE;
        let look = arm_type(arm, TICK.size);
        let name = shortened(curves.arms.get(arm), look, curves.label_width);
        canvas.text((frame.left - curves.label_gap, y), &name, look, Align::Right)?;
        for step in curves.steps.get(arm) {
            if let Some((_, x)) = months.iter().find(|(month, _)| *month == step.month) {
                canvas.text((*x, y), &step.count_text, TICK, Align::Centre)?;
            }
        }
    }
    Ok(())
}

/// Half the width that a label of a month needs, with the numbers below it.
pub(super) fn half_width(steps: &TwoArm<Vec<Step>>, month: i32, look: Type) -> f64 {
    let of_arm = |steps: &Vec<Step>| {
        let step = steps.iter().find(|step| step.month == month);
        step.map_or(0.0, |step| look.width(&step.count_text))
    };
    let widest = of_arm(&steps.intervention).max(of_arm(&steps.control));
    widest.max(look.width(&month.to_string())) / 2.0 + 2.5
}
