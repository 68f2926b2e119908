//! Forest plot: the difference by the horizon in each region and over all.

use crate::render::chart::axis::{Axis, Span};
use crate::render::chart::forest::{BESIDE, Column, Forest, Group, Look, MAIN, Row, RowMark};
use crate::render::chart::parts::Body;
use crate::render::chart::style::LIGHT;
use crate::render::lookup::{Question, regions};
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;

use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};

/// Draws the figure.
pub(super) fn draw(source: Source<'_>) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.effect_by_region;
    let month = names.study.horizon_months.to_string();
    let contrast = names.contrast();
    let values = [&VALUES[..], &["p_value"]].concat();
    let mut draft = Draft::new(source, &["region", "analysis_set", "method"], &values);
    draft.note(&text.explain);
    draft.say(&text.alternative, &[("month", &month), ("contrast", &contrast)]);
    let has_regions = names.study.regions.len() > 1;
    let mut order = regions(source.results);
    // The overall estimates come last, as in every forest plot.
    order.rotate_left(1);
    let mut groups = Vec::new();
    let mut pooled = None;
    for region in order {
        let horizon = names.study.horizon_months;
        let everyone = Question::everyone(region, horizon);
        let observed = Question::observed(region, horizon);
        let mut group = Group {
            rows: vec![
                row(&mut draft, (region, names.region(region)), (&everyone, &text.everyone, MAIN)),
                row(&mut draft, (region, String::new()), (&observed, &text.observed, BESIDE)),
            ],
            ..Group::default()
        };
        if region == ALL_REGIONS && has_regions {
            let question = Question::pooled(horizon);
            let look = Look::Diamond(LIGHT);
            let asked = (&question, text.pooled.as_str(), look);
            group.rows.push(row(&mut draft, (region, String::new()), asked));
            pooled = question.cell(source.results, Statistic::Estimate).value();
        }
        groups.push(group);
    }
    if has_regions {
        interaction(&mut draft);
    }
    let heading = fill(&text.effect_heading, &[("level", &names.level())]);
    let columns = vec![Column::names(130.0), Column::names(190.0)];
    let sides = names.sides([&text.favours_control, &text.favours_intervention]);
    let forest = Forest::new(columns, Column::estimates(heading))
        .on(groups, Axis::of_differences, |tick| names.numbers().axis_points(tick))
        .dashed_at(pooled)
        .between(sides, fill(&text.axis, &[("contrast", &contrast)]));
    draft.note_if(forest.is_cut(), &text.arrow);
    let head = Head {
        name: "effect_by_region".to_owned(),
        title: fill(&text.title, &[("month", &month)]),
        subtitle: names
            .subtitle(&names.texts.common.subtitle, &names.texts.common.intention_to_treat),
    };
    draft.finish(head, Body::Forest(forest))
}

fn row(
    draft: &mut Draft<'_>,
    (region, name): (&str, String),
    (question, label, look): (&Question, &str, Look),
) -> Row {
    let names = draft.names;
    let difference = question.interval(draft.results);
    let place = Place::new(names, region, label);
    let shown = draft.show_interval(&difference, &place, Form::Points);
    let key = question.key();
    let keys = [region, key.analysis_set.as_str(), key.method.as_str()];
    draft.line(&keys, &[&difference.estimate, &difference.lower, &difference.upper]);
    let region = names.region(region);
    let values = [("region", &*region), ("method", label), ("difference", &shown)];
    draft.say(&names.texts.figure.effect_by_region.alternative_row, &values);
    let row = Row::new([name, label.to_owned()], shown).strong();
    row.with(RowMark::new(Span::of(&difference), look))
}

/// The test of whether regions differ, below the figure and in its words.
fn interaction(draft: &mut Draft<'_>) {
    let names = draft.names;
    let text = &names.texts.figure.effect_by_region;
    let question = Question::interaction(names.study.horizon_months);
    let p = question.cell(draft.results, Statistic::PValue);
    let place = Place::new(names, ALL_REGIONS, &text.interaction_place);
    let shown = draft.show(&p, &place, Form::P);
    let key = question.key();
    let keys = [ALL_REGIONS, key.analysis_set.as_str(), key.method.as_str()];
    draft.line_from(3, &keys, &[&p]);
    draft.note(fill(&text.interaction, &[("p", &shown)]));
    draft.say(&text.interaction, &[("p", &shown)]);
}
