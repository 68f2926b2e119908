//! The hazard ratio of a first job in consecutive intervals of months, on a log axis.

use crate::render::chart::axis::Span;
use crate::render::chart::drawing::{Mark, Stroke};
use crate::render::chart::log_axis;
use crate::render::chart::panel::{
    Across, Grid, Label, Layer, NumberLine, Panel, PanelRow, Upright,
};
use crate::render::chart::parts::Body;
use crate::render::chart::style::{INK, LABEL, LIGHT, NO_EFFECT, TICK};
use crate::render::lookup::{NONE, Question, months};
use crate::render::notes::Place;
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;

use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};

/// A ratio between two months, at its place on the axis, and the first jobs meanwhile.
struct Part {
    from: f64,
    to: f64,
    span: Option<Span>,
    events: String,
}

/// Draws the figure; nothing where the results have no ratio of an interval.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratio_over_time;
    let arms = names.arms();
    let both = [("intervention", arms.intervention.as_str()), ("control", &arms.control)];
    let values = [&VALUES[..], &["events", "p_value"]].concat();
    let mut draft = Draft::new(source, &["from_month", "to_month"], &values);
    draft.say(&text.alternative, &both);
    let ends = months(source.results, &Question::hazard_ratio_until(0));
    let Some(&last) = ends.last() else { return Ok(None) };
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let parts: Vec<Part> =
        starts.zip(ends.iter().copied()).map(|ends| part(&mut draft, ends)).collect();
    let whole = Question::hazard_ratio(ALL_REGIONS, "").cell(source.results, Statistic::Estimate);
    let place = Place::new(names, ALL_REGIONS, &text.overall_place);
    let ratio = fill(&text.overall, &[("ratio", &draft.show(&whole, &place, Form::Decimal))]);
    let p = Question::proportional_hazards().cell(source.results, Statistic::PValue);
    let place = Place::new(names, ALL_REGIONS, &text.test_place);
    let test = fill(&text.test, &[("p", &draft.show(&p, &place, Form::P))]);
    draft.line(&["", ""], &[&whole, &NONE, &NONE, &NONE, &p]);
    draft.say("{ratio}. {test}.", &[("ratio", &ratio), ("test", &test)]);
    let overall = whole.value().map(log_axis::place);
    let spans = || parts.iter().filter_map(|part| part.span);
    let all = spans().chain(overall.map(|estimate| Span { estimate, limits: None }));
    let axis = log_axis::covering(all);
    draft.note(fill(&text.explain, &[("arm", &arms.intervention)]));
    draft.note_if(spans().any(|span| span.is_cut(&axis)), &text.arrow);
    let dashed = Stroke { colour: LIGHT, width: 1.2, dash: Some((5.0, 3.0)) };
    let levels = [Some((0.0, NO_EFFECT)), overall.map(|at| (at, dashed))];
    let levels = levels.into_iter().flatten().map(|(at, stroke)| Layer::Level { at, stroke });
    let marks = parts.iter().flat_map(|part| part.layers((axis.from, axis.to)));
    let wanted: Vec<i32> = [last, 0].into_iter().chain(ends).collect();
    let middle = |part: &Part| (f64::midpoint(part.from, part.to), part.events.clone());
    let panel = Panel {
        heading: Label::new(fill(&text.axis, &both), LABEL),
        aside: Label::plain(test),
        x: Across::months((0, last), &wanted, &names.texts.common.month_axis),
        layers: levels.chain(marks).collect(),
        beside: overall.map(|at| (axis.within(at), Label::plain(ratio))).into_iter().collect(),
        lines: vec![NumberLine {
            name: Label::plain(&text.events),
            numbers: parts.iter().map(middle).collect(),
            look: TICK,
        }],
        y: Upright::new(axis, |tick| log_axis::label(names.numbers(), tick)),
        ..Panel::default()
    };
    let rows = vec![PanelRow { panels: vec![panel], ..PanelRow::default() }];
    let grid = Grid { rows, most_columns: 1, plot_height: 210.0, ..Grid::default() };
    let common = &names.texts.common;
    let subtitle = names.subtitle(&common.subtitle, &common.everyone_randomised);
    let head = Head::new("hazard_ratio_over_time", &text.title, subtitle);
    draft.finish(head, Body::Grid(grid)).map(Some)
}

fn part(draft: &mut Draft<'_>, (from, to): (i32, i32)) -> Part {
    let (results, names) = (draft.results, draft.names);
    let text = &names.texts.figure.hazard_ratio_over_time;
    let question = Question::hazard_ratio_until(to);
    let (ratio, events) = (question.interval(results), question.cell(results, Statistic::Events));
    let place = Place::at_month(names, ALL_REGIONS, &text.place, to);
    let shown = draft.show_interval(&ratio, &place, Form::Decimal);
    let place = Place::at_month(names, ALL_REGIONS, &text.events_place, to);
    let counted = draft.show(&events, &place, Form::Count);
    let [lower, upper] = [from, to].map(|month| month.to_string());
    draft.line(&[&lower, &upper], &[&ratio.cells()[..], &[&events]].concat());
    let interval = fill(&text.interval, &[("lower", &lower), ("upper", &upper)]);
    draft.say(&text.alternative_row, &[("interval", &interval), ("ratio", &shown)]);
    let span = Span::of(&ratio).map(log_axis::places);
    Part { from: f64::from(from), to: f64::from(to), span, events: counted }
}

impl Part {
    /// A step over the interval, with its mark and its limits in the middle.
    fn layers(&self, (low, high): (f64, f64)) -> Vec<Layer> {
        let Some(Span { estimate, limits }) = self.span else { return Vec::new() };
        let middle = f64::midpoint(self.from, self.to);
        let ends = limits.into_iter().map(|(lower, upper)| (middle, lower, upper)).collect();
        let mut layers = vec![Layer::Limits { ends, stroke: Stroke::solid(INK, 1.3) }];
        if (low..=high).contains(&estimate) {
            let points = vec![(self.from, estimate), (self.to, estimate)];
            layers.push(Layer::Line { points, stroke: Stroke::solid(INK, 1.8) });
            let (points, mark) = (vec![(middle, estimate)], Mark::FilledCircle);
            layers.push(Layer::Marks { points, mark, colour: INK });
        }
        layers
    }
}
