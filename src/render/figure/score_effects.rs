//! Forest plot: effects on scores by wave, in standard deviations.

use std::collections::BTreeSet;

use crate::render::chart::axis::{Axis, Span};
use crate::render::chart::drawing::Mark;
use crate::render::chart::forest::{BESIDE, Column, Forest, Group, Look, Row, RowMark};
use crate::render::chart::parts::Body;
use crate::render::chart::style::INK;
use crate::render::lookup::{Question, months};
use crate::render::notes::Place;
use crate::render::text::{ScoreEffectsText, fill};
use crate::results::row::ALL_REGIONS;
use crate::results::study::StudyScore;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome};

use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};

/// Intervals are shown at least to here on either side, in standard deviations.
const ALWAYS_SHOWN: f64 = 1.2;

/// Draws the figure; nothing where there is no standardised effect.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.score_effects;
    let contrast = names.contrast();
    let mut draft = Draft::new(source, &["outcome", "level", "month", "method"], &VALUES);
    draft.say(&text.alternative, &[("contrast", &contrast)]);
    let scores = names.study.scores.iter();
    let scores = scores.filter(|score| matches!(score.outcome, Outcome::Score | Outcome::Index));
    let drawn: Vec<(&StudyScore, Group)> =
        scores.filter_map(|score| Some((score, group(&mut draft, score)?))).collect();
    if drawn.is_empty() {
        return Ok(None);
    }
    let all_higher = drawn.iter().all(|(score, _)| score.higher_is_better);
    let sides = if all_higher {
        [&*text.better_control, &text.better_intervention]
    } else {
        [&*text.higher_control, &text.higher_intervention]
    };
    let heading = fill(&text.effect_heading, &[("level", &names.level())]);
    let columns = vec![Column::names(120.0), Column::names(190.0)];
    let axis = |spans| Axis::to_limits_within(ALWAYS_SHOWN, spans);
    let groups = drawn.into_iter().map(|(_, group)| group).collect();
    let mut forest = Forest::new(columns, Column::estimates(heading))
        .on(groups, axis, |_| String::new())
        .between(names.sides(sides), fill(&text.axis, &[("contrast", &contrast)]));
    let digits = forest.axis.decimals().max(1);
    forest.labels = forest.axis.labels(|tick| names.numbers().signed(tick, digits));
    draft.note(&text.explain);
    draft.note_if(!all_higher, &text.mixed);
    draft.note(&text.waves);
    draft.note_if(forest.is_cut(), &text.arrow);
    let subtitle = names.subtitle(&names.texts.common.subtitle, &text.set);
    draft.finish(Head::new("score_effects", &text.title, subtitle), Body::Forest(forest)).map(Some)
}

/// The estimators of an outcome with their looks.
fn methods(text: &ScoreEffectsText, outcome: Outcome) -> Vec<(Method, &str, Look)> {
    let main = |mark| Look::Marked(mark, INK, 1.8);
    match outcome {
        Outcome::Index => vec![(Method::OlsStrataHc2, &text.index, main(Mark::OpenSquare))],
        _ => vec![
            (Method::HedgesG, &text.hedges, main(Mark::FilledCircle)),
            (Method::AncovaStandardised, &text.ancova, BESIDE),
        ],
    }
}

/// A score with its effects at each wave, if it has any.
fn group(draft: &mut Draft<'_>, score: &StudyScore) -> Option<Group> {
    let (names, text) = (draft.names, &draft.names.texts.figure.score_effects);
    let title = names.score(score);
    let direction = if score.higher_is_better { &text.higher } else { &text.lower };
    let question = |method| {
        Question::new(Analysis::Effect, score.outcome, AnalysisSet::Answered, method)
            .level(&score.level)
    };
    let methods = methods(text, score.outcome);
    let of = |(method, ..): &(Method, &str, Look)| months(draft.results, &question(*method));
    let waves: BTreeSet<i32> = methods.iter().flat_map(of).collect();
    let mut rows = Vec::new();
    for month in waves {
        let word = month.to_string();
        let mut name = fill(&text.month, &[("month", &word)]);
        for &(method, label, look) in &methods {
            let effect = question(method).month(month).interval(draft.results);
            let what = fill(&text.place, &[("score", &title), ("method", label)]);
            let place = Place::at_month(names, ALL_REGIONS, &what, month);
            let shown = draft.show_interval(&effect, &place, Form::Signed);
            let keys = [score.outcome.as_str(), &score.level, &word, method.as_str()];
            draft.line(&keys, &effect.cells());
            let values = [("score", &*title), ("direction", direction), ("month", &word)];
            let more = [("method", label), ("difference", &shown)];
            draft.say(&text.alternative_row, &[&values[..], &more].concat());
            let row = Row::new([std::mem::take(&mut name), label.to_owned()], shown);
            rows.push(row.with(RowMark::new(Span::of(&effect), look)));
        }
    }
    let (aside, has_rows) = (direction.clone(), !rows.is_empty());
    has_rows.then(|| Group { title, aside, rows, ..Group::default() })
}
