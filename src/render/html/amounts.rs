//! Amounts and durations by arm, and their differences.

use crate::render::lookup::{Cell, Question, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::vocabulary::{
    Analysis, AnalysisSet, Method, Outcome, ResultArm, Statistic, Unit,
};
use crate::trial::arm::Arm;

use super::Source;
use super::baseline::joined;
use super::effects::{columns, effect_row, lines};
use super::table::{Section, Table};

const OUTCOMES: [Outcome; 5] = [
    Outcome::DaysEmployed,
    Outcome::LongestSpellDays,
    Outcome::HoursWorked,
    Outcome::WagesEur,
    Outcome::BenefitTotalEur,
];

/// The effects that the table of differences shows.
pub(super) fn shown(source: Source<'_>) -> Vec<Key> {
    if has_quantiles(source) { difference_lines(source) } else { Vec::new() }
}

fn has_quantiles(source: Source<'_>) -> bool {
    source.results.rows().iter().any(|row| row.key.analysis == Analysis::ArmQuantile)
}

/// Amounts at the horizon; nothing where the results have no quantiles of them.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let text = &source.names.texts.tables;
    has_quantiles(source).then(|| Section {
        id: "amounts",
        heading: text.amounts_heading.clone(),
        words: text.amounts_words.clone(),
        tables: vec![by_arm(source), differences(source)],
        ..Section::default()
    })
}

fn by_arm(source: Source<'_>) -> Table {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.tables;
    let horizon = names.study.horizon_months;
    let mut notes = Notes::new(names);
    let mut columns = vec![names.texts.report.outcome.clone()];
    for arm in Arm::BOTH {
        let arm = names.arm(arm);
        for template in [&text.n_of, &text.mean_of, &text.quartiles_of] {
            columns.push(fill(template, &[("arm", &arm)]));
        }
    }
    let mut rows = Vec::new();
    for outcome in OUTCOMES {
        let mean = |arm| {
            let set = AnalysisSet::IttObserved;
            Question::new(Analysis::ArmMean, outcome, set, Method::Mean)
                .arm(result_arm(arm))
                .month(horizon)
        };
        let is_absent = |arm| mean(arm).cell(results, Statistic::Estimate) == Cell::Absent;
        if Arm::BOTH.into_iter().all(is_absent) {
            continue;
        }
        let name = names.outcome(outcome);
        let mut row = vec![name.clone()];
        for arm in Arm::BOTH {
            let place = Place::new(names, ALL_REGIONS, &format!("{name}, {}", names.arm(arm)));
            row.extend(arm_cells(source, &mut notes, (&mean(arm), &place), outcome));
        }
        rows.push(row);
    }
    let caption = fill(&text.amounts_caption, &[("month", &horizon.to_string())]);
    Table { name: "amounts", caption, columns, rows, text_columns: 1, footnotes: notes.lines() }
}

/// Number of people, mean with standard deviation, median with quartiles.
fn arm_cells(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    (mean, place): (&Question, &Place),
    outcome: Outcome,
) -> [String; 3] {
    let (results, names) = (source.results, source.names);
    let (text, numbers) = (&names.texts.tables, names.numbers());
    let digits = usize::from(!matches!(outcome, Outcome::WagesEur | Outcome::BenefitTotalEur));
    let mut show = |cell: &Cell, digits| {
        let shown = notes.show(cell, place, |value| numbers.decimal(value, digits));
        (shown, cell.value().is_some())
    };
    let n = show(&mean.cell(results, Statistic::N), 0).0;
    let values = [
        ("mean", show(&mean.cell(results, Statistic::Estimate), digits)),
        ("sd", show(&mean.cell(results, Statistic::StdDev), digits)),
    ];
    let mut quantile = |level: &str| {
        let key = Key {
            analysis: Analysis::ArmQuantile,
            method: Method::Quantile,
            level: level.to_owned(),
            statistic: Statistic::Estimate,
            ..mean.key().clone()
        };
        let cell = results.get(&key).map_or(Cell::Absent, crate::render::lookup::cell_of);
        show(&cell, digits)
    };
    let quartiles = [
        ("median", quantile("0.5")),
        ("quartile_1", quantile("0.25")),
        ("quartile_3", quantile("0.75")),
    ];
    [n, joined(&text.with_sd, &values), joined(&text.with_quartiles, &quartiles)]
}

fn difference_lines(source: Source<'_>) -> Vec<Key> {
    let horizon = source.names.study.horizon_months;
    let is_wanted = |row: &Row| {
        let key = &row.key;
        matches!(key.analysis, Analysis::Effect | Analysis::QuantileEffect)
            && OUTCOMES.contains(&key.outcome)
            && key.region == ALL_REGIONS
            && key.subgroup.is_empty()
            && key.arm == ResultArm::Contrast
            && key.month == Some(horizon)
            && key.statistic == Statistic::Estimate
    };
    let mut lines = lines(source, is_wanted);
    lines.sort_by_key(|line| OUTCOMES.iter().position(|known| *known == line.outcome));
    lines
}

fn differences(source: Source<'_>) -> Table {
    let names = source.names;
    let text = &names.texts.tables;
    let horizon = names.study.horizon_months;
    let mut notes = Notes::new(names);
    let row = |line: &Key| {
        let mut row = effect_row(source, &mut notes, line);
        if let Ok(share) = line.level.parse::<f64>() {
            let percent = names.numbers().short_percent(share);
            row[2] = fill(&text.quantile, &[("percent", &percent)]);
        }
        row
    };
    let rows = difference_lines(source).iter().map(row).collect();
    let columns = columns(source);
    let caption = fill(&text.amount_effects_caption, &[("month", &horizon.to_string())]);
    let footnotes = notes.lines();
    Table { name: "amount_effects", caption, columns, rows, text_columns: 3, footnotes }
}

/// An amount of an arm as readers see it.
pub(super) fn amount(source: Source<'_>, unit: Unit, value: f64) -> String {
    let numbers = source.names.numbers();
    match unit {
        Unit::Proportion => numbers.percent(value),
        _ => numbers.decimal(value, 1),
    }
}
