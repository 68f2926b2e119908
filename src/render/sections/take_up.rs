//! Take-up by arm, and the effect among compliers.

use crate::render::covariates;
use crate::render::document::{Part, Table, Text};
use crate::render::fact::{Fact, Facts};
use crate::render::lookup::{Cell, Question, regions, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Row};
use crate::results::vocabulary::{Analysis, Method, Outcome, ResultArm, Statistic, Unit};
use crate::trial::arm::Arm;

use super::contrasts::{effects_table, is_estimate_or_limit, lines, unit};
use super::shown::{amount, joined, percents, points};
use super::source::Source;

/// Take-up and compliers; nothing where take-up is not known.
pub(super) fn section(source: Source<'_>) -> Option<Part> {
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
    let part = Part::new("take_up", &text.take_up_heading).paragraph(&text.take_up_words);
    Some(part.with_tables(tables))
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
        let mut row = vec![names.region(region).into()];
        for arm in Arm::BOTH {
            let place = Place::new(names, region, &names.arm(arm));
            row.extend(share(source, &mut notes, question(arm).as_ref(), &place));
        }
        let compliers = Question::first(results, |key| {
            key.analysis == Analysis::ComplierShare && key.region == region
        });
        row.push(compliers.as_ref().map_or(Text::default(), |question| {
            let place = Place::new(names, region, &text.compliers);
            points(names, &mut notes, &Facts::of(results, question), &place)
        }));
        let first_stage = compliers.map(|q| Fact::of(results, &q, Statistic::TestStatistic));
        footnotes.extend(first_stage.and_then(|fact| {
            let shown = fact.text(numbers.decimal(fact.value()?, 1));
            Some(Text::fill(&text.first_stage, &[("statistic", shown)]))
        }));
        rows.push(row);
    }
    footnotes.extend(notes.footnotes());
    let month = names.study.horizon_months.to_string();
    let caption = fill(&text.take_up_caption, &[("month", &month)]);
    Table {
        name: "take_up".to_owned(),
        caption: caption.into(),
        columns,
        rows,
        text_columns: 1,
        footnotes,
    }
}

/// Who took the programme up, of those observed, and their share; dashes where nobody is known.
fn share(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    question: Option<&Question>,
    place: &Place,
) -> [Text; 2] {
    let (results, names) = (source.results, source.names);
    let Some(question) = question else {
        let absent = Text::words(&names.texts.note.absent_symbol);
        notes.explain(&Cell::Absent, place);
        return [absent.clone(), absent];
    };
    let of = |statistic| Fact::of(results, question, statistic);
    let counts = notes.part_of(&of(Statistic::Events), &of(Statistic::N), place);
    [counts, percents(names, notes, &Facts::of(results, question), place)]
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
            let numbers = names.numbers();
            let mut show = |fact: &Fact| {
                let shown = notes.number(fact, &place, |value| amount(numbers, unit, value));
                (shown, fact.value().is_some())
            };
            let mean = show(&Fact::of(results, &line, Statistic::Estimate));
            let error = show(&Fact::of(results, &line, Statistic::StdError));
            let method = if unit == Unit::Proportion { Method::Count } else { Method::Mean };
            let everyone = Question::baseline(ALL_REGIONS, ResultArm::All, word, method);
            let everyone = show(&Fact::of(results, &everyone, Statistic::Estimate)).0;
            let values = [("mean", mean), ("sd", error)];
            rows.push(vec![label.into(), joined(&text.with_sd, &values), everyone]);
        }
    }
    let columns = vec![text.characteristic.clone(), text.compliers.clone(), text.everyone.clone()];
    let caption = text.complier_mean_caption.clone();
    let footnotes = notes.footnotes();
    Table {
        name: "complier_means".to_owned(),
        caption: caption.into(),
        columns,
        rows,
        text_columns: 1,
        footnotes,
    }
}
