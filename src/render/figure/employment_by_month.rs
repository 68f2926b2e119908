//! Share in a job at each month since randomisation, by arm.

use crate::render::chart::axis::Axis;
use crate::render::chart::panel::{Across, Grid, Panel, Upright};
use crate::render::chart::parts::Body;
use crate::render::lookup::{Cell, Question, last_month, result_arm};
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;
use crate::trial::arm::{Arm, TwoArm};

use super::reading::curves::{self, Curves, Join};
use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};
use super::reading::steps::{self, Step};

/// Draws the figure.
pub(super) fn draw(source: Source<'_>) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.employment_by_month;
    let values = ["n", VALUES[0], VALUES[1], VALUES[2]];
    let mut draft = Draft::new(source, &["arm", "month"], &values);
    draft.note(&text.explain);
    draft.say(&text.alternative, &[]);
    let steps = TwoArm::from_fn(|arm| read(&mut draft, arm));
    let last = curves::last(&steps);
    let study = names.study;
    let wanted = [study.horizon_months, 1].into_iter().chain(study.months.iter().copied());
    let wanted: Vec<i32> = wanted.filter(|month| (1..=last).contains(month)).collect();
    let mut told = wanted.clone();
    told.sort_unstable();
    told.dedup();
    for month in told {
        let values = draft.arm_values(&text.alternative_arm, Form::Percent, |arm| {
            steps::at(steps.get(arm), month)
        });
        draft.say(&text.alternative_row, &[("month", &month.to_string()), ("arm_values", &values)]);
    }
    let curves = Curves { steps: &steps, join: Join::Lines, area_until: None };
    let axis = Axis::covering(curves::heights([&steps]));
    let panel = Panel {
        x: Across::months((0, last), &wanted, &names.texts.common.month_axis),
        y: Upright::new(axis, |tick| names.numbers().short_percent(tick)),
        ..curves::panel(names, curves, last)
    };
    let grid = Grid {
        axis_name: text.axis.clone(),
        key: curves::key(names),
        line_heading: text.observed.clone(),
        ..Grid::of(vec![panel], 1, 250.0)
    };
    let common = &names.texts.common;
    let subtitle = names.subtitle(&common.subtitle_curves, &common.observed_each_month);
    draft.finish(Head::new("employment_by_month", &text.title, subtitle), Body::Grid(grid))
}

/// Reads the months of an arm, from the first to the last of the results.
fn read(draft: &mut Draft<'_>, arm: Arm) -> Vec<Step> {
    let (results, names) = (draft.results, draft.names);
    let text = &names.texts.figure.employment_by_month;
    let arm_name = names.arm(arm);
    let place = |what: &str| Place::new(names, ALL_REGIONS, &fill(what, &[("arm", &arm_name)]));
    let (share, limits) = (place(&text.share), place(&text.limits));
    let observed = place(&text.observed_of);
    let Some(last) = last_month(results, &Question::employed(arm, 1)) else {
        draft.explain(&Cell::Absent, &share);
        return Vec::new();
    };
    let step = |month: i32| {
        let question = Question::employed(arm, month);
        let value = question.interval(results);
        draft.explain(&value.estimate, &share);
        if value.estimate.value().is_some() {
            draft.explain(&value.lower, &limits);
            draft.explain(&value.upper, &limits);
        }
        let count = question.cell(results, Statistic::N);
        let count_text = draft.show(&count, &observed, Form::Count);
        let keys = [result_arm(arm).as_str(), &month.to_string()];
        draft.line(&keys, &[&count, &value.estimate, &value.lower, &value.upper]);
        Step { month, value, band: None, count, count_text }
    };
    (1..=last).map(step).collect()
}
