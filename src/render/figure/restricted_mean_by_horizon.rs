//! Difference of the mean time without a first job up to a month, for every month.

use crate::render::chart::axis::{Axis, Span};
use crate::render::chart::drawing::{Mark, Stroke};
use crate::render::chart::panel::{Across, Grid, Label, Layer, NumberLine, Panel, Upright};
use crate::render::chart::parts::Body;
use crate::render::chart::style::{AXIS, GREY, INK, TICK};
use crate::render::lookup::{Cell, Question, months};
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;

use super::reading::curves::{self, Join};
use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};
use super::reading::steps::Step;

/// Opacity of the ribbon, in per cent.
const RIBBON: u8 = 22;

/// Draws the figure; nothing where the results have no such difference.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.figure.restricted_mean_by_horizon);
    let known = months(source.results, &Question::restricted_mean(0));
    let Some(&last) = known.last() else { return Ok(None) };
    let (contrast, arm) = (names.contrast(), names.arms().intervention);
    let values = ["estimate_days", VALUES[1], VALUES[2], "p_value"];
    let mut draft = Draft::new(source, &["month"], &values);
    draft.note(&text.explain);
    draft.say(&text.alternative, &[("contrast", &contrast), ("arm", &arm)]);
    // With rows at a few months only, what is between them is no gap.
    let is_curve = 2 * known.len() > usize::try_from(last).unwrap_or(0);
    let shown: Vec<i32> = if is_curve { (1..=last).collect() } else { known };
    let study = names.study;
    let planned = std::iter::once(study.horizon_months).chain(study.months.iter().copied());
    let planned: Vec<i32> = planned.filter(|month| shown.contains(month)).collect();
    let read: Vec<(Step, [String; 3])> =
        shown.iter().map(|&month| step(&mut draft, month, planned.contains(&month))).collect();
    let steps: Vec<Step> = read.iter().map(|(step, _)| step.clone()).collect();
    let spans = steps.iter().filter_map(|step| Span::of(&step.value)).flat_map(Span::values);
    let axis = Axis::of_amounts(spans);
    let digits = axis.decimals();
    let limits = fill(&text.limits, &[("level", &names.level())]);
    let marked = || read.iter().filter(|(step, _)| planned.contains(&step.month));
    let line = |(at, name): (usize, &String)| NumberLine {
        name: Label::plain(name),
        numbers: marked().map(|(step, own)| (f64::from(step.month), own[at].clone())).collect(),
        look: TICK,
    };
    let panel = Panel {
        x: Across::months((0, last), &planned, &text.horizon_axis),
        layers: layers(&steps, &planned),
        lines: [&text.difference, &limits, &text.p].into_iter().enumerate().map(line).collect(),
        y: Upright::new(axis, |tick| numbers.signed(tick, digits)),
        ..Panel::default()
    };
    let grid = Grid {
        axis_name: fill(&text.axis, &[("contrast", &contrast)]),
        axis_note: fill(&text.direction, &[("arm", &arm)]),
        ..Grid::of(vec![panel], 1, 200.0)
    };
    let subtitle = names.subtitle(&text.subtitle, &names.texts.common.everyone_randomised);
    let head = Head::new("restricted_mean_by_horizon", &text.title, subtitle);
    draft.finish(head, Body::Grid(grid)).map(Some)
}

/// A month's difference; of the plan's months also as it stands under the month and in words.
#[expect(clippy::fn_params_excessive_bools, reason = "a fact about the month, no switch")]
fn step(draft: &mut Draft<'_>, month: i32, is_planned: bool) -> (Step, [String; 3]) {
    let names = draft.names;
    let (numbers, text) = (names.numbers(), &names.texts.figure.restricted_mean_by_horizon);
    let question = Question::restricted_mean(month);
    let value = question.interval_in_days(draft.results);
    let p = question.cell(draft.results, Statistic::PValue);
    let word = month.to_string();
    let [estimate, lower, upper] = value.cells();
    draft.line(&[&word], &[estimate, lower, upper, &p]);
    let place = |what: &str| Place::at_month(names, ALL_REGIONS, what, month);
    let days = draft.show(estimate, &place(&text.place), Form::BareDays);
    let (mut limits, mut p_text) = (String::new(), String::new());
    if estimate.value().is_some() {
        let ends = [lower, upper]
            .map(|end| draft.show_limit(end, &place(&text.limits_place), Form::BareDays));
        let [lower, upper] = ends;
        limits = if value.limits().is_some() { numbers.interval(&lower, &upper) } else { lower };
        if is_planned {
            p_text = draft.show(&p, &place(&text.p_place), Form::BareP);
        }
    }
    if is_planned {
        let shown = draft.quiet_interval(&value, Form::SignedDays);
        draft.say(&text.alternative_row, &[("month", &word), ("difference", &shown)]);
    }
    let (count, count_text) = (Cell::Absent, String::new());
    (Step { month, value, band: None, count, count_text }, [days, limits, p_text])
}

/// A line at zero, the ribbon, the curve, and a mark at each of the plan's months.
fn layers(steps: &[Step], planned: &[i32]) -> Vec<Layer> {
    let estimate = |step: &Step| step.value.estimate.value();
    let limits = |step: &Step| step.value.limits().filter(|_| estimate(step).is_some());
    let ribbons = curves::outlines(steps, limits, Join::Lines).into_iter();
    let ribbons = ribbons.map(|outline| Layer::Area { outline, colour: GREY, percent: RIBBON });
    let lines = curves::runs(steps, estimate).into_iter();
    let lines = lines.map(|points| Layer::Line { points, stroke: Stroke::solid(INK, 1.8) });
    let marked = steps.iter().filter(|step| planned.contains(&step.month));
    let points = marked.filter_map(|step| Some((f64::from(step.month), estimate(step)?))).collect();
    let marks = Layer::Marks { points, mark: Mark::FilledCircle, colour: INK };
    let zero = Layer::Level { at: 0.0, stroke: Stroke::solid(AXIS, 1.2) };
    [zero].into_iter().chain(ribbons).chain(lines).chain([marks]).collect()
}
