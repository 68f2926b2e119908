//! Means of scores and effects on them.

use std::collections::BTreeSet;

use crate::render::lookup::{Question, months, regions, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key};
use crate::results::study::StudyScore;
use crate::results::vocabulary::{
    Analysis, AnalysisSet, Method, Outcome, ResultArm, Statistic, Unit,
};
use crate::trial::arm::Arm;

use super::super::Source;
use super::super::effects::{columns, effect_row, lines};
use super::super::line::Line;
use super::super::table::Table;

/// A score, or an index, at a wave with an effect.
type AtWave<'a> = (&'a StudyScore, i32);

fn effect(score: &StudyScore, month: i32, method: Method) -> Question {
    Question::new(Analysis::Effect, score.outcome, AnalysisSet::Answered, method)
        .level(&score.level)
        .month(month)
}

/// Scores, or indices, in the study's order, with the waves at which there is an effect on them.
fn at_waves(source: Source<'_>, outcome: Outcome) -> Vec<AtWave<'_>> {
    let scores = source.names.study.scores.iter().filter(|score| score.outcome == outcome);
    let waves = |score: &StudyScore| -> BTreeSet<i32> {
        let keys = source.results.rows().iter().map(|row| &row.key);
        let own = keys.filter(|key| {
            key.outcome == outcome && key.analysis == Analysis::Effect && key.level == score.level
        });
        own.filter_map(|key| key.month).collect()
    };
    scores.flat_map(|score| waves(score).into_iter().map(move |month| (score, month))).collect()
}

/// Mean, standard deviation and number of each arm.
fn means<'a>(source: Source<'a>, notes: &mut Notes<'a>, (score, month): AtWave<'_>) -> Vec<String> {
    let names = source.names;
    let template = &names.texts.questionnaires.mean_sd_n_value;
    let unit = if score.outcome == Outcome::Index { Unit::StdDevs } else { Unit::Score };
    let title = names.score(score);
    let of_arm = |arm| {
        let (outcome, set) = (score.outcome, AnalysisSet::Answered);
        let mean = Question::new(Analysis::ArmMean, outcome, set, Method::Mean);
        let mean = mean.level(&score.level).month(month).arm(result_arm(arm));
        let what = format!("{title}, {}", names.arm(arm));
        let place = Place::at_month(names, ALL_REGIONS, &what, month);
        let mut line = Line::new(source, notes, place);
        let (shown, n) = (line.mean_sd(&mean, unit), line.count(&mean, Statistic::N));
        if shown == n { n } else { fill(template, &[("mean_sd", &shown), ("n", &n)]) }
    };
    Arm::BOTH.map(of_arm).to_vec()
}

fn mean_columns(source: Source<'_>) -> [String; 2] {
    let names = source.names;
    let template = &names.texts.questionnaires.mean_sd_n;
    Arm::BOTH.map(|arm| fill(template, &[("arm", &names.arm(arm))]))
}

/// `Well-being: higher is better; fatigue: lower is better.`
fn directions(source: Source<'_>, of: &[AtWave<'_>]) -> String {
    let names = source.names;
    let text = &names.texts.questionnaires;
    let mut parts: Vec<String> = Vec::new();
    for (score, _) in of {
        let template = if score.higher_is_better { &text.higher } else { &text.lower };
        let part = fill(template, &[("score", &names.score(score))]);
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    fill(&text.direction_list, &[("directions", &parts.join(&names.texts.note.list))])
}

/// Means of each score at baseline and at each wave, all regions.
pub(super) fn mean_scores(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let scores = names.study.scores.iter().filter(|score| score.outcome == Outcome::Score);
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for score in scores {
        let mean =
            Question::new(Analysis::ArmMean, Outcome::Score, AnalysisSet::Answered, Method::Mean);
        let mean = mean.level(&score.level).arm(ResultArm::Ips);
        for month in months(source.results, &mean) {
            let mut row = vec![names.score(score), month.to_string()];
            row.extend(means(source, &mut notes, (score, month)));
            rows.push(row);
        }
    }
    let mut columns = vec![text.score.clone(), report.month.clone()];
    columns.extend(mean_columns(source));
    let (name, caption) = ("score_means", text.means_caption.clone());
    let mut footnotes = vec![text.means_note.clone()];
    footnotes.extend(notes.lines());
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns: 2, footnotes })
}

/// The effect at each wave, all regions, in points of the score.
pub(super) fn effects(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let wanted = at_waves(source, Outcome::Score);
    let mut notes = Notes::new(names);
    let rows = wanted.iter().map(|&(score, month)| {
        let title = names.score(score);
        let mut row = vec![title.clone(), month.to_string()];
        let place = Place::at_month(names, ALL_REGIONS, &title, month);
        let mut line = Line::new(source, &mut notes, place);
        for method in [Method::OlsStrataHc2, Method::OlsChangeHc2, Method::AncovaHc2] {
            row.push(line.difference(&effect(score, month, method), Unit::Score));
        }
        row.push(line.p(&effect(score, month, Method::AncovaHc2)));
        row
    });
    let rows: Vec<_> = rows.collect();
    let level = names.level();
    let mut columns = vec![text.score.clone(), report.month.clone()];
    let templates = [&text.at_wave, &text.change, &text.ancova];
    columns.extend(templates.map(|template| fill(template, &[("level", &level)])));
    columns.push(text.ancova_p.clone());
    let mut footnotes = vec![text.effects_note.clone(), directions(source, &wanted)];
    footnotes.extend(notes.lines());
    let (name, caption) = ("score_effects", text.effects_caption.clone());
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns: 2, footnotes })
}

/// The effect with the score at baseline held fixed: a line a score and wave, a column a region.
pub(super) fn effects_by_region(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let every = regions(source.results);
    let mut notes = Notes::new(names);
    let rows = at_waves(source, Outcome::Score).into_iter().map(|(score, month)| {
        let title = names.score(score);
        let mut row = vec![title.clone(), month.to_string()];
        row.extend(every.iter().map(|region| {
            let place = Place::at_month(names, region, &title, month);
            let own = effect(score, month, Method::AncovaHc2).region(region);
            Line::new(source, &mut notes, place).difference(&own, Unit::Score)
        }));
        row
    });
    let rows: Vec<_> = rows.collect();
    let mut columns = vec![text.score.clone(), report.month.clone()];
    columns.extend(every.iter().map(|region| names.region(region)));
    let caption = fill(&text.effects_region_caption, &[("level", &names.level())]);
    let (name, footnotes) = ("score_effects_by_region", notes.lines());
    let has_regions = every.len() > 1 && !rows.is_empty();
    has_regions.then_some(Table { name, caption, columns, rows, text_columns: 2, footnotes })
}

/// The effect in standard deviations, all regions.
pub(super) fn standardised(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let mut notes = Notes::new(names);
    let rows = at_waves(source, Outcome::Score).into_iter().map(|(score, month)| {
        let title = names.score(score);
        let mut row = vec![title.clone(), month.to_string()];
        let place = Place::at_month(names, ALL_REGIONS, &title, month);
        let mut line = Line::new(source, &mut notes, place);
        for method in [Method::HedgesG, Method::AncovaStandardised] {
            row.push(line.difference(&effect(score, month, method), Unit::StdDevs));
        }
        row
    });
    let rows: Vec<_> = rows.collect();
    let level = names.level();
    let mut columns = vec![text.score.clone(), report.month.clone()];
    let templates = [&text.hedges, &text.ancova];
    columns.extend(templates.map(|template| fill(template, &[("level", &level)])));
    let mut footnotes = vec![text.standardised_note.clone()];
    footnotes.extend(notes.lines());
    let (name, caption) = ("score_effects_standardised", text.standardised_caption.clone());
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns: 2, footnotes })
}

/// Indices at each wave, all regions, with their weights.
pub(super) fn indices(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let mut notes = Notes::new(names);
    let rows = at_waves(source, Outcome::Index).into_iter().map(|(index, month)| {
        let title = names.score(index);
        let own = effect(index, month, Method::OlsStrataHc2);
        let mut row = vec![title.clone(), month.to_string(), weights(source, own.key())];
        row.extend(means(source, &mut notes, (index, month)));
        let place = Place::at_month(names, ALL_REGIONS, &title, month);
        let mut line = Line::new(source, &mut notes, place);
        row.extend([line.difference(&own, Unit::StdDevs), line.p(&own)]);
        row
    });
    let rows: Vec<_> = rows.collect();
    let level = names.level();
    let mut columns = vec![text.index.clone(), report.month.clone(), text.weights.clone()];
    columns.extend(mean_columns(source));
    columns.extend([fill(&text.difference, &[("level", &level)]), report.p.clone()]);
    let mut footnotes = vec![text.index_note.clone()];
    footnotes.extend(notes.lines());
    let (name, caption) = ("score_indices", text.index_caption.clone());
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns: 3, footnotes })
}

/// The weights of an index's scores, by their titles, as the row's note has them.
fn weights(source: Source<'_>, key: &Key) -> String {
    let names = source.names;
    let note = source.results.get(key).filter(|row| row.value.is_some());
    let note = note.and_then(|row| row.note.split("; ").find_map(|n| n.strip_prefix("weights: ")));
    let part = |part: &str| match part.rsplit_once(' ') {
        Some((level, weight)) => format!("{} {weight}", names.score_of(Outcome::Score, level)),
        None => part.to_owned(),
    };
    let parts: Vec<String> = note.into_iter().flat_map(|n| n.split(", ")).map(part).collect();
    parts.join(&names.texts.note.list)
}

/// Every effect on a score or an index: a line a method, region and wave.
pub(super) fn every_method(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.questionnaires, &names.texts.report);
    let scores = &names.study.scores;
    let rank = |key: &Key| {
        scores.iter().position(|one| one.outcome == key.outcome && one.level == key.level)
    };
    let mut wanted = lines(source, |row| {
        row.key.analysis == Analysis::Effect
            && matches!(row.key.outcome, Outcome::Score | Outcome::Index)
            && row.key.arm == ResultArm::Contrast
            && row.key.statistic == Statistic::Estimate
    });
    let order = regions(source.results);
    let region = |key: &Key| order.iter().position(|region| *region == key.region);
    wanted.sort_by_key(|line| (rank(line), line.month, region(line), line.method));
    let mut notes = Notes::new(names);
    let row = |line: &Key| {
        let mut row = effect_row(source, &mut notes, line);
        row[1] = line.month.map_or(String::new(), |month| month.to_string());
        row.insert(2, names.region(&line.region));
        row
    };
    let rows: Vec<_> = wanted.iter().map(row).collect();
    let mut columns = columns(source);
    columns[0].clone_from(&text.score);
    columns[1].clone_from(&report.month);
    columns.insert(2, report.region.clone());
    let (caption, footnotes) = (text.effects_every_caption.clone(), notes.lines());
    let name = "score_effects_every_method";
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns: 4, footnotes })
}
