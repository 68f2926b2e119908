//! How well the scales work.

use std::collections::BTreeSet;

use crate::render::lookup::Question;
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key};
use crate::results::vocabulary::{
    Analysis, AnalysisSet, Method, Outcome, ResultArm, Statistic, Unit,
};

use super::super::Source;
use super::super::line::Line;
use super::super::table::Table;

/// A scale at a wave, in a language or in all languages.
#[derive(Clone, Copy)]
struct Wanted<'k> {
    scale: &'k str,
    month: i32,
    subgroup: &'k str,
}

/// Languages together: a line a scale and wave.
pub(super) fn table(source: Source<'_>) -> Option<Table> {
    let text = &source.names.texts.questionnaires;
    scales(source, "scale_properties", &text.scales_caption, str::is_empty)
}

/// A line a language, scale and wave.
pub(super) fn by_language(source: Source<'_>) -> Option<Table> {
    let text = &source.names.texts.questionnaires;
    let name = "scale_properties_by_language";
    scales(source, name, &text.scales_language_caption, |subgroup| !subgroup.is_empty())
}

fn scales(
    source: Source<'_>,
    name: &'static str,
    caption: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let instruments: Vec<&str> =
        names.study.scores.iter().map(|score| score.instrument.as_str()).collect();
    let rank = |key: &Key| instruments.iter().position(|own| *own == key.level);
    let keys = source.results.rows().iter().map(|row| &row.key);
    let own = keys.filter(|key| key.analysis == Analysis::Reliability && is_wanted(&key.subgroup));
    let of = |key: &'_ Key| (rank(key), key.level.clone(), key.subgroup.clone(), key.month);
    let wanted: BTreeSet<_> = own.map(of).collect();
    let has_language = wanted.iter().any(|(_, _, subgroup, _)| !subgroup.is_empty());
    let mut notes = Notes::new(names);
    let rows = wanted.iter().map(|(_, scale, subgroup, month)| {
        let own = Wanted { scale, month: month.unwrap_or_default(), subgroup };
        row(source, &mut notes, own)
    });
    let rows: Vec<_> = rows.collect();
    let values = [("level", names.level())];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut columns = vec![text.scale.clone()];
    columns.extend(has_language.then(|| text.language.clone()));
    columns.extend([report.month.clone(), text.complete.clone(), fill(&text.alpha, &values)]);
    columns.extend([&text.omega, &text.scored, &text.floor, &text.ceiling].map(Clone::clone));
    let mut footnotes = vec![text.scales_note.clone()];
    footnotes.extend(notes.lines());
    let (caption, text_columns) = (caption.to_owned(), 1 + usize::from(has_language));
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns, footnotes })
}

fn row<'a>(source: Source<'a>, notes: &mut Notes<'a>, own: Wanted<'_>) -> Vec<String> {
    let names = source.names;
    let numbers = names.numbers();
    let of = |method| {
        Question::new(Analysis::Reliability, Outcome::Score, AnalysisSet::Answered, method)
            .arm(ResultArm::All)
            .level(own.scale)
            .subgroup(own.subgroup)
            .month(own.month)
    };
    let scale = names.score_of(Outcome::Score, own.scale);
    let mut line = Line::new(source, notes, Place::at_month(names, ALL_REGIONS, &scale, own.month));
    let (alpha, omega) = (of(Method::CronbachAlpha), of(Method::McdonaldOmega));
    let (floor, ceiling) = (of(Method::Floor), of(Method::Ceiling));
    let mut row = vec![scale];
    row.extend((!own.subgroup.is_empty()).then(|| names.level_of(own.subgroup)));
    row.push(own.month.to_string());
    row.push(line.optional(&alpha, Statistic::N, |n| numbers.count(n)));
    row.push(line.amount(&alpha, Unit::Ratio));
    row.push(line.optional(&omega, Statistic::Estimate, |omega| numbers.decimal(omega, 2)));
    row.push(line.optional(&floor, Statistic::N, |n| numbers.count(n)));
    row.push(line.bare_share(&floor));
    row.push(line.bare_share(&ceiling));
    row
}
