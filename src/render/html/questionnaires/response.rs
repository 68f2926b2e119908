//! Who answered, in what language and in what way.

use std::collections::BTreeSet;

use crate::render::covariates::parts;
use crate::render::lookup::{Question, months, regions, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic, Unit};
use crate::trial::arm::Arm;

use super::super::Source;
use super::super::line::Line;
use super::super::table::Table;

fn question(analysis: Analysis, method: Method) -> Question {
    Question::new(analysis, Outcome::Answered, AnalysisSet::Itt, method)
}

fn of_arm(arm: Arm) -> Question {
    question(Analysis::ArmRate, Method::Wilson).arm(result_arm(arm))
}

/// Waves with a share of the intervention arm, or of the control arm.
fn waves(source: Source<'_>) -> Vec<i32> {
    let of = |arm| months(source.results, &of_arm(arm));
    let both: BTreeSet<i32> = Arm::BOTH.into_iter().flat_map(of).collect();
    both.into_iter().collect()
}

/// A line a wave.
pub(super) fn all_regions(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let mut notes = Notes::new(names);
    let rows = waves(source).into_iter().map(|month| {
        let mut row = vec![month.to_string()];
        row.extend(shares(source, &mut notes, (ALL_REGIONS, month)));
        let place = Place::at_month(names, ALL_REGIONS, &text.response_place, month);
        let mut line = Line::new(source, &mut notes, place);
        row.push(line.p(&question(Analysis::Effect, Method::OlsStrataHc2).month(month)));
        row.push(line.p(&question(Analysis::Interaction, Method::WaldHc2).month(month)));
        row
    });
    let rows: Vec<_> = rows.collect();
    let mut columns = vec![report.month.clone()];
    columns.extend(columns_of_shares(source));
    columns.extend([report.p.clone(), text.equal_regions.clone()]);
    let mut footnotes = vec![text.response_note.clone()];
    footnotes.extend(notes.lines());
    let caption = text.response_caption.clone();
    let table = Table { name: "response", caption, columns, rows, text_columns: 1, footnotes };
    (!table.rows.is_empty()).then_some(table)
}

/// A line a region and wave.
pub(super) fn by_region(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for region in regions(source.results) {
        for month in waves(source) {
            let mut row = vec![names.region(region), month.to_string()];
            row.extend(shares(source, &mut notes, (region, month)));
            rows.push(row);
        }
    }
    let mut columns = vec![report.region.clone(), report.month.clone()];
    columns.extend(columns_of_shares(source));
    let (caption, footnotes) = (text.response_region_caption.clone(), notes.lines());
    let name = "response_by_region";
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns: 2, footnotes })
}

fn columns_of_shares(source: Source<'_>) -> Vec<String> {
    let names = source.names;
    let text = &names.texts.questionnaires;
    let level = names.level();
    let mut columns = Vec::new();
    for arm in Arm::BOTH {
        let arm = names.arm(arm);
        let values = [("arm", arm.as_str()), ("level", &level)];
        columns.extend([fill(&text.answered_due, &values), fill(&text.answered_share, &values)]);
    }
    columns.push(fill(&text.difference_points, &[("level", &level)]));
    columns
}

fn shares<'a>(
    source: Source<'a>,
    notes: &mut Notes<'a>,
    (region, month): (&str, i32),
) -> Vec<String> {
    let names = source.names;
    let mut row = Vec::new();
    for arm in Arm::BOTH {
        let own = of_arm(arm).region(region).month(month);
        let mut line =
            Line::new(source, notes, Place::at_month(names, region, &names.arm(arm), month));
        row.push(line.part_of((&own, Statistic::Events), &own));
        row.push(line.share(&own));
    }
    let difference = question(Analysis::Effect, Method::RiskDifferenceNewcombe);
    let difference = difference.region(region).month(month);
    let what = &names.texts.report.difference_of;
    let mut line = Line::new(source, notes, Place::at_month(names, region, what, month));
    row.push(line.difference(&difference, Unit::Proportion));
    row
}

/// Languages and ways of answering: a line a level and arm, a column a wave.
pub(super) fn ways(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let text = &names.texts.questionnaires;
    let of = |arm, level: &str| {
        let (analysis, set) = (Analysis::ArmRate, AnalysisSet::Answered);
        Question::new(analysis, Outcome::Answered, set, Method::Count)
            .arm(result_arm(arm))
            .subgroup(level)
    };
    let keys = source.results.rows().iter().map(|row| &row.key);
    let own = keys.filter(|key| {
        key.outcome == Outcome::Answered
            && key.analysis == Analysis::ArmRate
            && key.analysis_set == AnalysisSet::Answered
            && !key.subgroup.is_empty()
    });
    let levels: BTreeSet<&str> = own.clone().map(|key| key.subgroup.as_str()).collect();
    let waves: BTreeSet<i32> = own.filter_map(|key| key.month).collect();
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for level in levels {
        for arm in Arm::BOTH {
            let (variable, name, arm_name) =
                (names.variable(parts(level).0), names.level_of(level), names.arm(arm));
            let values = [("variable", &*variable), ("level", &*name), ("arm", &*arm_name)];
            let group = fill(&text.ways_group, &values);
            let mut row = vec![group.clone()];
            for &month in &waves {
                let own = of(arm, level).month(month);
                let place = Place::at_month(names, ALL_REGIONS, &group, month);
                let mut line = Line::new(source, &mut notes, place);
                let count = line.count(&own, Statistic::Events);
                let share = line.bare_share(&own);
                let values = [("count", count.as_str()), ("share", &share)];
                let with_share = &names.texts.tables.with_share;
                row.push(if count == share { count } else { fill(with_share, &values) });
            }
            rows.push(row);
        }
    }
    let month = |month: &i32| fill(&text.at_month, &[("month", &month.to_string())]);
    let mut columns = vec![String::new()];
    columns.extend(waves.iter().map(month));
    let (caption, footnotes) = (text.ways_caption.clone(), notes.lines());
    let name = "response_ways";
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns: 1, footnotes })
}
