//! Love plot: how far the arms are apart at randomisation, by characteristic.

use crate::render::chart::axis::{Axis, Span};
use crate::render::chart::drawing::{Align, Mark, Stroke};
use crate::render::chart::forest::{Column, Forest, Group, Look, Row, RowMark};
use crate::render::chart::key::KeyEntry;
use crate::render::chart::parts::Body;
use crate::render::chart::style::{INK, LIGHT, NO_EFFECT};
use crate::render::covariates::{self, Variable};
use crate::render::lookup::{Interval, Question};
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Analysis;

use super::reading::draft::{Draft, Head};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};

/// Differences beyond this deserve a look.
const NOTABLE: f64 = 0.1;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A variable of numbers.
    Number,
    /// A variable of levels, as a whole.
    Whole,
    /// One of its levels.
    Level,
}

/// Draws the figure; nothing where there is no table of characteristics.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.figure.love_plot;
    let mut variables = covariates::baseline(results);
    // Tests of balance are no characteristics.
    let is_known = |name: &str| Question::balance(ALL_REGIONS, name).has_rows(results);
    let is_planned = |name: &String| names.study.baseline_variables.contains(name);
    variables.retain(|own| is_planned(&own.name) || is_known(&own.name));
    let has_rows = results.rows().iter().any(|row| row.key.analysis == Analysis::Balance);
    if !has_rows || variables.is_empty() {
        return Ok(None);
    }
    let contrast = names.contrast();
    let mut draft = Draft::new(source, &["level"], &["standardised_mean_difference"]);
    draft.note(&text.explain);
    draft.say(&text.alternative, &[("contrast", &contrast)]);
    let groups: Vec<Group> = variables.iter().map(|own| group(&mut draft, own)).collect();
    let dashed = Stroke { colour: LIGHT, width: 1.0, dash: Some((4.0, 3.0)) };
    let is_whole = |row: &Row| row.marks.iter().any(|mark| mark.look == look(Kind::Whole));
    let has_both = groups.iter().flat_map(|group| &group.rows).any(is_whole);
    let key = [
        KeyEntry::mark(Mark::FilledCircle, INK, &text.numeric),
        KeyEntry::mark(Mark::OpenSquare, LIGHT, &text.whole),
    ];
    let values = Column { align: Align::Right, ..Column::estimates(text.value_heading.clone()) };
    let axis = |spans: Vec<Span>| {
        let values = spans.into_iter().map(|span| span.estimate);
        Axis::covering(values.chain([-1.5 * NOTABLE, 1.5 * NOTABLE]))
    };
    let sides = names.sides([&text.higher_control, &text.higher_intervention]);
    let forest = Forest {
        references: vec![(0.0, NO_EFFECT), (-NOTABLE, dashed), (NOTABLE, dashed)],
        key: if has_both { key.to_vec() } else { Vec::new() },
        ..Forest::new(vec![Column::names(290.0)], values)
            .on(groups, axis, |tick| names.numbers().signed(tick, 2))
            .between(sides, fill(&text.axis, &[("contrast", &contrast)]))
    };
    let head = Head::new("love_plot", &text.title, text.subtitle.clone());
    draft.finish(head, Body::Forest(forest)).map(Some)
}

fn look(kind: Kind) -> Look {
    match kind {
        Kind::Whole => Look::Marked(Mark::OpenSquare, LIGHT, 1.3),
        Kind::Number | Kind::Level => Look::Marked(Mark::FilledCircle, INK, 1.3),
    }
}

/// A variable, as a whole where it has levels, and each of them.
fn group(draft: &mut Draft<'_>, Variable { name, levels }: &Variable) -> Group {
    let kind = if levels.is_empty() { Kind::Number } else { Kind::Whole };
    let levels = levels.iter().map(|level| (level, Kind::Level));
    let words = std::iter::once((name, kind)).chain(levels);
    Group { rows: words.map(|(word, kind)| row(draft, word, kind)).collect(), ..Group::default() }
}

fn row(draft: &mut Draft<'_>, word: &str, kind: Kind) -> Row {
    let names = draft.names;
    let text = &names.texts.figure.love_plot;
    let label = names.level_of(word);
    let Interval { estimate: value, .. } =
        Question::balance(ALL_REGIONS, word).interval(draft.results);
    let place = Place::new(names, ALL_REGIONS, &fill(&text.place, &[("level", &label)]));
    let form = if kind == Kind::Whole { Form::Decimal } else { Form::Signed };
    let shown = draft.show(&value, &place, form);
    draft.line(&[word], &[&value]);
    let variable = names.variable(covariates::parts(word).0);
    let level = if kind == Kind::Whole { &text.whole } else { &label };
    let values = [("variable", variable.as_str()), ("level", level), ("value", &shown)];
    draft.say(&text.alternative_row, &values);
    let row = Row::new([label], shown);
    let span = value.value().map(|estimate| Span { estimate, limits: None });
    let row = if kind == Kind::Level { row.indented() } else { row.strong() };
    row.with(RowMark::new(span, look(kind)))
}
