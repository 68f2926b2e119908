//! Mean scores by wave and arm: over all regions, and in each region.

use std::collections::BTreeSet;

use crate::render::lookup::{Cell, Interval, Question, months, regions, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::study::StudyScore;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic};
use crate::trial::arm::{Arm, TwoArm};

use super::axis::Axis;
use super::panel::{Sample, draw_key};
use super::sheet::{Sheet, Words};
use super::table::{Numbers, VALUES};
use super::waves::{self, KEY, PANEL_HEIGHT, Panel, Point, Shared};
use super::{Figure, FigureError, Source};

const OVERALL: &str = "scores_by_wave";
const BY_REGION: &str = "scores_by_region";

/// Columns of panels of scores, and at most so many of regions.
const SCORE_COLUMNS: usize = 2;
const REGION_COLUMNS: usize = 3;

/// More rows of panels than these, and each score has a figure of its own.
const MOST_ROWS: usize = 4;

/// A score in a region.
struct Entry<'a> {
    score: &'a StudyScore,
    region: &'a str,
    points: TwoArm<Vec<Point>>,
}

fn question(score: &StudyScore, region: &str, arm: Arm) -> Question {
    let (outcome, set) = (Outcome::Score, AnalysisSet::Answered);
    Question::new(Analysis::ArmMean, outcome, set, Method::Mean)
        .level(&score.level)
        .region(region)
        .arm(result_arm(arm))
}

/// Draws all figures of mean scores; none where there is no score.
pub(super) fn draw(source: Source<'_>) -> Result<Vec<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.scores_by_wave;
    let has_rows = |score: &&StudyScore| {
        let is_there = |arm| !months(source.results, &question(score, ALL_REGIONS, arm)).is_empty();
        score.outcome == Outcome::Score && Arm::BOTH.into_iter().any(is_there)
    };
    let scores: Vec<&StudyScore> = names.study.scores.iter().filter(has_rows).collect();
    if scores.is_empty() {
        return Ok(Vec::new());
    }
    let overall = Wanted {
        name: OVERALL.to_owned(),
        title: text.title.clone(),
        alternative: &text.alternative,
        scores: &scores,
        regions: &[ALL_REGIONS],
        columns: SCORE_COLUMNS.min(scores.len()),
    };
    let mut figures = vec![draw_one(source, &overall)?];
    let each: Vec<&str> = regions(source.results).into_iter().skip(1).collect();
    if each.is_empty() {
        return Ok(figures);
    }
    let columns = REGION_COLUMNS.min(each.len());
    let rows = scores.len() * each.len().div_ceil(columns);
    // Rows of one score must not hold panels of another.
    if rows <= MOST_ROWS && each.len() == columns {
        let wanted = Wanted {
            name: BY_REGION.to_owned(),
            title: text.title_by_region.clone(),
            alternative: &text.alternative_by_region,
            scores: &scores,
            regions: &each,
            columns,
        };
        figures.push(draw_one(source, &wanted)?);
        return Ok(figures);
    }
    for score in &scores {
        let wanted = Wanted {
            name: format!("{BY_REGION}_{}", score.level),
            title: fill(&text.title_of, &[("score", &names.score(score))]),
            alternative: &text.alternative_by_region,
            scores: std::slice::from_ref(score),
            regions: &each,
            columns,
        };
        figures.push(draw_one(source, &wanted)?);
    }
    Ok(figures)
}

/// Which panels a figure has.
struct Wanted<'a, 'w> {
    name: String,
    title: String,
    alternative: &'w str,
    scores: &'w [&'a StudyScore],
    regions: &'w [&'a str],
    columns: usize,
}

fn draw_one<'a>(source: Source<'a>, wanted: &Wanted<'a, '_>) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.scores_by_wave;
    let waves = waves_of(source, wanted);
    let mut notes = Notes::new(names);
    let mut entries = Vec::new();
    for &score in wanted.scores {
        for &region in wanted.regions {
            let of = |arm| points(source, &mut notes, (score, region, arm), &waves);
            entries.push(Entry { score, region, points: TwoArm::from_fn(of) });
        }
    }
    let has_limits = entries.iter().flat_map(|entry| entry.points.iter());
    let has_limits = has_limits.flat_map(|(_, points)| points).any(|p| p.value.limits().is_some());
    let mut footnotes = vec![text.explain.clone()];
    footnotes.extend((wanted.regions.len() > 1).then(|| text.shared.clone()));
    footnotes.extend(has_limits.then(|| fill(&text.limits, &[("level", &names.level())])));
    footnotes.extend(notes.lines());
    let words = Words {
        name: wanted.name.clone(),
        title: wanted.title.clone(),
        subtitle: names.subtitle(&text.subtitle, &text.set),
        footnotes,
        text_alternative: alternative(source, wanted.alternative, &entries),
    };
    let csv = csv(&entries)?;
    let panels: Vec<Panel> = panels(source, entries, wanted.regions.len());
    let height = KEY + panels.len().div_ceil(wanted.columns) as f64 * PANEL_HEIGHT;
    let arms = names.arms();
    Sheet::new(words, names, source.audience).draw(height, csv, |canvas, top| {
        draw_key(canvas, top, &arms, Sample::Line)?;
        let numbers = names.numbers();
        let shared = Shared {
            arms: &arms,
            waves: &waves,
            axis_title: &text.wave_axis,
            count_heading: &text.with_score,
            level: &|tick, digits| numbers.decimal(tick, digits),
        };
        waves::draw_all(canvas, top + KEY, (&panels, wanted.columns), &shared)
    })
}

/// Decimals that a round tick needs, at most two.
fn digits(tick: f64) -> usize {
    let is_whole = |value: f64| (value - value.round()).abs() < 1e-9;
    match tick {
        tick if is_whole(tick) => 0,
        tick if is_whole(10.0 * tick) => 1,
        _ => 2,
    }
}

/// Panels of one score share an axis.
fn panels(source: Source<'_>, entries: Vec<Entry<'_>>, n_regions: usize) -> Vec<Panel> {
    let (names, numbers) = (source.names, source.names.numbers());
    let text = &names.texts.figure.scores_by_wave;
    let axis_of = |group: &[Entry<'_>]| {
        Axis::around(group.iter().flat_map(|entry| waves::values(&entry.points)))
    };
    let axes: Vec<Axis> = entries.chunks(n_regions.max(1)).map(axis_of).collect();
    let panel = |(at, entry): (usize, Entry<'_>)| {
        let title = names.score(entry.score);
        let direction = if entry.score.higher_is_better { &text.higher } else { &text.lower };
        let with_range = match entry.score.range {
            Some((low, high)) => {
                let [low, high] = [low, high].map(|end| numbers.decimal(end, digits(end)));
                let values = [("score", title.as_str()), ("low", &low), ("high", &high)];
                fill(&text.range, &values)
            }
            None => title.clone(),
        };
        let heading = if entry.region == ALL_REGIONS {
            (with_range, direction.clone())
        } else {
            (names.region(entry.region), with_range)
        };
        let axis = axes[at / n_regions.max(1)].clone();
        let digits = axis.ticks.iter().map(|tick| digits(*tick)).max().unwrap_or(0);
        Panel { heading, points: entry.points, axis, digits }
    };
    entries.into_iter().enumerate().map(panel).collect()
}

/// Baseline and waves at which any panel has a row.
fn waves_of(source: Source<'_>, wanted: &Wanted<'_, '_>) -> Vec<i32> {
    let mut waves: BTreeSet<i32> = BTreeSet::new();
    for score in wanted.scores {
        for region in wanted.regions {
            let of = |arm| months(source.results, &question(score, region, arm));
            waves.extend(Arm::BOTH.into_iter().flat_map(of));
        }
    }
    waves.into_iter().collect()
}

fn points(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    (score, region, arm): (&StudyScore, &str, Arm),
    waves: &[i32],
) -> Vec<Point> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.figure.scores_by_wave;
    let (title, arm_name) = (names.score(score), names.arm(arm));
    let values = [("score", title.as_str()), ("arm", arm_name.as_str())];
    let mean = Place::new(names, region, &fill(&text.mean, &values));
    let number = Place::new(names, region, &fill(&text.number, &values));
    let point = |&month: &i32| {
        let question = question(score, region, arm).month(month);
        // Limits are drawn where there are any, and not missed where there are none.
        let value = question.interval(results);
        let count = question.cell(results, Statistic::N);
        let is_asked = value.estimate != Cell::Absent || count != Cell::Absent;
        if is_asked {
            notes.explain(&value.estimate, &mean);
        }
        let count_text = match &count {
            Cell::Absent if !is_asked => String::new(),
            known => notes.show(known, &number, |n| names.numbers().count(n)),
        };
        Point { month, value, count, count_text }
    };
    waves.iter().map(point).collect()
}

fn alternative(source: Source<'_>, template: &str, entries: &[Entry<'_>]) -> String {
    let names = source.names;
    let text = &names.texts.figure.scores_by_wave;
    let mut quiet = Notes::new(names);
    let mut words = vec![template.to_owned()];
    for entry in entries {
        let place = Place::new(names, entry.region, "");
        let (region, score) = (names.region(entry.region), names.score(entry.score));
        for (at, first) in entry.points.intervention.iter().enumerate() {
            let values = entry.points.iter().map(|(arm, own)| {
                let cell = own.get(at).map_or(&Cell::Absent, |point| &point.value.estimate);
                let value = quiet.show(cell, &place, |mean| names.numbers().decimal(mean, 2));
                fill(&text.alternative_arm, &[("arm", &names.arm(arm)), ("value", &value)])
            });
            let values = values.collect::<Vec<_>>().join(&names.texts.note.list);
            let month = first.month.to_string();
            let row = [
                ("region", region.as_str()),
                ("score", score.as_str()),
                ("month", month.as_str()),
                ("arm_values", values.as_str()),
            ];
            words.push(fill(&text.alternative_row, &row));
        }
    }
    words.join(" ")
}

fn csv(entries: &[Entry<'_>]) -> Result<String, FigureError> {
    let keys = ["level", "region", "arm", "month"];
    let mut csv = Numbers::new(&keys, &["n", VALUES[0], VALUES[1], VALUES[2]])?;
    for entry in entries {
        for (arm, points) in entry.points.iter() {
            for point in points {
                let month = point.month.to_string();
                let keys = [&entry.score.level, entry.region, result_arm(arm).as_str(), &month];
                let Interval { lower, upper, .. } = &point.value;
                csv.line(&keys, &[&point.count, &point.value.estimate, lower, upper])?;
            }
        }
    }
    csv.finish()
}
