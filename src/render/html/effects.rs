//! Tables of all effects and of all tests.

use crate::render::lookup::{Cell, Interval, cell_of};
use crate::render::notes::{Notes, Place};
use crate::render::number::Numbers;
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::vocabulary::{Analysis, Inference, Method, ResultArm, Statistic, Unit};

use super::table::Table;
use super::{Source, adjusted, amounts, benefits, job_quality, questionnaires};

/// The key without its statistic: rows with the same are one line of a table.
fn line_of(key: &Key) -> Key {
    Key { statistic: Statistic::Estimate, ..key.clone() }
}

/// Lines of the rows that are wanted and have the estimator's own inference, each once, in the
/// order of the results. What is resampled has a section of its own.
pub(super) fn lines(source: Source<'_>, is_wanted: impl Fn(&Row) -> bool) -> Vec<Key> {
    all_lines(source, |row| row.key.inference.is_of_the_estimator() && is_wanted(row))
}

/// The same, whatever the inference.
pub(super) fn all_lines(source: Source<'_>, is_wanted: impl Fn(&Row) -> bool) -> Vec<Key> {
    let mut lines: Vec<Key> = Vec::new();
    for row in source.results.rows().iter().filter(|row| is_wanted(row)) {
        let line = line_of(&row.key);
        if lines.last() != Some(&line) {
            lines.push(line);
        }
    }
    lines
}

pub(super) fn cell(source: Source<'_>, line: &Key, statistic: Statistic) -> Cell {
    let key = Key { statistic, ..line.clone() };
    source.results.get(&key).map_or(Cell::Absent, cell_of)
}

/// Whether a row makes a line of a table of effects.
pub(super) fn is_estimate_or_limit(statistic: Statistic) -> bool {
    matches!(statistic, Statistic::Estimate | Statistic::CiLower | Statistic::CiUpper)
}

/// Columns of [`effect_row`].
pub(super) fn columns(source: Source<'_>) -> Vec<String> {
    let (names, text) = (source.names, &source.names.texts.report);
    vec![
        text.outcome.clone(),
        text.who.clone(),
        text.method.clone(),
        text.estimate.clone(),
        fill(&text.interval, &[("level", &names.level())]),
        text.p.clone(),
    ]
}

/// All estimated contrasts over all regions, to the horizon or without a month.
pub(super) fn contrasts(source: Source<'_>) -> Vec<Key> {
    let horizon = source.names.study.horizon_months;
    let is_wanted = |row: &Row| {
        let key = &row.key;
        let is_limit = is_estimate_or_limit(key.statistic);
        key.analysis == Analysis::Effect
            && key.region == ALL_REGIONS
            && key.subgroup.is_empty()
            && key.level.is_empty()
            && key.arm == ResultArm::Contrast
            && key.month.is_none_or(|month| month == horizon)
            && is_limit
    };
    lines(source, is_wanted)
}

/// The contrasts that the tables of adjusted effects, amounts and benefits do not show.
pub(super) fn effects(source: Source<'_>) -> Table {
    let names = source.names;
    let horizon = names.study.horizon_months.to_string();
    let elsewhere =
        [adjusted::shown(source), amounts::shown(source), benefits::shown(source)].concat();
    let mut lines = contrasts(source);
    lines.retain(|line| !elsewhere.contains(line) && !is_of_a_section(line));
    let caption = fill(&names.texts.report.effects_caption, &[("month", &horizon)]);
    effects_table(source, "effects", caption, &lines)
}

/// Whether the section on questionnaires, or that on the quality of jobs, shows a line.
fn is_of_a_section(line: &Key) -> bool {
    questionnaires::is_shown(line) || job_quality::is_shown(line)
}

/// A table of contrasts, one a line.
pub(super) fn effects_table(
    source: Source<'_>,
    name: &'static str,
    caption: String,
    lines: &[Key],
) -> Table {
    let mut notes = Notes::new(source.names);
    let rows = lines.iter().map(|line| effect_row(source, &mut notes, line)).collect();
    let columns = columns(source);
    Table { name, caption, columns, rows, text_columns: 3, footnotes: notes.lines() }
}

pub(super) fn effect_row(source: Source<'_>, notes: &mut Notes<'_>, line: &Key) -> Vec<String> {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.report);
    let mut method = names.method(line.method);
    if line.inference != Inference::Analytic {
        let inference = names.inference(line.inference);
        method = fill(&text.resampled, &[("method", &method), ("inference", &inference)]);
    }
    let unit = unit(source, line);
    let outcome = names.outcome_of(line);
    let what = fill(&text.what, &[("outcome", &outcome), ("method", &method)]);
    let place = Place::new(names, &line.region, &what);
    // Resampled lines have limits only: the estimate beside them is the estimator's own.
    let estimate = match cell(source, line, Statistic::Estimate) {
        Cell::Absent if line.inference != Inference::Analytic => {
            let analytic = Key { inference: Inference::Analytic, ..line.clone() };
            cell(source, &analytic, Statistic::Estimate)
        }
        Cell::Absent => cell(source, line, Statistic::EstimateDays),
        own => own,
    };
    let limits = Interval {
        estimate,
        lower: cell(source, line, Statistic::CiLower),
        upper: cell(source, line, Statistic::CiUpper),
    };
    // A confidence set may come without an estimate of its own.
    let shown = match &limits.estimate {
        Cell::Absent => String::new(),
        known => notes.show(known, &place, |value| with_unit(numbers, unit, value)),
    };
    let lower = notes.show(&limits.lower, &place, |value| limit(numbers, unit, value));
    let upper = notes.show(&limits.upper, &place, |value| limit(numbers, unit, value));
    let is_missing = limits.lower.value().is_none() && lower == upper;
    let interval = if is_missing { lower } else { numbers.interval(&lower, &upper) };
    let p = match cell(source, line, Statistic::PValue) {
        Cell::Absent => String::new(),
        known => notes.show(&known, &place, |p| numbers.bare_p(p)),
    };
    vec![outcome, names.set(line.analysis_set), method, shown, interval, p]
}

pub(super) fn unit(source: Source<'_>, line: &Key) -> Unit {
    let of = |statistic| source.results.get(&Key { statistic, ..line.clone() });
    let known = of(Statistic::Estimate).or_else(|| of(Statistic::CiLower));
    known.map_or(Unit::None, |row| row.unit)
}

pub(super) fn with_unit(numbers: Numbers<'_>, unit: Unit, value: f64) -> String {
    match unit {
        Unit::Proportion => numbers.points(value),
        Unit::Days => numbers.signed_days(value),
        Unit::Months => numbers.signed_months(value),
        Unit::Eur => numbers.signed_eur(value),
        Unit::EurPerMonth => numbers.signed_eur_per_month(value),
        Unit::Hours => numbers.signed_hours(value),
        Unit::Ratio => numbers.decimal(value, 2),
        Unit::Count => numbers.count(value),
        Unit::Score | Unit::StdDevs => numbers.signed(value, 2),
        Unit::None | Unit::P | Unit::LogRatio => numbers.decimal(value, 3),
    }
}

pub(super) fn limit(numbers: Numbers<'_>, unit: Unit, value: f64) -> String {
    match unit {
        Unit::Proportion => numbers.decimal(100.0 * value, 1),
        Unit::Days | Unit::Months | Unit::Hours => numbers.decimal(value, 1),
        Unit::Eur | Unit::EurPerMonth => numbers.decimal(value, 0),
        Unit::Ratio | Unit::Score | Unit::StdDevs => numbers.decimal(value, 2),
        Unit::Count => numbers.count(value),
        Unit::P => numbers.decimal(value, 4),
        Unit::None | Unit::LogRatio => numbers.decimal(value, 3),
    }
}

/// All tests: p-values that belong to no estimate.
pub(super) fn tests(source: Source<'_>) -> Table {
    let names = source.names;
    let (text, numbers) = (&names.texts.report, names.numbers());
    let is_wanted = |row: &Row| {
        let key = &row.key;
        let is_test = matches!(key.analysis, Analysis::SurvivalTest | Analysis::Interaction)
            || (key.analysis == Analysis::Effect
                && cell(source, &line_of(key), Statistic::Estimate) == Cell::Absent);
        let is_due = key.analysis != Analysis::SurvivalTest
            || key.month.is_none_or(|month| month == names.study.horizon_months);
        is_test
            && is_due
            && key.statistic == Statistic::PValue
            && key.inference == Inference::Analytic
            && !is_of_a_section(&line_of(key))
    };
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for line in lines(source, is_wanted) {
        let method = test_name(source, &line);
        let place = Place::new(names, &line.region, &method);
        let mut optional = |statistic, digits| match cell(source, &line, statistic) {
            Cell::Absent => String::new(),
            known => notes.show(&known, &place, |value| numbers.decimal(value, digits)),
        };
        let (statistic, df) = (optional(Statistic::TestStatistic, 2), optional(Statistic::Df, 0));
        let p = cell(source, &line, Statistic::PValue);
        let p = notes.show(&p, &place, |p| numbers.bare_p(p));
        let (outcome, region) = (names.outcome_of(&line), names.region(&line.region));
        rows.push(vec![method, outcome, region, statistic, df, p]);
    }
    let columns =
        [&text.test, &text.outcome, &text.region, &text.test_statistic, &text.df, &text.p];
    let (caption, columns) = (text.tests_caption.clone(), columns.map(Clone::clone).to_vec());
    Table { name: "tests", caption, columns, rows, text_columns: 3, footnotes: notes.lines() }
}

/// A test with what singles it out: the regression that it is of, its weights, its month.
fn plain_test_name(source: Source<'_>, line: &Key) -> String {
    let names = source.names;
    let text = &names.texts.tables;
    let method = names.method(line.method);
    let of = match (Method::from_word(&line.level), line.month) {
        (Some(regression), _) => names.method(regression),
        (None, _) if !line.level.is_empty() => line.level.clone(),
        (None, Some(month)) if line.analysis == Analysis::SurvivalTest => {
            fill(&text.at_month, &[("months", &month.to_string())])
        }
        _ => return method,
    };
    fill(&names.texts.first_job.test_of, &[("test", &method), ("of", &of)])
}

/// What a test is called: that of equal effects by what it compares, any other by its method.
fn test_name(source: Source<'_>, line: &Key) -> String {
    let names = source.names;
    let text = &names.texts.tables;
    let (test, equal) = match line.method {
        _ if line.analysis != Analysis::Interaction => return plain_test_name(source, line),
        Method::EmpiricalBayes => (text.cochran.clone(), &text.equal_effects),
        Method::WaldHc2 => (text.wald_robust.clone(), &text.equal_effects),
        Method::WaldLogRiskRatio => (text.wald.clone(), &text.equal_ratios),
        other => (names.method(other), &text.equal_effects),
    };
    let values = [("test", test.as_str()), ("equal", equal.as_str())];
    if line.level.is_empty() {
        return fill(&text.equal_in_regions, &values);
    }
    let variable = names.variable(&line.level);
    fill(&text.equal_at_levels, &[&values[..], &[("variable", variable.as_str())]].concat())
}
