//! Probability of a first job over time by the levels of a variable: a figure for each variable, with
//! a row of panels for each region and one panel for each level.

use crate::render::chart::axis::Axis;
use crate::render::chart::panel::{Across, Grid, Label, Panel, PanelRow, Upright};
use crate::render::chart::parts::Body;
use crate::render::chart::style::LABEL;
use crate::render::covariates::{self, Variable};
use crate::render::lookup::{Question, regions};
use crate::render::text::fill;
use crate::results::row::Key;
use crate::results::vocabulary::{Analysis, Method, Outcome};
use crate::trial::arm::TwoArm;

use super::reading::curves::{self, Curves, Join};
use super::reading::draft::{Draft, Head, VALUES};
use super::reading::file_name::file_name;
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};
use super::reading::steps::{self, Asked, Scale, Step};

/// More levels than these go to a further row.
const MOST_COLUMNS: usize = 4;

/// Draws a figure for each variable by which the results have curves, in the plan's order.
pub(super) fn draw(source: Source<'_>) -> Result<Vec<Figure>, FigureError> {
    let variables = covariates::subgroups_where(source.results, is_curve);
    let mut figures: Vec<Figure> = Vec::new();
    for variable in &variables {
        let taken: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
        let name = file_name(&format!("first_job_by_{}", variable.name), &taken);
        figures.push(draw_variable(source, variable, &name)?);
    }
    Ok(figures)
}

fn is_curve(key: &Key) -> bool {
    key.analysis == Analysis::CumulativeIncidence
        && key.outcome == Outcome::FirstJob
        && key.method == Method::AalenJohansen
}

fn draw_variable(
    source: Source<'_>,
    variable: &Variable,
    name: &str,
) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.first_job_by;
    let variable_name = names.variable(&variable.name);
    let values = [&VALUES[..], &["n_at_risk"]].concat();
    let mut draft = Draft::new(source, &["region", "subgroup", "arm", "month"], &values);
    draft.note(&text.explain);
    draft.say(&text.alternative, &[("variable", &variable_name)]);
    let mut of_region = |region| -> Vec<TwoArm<Vec<Step>>> {
        variable.levels.iter().map(|level| read(&mut draft, (region, level))).collect()
    };
    let all: Vec<_> = regions(source.results).into_iter().map(|r| (r, of_region(r))).collect();
    let steps = || all.iter().flat_map(|(_, levels)| levels);
    let last = curves::last_month(names, steps());
    let axis = Axis::covering(curves::heights(steps()));
    let y = Upright::new(axis, |tick| names.numbers().short_percent(tick));
    let panel = |(level, steps): (&String, &TwoArm<Vec<Step>>)| {
        let own = curves::panel(names, Curves { steps, join: Join::Steps, area_until: None }, last);
        Panel {
            heading: Label::new(names.level_of(level), LABEL),
            y: y.clone(),
            x: Across { short_title: text.months.clone(), ..own.x },
            said: curves::missing(names, steps, &text.empty),
            ..own
        }
    };
    let row = |(region, levels): &(&str, Vec<TwoArm<Vec<Step>>>)| PanelRow {
        heading: names.region(region),
        panels: variable.levels.iter().zip(levels).map(panel).collect(),
    };
    let grid = Grid {
        axis_name: text.axis.clone(),
        key: curves::key(names),
        rows: all.iter().map(row).collect(),
        most_columns: MOST_COLUMNS,
        plot_height: 120.0,
        line_heading: text.at_risk.clone(),
        ..Grid::default()
    };
    let common = &names.texts.common;
    let subtitle = names.subtitle(&common.subtitle_curves, &common.everyone_randomised);
    let title = fill(&text.title, &[("variable", &variable_name)]);
    draft.finish(Head::new(name, title, subtitle), Body::Grid(grid))
}

fn read(draft: &mut Draft<'_>, (region, level): (&str, &String)) -> TwoArm<Vec<Step>> {
    let names = draft.names;
    let text = &names.texts.figure.first_job_by;
    let level_name = names.level_of(level);
    let templates = [&text.curve, &text.limits, &text.at_risk_of];
    let asked = Asked {
        region,
        question: &|arm| Question::incidence(region, arm, 0).subgroup(level),
        words: &|arm| templates.map(|text| fill(text, &[("level", &level_name), ("arm", arm)])),
        keys: &|arm| vec![region, level, arm],
        scale: Scale::Probability,
        cells: Step::cells,
    };
    let steps = steps::both(draft, &asked);
    let month = names.study.horizon_months;
    let values = draft
        .arm_values(&text.alternative_arm, Form::Percent, |arm| steps::at(steps.get(arm), month));
    let (region, month) = (names.region(region), month.to_string());
    let row = [("region", &*region), ("level", &level_name), ("month", &month)];
    draft.say(&text.alternative_row, &[&row[..], &[("arm_values", &values)]].concat());
    steps
}
