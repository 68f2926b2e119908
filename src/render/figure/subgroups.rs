//! Forest plot: the difference by the horizon in each subgroup, with tests of whether they differ.

use crate::render::chart::axis::{Axis, Span};
use crate::render::chart::drawing::Mark;
use crate::render::chart::forest::{Group, Look, MAIN, Row, RowMark};
use crate::render::chart::key::KeyEntry;
use crate::render::chart::parts::Body;
use crate::render::chart::style::{INK, LIGHT};
use crate::render::covariates;
use crate::render::lookup::Question;
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic};
use crate::trial::arm::Arm;

use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::groups::{self, Member, Part};
use super::reading::source::{Figure, FigureError, Source};

/// Draws the figure; nothing where the results have neither subgroups nor shrunken effects.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.figure.subgroups;
    let has_shrunken = results.rows().iter().any(|r| r.key.analysis == Analysis::ShrunkenEffect);
    if covariates::subgroups(results).is_empty() && !has_shrunken {
        return Ok(None);
    }
    let (month, contrast) = (names.study.horizon_months.to_string(), names.contrast());
    let values = [&groups::COUNTS[..], &VALUES, &["p_value"]].concat();
    let mut draft = Draft::new(source, &["region", "subgroup", "level", "method"], &values);
    draft.note(&text.explain);
    draft.say(&text.alternative, &[("month", &month), ("contrast", &contrast)]);
    let words = groups::Words {
        overall: &text.overall,
        region: &text.region,
        place: &text.place,
        count_heading: &text.count_heading,
        effect_heading: &text.effect_heading,
        favours: [&text.favours_control, &text.favours_intervention],
        axis: fill(&text.axis, &[("contrast", &contrast)]),
    };
    let parts = groups::parts(names, &words, covariates::subgroups(results));
    let groups: Vec<Group> = parts.iter().map(|part| group(&mut draft, part)).collect();
    let label = |tick| names.numbers().axis_points(tick);
    let forest = groups::forest(names, &words, (groups, Axis::of_differences), label);
    draft.note_if(has_shrunken && names.study.regions.len() > 1, &text.shrinkage);
    draft.note_if(forest.is_cut(), &text.arrow);
    let observed = fill(&names.texts.common.observed_at, &[("month", &month)]);
    let title = fill(&text.title, &[("month", &month)]);
    let subtitle = names.subtitle(&names.texts.common.subtitle, &observed);
    draft.finish(Head::new("subgroups", title, subtitle), Body::Forest(forest)).map(Some)
}

fn group(draft: &mut Draft<'_>, part: &Part) -> Group {
    let text = &draft.names.texts.figure.subgroups;
    let rows: Vec<Row> = part.members.iter().map(|member| row(draft, part, member)).collect();
    let shown = |name: &str, mark, colour| KeyEntry::mark(mark, colour, name);
    let has_both = rows.iter().any(|row| row.marks.iter().any(|mark| mark.below > 0.0));
    let key = [
        shown(&text.estimated, Mark::FilledCircle, INK),
        shown(&text.shrunken, Mark::OpenSquare, LIGHT),
    ];
    let foot = if part.title.is_empty() { String::new() } else { tests(draft, part) };
    let key = if has_both { key.to_vec() } else { Vec::new() };
    Group { title: part.title.clone(), key, rows, foot, ..Group::default() }
}

fn row(draft: &mut Draft<'_>, part: &Part, member: &Member) -> Row {
    let (names, results) = (draft.names, draft.results);
    let text = &names.texts.figure.subgroups;
    let (region, subgroup, horizon) =
        (member.region.as_str(), member.subgroup.as_str(), names.study.horizon_months);
    let counted = Question::ever_employed(region, Arm::Intervention, horizon).subgroup(subgroup);
    let counts = member.counts(draft, &counted);
    let question = Question::observed(region, horizon).subgroup(subgroup);
    let effect = question.interval(results);
    let shown = draft.show_interval(&effect, &member.place, Form::Points);
    let keys = [region, subgroup, "", question.key().method.as_str()];
    draft.line(&keys, &[&counts.cells()[..], &effect.cells()].concat());
    let name = if part.title.is_empty() { &text.overall } else { &part.title };
    let counts_in_words = counts.in_words(names);
    let values = [("variable", &**name), ("level", &member.label), ("difference", &shown)];
    let values = [&values[..], &[("counts", &counts_in_words)]].concat();
    draft.say(&text.alternative_row, &values);
    let row = member.row(&counts, shown).with(RowMark::new(Span::of(&effect), MAIN));
    // A region's effect drawn to the mean of all, where there is one.
    let shrunken = Question::first(results, |key| {
        key.analysis == Analysis::ShrunkenEffect && key.region == region && region != ALL_REGIONS
    });
    let Some(shrunken) = shrunken else { return row };
    let own = shrunken.interval(results);
    let what = fill(&text.shrunken_place, &[("region", &names.region(region))]);
    draft.explain(&own.estimate, &Place::new(names, region, &what));
    draft.line_from(4, &[region, subgroup, "", Method::EmpiricalBayes.as_str()], &own.cells());
    let look = Look::Marked(Mark::OpenSquare, LIGHT, 1.3);
    row.with(RowMark::below(Span::of(&own), look))
}

/// The tests of equal effects of all members of a part, on both scales.
fn tests(draft: &mut Draft<'_>, part: &Part) -> String {
    let text = &draft.names.texts.figure.subgroups;
    let (outcome, set) = (Outcome::EverEmployed, AnalysisSet::IttObserved);
    let mut test = |method: Method, template: &str| {
        let question = Question::new(Analysis::Interaction, outcome, set, method)
            .month(draft.names.study.horizon_months)
            .level(&part.variable);
        let p = question.cell(draft.results, Statistic::PValue);
        let what = fill(template, &[("variable", &part.title)]);
        let shown = draft.show(&p, &Place::new(draft.names, ALL_REGIONS, &what), Form::P);
        draft.line_from(7, &[ALL_REGIONS, "", &part.variable, method.as_str()], &[&p]);
        shown
    };
    let difference = test(Method::WaldHc2, &text.test_difference);
    let ratio = test(Method::WaldLogRiskRatio, &text.test_ratio);
    let shown = fill(&text.interaction, &[("difference", &difference), ("ratio", &ratio)]);
    draft.say("{test}.", &[("test", &shown)]);
    shown
}
