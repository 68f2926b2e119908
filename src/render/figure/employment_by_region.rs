//! Share with any competitive job by the horizon, by arm and region: dots with intervals.

use crate::render::chart::axis::{Axis, Span};
use crate::render::chart::forest::{Column, Forest, Group, Look, Row, RowMark};
use crate::render::chart::parts::Body;
use crate::render::chart::style::{LABEL, STRONG, TICK, arm_type, colour, mark};
use crate::render::lookup::{Question, regions, result_arm};
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::vocabulary::Statistic;
use crate::trial::arm::Arm;

use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};

/// Draws the figure.
pub(super) fn draw(source: Source<'_>) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.employment_by_region;
    let month = names.study.horizon_months.to_string();
    let values = ["n", "events", VALUES[0], VALUES[1], VALUES[2]];
    let mut draft = Draft::new(source, &["region", "arm"], &values);
    draft.note(&text.explain);
    draft.say(&text.alternative, &[("month", &month)]);
    let groups = regions(source.results).into_iter().map(|region| Group {
        rows: Arm::BOTH.map(|arm| row(&mut draft, region, arm)).to_vec(),
        ..Group::default()
    });
    let groups: Vec<Group> = groups.collect();
    let heading = fill(&text.rate_heading, &[("level", &names.level())]);
    let columns = vec![
        Column::names(130.0),
        Column::names(120.0),
        Column::numbers(text.count_heading.clone(), TICK),
    ];
    let forest = Forest {
        references: Vec::new(),
        axis_title: fill(&text.axis, &[("month", &month)]),
        ..Forest::new(columns, Column::estimates(heading)).on(
            groups,
            |spans| Axis::covering(spans.into_iter().flat_map(Span::values)),
            |tick| names.numbers().short_percent(tick),
        )
    };
    let observed = fill(&names.texts.common.observed_at, &[("month", &month)]);
    let head = Head {
        name: "employment_by_region".to_owned(),
        title: fill(&text.title, &[("month", &month)]),
        subtitle: names.subtitle(&names.texts.common.subtitle, &observed),
    };
    draft.finish(head, Body::Forest(forest))
}

fn row(draft: &mut Draft<'_>, region: &str, arm: Arm) -> Row {
    let names = draft.names;
    let text = &names.texts.figure.employment_by_region;
    let question = Question::ever_employed(region, arm, names.study.horizon_months);
    let cell = |statistic| question.cell(draft.results, statistic);
    let (n, events) = (cell(Statistic::N), cell(Statistic::Events));
    let rate = question.interval(draft.results);
    let (region_name, arm_name) = (names.region(region), names.arm(arm));
    let place = Place::new(names, region, &arm_name);
    let counts = draft.part_of([&events, &n], &place);
    let shown = draft.show_interval(&rate, &place, Form::Percent);
    let cells = [&n, &events, &rate.estimate, &rate.lower, &rate.upper];
    draft.line(&[region, result_arm(arm).as_str()], &cells);
    let values =
        [("region", &*region_name), ("arm", &arm_name), ("rate", &shown), ("count", &counts)];
    draft.say(&text.alternative_row, &values);
    let first = if arm == Arm::Intervention { region_name } else { String::new() };
    let look = Look::Marked(mark(arm), colour(arm), 1.8);
    let row = Row {
        cells: vec![(first, STRONG), (arm_name, arm_type(arm, LABEL.size)), (counts, LABEL)],
        value: shown,
        ..Row::default()
    };
    row.with(RowMark::new(Span::of(&rate), look))
}
