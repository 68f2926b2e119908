//! Take-up by arm, and the effect among compliers.

use crate::render::covariates;
use crate::render::lookup::{Cell, Interval, Question, regions, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Row};
use crate::results::vocabulary::{Analysis, Method, Outcome, ResultArm, Statistic, Unit};
use crate::trial::arm::Arm;

use super::Source;
use super::amounts::amount;
use super::effects::{effects_table, is_estimate_or_limit, lines, unit};
use super::table::{Section, Table};
use super::tables::{percents, points};

/// Take-up and compliers; nothing where take-up is not known.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let text = &source.names.texts.tables;
    let rows = source.results.rows();
    rows.iter().find(|row| row.key.outcome == Outcome::TakeUp)?;
    let has = |analysis| rows.iter().any(|row| row.key.analysis == analysis);
    let mut tables = vec![shares(source)];
    if has(Analysis::ComplierEffect) {
        tables.push(effects(source));
    }
    if has(Analysis::ComplierMean) {
        tables.push(means(source));
    }
    Some(Section {
        id: "take_up",
        heading: text.take_up_heading.clone(),
        words: text.take_up_words.clone(),
        tables,
        ..Section::default()
    })
}

fn shares(source: Source<'_>) -> Table {
    let (results, names) = (source.results, source.names);
    let (text, numbers) = (&names.texts.tables, names.numbers());
    let level = names.level();
    let mut notes = Notes::new(names);
    let mut columns = vec![names.texts.report.region.clone()];
    for arm in Arm::BOTH {
        let arm = names.arm(arm);
        let values = [("arm", arm.as_str()), ("level", &level)];
        columns.extend([fill(&text.took_up, &values), fill(&text.took_up_share, &values)]);
    }
    columns.push(fill(&text.complier_share, &[("level", &level)]));
    let mut rows = Vec::new();
    let mut footnotes = Vec::new();
    for region in regions(results) {
        let question = |arm| {
            Question::first(results, |key| {
                key.analysis == Analysis::ArmRate
                    && key.outcome == Outcome::TakeUp
                    && key.region == region
                    && key.arm == result_arm(arm)
            })
        };
        if Arm::BOTH.into_iter().all(|arm| question(arm).is_none()) {
            continue;
        }
        let mut row = vec![names.region(region)];
        for arm in Arm::BOTH {
            let place = Place::new(names, region, &names.arm(arm));
            let of = |statistic| {
                question(arm).map_or(Cell::Absent, |question| question.cell(results, statistic))
            };
            let events = of(Statistic::Events);
            let shown = notes.show(&events, &place, |value| numbers.count(value));
            let n = notes.show(&of(Statistic::N), &place, |value| numbers.count(value));
            let is_missing = events.value().is_none() && shown == n;
            row.push(if is_missing { n } else { numbers.part_of(&shown, &n) });
            let share = Interval {
                estimate: of(Statistic::Estimate),
                lower: of(Statistic::CiLower),
                upper: of(Statistic::CiUpper),
            };
            row.push(percents(names, &mut notes, &share, &place));
        }
        let compliers = Question::first(results, |key| {
            key.analysis == Analysis::ComplierShare && key.region == region
        });
        row.push(compliers.as_ref().map_or(String::new(), |question| {
            let place = Place::new(names, region, &text.compliers);
            points(names, &mut notes, &question.interval(results), &place)
        }));
        let statistic = compliers.and_then(|q| q.cell(results, Statistic::TestStatistic).value());
        if let Some(statistic) = statistic {
            let shown = numbers.decimal(statistic, 1);
            footnotes.push(fill(&text.first_stage, &[("statistic", &shown)]));
        }
        rows.push(row);
    }
    footnotes.extend(notes.lines());
    let month = names.study.horizon_months.to_string();
    let caption = fill(&text.take_up_caption, &[("month", &month)]);
    Table { name: "take_up", caption, columns, rows, text_columns: 1, footnotes }
}

fn effects(source: Source<'_>) -> Table {
    let is_wanted = |row: &Row| {
        row.key.analysis == Analysis::ComplierEffect && is_estimate_or_limit(row.key.statistic)
    };
    let caption = source.names.texts.tables.complier_effect_caption.clone();
    effects_table(source, "complier_effects", caption, &lines(source, is_wanted))
}

fn means(source: Source<'_>) -> Table {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.tables;
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for variable in covariates::baseline(results) {
        let words = std::iter::once(&variable.name).chain(&variable.levels);
        for word in words {
            let line = Question::first(results, |key| {
                key.analysis == Analysis::ComplierMean && key.level == *word
            });
            let Some(line) = line else { continue };
            let label = if *word == variable.name {
                names.variable(word)
            } else {
                let values =
                    [("variable", names.variable(&variable.name)), ("level", names.level_of(word))];
                let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
                fill(&text.in_group, &values)
            };
            let place = Place::new(names, ALL_REGIONS, &label);
            let unit = unit(source, line.key());
            let mut show = |cell: &Cell| {
                (notes.show(cell, &place, |v| amount(source, unit, v)), cell.value().is_some())
            };
            let mean = show(&line.cell(results, Statistic::Estimate));
            let error = show(&line.cell(results, Statistic::StdError));
            let method = if unit == Unit::Proportion { Method::Count } else { Method::Mean };
            let everyone = Question::baseline(ALL_REGIONS, ResultArm::All, word, method)
                .cell(results, Statistic::Estimate);
            let everyone = show(&everyone).0;
            let values = [("mean", mean), ("sd", error)];
            rows.push(vec![label, super::baseline::joined(&text.with_sd, &values), everyone]);
        }
    }
    let columns = vec![text.characteristic.clone(), text.compliers.clone(), text.everyone.clone()];
    let caption = text.complier_mean_caption.clone();
    let footnotes = notes.lines();
    Table { name: "complier_means", caption, columns, rows, text_columns: 1, footnotes }
}
