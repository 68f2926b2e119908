//! Contrasts as lines of tables.

use crate::render::document::{Table, Text};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::vocabulary::{Analysis, Inference, ResultArm, Statistic, Unit};

use super::shown::{limit, with_unit};
use super::source::Source;

/// The key without its statistic: rows with the same are one line of a table.
pub(super) fn line_of(key: &Key) -> Key {
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

/// A table of contrasts, one a line.
pub(super) fn effects_table(
    source: Source<'_>,
    name: &str,
    caption: String,
    lines: &[Key],
) -> Table {
    let mut notes = Notes::new(source.names);
    let rows = lines.iter().map(|line| effect_row(source, &mut notes, line)).collect();
    let (columns, footnotes) = (columns(source), notes.footnotes());
    Table {
        name: name.to_owned(),
        caption: caption.into(),
        columns,
        rows,
        text_columns: 3,
        footnotes,
    }
}

/// Outcome, people, method, estimate, limits and p-value of a contrast.
pub(super) fn effect_row(source: Source<'_>, notes: &mut Notes<'_>, line: &Key) -> Vec<Text> {
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
    let own = source.fact(line, Statistic::Estimate);
    // Resampled lines have limits only: the estimate beside them is the estimator's own.
    let estimate = if !own.is_absent() {
        own
    } else if line.inference != Inference::Analytic {
        let analytic = Key { inference: Inference::Analytic, ..line.clone() };
        source.fact(&analytic, Statistic::Estimate)
    } else {
        source.fact(line, Statistic::EstimateDays)
    };
    // A confidence set may come without an estimate of its own.
    let shown = notes.optional(&estimate, &place, |value| with_unit(numbers, unit, value));
    let lower = source.fact(line, Statistic::CiLower);
    let upper = source.fact(line, Statistic::CiUpper);
    let interval = notes.limits((&lower, &upper), &place, |value| limit(numbers, unit, value));
    let p = notes.optional(&source.fact(line, Statistic::PValue), &place, |p| numbers.bare_p(p));
    vec![outcome.into(), names.set(line.analysis_set).into(), method.into(), shown, interval, p]
}

/// The unit of a line.
pub(super) fn unit(source: Source<'_>, line: &Key) -> Unit {
    let of = |statistic| source.results.get(&Key { statistic, ..line.clone() });
    let known = of(Statistic::Estimate).or_else(|| of(Statistic::CiLower));
    known.map_or(Unit::None, |row| row.unit)
}
