//! The main result in one sentence, and why it is that one.

use crate::render::lookup::{Cell, Interval, Question};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{ResultArm, Statistic};
use crate::trial::arm::{Arm, TwoArm};

use super::Source;

/// The result, the reason for that estimator, the observed-case difference, and footnotes.
///
/// With any outcome missing, the result is the difference of Aalen-Johansen probabilities among
/// everyone randomised; only with complete follow-up is it the difference of shares.
pub(super) fn sentences(source: Source<'_>) -> Vec<String> {
    let names = source.names;
    let text = &names.texts.report;
    let month = names.study.horizon_months.to_string();
    let mut notes = Notes::new(names);
    let mut sentences = if is_complete(source) {
        vec![observed(source, &mut notes), fill(&text.reason_complete, &[("month", &month)])]
    } else {
        vec![
            everyone(source, &mut notes),
            fill(&text.reason_incomplete, &[("month", &month)]),
            beside(source, &mut notes),
        ]
    };
    sentences.extend(notes.lines());
    sentences
}

/// Whether the flow shows that nobody's outcome is missing.
fn is_complete(source: Source<'_>) -> bool {
    let flow = Question::flow(ALL_REGIONS, ResultArm::All, source.names.study.horizon_months);
    let is_none =
        |statistic| flow.cell(source.results, statistic).value().is_some_and(|count| count < 0.5);
    is_none(Statistic::NotDue) && is_none(Statistic::Lost)
}

fn everyone(source: Source<'_>, notes: &mut Notes<'_>) -> String {
    let horizon = source.names.study.horizon_months;
    let rates = TwoArm::from_fn(|arm| {
        let question = Question::incidence(ALL_REGIONS, arm, horizon);
        question.cell(source.results, Statistic::Estimate)
    });
    let question = Question::everyone(ALL_REGIONS, horizon);
    let p = question.cell(source.results, Statistic::PValue);
    let template = &source.names.texts.report.headline_everyone;
    sentence(source, notes, template, (&rates, &question.interval(source.results), &p))
}

fn observed(source: Source<'_>, notes: &mut Notes<'_>) -> String {
    let horizon = source.names.study.horizon_months;
    let rates = TwoArm::from_fn(|arm| {
        let question = Question::ever_employed(ALL_REGIONS, arm, horizon);
        question.cell(source.results, Statistic::Estimate)
    });
    let difference = Question::observed(ALL_REGIONS, horizon).interval(source.results);
    let p = Question::pearson(horizon).cell(source.results, Statistic::PValue);
    let template = &source.names.texts.report.headline_observed;
    sentence(source, notes, template, (&rates, &difference, &p))
}

fn beside(source: Source<'_>, notes: &mut Notes<'_>) -> String {
    let horizon = source.names.study.horizon_months;
    let difference = Question::observed(ALL_REGIONS, horizon).interval(source.results);
    let rates = TwoArm { intervention: Cell::Absent, control: Cell::Absent };
    let p = Cell::Absent;
    // The template has no place for rates and p, so that their absence must not be explained.
    let mut quiet = Notes::new(source.names);
    let template = &source.names.texts.report.beside;
    let text = sentence(source, &mut quiet, template, (&rates, &difference, &p));
    let place = Place::new(source.names, ALL_REGIONS, &source.names.texts.report.difference_of);
    notes.explain(&difference.estimate, &place);
    text
}

fn sentence(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    template: &str,
    (rates, difference, p): (&TwoArm<Cell>, &Interval, &Cell),
) -> String {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.report);
    let arms = names.arms();
    let rates = TwoArm::from_fn(|arm: Arm| {
        let what = fill(&text.probability_of, &[("arm", arms.get(arm))]);
        let place = Place::new(names, ALL_REGIONS, &what);
        notes.show(rates.get(arm), &place, |rate| numbers.percent(rate))
    });
    let place = Place::new(names, ALL_REGIONS, &text.difference_of);
    let limit = |value: f64| numbers.decimal(100.0 * value, 1);
    let estimate = notes.show(&difference.estimate, &place, |value| numbers.bare_points(value));
    let lower = notes.show(&difference.lower, &place, limit);
    let upper = notes.show(&difference.upper, &place, limit);
    let p = notes.show(p, &Place::new(names, ALL_REGIONS, &text.p_of), |p| numbers.p_value(p));
    let values = [
        ("intervention", arms.intervention.as_str()),
        ("control", arms.control.as_str()),
        ("intervention_rate", &rates.intervention),
        ("control_rate", &rates.control),
        ("month", &names.study.horizon_months.to_string()),
        ("difference", &estimate),
        ("level", &names.level()),
        ("interval", &numbers.interval(&lower, &upper)),
        ("p", &p),
    ];
    fill(template, &values)
}
