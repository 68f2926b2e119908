//! Benefits by month: paid, by the rule, and the difference.

use crate::render::lookup::{Cell, Question, result_arm};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic};
use crate::trial::arm::Arm;

use super::Source;
use super::effects::{contrasts, effects_table};
use super::table::{Section, Table};

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
pub(super) fn section(source: Source<'_>) -> Option<Section> {
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
    let footnotes = notes.lines();
    let table = Table { name: "benefits", caption, columns, rows, text_columns: 1, footnotes };
    Some(Section {
        id: "benefits",
        heading: text.benefits_heading.clone(),
        words: text.benefits_words.clone(),
        tables: std::iter::once(table).chain(further(source)).collect(),
        ..Section::default()
    })
}

fn row(source: Source<'_>, notes: &mut Notes<'_>, month: i32) -> Vec<String> {
    let (results, names) = (source.results, source.names);
    let numbers = names.numbers();
    let mut row = vec![month.to_string()];
    for arm in Arm::BOTH {
        let set = AnalysisSet::IttObserved;
        let cell = Question::new(Analysis::ArmMean, Outcome::BenefitEur, set, Method::Mean)
            .arm(result_arm(arm))
            .month(month)
            .cell(results, Statistic::Estimate);
        let what = format!("{}, {}", names.outcome(Outcome::BenefitEur), names.arm(arm));
        let place = Place::at_month(names, ALL_REGIONS, &what, month);
        row.push(notes.show(&cell, &place, |value| numbers.decimal(value, 0)));
    }
    for outcome in OUTCOMES {
        let interval = Question::effect_at(outcome, month).interval(results);
        if interval.estimate == Cell::Absent && outcome != Outcome::BenefitEur {
            // There is no rule at this month, and no plan for one.
            row.extend([names.texts.note.absent_symbol.clone(), String::new()]);
            continue;
        }
        let place = Place::at_month(names, ALL_REGIONS, &names.outcome(outcome), month);
        let estimate = |value| numbers.signed(value, 0);
        let limit = |value| numbers.decimal(value, 0);
        let writers = Writers { estimate: &estimate, limit: &limit };
        row.push(notes.show_interval(&interval, &place, writers));
        row.push(match Question::effect_at(outcome, month).cell(results, Statistic::PValue) {
            Cell::Absent => String::new(),
            known => notes.show(&known, &place, |p| numbers.bare_p(p)),
        });
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
