//! Effect on employment and on benefits at each month, before and after randomisation.

use crate::render::chart::axis::Axis;
use crate::render::chart::drawing::{Align, Stroke};
use crate::render::chart::key::{KeyEntry, Sample};
use crate::render::chart::panel::{Across, Grid, Label, Layer, Panel, PanelRow, Upright};
use crate::render::chart::parts::Body;
use crate::render::chart::style::{AXIS_LINE, GRID, INK, LABEL};
use crate::render::text::fill;
use crate::results::vocabulary::Outcome;

use super::reading::draft::{Draft, Head, VALUES};
use super::reading::monthly::Series;
use super::reading::source::{Figure, FigureError, Source};

/// A second series stands this many months beside the first.
const SHIFT: f64 = 0.28;

/// Draws the figure; nothing where there is no effect by month.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.effect_by_month;
    let values = [&VALUES[..], &["band_lower", "band_upper"]].concat();
    let mut draft = Draft::new(source, &["outcome", "month"], &values);
    draft.say(&text.alternative, &[("contrast", &names.contrast())]);
    let groups: [&[Outcome]; 2] =
        [&[Outcome::Employed], &[Outcome::BenefitEur, Outcome::BenefitFormulaEur]];
    let mut read = |group: &&[Outcome]| -> Vec<Series> {
        let all = group.iter().map(|&outcome| Series::read(&mut draft, outcome));
        all.filter(|series| !series.points.is_empty()).collect()
    };
    let panels: Vec<Vec<Series>> = groups.iter().map(&mut read).filter(|p| !p.is_empty()).collect();
    let all = || panels.iter().flatten();
    let of_months = || all().flat_map(|series| &series.points).map(|(month, ..)| *month);
    let (Some(first), Some(last)) = (of_months().min(), of_months().max()) else { return Ok(None) };
    let has_benefits = all().any(|series| series.outcome != Outcome::Employed);
    draft.note(&text.explain);
    draft.note_if(first <= 0, &text.placebo);
    draft.note_if(all().flat_map(|s| &s.points).any(|(.., band)| band.is_some()), &text.band);
    draft.note_if(all().any(|s| s.outcome == Outcome::BenefitFormulaEur), &text.rule);
    if first <= 0 {
        draft.say(&text.placebo, &[]);
    }
    let ends = (first.min(0), last.max(1));
    let row = |series: &Vec<Series>| PanelRow {
        panels: vec![panel(&draft, series, ends)],
        ..PanelRow::default()
    };
    let rows: Vec<PanelRow> = panels.iter().map(row).collect();
    let title = if has_benefits { &text.title_with_benefits } else { &text.title };
    let grid = Grid { rows, most_columns: 1, plot_height: 190.0, ..Grid::default() };
    let subtitle = names.subtitle(&text.subtitle, &names.texts.common.observed_each_month);
    draft.finish(Head::new("effect_by_month", title, subtitle), Body::Grid(grid)).map(Some)
}

fn panel(draft: &Draft<'_>, all: &[Series], (first, last): (i32, i32)) -> Panel {
    let (names, numbers) = (draft.names, draft.names.numbers());
    let text = &names.texts.figure.effect_by_month;
    let is_share = all.iter().all(|series| series.outcome == Outcome::Employed);
    let values = || all.iter().flat_map(Series::values);
    let (axis, template) = if is_share {
        (Axis::covering(values()), &text.employed)
    } else {
        (Axis::of_amounts(values()), &text.benefit)
    };
    let has_key = all.len() > 1;
    let named = |series: &Series| {
        let is_rule = series.outcome == Outcome::BenefitFormulaEur;
        let (mark, colour) = series.look(1);
        let is_drawn = values().next().is_some();
        KeyEntry {
            sample: if is_drawn { Sample::Mark(mark, colour) } else { Sample::Nothing },
            name: if is_rule { text.formula.clone() } else { text.paid.clone() },
            look: LABEL,
        }
    };
    let from = f64::from(first) - 0.8;
    let shade = vec![(from, axis.from), (0.0, axis.from), (0.0, axis.to), (from, axis.to)];
    let shade = (first < 0).then_some(Layer::Area { outline: shade, colour: GRID, percent: 45 });
    let randomised = Stroke { colour: INK, width: 1.0, dash: Some((4.0, 2.5)) };
    let lines = [
        Layer::Level { at: 0.0, stroke: AXIS_LINE },
        Layer::Upright { at: 0.0, stroke: randomised },
    ];
    let series = all.iter().enumerate().flat_map(|(at, series)| {
        series.layers(if has_key { SHIFT * (2.0 * at as f64 - 1.0) } else { 0.0 })
    });
    let wanted = [names.study.horizon_months, 0, first, last].into_iter();
    let wanted = wanted.chain(names.study.months.iter().copied());
    let wanted = wanted.filter(|month| (first..=last).contains(month));
    let label = |month: i32| (f64::from(month), numbers.decimal(f64::from(month), 0));
    let before = (first < 0).then(|| (0.0, Align::Right, text.before.clone()));
    let after = (0.0, Align::Left, text.randomisation.clone());
    Panel {
        heading: Label::new(fill(template, &[("contrast", &names.contrast())]), LABEL),
        key: if has_key { all.iter().map(named).collect() } else { Vec::new() },
        x: Across {
            from,
            to: f64::from(last) + 0.8,
            wanted: wanted.map(label).collect(),
            title: names.texts.common.month_axis.clone(),
            short_title: String::new(),
        },
        y: Upright::new(axis, |tick| {
            if is_share { numbers.axis_points(tick) } else { numbers.signed(tick, 0) }
        }),
        layers: shade.into_iter().chain(lines).chain(series).collect(),
        above: before.into_iter().chain([after]).collect(),
        ..Panel::default()
    }
}
