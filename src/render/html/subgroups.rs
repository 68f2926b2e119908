//! Effects by subgroup with their tests, and effects by region drawn to their mean.

use crate::render::covariates;
use crate::render::lookup::{Interval, Question};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic};
use crate::trial::arm::Arm;

use super::Source;
use super::table::{Section, Table};
use super::tables::points;

/// Subgroups and shrunken effects; nothing where there are neither.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let text = &source.names.texts.tables;
    let mut tables = Vec::new();
    if !covariates::subgroups(source.results).is_empty() {
        tables.extend([effects(source), tests(source)]);
    }
    tables.extend(shrunken(source));
    (!tables.is_empty()).then(|| Section {
        id: "subgroup_effects",
        heading: text.subgroups_heading.clone(),
        words: text.subgroups_words.clone(),
        tables,
        ..Section::default()
    })
}

fn effects(source: Source<'_>) -> Table {
    let (results, names) = (source.results, source.names);
    let (text, numbers) = (&names.texts.tables, names.numbers());
    let horizon = names.study.horizon_months;
    let level = names.level();
    let mut notes = Notes::new(names);
    let mut columns = vec![text.subgroup.clone()];
    columns.extend(Arm::BOTH.map(|arm| fill(&text.counts, &[("arm", &names.arm(arm))])));
    columns.push(fill(&text.difference, &[("level", &level)]));
    columns.push(fill(&text.ratio, &[("level", &level)]));
    let mut rows = Vec::new();
    for variable in covariates::subgroups(results) {
        for word in &variable.levels {
            let values =
                [("variable", names.variable(&variable.name)), ("level", names.level_of(word))];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            let label = fill(&text.in_group, &values);
            let place = Place::new(names, ALL_REGIONS, &label);
            let mut row = vec![label];
            for arm in Arm::BOTH {
                let question = Question::ever_employed(ALL_REGIONS, arm, horizon).subgroup(word);
                let (events, n) = (
                    question.cell(results, Statistic::Events),
                    question.cell(results, Statistic::N),
                );
                let shown = notes.show(&events, &place, |value| numbers.count(value));
                let n = notes.show(&n, &place, |value| numbers.count(value));
                let is_missing = events.value().is_none() && shown == n;
                row.push(if is_missing { n } else { numbers.part_of(&shown, &n) });
            }
            let difference = Question::observed(ALL_REGIONS, horizon).subgroup(word);
            row.push(points(names, &mut notes, &difference.interval(results), &place));
            let (outcome, set) = (Outcome::EverEmployed, AnalysisSet::IttObserved);
            let ratio = Question::new(Analysis::Effect, outcome, set, Method::RiskRatio)
                .month(horizon)
                .subgroup(word);
            let write = |value| numbers.decimal(value, 2);
            let writers = Writers { estimate: &write, limit: &write };
            row.push(notes.show_interval(&ratio.interval(results), &place, writers));
            rows.push(row);
        }
    }
    let caption = fill(&text.subgroups_caption, &[("month", &horizon.to_string())]);
    let footnotes = notes.lines();
    Table { name: "subgroups", caption, columns, rows, text_columns: 1, footnotes }
}

/// Tests of equal effects at all levels, one line a variable; the regions first.
fn tests(source: Source<'_>) -> Table {
    let (results, names) = (source.results, source.names);
    let (text, numbers) = (&names.texts.tables, names.numbers());
    let mut notes = Notes::new(names);
    let mut variables = Vec::new();
    if names.study.regions.len() > 1 {
        variables.push((String::new(), names.texts.report.region.clone()));
    }
    let subgroups = covariates::subgroups(results).into_iter();
    variables.extend(subgroups.map(|v| (v.name.clone(), names.variable(&v.name))));
    let rows = variables.into_iter().map(|(level, label)| {
        let place = Place::new(names, ALL_REGIONS, &label);
        let mut row = vec![label];
        for method in [Method::WaldHc2, Method::WaldLogRiskRatio] {
            let (outcome, set) = (Outcome::EverEmployed, AnalysisSet::IttObserved);
            let cell = Question::new(Analysis::Interaction, outcome, set, method)
                .month(names.study.horizon_months)
                .level(&level)
                .cell(results, Statistic::PValue);
            row.push(notes.show(&cell, &place, |p| numbers.bare_p(p)));
        }
        row
    });
    let rows = rows.collect();
    let columns =
        vec![text.variable.clone(), text.differences_equal.clone(), text.ratios_equal.clone()];
    let caption = text.interaction_caption.clone();
    let footnotes = notes.lines();
    Table { name: "interactions", caption, columns, rows, text_columns: 1, footnotes }
}

fn shrunken(source: Source<'_>) -> Option<Table> {
    let (results, names) = (source.results, source.names);
    let (text, numbers) = (&names.texts.tables, names.numbers());
    let of = |region: &str| {
        Question::first(results, |key| {
            key.analysis == Analysis::ShrunkenEffect && key.region == region
        })
    };
    let level = names.level();
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for region in &names.study.regions {
        let Some(question) = of(region) else { continue };
        let place = Place::new(names, region, &names.texts.report.difference_of);
        let estimated = Question::observed(region, names.study.horizon_months);
        let mut show = |interval: &Interval| points(names, &mut notes, interval, &place);
        let (estimated, drawn) =
            (show(&estimated.interval(results)), show(&question.interval(results)));
        rows.push(vec![names.region(region), estimated, drawn]);
    }
    if rows.is_empty() {
        return None;
    }
    let between = of(ALL_REGIONS).and_then(|q| q.cell(results, Statistic::BetweenStdDev).value());
    let mut footnotes = Vec::new();
    if let Some(between) = between {
        let shown = numbers.decimal(100.0 * between, 1);
        footnotes.push(fill(&text.between, &[("points", &shown)]));
    }
    footnotes.extend(notes.lines());
    let columns = vec![
        names.texts.report.region.clone(),
        fill(&text.estimated, &[("level", &level)]),
        fill(&text.shrunken, &[("level", &level)]),
    ];
    let caption = text.shrunken_caption.clone();
    Some(Table { name: "shrunken", caption, columns, rows, text_columns: 1, footnotes })
}
