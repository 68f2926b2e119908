//! The main result in one sentence, and why it is that one.

use crate::render::document::{Target, Text};
use crate::render::fact::{Fact, Facts};
use crate::render::lookup::Question;
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{ResultArm, Statistic};
use crate::trial::arm::{Arm, TwoArm};

use super::source::Source;

/// The result, the reason for that estimator, the observed-case difference, and footnotes.
///
/// With any outcome missing, the result is the difference of Aalen-Johansen probabilities among
/// everyone randomised; only with complete follow-up is it the difference of shares.
pub(super) fn sentences(source: Source<'_>) -> Vec<Text> {
    let names = source.names;
    let text = &names.texts.report;
    let mut values = plan(source).to_vec();
    values.push(("flow", Text::reference(Target::Table("flow".to_owned()))));
    let mut notes = Notes::new(names);
    let mut sentences = if is_complete(source) {
        vec![observed(source, &mut notes), Text::fill(&text.reason_complete, &values)]
    } else {
        vec![
            everyone(source, &mut notes),
            Text::fill(&text.reason_incomplete, &values),
            beside(source, &mut notes),
        ]
    };
    sentences.extend(notes.footnotes());
    sentences
}

/// Whether the flow shows that nobody's outcome is missing.
fn is_complete(source: Source<'_>) -> bool {
    let flow = Question::flow(ALL_REGIONS, ResultArm::All, source.names.study.horizon_months);
    let is_none =
        |statistic| flow.cell(source.results, statistic).value().is_some_and(|count| count < 0.5);
    is_none(Statistic::NotDue) && is_none(Statistic::Lost)
}

fn everyone(source: Source<'_>, notes: &mut Notes<'_>) -> Text {
    let horizon = source.names.study.horizon_months;
    let rates = TwoArm::from_fn(|arm| Question::incidence(ALL_REGIONS, arm, horizon));
    let effect = Question::everyone(ALL_REGIONS, horizon);
    let template = &source.names.texts.report.headline_everyone;
    sentence(source, notes, template, (&rates, &effect, &effect))
}

fn observed(source: Source<'_>, notes: &mut Notes<'_>) -> Text {
    let horizon = source.names.study.horizon_months;
    let rates = TwoArm::from_fn(|arm| Question::ever_employed(ALL_REGIONS, arm, horizon));
    let effect = Question::observed(ALL_REGIONS, horizon);
    let template = &source.names.texts.report.headline_observed;
    sentence(source, notes, template, (&rates, &effect, &Question::pearson(horizon)))
}

/// The difference among those observed, without what would double the main sentence.
fn beside(source: Source<'_>, notes: &mut Notes<'_>) -> Text {
    let names = source.names;
    let effect = Question::observed(ALL_REGIONS, names.study.horizon_months);
    let effect = Facts::of(source.results, &effect);
    // Limits that are missing need no note beside an estimate that is explained.
    let mut quiet = Notes::new(names);
    let mut values = difference(source, &mut quiet, &effect).to_vec();
    let place = Place::new(names, ALL_REGIONS, &names.texts.report.difference_of);
    notes.explain_fact(&effect.estimate, &place);
    values.push(("rates", Text::reference(Target::Table("rates".to_owned()))));
    values.extend(plan(source));
    Text::fill(&names.texts.report.beside, &values)
}

/// A sentence with the share of each arm, their difference with its limits, and p.
fn sentence(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    template: &str,
    (rates, effect, test): (&TwoArm<Question>, &Question, &Question),
) -> Text {
    let (results, names) = (source.results, source.names);
    let (numbers, text) = (names.numbers(), &names.texts.report);
    let arms = names.arms();
    let rates = TwoArm::from_fn(|arm: Arm| {
        let what = fill(&text.probability_of, &[("arm", arms.get(arm))]);
        let place = Place::new(names, ALL_REGIONS, &what);
        let rate = Fact::of(results, rates.get(arm), Statistic::Estimate);
        notes.number(&rate, &place, |rate| numbers.percent(rate))
    });
    let mut values = difference(source, notes, &Facts::of(results, effect)).to_vec();
    let p = Fact::of(results, test, Statistic::PValue);
    let p = notes.number(&p, &Place::new(names, ALL_REGIONS, &text.p_of), |p| numbers.p_value(p));
    values.extend([
        ("intervention", arms.intervention.into()),
        ("control", arms.control.into()),
        ("intervention_rate", rates.intervention),
        ("control_rate", rates.control),
        ("p", p),
    ]);
    values.extend(plan(source));
    Text::fill(template, &values)
}

/// A difference and its limits.
fn difference(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    facts: &Facts,
) -> [(&'static str, Text); 2] {
    let names = source.names;
    let numbers = names.numbers();
    let place = Place::new(names, ALL_REGIONS, &names.texts.report.difference_of);
    let limit = |value: f64| numbers.decimal(100.0 * value, 1);
    let estimate = notes.number(&facts.estimate, &place, |value| numbers.bare_points(value));
    let lower = notes.number(&facts.lower, &place, limit);
    let upper = notes.number(&facts.upper, &place, limit);
    [("difference", estimate), ("interval", numbers.between(lower, upper))]
}

/// What the plan sets.
fn plan(source: Source<'_>) -> [(&'static str, Text); 2] {
    let names = source.names;
    let month = names.study.horizon_months.to_string();
    [("month", month.into()), ("level", names.level().into())]
}
