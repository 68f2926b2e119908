//! The effect on any competitive job by every method.

use crate::render::lookup::Cell;
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::vocabulary::{Analysis, Method, Outcome, ResultArm, Statistic};

use super::Source;
use super::effects::{cell, effect_row, is_estimate_or_limit, lines};
use super::table::{Section, Table};

/// Whether a method adjusts for more than the arm.
fn is_adjusted(method: Method) -> bool {
    use Method as M;
    matches!(
        method,
        M::OlsStrataHc2
            | M::OlsAdjustedHc0
            | M::OlsAdjustedHc1
            | M::OlsAdjustedHc2
            | M::OlsAdjustedHc3
            | M::OlsAdjustedCr2
            | M::LinHc2
            | M::LogitStandardised
            | M::LogitStandardisedRiskRatio
            | M::LogitStandardisedOddsRatio
            | M::LassoCrossFitted
            | M::AipwLogit
            | M::AipwLasso
    )
}

/// The adjusted effects at the horizon; none where strata alone are held fixed.
pub(super) fn shown(source: Source<'_>) -> Vec<Key> {
    let horizon = source.names.study.horizon_months;
    let is_wanted = |row: &Row| {
        let key = &row.key;
        let is_limit = is_estimate_or_limit(key.statistic);
        key.analysis == Analysis::Effect
            && key.outcome == Outcome::EverEmployed
            && key.region == ALL_REGIONS
            && key.subgroup.is_empty()
            && key.level.is_empty()
            && key.arm == ResultArm::Contrast
            && key.month == Some(horizon)
            && is_adjusted(key.method)
            && is_limit
    };
    let lines = lines(source, is_wanted);
    if lines.iter().all(|line| line.method == Method::OlsStrataHc2) { Vec::new() } else { lines }
}

/// Every adjusted effect at the horizon; nothing where there is none.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let names = source.names;
    let text = &names.texts.tables;
    let horizon = names.study.horizon_months;
    let lines = shown(source);
    if lines.is_empty() {
        return None;
    }
    let mut notes = Notes::new(names);
    let rows = lines.iter().map(|line| {
        // The outcome is the same in every line, and stands in the caption.
        let mut row = effect_row(source, &mut notes, line).split_off(1);
        row.push(remark(source, &mut notes, line));
        row
    });
    let rows = rows.collect();
    let report = &names.texts.report;
    let interval = fill(&report.interval, &[("level", &names.level())]);
    let columns = vec![
        report.who.clone(),
        report.method.clone(),
        report.estimate.clone(),
        interval,
        report.p.clone(),
        text.remark.clone(),
    ];
    let caption = fill(&text.adjusted_caption, &[("month", &horizon.to_string())]);
    let footnotes = notes.lines();
    let table = Table { name: "adjusted", caption, columns, rows, text_columns: 2, footnotes };
    Some(Section {
        id: "adjusted",
        heading: text.adjusted_heading.clone(),
        words: text.adjusted_words.clone(),
        tables: vec![table],
        ..Section::default()
    })
}

/// Clusters, or columns that a lasso selects.
fn remark(source: Source<'_>, notes: &mut Notes<'_>, line: &Key) -> String {
    let names = source.names;
    let (numbers, text) = (names.numbers(), &names.texts.tables);
    let place = Place::new(names, &line.region, &names.method(line.method));
    let mut count = |statistic| match cell(source, line, statistic) {
        Cell::Absent => None,
        known => Some(notes.show(&known, &place, |value| numbers.count(value))),
    };
    if let Some(clusters) = count(Statistic::Clusters) {
        return fill(&text.clusters, &[("count", &clusters)]);
    }
    let (fewest, most) = (count(Statistic::SelectedMin), count(Statistic::SelectedMax));
    let (Some(fewest), Some(most)) = (fewest, most) else { return String::new() };
    // Hidden counts look alike and need not be.
    let is_known = cell(source, line, Statistic::SelectedMin).value().is_some();
    match most.as_str() {
        "0" => text.selected_none.clone(),
        "1" if fewest == most => text.selected_one.clone(),
        _ if fewest == most && is_known => fill(&text.selected_same, &[("count", &most)]),
        _ => fill(&text.selected, &[("fewest", &fewest), ("most", &most)]),
    }
}
