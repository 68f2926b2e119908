//! Share of those due who answered, by wave, arm and region.

use std::collections::BTreeSet;

use crate::render::lookup::{Cell, Question, months, regions, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic};
use crate::trial::arm::{Arm, TwoArm};

use super::axis::Axis;
use super::panel::{Sample, draw_key};
use super::sheet::{Sheet, Words};
use super::table::{Numbers, VALUES};
use super::waves::{self, KEY, PANEL_HEIGHT, Panel, Point, Shared};
use super::{Figure, FigureError, Source};

const NAME: &str = "response_rates";
const COLUMNS: usize = 2;

fn question(region: &str, arm: Arm) -> Question {
    let (outcome, set) = (Outcome::Answered, AnalysisSet::Itt);
    Question::new(Analysis::ArmRate, outcome, set, Method::Wilson)
        .region(region)
        .arm(result_arm(arm))
}

/// Draws the figure; nothing where no wave was due.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.response_rates;
    let every = regions(source.results);
    let of = |region: &&str| {
        Arm::BOTH.map(|arm| months(source.results, &question(region, arm))).concat()
    };
    let waves: BTreeSet<i32> = every.iter().flat_map(of).collect();
    let waves: Vec<i32> = waves.into_iter().collect();
    if waves.is_empty() {
        return Ok(None);
    }
    let mut notes = Notes::new(names);
    let points: Vec<(&str, TwoArm<Vec<Point>>)> = every
        .iter()
        .map(|&region| {
            let of = |arm| points(source, &mut notes, (region, arm), &waves);
            (region, TwoArm::from_fn(of))
        })
        .collect();
    let axis = Axis::covering(points.iter().flat_map(|(_, points)| waves::values(points)));
    let mut footnotes = vec![text.explain.clone()];
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: text.title.clone(),
        subtitle: names.subtitle(&names.texts.common.subtitle, &text.set),
        footnotes,
        text_alternative: alternative(source, &points),
    };
    let csv = csv(&points)?;
    let panel = |(region, points): (&str, TwoArm<Vec<Point>>)| Panel {
        heading: (names.region(region), text.axis.clone()),
        points,
        axis: axis.clone(),
        digits: 0,
    };
    let panels: Vec<Panel> = points.into_iter().map(panel).collect();
    let columns = COLUMNS.min(panels.len());
    let height = KEY + panels.len().div_ceil(columns) as f64 * PANEL_HEIGHT;
    let arms = names.arms();
    let sheet = Sheet::new(words, names, source.audience);
    let figure = sheet.draw(height, csv, |canvas, top| {
        draw_key(canvas, top, &arms, Sample::Line)?;
        let shared = Shared {
            arms: &arms,
            waves: &waves,
            axis_title: &text.wave_axis,
            count_heading: &text.due,
            level: &|tick, _| names.numbers().short_percent(tick),
        };
        waves::draw_all(canvas, top + KEY, (&panels, columns), &shared)
    })?;
    Ok(Some(figure))
}

fn points(
    source: Source<'_>,
    notes: &mut Notes<'_>,
    (region, arm): (&str, Arm),
    waves: &[i32],
) -> Vec<Point> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.figure.response_rates;
    let arm_name = names.arm(arm);
    let what = |template: &str| fill(template, &[("arm", &arm_name)]);
    let share = Place::new(names, region, &what(&text.share));
    let due = Place::new(names, region, &what(&text.due_of));
    let point = |&month: &i32| {
        let question = question(region, arm).month(month);
        let value = question.interval(results);
        notes.explain(&value.estimate, &share);
        if value.estimate.value().is_some() {
            notes.explain(&value.lower, &share);
            notes.explain(&value.upper, &share);
        }
        let count = question.cell(results, Statistic::N);
        let count_text = notes.show(&count, &due, |n| names.numbers().count(n));
        Point { month, value, count, count_text }
    };
    waves.iter().map(point).collect()
}

fn alternative(source: Source<'_>, all: &[(&str, TwoArm<Vec<Point>>)]) -> String {
    let names = source.names;
    let text = &names.texts.figure.response_rates;
    let mut quiet = Notes::new(names);
    let mut words = vec![text.alternative.clone()];
    for (region, points) in all {
        let place = Place::new(names, region, "");
        for (at, first) in points.intervention.iter().enumerate() {
            let values = points.iter().map(|(arm, own)| {
                let cell = own.get(at).map_or(&Cell::Absent, |point| &point.value.estimate);
                let value = quiet.show(cell, &place, |share| names.numbers().percent(share));
                fill(&text.alternative_arm, &[("arm", &names.arm(arm)), ("value", &value)])
            });
            let values = values.collect::<Vec<_>>().join(&names.texts.note.list);
            let (region, month) = (names.region(region), first.month.to_string());
            let row = [("region", &*region), ("month", &*month), ("arm_values", &*values)];
            words.push(fill(&text.alternative_row, &row));
        }
    }
    words.join(" ")
}

fn csv(all: &[(&str, TwoArm<Vec<Point>>)]) -> Result<String, FigureError> {
    let mut csv =
        Numbers::new(&["region", "arm", "month"], &["due", VALUES[0], VALUES[1], VALUES[2]])?;
    for (region, points) in all {
        for (arm, points) in points.iter() {
            for point in points {
                let (month, value) = (point.month.to_string(), &point.value);
                let cells = [&point.count, &value.estimate, &value.lower, &value.upper];
                csv.line(&[region, result_arm(arm).as_str(), &month], &cells)?;
            }
        }
    }
    csv.finish()
}
