//! Mean scores by wave as panels: those of one score share an axis.

use std::collections::BTreeSet;

use crate::render::chart::axis::{Axis, decimals};
use crate::render::chart::panel::{Grid, Label, Panel, PanelRow, Upright};
use crate::render::lookup::{Question, months, result_arm};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::study::StudyScore;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome};
use crate::trial::arm::{Arm, TwoArm};

use super::curves;
use super::draft::{Draft, VALUES};
use super::form::Form;
use super::source::Source;
use super::waves::{self, Asked, Gaps, Point};

fn question(score: &StudyScore, region: &str, arm: Arm) -> Question {
    let (outcome, set) = (Outcome::Score, AnalysisSet::Answered);
    Question::new(Analysis::ArmMean, outcome, set, Method::Mean)
        .level(&score.level)
        .region(region)
        .arm(result_arm(arm))
}

/// Scores of which there is a mean.
pub(crate) fn known(source: Source<'_>) -> Vec<&StudyScore> {
    let has_rows = |score: &&StudyScore| {
        let is_there = |arm| !months(source.results, &question(score, ALL_REGIONS, arm)).is_empty();
        score.outcome == Outcome::Score && Arm::BOTH.into_iter().any(is_there)
    };
    source.names.study.scores.iter().filter(has_rows).collect()
}

/// A draft with the columns of mean scores.
pub(crate) fn draft(source: Source<'_>) -> Draft<'_> {
    let values = ["n", VALUES[0], VALUES[1], VALUES[2]];
    Draft::new(source, &["level", "region", "arm", "month"], &values)
}

/// Panels of some scores in some regions, a row a score where there are several regions; and whether
/// any mean has limits.
pub(crate) fn rows(
    draft: &mut Draft<'_>,
    (scores, regions): (&[&StudyScore], &[&str]),
) -> (Vec<PanelRow>, bool) {
    let names = draft.names;
    let text = &names.texts.figure.scores_by_wave;
    let of = |score: &&StudyScore| {
        let of_region = |region: &&str| {
            Arm::BOTH.map(|arm| months(draft.results, &question(score, region, arm))).concat()
        };
        regions.iter().flat_map(of_region).collect::<Vec<i32>>()
    };
    let waves: BTreeSet<i32> = scores.iter().flat_map(of).collect();
    let waves: Vec<i32> = waves.into_iter().collect();
    let (mut rows, mut has_limits) = (Vec::new(), false);
    for &score in scores {
        let mut of_region = |region: &&str| read(draft, (score, region), &waves);
        let all: Vec<TwoArm<Vec<Point>>> = regions.iter().map(&mut of_region).collect();
        has_limits |= all.iter().any(waves::has_limits);
        let axis = Axis::around(all.iter().flat_map(waves::values));
        let digits = axis.decimals();
        let y = Upright::new(axis, |tick| names.numbers().decimal(tick, digits));
        let panel = |(region, points): (&&str, &TwoArm<Vec<Point>>)| {
            let [heading, aside] = headings(draft, score, region);
            let own = waves::panel(names, points, (&waves, &text.wave_axis));
            Panel { heading, aside, y: y.clone(), ..own }
        };
        let panels = regions.iter().zip(&all).map(panel).collect();
        rows.push(PanelRow { panels, ..PanelRow::default() });
    }
    (rows, has_limits)
}

/// Rows of panels under the key of the arms.
pub(crate) fn grid(draft: &Draft<'_>, rows: Vec<PanelRow>, most_columns: usize) -> Grid {
    Grid {
        key: curves::key(draft.names),
        rows,
        most_columns,
        plot_height: 130.0,
        line_heading: draft.names.texts.figure.scores_by_wave.with_score.clone(),
        ..Grid::default()
    }
}

/// The score with its range, and which direction is the better one; or the region and the score.
fn headings(draft: &Draft<'_>, score: &StudyScore, region: &str) -> [Label; 2] {
    let (names, numbers) = (draft.names, draft.names.numbers());
    let text = &names.texts.figure.scores_by_wave;
    let title = names.score(score);
    let with_range = score.range.map_or(title.clone(), |(low, high)| {
        let [low, high] = [low, high].map(|end| numbers.decimal(end, decimals(end)));
        fill(&text.range, &[("score", &title), ("low", &low), ("high", &high)])
    });
    let direction = if score.higher_is_better { &text.higher } else { &text.lower };
    if region == ALL_REGIONS {
        return [Label::strong(with_range), Label::plain(direction)];
    }
    [Label::strong(names.region(region)), Label::plain(with_range)]
}

/// Both arms' waves of a score in a region.
fn read(
    draft: &mut Draft<'_>,
    (score, region): (&StudyScore, &str),
    waves: &[i32],
) -> TwoArm<Vec<Point>> {
    let text = &draft.names.texts.figure.scores_by_wave;
    let (title, templates) = (draft.names.score(score), [&text.mean, &text.number]);
    let asked = Asked {
        region,
        question: &|arm| question(score, region, arm),
        words: &|arm| templates.map(|text| fill(text, &[("score", &title), ("arm", arm)])),
        keys: &|arm| vec![&score.level, region, arm],
        gaps: Gaps::Values,
    };
    let points = waves::both(draft, &asked, waves);
    let told = waves::arm_values(draft, &points, (&text.alternative_arm, Form::Decimal));
    let region = draft.names.region(region);
    for (month, values) in told {
        let row = [("region", &*region), ("score", &title), ("month", &month)];
        draft.say(&text.alternative_row, &[&row[..], &[("arm_values", &values)]].concat());
    }
    points
}
