//! Bootstrap intervals, randomisation tests and families of hypotheses.

use crate::render::lookup::{Cell, Interval, cell_of};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::vocabulary::{Inference, ResultArm, Statistic, Unit};

use super::Source;
use super::effects::{all_lines, cell, is_estimate_or_limit, limit, unit, with_unit};
use super::table::{Section, Table};

/// Kinds of bootstrap interval, in the order of the columns; the basic one, which would make the
/// table too wide, is in the results.
const INTERVALS: [Inference; 3] =
    [Inference::BootstrapPercentile, Inference::BootstrapBca, Inference::BootstrapStudentised];

/// Everything resampled; nothing where nothing is.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let text = &source.names.texts.resampled;
    let tables = [intervals(source), tests(source), families(source)];
    let tables: Vec<Table> = tables.into_iter().filter(|table| !table.rows.is_empty()).collect();
    (!tables.is_empty()).then(|| Section {
        id: "resampled",
        heading: text.heading.clone(),
        words: text.words.clone(),
        tables,
        ..Section::default()
    })
}

/// Whether a row compares the arms over all regions, at the horizon or without a month.
fn is_overall(source: Source<'_>, key: &Key) -> bool {
    let horizon = source.names.study.horizon_months;
    key.arm == ResultArm::Contrast
        && key.region == ALL_REGIONS
        && key.subgroup.is_empty()
        && key.month.is_none_or(|month| month == horizon)
}

/// The bootstrap intervals of each contrast.
fn intervals(source: Source<'_>) -> Table {
    let names = source.names;
    let (text, report) = (&names.texts.resampled, &names.texts.report);
    let is_wanted = |row: &Row| {
        let key = &row.key;
        key.inference == Inference::BootstrapPercentile
            && key.level.is_empty()
            && is_overall(source, key)
            && is_estimate_or_limit(key.statistic)
    };
    let mut notes = Notes::new(names);
    let row = |line: &Key| {
        let (outcome, method) = (names.outcome(line.outcome), names.method(line.method));
        let what = fill(&report.what, &[("outcome", &outcome), ("method", &method)]);
        let place = Place::new(names, &line.region, &what);
        let estimate = match cell(source, line, Statistic::Estimate) {
            Cell::Absent => cell(source, line, Statistic::EstimateDays),
            own => own,
        };
        let unit = unit(source, line);
        let numbers = names.numbers();
        let shown = match estimate {
            Cell::Absent => String::new(),
            known => notes.show(&known, &place, |value| with_unit(numbers, unit, value)),
        };
        let mut row = vec![outcome, method, shown];
        for inference in INTERVALS {
            let line = Key { inference, ..line.clone() };
            row.push(limits(source, &mut notes, (&line, &place), unit));
        }
        row
    };
    let rows = all_lines(source, is_wanted).iter().map(row).collect();
    let columns = [
        &report.outcome,
        &report.method,
        &report.estimate,
        &text.percentile,
        &text.bca,
        &text.studentised,
    ];
    let month = names.study.horizon_months.to_string();
    let caption = fill(&text.intervals_caption, &[("level", &names.level()), ("month", &month)]);
    let mut footnotes = vec![text.intervals_note.clone()];
    footnotes.extend(notes.lines());
    Table {
        name: "bootstrap",
        caption,
        columns: columns.map(Clone::clone).to_vec(),
        rows,
        text_columns: 2,
        footnotes,
    }
}

/// Both limits, or why there are none; empty where none were computed.
fn limits(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    (line, place): (&Key, &Place),
    unit: Unit,
) -> String {
    let numbers = source.names.numbers();
    let interval = Interval {
        estimate: Cell::Absent,
        lower: cell(source, line, Statistic::CiLower),
        upper: cell(source, line, Statistic::CiUpper),
    };
    if interval.lower == Cell::Absent && interval.upper == Cell::Absent {
        return String::new();
    }
    let lower = notes.show(&interval.lower, place, |value| limit(numbers, unit, value));
    let upper = notes.show(&interval.upper, place, |value| limit(numbers, unit, value));
    if interval.lower.value().is_none() && lower == upper {
        return lower;
    }
    numbers.interval(&lower, &upper)
}

/// Tests by re-drawing the randomisation.
fn tests(source: Source<'_>) -> Table {
    let names = source.names;
    let (text, report) = (&names.texts.resampled, &names.texts.report);
    let is_wanted = |row: &Row| {
        row.key.inference.is_randomisation()
            && row.key.region == ALL_REGIONS
            && row.key.level.is_empty()
            && row.key.statistic == Statistic::PValue
    };
    let mut notes = Notes::new(names);
    let row = |line: &Key| {
        let numbers = names.numbers();
        let (outcome, method) = (names.outcome(line.outcome), names.method(line.method));
        let what = fill(&report.what, &[("outcome", &outcome), ("method", &method)]);
        let place = Place::new(names, &line.region, &what);
        let kind = match line.inference {
            Inference::RandomisationStudentised => &text.studentised_statistic,
            _ => &text.raw,
        };
        let p = cell(source, line, Statistic::PValue);
        let p = notes.show(&p, &place, |p| numbers.bare_p(p));
        let of_p = Key { level: Statistic::PValue.as_str().to_owned(), ..line.clone() };
        let monte_carlo = match cell(source, &of_p, Statistic::CiLower) {
            Cell::Absent => text.exact.clone(),
            _ => limits(source, &mut notes, (&of_p, &place), Unit::P),
        };
        let unit = unit(source, line);
        let effect = limits(source, &mut notes, (line, &place), unit);
        let month = line.month.map_or(String::new(), |month| month.to_string());
        vec![outcome, method, month, kind.clone(), p, monte_carlo, effect]
    };
    let rows = all_lines(source, is_wanted).iter().map(row).collect();
    let inverted = fill(&text.inverted, &[("level", &names.level())]);
    let columns = [
        &report.outcome,
        &report.method,
        &report.month,
        &text.statistic,
        &report.p,
        &text.monte_carlo,
        &inverted,
    ];
    let mut footnotes = vec![text.tests_note.clone()];
    footnotes.extend(notes.lines());
    Table {
        name: "randomisation",
        caption: text.tests_caption.clone(),
        columns: columns.map(Clone::clone).to_vec(),
        rows,
        text_columns: 4,
        footnotes,
    }
}

/// Adjustments, in the order of the columns.
const ADJUSTMENTS: [Inference; 5] = [
    Inference::Holm,
    Inference::Hochberg,
    Inference::BenjaminiHochberg,
    Inference::RomanoWolf,
    Inference::WestfallYoung,
];

/// Adjusted p-values: a line a hypothesis, a column an adjustment.
fn families(source: Source<'_>) -> Table {
    let names = source.names;
    let (text, report) = (&names.texts.resampled, &names.texts.report);
    let is_wanted = |row: &Row| row.key.inference.is_of_a_family();
    // Whatever the adjustment; the first of them stands for all.
    let mut hypotheses: Vec<Key> = all_lines(source, is_wanted);
    let by = |line: &Key| Key { inference: Inference::Analytic, ..line.clone() };
    hypotheses.sort_by(|a, b| (&a.level, by(a)).cmp(&(&b.level, by(b))));
    hypotheses.dedup_by(|a, b| by(a) == by(b));
    let mut notes = Notes::new(names);
    let row = |line: &Key| {
        let numbers = names.numbers();
        let level = line.own_level().to_owned();
        let own = Key {
            level,
            inference: Inference::Analytic,
            statistic: Statistic::PValue,
            ..line.clone()
        };
        let (outcome, method) = (names.outcome_of(&own), names.method(line.method));
        let what = fill(&report.what, &[("outcome", &outcome), ("method", &method)]);
        let place = Place::new(names, &line.region, &what);
        let mut show = |known: Cell| match known {
            Cell::Absent => String::new(),
            known => notes.show(&known, &place, |p| numbers.bare_p(p)),
        };
        let own = show(source.results.get(&own).map_or(Cell::Absent, cell_of));
        let month = line.month.map_or(String::new(), |month| month.to_string());
        let region = names.region(&line.region);
        let mut row = vec![line.family().to_owned(), what.clone(), region, month, own];
        for inference in ADJUSTMENTS {
            let line = Key { inference, ..line.clone() };
            row.push(show(cell(source, &line, Statistic::PValue)));
        }
        row
    };
    let rows = hypotheses.iter().map(row).collect();
    let mut columns = vec![
        text.family.clone(),
        text.effect.clone(),
        report.region.clone(),
        report.month.clone(),
        text.own_p.clone(),
    ];
    columns.extend(ADJUSTMENTS.map(|inference| names.inference(inference)));
    let mut footnotes = vec![text.families_note.clone()];
    footnotes.extend(notes.lines());
    let caption = text.families_caption.clone();
    Table { name: "families", caption, columns, rows, text_columns: 3, footnotes }
}
