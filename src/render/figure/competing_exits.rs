//! First jobs and competing exits stacked, over time: a row of panels for each region, one an arm.

use crate::render::chart::axis::Axis;
use crate::render::chart::panel::{Across, Grid, Label, Panel, PanelRow, Upright};
use crate::render::chart::parts::Body;
use crate::render::chart::style::{LABEL, arm_type};
use crate::render::lookup::{Question, regions};
use crate::render::text::fill;
use crate::trial::arm::{Arm, TwoArm};

use super::reading::draft::{Draft, Head, VALUES};
use super::reading::form::Form;
use super::reading::source::{Figure, FigureError, Source};
use super::reading::stack::Stack;
use super::reading::steps::{self, Asked, Scale, Step};

/// Draws the figure; nothing where nobody had a competing exit, or the results do not say.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.figure.competing_exits;
    let all = regions(results);
    let has_rows = all.iter().any(|region| {
        Arm::BOTH.iter().any(|&arm| Question::competing(region, arm, 0).has_rows(results))
    });
    if names.study.n_competing_exits == 0 || !has_rows {
        return Ok(None);
    }
    let values = [&VALUES[..], &["n_at_risk"]].concat();
    let mut draft = Draft::new(source, &["region", "arm", "outcome", "month"], &values);
    draft.note(&text.explain);
    draft.say(&text.alternative, &[]);
    let mut stacks = Vec::new();
    for region in all {
        stacks.push((region, read(&mut draft, region)));
    }
    let each = || stacks.iter().flat_map(|(_, arms)| arms.iter()).map(|(_, stack)| stack);
    let last = each().map(Stack::last).max().unwrap_or(0).max(names.study.horizon_months).max(1);
    let axis = Axis::covering(each().flat_map(Stack::heights));
    let y = Upright::new(axis, |tick| names.numbers().short_percent(tick));
    let row = |(region, arms): &(&str, TwoArm<Stack>)| PanelRow {
        heading: names.region(region),
        panels: arms.iter().map(|(_, stack)| panel(&draft, stack, (last, &y))).collect(),
    };
    let grid = Grid {
        axis_name: text.axis.clone(),
        rows: stacks.iter().map(row).collect(),
        most_columns: 2,
        plot_height: 130.0,
        ..Grid::default()
    };
    let subtitle = names.subtitle(&text.subtitle, &names.texts.common.everyone_randomised);
    draft.finish(Head::new("competing_exits", &text.title, subtitle), Body::Grid(grid)).map(Some)
}

/// Both ways out of the state without a job, by arm.
fn read(draft: &mut Draft<'_>, region: &str) -> TwoArm<Stack> {
    let names = draft.names;
    let text = &names.texts.figure.competing_exits;
    let stacks = TwoArm::from_fn(|arm| {
        let mut way = |cause: &str,
                       word: &'static str,
                       question: fn(&str, Arm, i32) -> Question| {
            let templates = [&text.curve, &text.limits, &text.at_risk_of];
            let asked = Asked {
                region,
                question: &|arm| question(region, arm, 0),
                words: &|arm| templates.map(|text| fill(text, &[("cause", cause), ("arm", arm)])),
                keys: &|arm| vec![region, arm, word],
                scale: Scale::Undrawn,
                cells: Step::cells,
            };
            steps::of_arm(draft, &asked, arm)
        };
        let below = way(&text.job, "first_job", Question::incidence);
        let above = way(&text.exit, "competing_exit", Question::competing);
        Stack { arm, below, above }
    });
    let month = names.study.horizon_months;
    for (arm, stack) in stacks.iter() {
        let [job, exit] = [&stack.below, &stack.above]
            .map(|way| draft.quietly(&steps::at(way, month), Form::Percent));
        let (region, arm, month) = (names.region(region), names.arm(arm), month.to_string());
        let row = [("region", &*region), ("arm", &arm), ("month", &month)];
        draft.say(&text.alternative_row, &[&row[..], &[("job", &job), ("exit", &exit)]].concat());
    }
    stacks
}

/// First jobs from the axis up, competing exits upon them; below, each share by itself.
fn panel(draft: &Draft<'_>, stack: &Stack, (last, y): (i32, &Upright)) -> Panel {
    let names = draft.names;
    let text = &names.texts.figure.competing_exits;
    let words = [&text.job, &text.exit, &text.neither].map(String::as_str);
    Panel {
        heading: Label::new(names.arm(stack.arm), arm_type(stack.arm, LABEL.size)),
        x: Across::months(
            (0, last),
            &steps::wanted_months(names, last),
            &names.texts.common.month_axis,
        ),
        y: y.clone(),
        layers: stack.layers(),
        beside: stack.names(words, y.axis.to),
        lines: stack.lines(draft, [&text.job, &text.exit, &text.at_risk], last),
        ..Panel::default()
    }
}
