//! Probability of a first job over time, by arm: a panel for all regions and one for each.

use crate::render::chart::axis::Axis;
use crate::render::chart::panel::{Grid, Label, Panel, Upright};
use crate::render::chart::parts::Body;
use crate::render::lookup::{Interval, Question, months, regions};
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;
use crate::trial::arm::TwoArm;

use super::reading::curves::{self, Curves, Join};
use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};
use super::reading::steps::{self, Asked, Scale, Step};

/// Further columns of the CSV: bands and tests, and the area between the curves.
const MORE: [&str; 7] = [
    "band_lower",
    "band_upper",
    "n_at_risk",
    "log_rank_p_value",
    "mean_days_difference",
    "mean_days_ci_lower",
    "mean_days_ci_upper",
];

/// Draws the figure.
pub(super) fn draw(source: Source<'_>) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.first_job;
    let mut draft = Draft::new(source, &["region", "arm", "month"], &[&VALUES[..], &MORE].concat());
    draft.say(&text.alternative, &[]);
    let read: Vec<(TwoArm<Vec<Step>>, Panel, Option<i32>)> =
        regions(source.results).into_iter().map(|region| read(&mut draft, region)).collect();
    let all = || read.iter().map(|(steps, ..)| steps);
    let last = curves::last_month(names, all());
    let axis = Axis::covering(curves::heights(all()));
    let y = Upright::new(axis, |tick| names.numbers().short_percent(tick));
    let panel = |(steps, words, area_until): &(TwoArm<Vec<Step>>, Panel, Option<i32>)| Panel {
        heading: words.heading.clone(),
        aside: words.aside.clone(),
        corner: words.corner.clone(),
        said: curves::missing(names, steps, &text.empty),
        y: y.clone(),
        ..curves::panel(names, Curves { steps, join: Join::Steps, area_until: *area_until }, last)
    };
    let panels: Vec<Panel> = read.iter().map(panel).collect();
    let has_band =
        all().flat_map(ips_trial::arm::TwoArm::iter).flat_map(|(_, s)| s).any(|s| s.band.is_some());
    let has_corner = panels.iter().any(|panel| !panel.corner.is_empty());
    draft.note(&text.explain);
    draft.note_if(has_band, &fill(&text.band, &[("level", &names.level())]));
    draft.note_if(has_corner, &fill(&text.area, &[("contrast", &names.contrast())]));
    let most = if panels.len() <= 6 { 2 } else { 3 };
    let grid = Grid {
        axis_name: text.axis.clone(),
        key: curves::key(names),
        line_heading: text.at_risk.clone(),
        ..Grid::of(panels, most, 165.0)
    };
    let common = &names.texts.common;
    let subtitle = names.subtitle(&common.subtitle_curves, &common.everyone_randomised);
    draft.finish(Head::new("first_job", &text.title, subtitle), Body::Grid(grid))
}

/// A region's curves, the words of its panel, and the month up to which the area between the curves
/// is shaded: not where its size is withheld.
fn read(draft: &mut Draft<'_>, region: &str) -> (TwoArm<Vec<Step>>, Panel, Option<i32>) {
    let names = draft.names;
    let text = &names.texts.figure.first_job;
    let templates = [&text.curve, &text.limits, &text.at_risk_of];
    let asked = Asked {
        region,
        question: &|arm| Question::incidence(region, arm, 0),
        words: &|arm| templates.map(|text| fill(text, &[("arm", arm)])),
        keys: &|arm| vec![region, arm],
        scale: Scale::Probability,
        cells: Step::cells_with_band,
    };
    let steps = steps::both(draft, &asked);
    let test = Question::log_rank(region).cell(draft.results, Statistic::PValue);
    let p = draft.show(&test, &Place::new(names, region, &text.test), Form::P);
    draft.line_from(6, &[region, "ips-control", ""], &[&test]);
    let horizon = names.study.horizon_months;
    let values = draft
        .arm_values(&text.alternative_arm, Form::Percent, |arm| steps::at(steps.get(arm), horizon));
    let (name, month) = (names.region(region), horizon.to_string());
    let row = [("region", &*name), ("month", &month), ("arm_values", &values)];
    draft.say(&text.alternative_row, &row);
    let (corner, area_until) = sooner(draft, region).unwrap_or_default();
    let template = if region == ALL_REGIONS { &text.log_rank_stratified } else { &text.log_rank };
    let aside = Label::plain(fill(template, &[("p", &p)]));
    (steps, Panel { heading: Label::strong(name), aside, corner, ..Panel::default() }, area_until)
}

/// How much sooner jobs come, in words: up to the horizon, or to the last month with rows.
fn sooner(draft: &mut Draft<'_>, region: &str) -> Option<(Vec<String>, Option<i32>)> {
    let (results, names) = (draft.results, draft.names);
    let text = &names.texts.figure.first_job;
    let horizon = names.study.horizon_months;
    let known = months(results, &Question::time_since_job(region, horizon));
    let month = known.iter().copied().find(|month| *month == horizon).or(known.last().copied())?;
    let days: Interval = Question::time_since_job(region, month).interval_in_days(results);
    let place = Place::at_month(names, region, &text.area_place, month);
    let shown = draft.show_interval(&days, &place, Form::SignedDays);
    draft.line_from(7, &[region, "ips-control", &month.to_string()], &days.cells());
    let heading = fill(&text.area_heading, &[("month", &month.to_string())]);
    draft.say(&text.alternative_area, &[("heading", &heading), ("days", &shown)]);
    Some((vec![heading, shown], days.estimate.value().map(|_| month)))
}
