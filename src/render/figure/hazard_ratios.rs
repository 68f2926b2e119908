//! Forest plot: the hazard ratio of a first job by region and subgroup, on a log axis.

use crate::render::chart::axis::Span;
use crate::render::chart::forest::{Group, MAIN, Row, RowMark};
use crate::render::chart::log_axis;
use crate::render::chart::parts::Body;
use crate::render::covariates;
use crate::render::lookup::Question;
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key};
use crate::results::vocabulary::{Analysis, Method, Outcome, Statistic};
use crate::trial::arm::Arm;

use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::groups::{self, Member, Part};
use super::reading::source::{Figure, FigureError, Source};

/// Draws the figure; nothing where the results have no such ratio.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratios;
    if !source.results.rows().iter().any(|row| is_ratio(&row.key)) {
        return Ok(None);
    }
    let arms = names.arms();
    let both = [("intervention", arms.intervention.as_str()), ("control", &arms.control)];
    let values = [&groups::COUNTS[..], &VALUES, &["p_value"]].concat();
    let mut draft = Draft::new(source, &["region", "subgroup", "level", "method"], &values);
    draft.note(&text.explain);
    draft.say(&text.alternative, &both);
    let words = groups::Words {
        overall: &text.overall,
        region: &text.region,
        place: &text.place,
        count_heading: &text.count_heading,
        effect_heading: &text.effect_heading,
        favours: [&text.favours_control, &text.favours_intervention],
        axis: fill(&text.axis, &both),
    };
    let parts = groups::parts(names, &words, covariates::subgroups_where(source.results, is_ratio));
    let groups: Vec<Group> = parts.iter().map(|part| group(&mut draft, part)).collect();
    let label = |tick| log_axis::label(names.numbers(), tick);
    let forest = groups::forest(names, &words, (groups, log_axis::covering), label);
    draft.note_if(forest.is_cut(), &text.arrow);
    let head = Head {
        name: "hazard_ratios".to_owned(),
        title: text.title.clone(),
        subtitle: names.subtitle(&text.subtitle, &names.texts.common.everyone_randomised),
    };
    draft.finish(head, Body::Forest(forest)).map(Some)
}

fn is_ratio(key: &Key) -> bool {
    key.analysis == Analysis::HazardRatio
        && key.outcome == Outcome::FirstJob
        && key.method == Method::CoxEfronStratified
}

fn group(draft: &mut Draft<'_>, part: &Part) -> Group {
    let rows = part.members.iter().map(|member| row(draft, part, member)).collect();
    let foot = test(draft, part);
    Group { title: part.title.clone(), rows, foot, ..Group::default() }
}

fn row(draft: &mut Draft<'_>, part: &Part, member: &Member) -> Row {
    let names = draft.names;
    let (region, subgroup) = (member.region.as_str(), member.subgroup.as_str());
    let question = Question::hazard_ratio(region, subgroup);
    let counted = Question::time_at_risk(region, subgroup, Arm::Intervention);
    let ratio = question.interval(draft.results);
    let counts = member.counts(draft, &counted);
    let shown = draft.show_interval(&ratio, &member.place, Form::Decimal);
    let values = [&ratio.estimate, &ratio.lower, &ratio.upper];
    let keys = [region, subgroup, "", question.key().method.as_str()];
    draft.line(&keys, &[&counts.cells()[..], &values].concat());
    let all = &names.texts.common.all_regions;
    let values = [
        ("variable", if part.title.is_empty() { all.as_str() } else { &part.title }),
        ("level", &member.label),
        ("ratio", &shown),
        ("counts", &counts.in_words(names)),
    ];
    draft.say(&names.texts.figure.hazard_ratios.alternative_row, &values);
    member.row(&counts, shown).with(RowMark::new(Span::of(&ratio).map(log_axis::places), MAIN))
}

/// The test of a ratio of 1, of everyone; of equal ratios, of the members of a part.
fn test(draft: &mut Draft<'_>, part: &Part) -> String {
    let names = draft.names;
    let text = &names.texts.figure.hazard_ratios;
    let (question, what, template) = if part.title.is_empty() {
        (Question::hazard_ratio(ALL_REGIONS, ""), text.test_place.clone(), &text.test)
    } else {
        let what = fill(&text.interaction_place, &[("variable", &part.title)]);
        (Question::equal_hazard_ratios(&part.variable), what, &text.interaction)
    };
    let p = question.cell(draft.results, Statistic::PValue);
    let shown = draft.show(&p, &Place::new(names, ALL_REGIONS, &what), Form::P);
    let key = question.key();
    draft.line_from(7, &[ALL_REGIONS, "", &part.variable, key.method.as_str()], &[&p]);
    let shown = fill(template, &[("p", &shown)]);
    draft.say("{test}.", &[("test", &shown)]);
    shown
}
