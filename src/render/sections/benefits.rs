//! Benefits by month: paid, by the rule, and the difference.

use crate::render::document::{Part, Table, Text};
use crate::render::fact::{Fact, Facts};
use crate::render::lookup::{Question, result_arm};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic};
use crate::trial::arm::Arm;

use super::contrasts::{contrasts, effects_table};
use super::source::Source;

const OUTCOMES: [Outcome; 3] =
    [Outcome::BenefitEur, Outcome::BenefitFormulaEur, Outcome::BenefitAboveFormulaEur];

/// The effects at the horizon that the section shows, by month or by method.
pub(super) fn shown(source: Source<'_>) -> Vec<Key> {
    if !has_benefits(source) {
        return Vec::new();
    }
    let mut lines = contrasts(source);
    lines.retain(|line| {
        OUTCOMES.contains(&line.outcome) || line.outcome == Outcome::EmployedOnBenefit
    });
    lines
}

fn has_benefits(source: Source<'_>) -> bool {
    source.results.rows().iter().any(|row| row.key.outcome == Outcome::BenefitEur)
}

/// Benefits at the plan's months; nothing where there are none.
pub(super) fn section(source: Source<'_>) -> Option<Part> {
    let names = source.names;
    let text = &names.texts.tables;
    if !has_benefits(source) {
        return None;
    }
    let mut notes = Notes::new(names);
    let level = names.level();
    let mut columns = vec![names.texts.report.month.clone()];
    columns.extend(Arm::BOTH.map(|arm| fill(&text.paid_mean, &[("arm", &names.arm(arm))])));
    for (difference, p) in [
        (&text.paid_difference, &text.paid_p),
        (&text.rule_difference, &text.rule_p),
        (&text.above_difference, &text.above_p),
    ] {
        columns.extend([fill(difference, &[("level", &level)]), p.clone()]);
    }
    let rows = names.study.months.iter().map(|&month| row(source, &mut notes, month)).collect();
    let caption = text.benefits_caption.clone();
    let footnotes = notes.footnotes();
    let table = Table {
        name: "benefits".to_owned(),
        caption: caption.into(),
        columns,
        rows,
        text_columns: 1,
        footnotes,
    };
    let part = Part::new("benefits", &text.benefits_heading).paragraph(&text.benefits_words);
    Some(part.with_tables(std::iter::once(table).chain(further(source))))
}

fn row(source: Source<'_>, notes: &mut Notes<'_>, month: i32) -> Vec<Text> {
    let (results, names) = (source.results, source.names);
    let numbers = names.numbers();
    let mut row = vec![month.to_string().into()];
    for arm in Arm::BOTH {
        let set = AnalysisSet::IttObserved;
        let mean = Question::new(Analysis::ArmMean, Outcome::BenefitEur, set, Method::Mean)
            .arm(result_arm(arm))
            .month(month);
        let what = format!("{}, {}", names.outcome(Outcome::BenefitEur), names.arm(arm));
        let place = Place::at_month(names, ALL_REGIONS, &what, month);
        let mean = Fact::of(results, &mean, Statistic::Estimate);
        row.push(notes.number(&mean, &place, |value| numbers.decimal(value, 0)));
    }
    for outcome in OUTCOMES {
        let effect = Question::effect_at(outcome, month);
        let difference = Facts::of(results, &effect);
        if difference.estimate.is_absent() && outcome != Outcome::BenefitEur {
            // There is no rule at this month, and no plan for one.
            row.extend([(&names.texts.note.absent_symbol).into(), Text::default()]);
            continue;
        }
        let place = Place::at_month(names, ALL_REGIONS, &names.outcome(outcome), month);
        let estimate = |value| numbers.signed(value, 0);
        let limit = |value| numbers.decimal(value, 0);
        let writers = Writers { estimate: &estimate, limit: &limit };
        row.push(notes.interval(&difference, &place, writers));
        let p = Fact::of(results, &effect, Statistic::PValue);
        row.push(notes.optional(&p, &place, |p| numbers.bare_p(p)));
    }
    row
}

/// Effects at the horizon that the table by month does not show.
fn further(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let horizon = names.study.horizon_months;
    let mut lines = shown(source);
    if names.study.months.contains(&horizon) {
        lines.retain(|line| {
            !OUTCOMES.iter().any(|&of| line == Question::effect_at(of, horizon).key())
        });
    }
    let template = &names.texts.tables.benefit_effects_caption;
    let caption = fill(template, &[("month", &horizon.to_string())]);
    (!lines.is_empty()).then(|| effects_table(source, "benefit_effects", caption, &lines))
}
