//! Probability of a first job over time by the levels of a variable: a figure for each variable, with
//! a row of panels for each region and one panel for each level.

use crate::render::covariates::{self, Variable};
use crate::render::lookup::{Cell, Question, regions, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::Key;
use crate::results::vocabulary::{Analysis, Method, Outcome};
use crate::trial::arm::TwoArm;

use super::axis::{Axis, spaced_months};
use super::canvas::{Align, Canvas, Frame, Type};
use super::curves::{self, Axes, Curves, Join, NUMBER_LINE, Naming, Step, TITLE_DROP, half_width};
use super::panel::{KEY_HEIGHT, Sample, draw_key, widest_name};
use super::reading::{self, Scale, Wanted, wanted_months};
use super::sheet::{Sheet, Words, shortened, wrap};
use super::style::{GREY, LABEL, MARGIN, STRONG, TICK, WIDTH};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "first_job_by_";
const AXIS_NAME: f64 = 20.0;
const REGION_LINE: f64 = 18.0;
const HEAD: f64 = 20.0;
/// A further line for the names of levels, where one is long.
const SECOND_LINE: f64 = 13.0;
const PLOT_HEIGHT: f64 = 120.0;
const BELOW: f64 = TITLE_DROP + 2.0 * NUMBER_LINE + 4.0;
const ROW_GAP: f64 = 16.0;
const COLUMN_GAP: f64 = 28.0;
const WIDEST_LABEL: f64 = 84.0;

/// More levels than these go to a further row.
const MOST_COLUMNS: usize = 4;

/// Names wider than this share of a panel go to a key.
const WIDEST_NAME: f64 = 0.64;

/// Curves of a level in a region.
struct Panel {
    region: String,
    level: String,
    steps: TwoArm<Vec<Step>>,
}

/// Draws a figure for each variable by which the results have curves, in the plan's order.
pub(super) fn draw(source: Source<'_>) -> Result<Vec<Figure>, FigureError> {
    let variables = covariates::subgroups_where(source.results, is_curve);
    variables.iter().map(|variable| draw_variable(source, variable)).collect()
}

fn is_curve(key: &Key) -> bool {
    key.analysis == Analysis::CumulativeIncidence
        && key.outcome == Outcome::FirstJob
        && key.method == Method::AalenJohansen
}

fn draw_variable(source: Source<'_>, variable: &Variable) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.first_job_by;
    let mut notes = Notes::new(names);
    // The levels of a region, broken into rows of panels.
    let rows: Vec<Vec<Panel>> = regions(source.results)
        .into_iter()
        .flat_map(|region| variable.levels.chunks(MOST_COLUMNS).map(move |some| (region, some)))
        .map(|(region, levels)| {
            levels.iter().map(|level| panel(source, &mut notes, region, level)).collect()
        })
        .collect();
    let variable_name = names.variable(&variable.name);
    let mut footnotes = vec![text.explain.clone()];
    footnotes.extend(notes.lines());
    let words = Words {
        name: file_name(&variable.name),
        title: fill(&text.title, &[("variable", &variable_name)]),
        subtitle: names
            .subtitle(&names.texts.common.subtitle_curves, &names.texts.common.everyone_randomised),
        footnotes,
        text_alternative: alternative(source, &rows, &variable_name),
    };
    let csv = csv(&rows)?;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(1);
    let layout = Layout::of(source, columns, variable);
    let n_rows = rows.len() as f64;
    let each = REGION_LINE + layout.head + PLOT_HEIGHT + BELOW;
    let height = layout.key + AXIS_NAME + n_rows * each + (n_rows - 1.0).max(0.0) * ROW_GAP;
    Sheet::new(words, names, source.audience).draw(height, csv, |canvas, top| {
        if layout.key > 0.0 {
            draw_key(canvas, top, &names.arms(), Sample::Line)?;
        }
        canvas.text((MARGIN, top + layout.key + 10.0), &text.axis, LABEL, Align::Left)?;
        body(source, canvas, top + layout.key + AXIS_NAME, (&rows, &layout))
    })
}

/// Name of the figure's files: letters, digits and underscores.
fn file_name(variable: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() { c } else { '_' };
    NAME.chars().chain(variable.chars().map(safe)).collect()
}

fn panel(source: Source<'_>, notes: &mut Notes<'_>, region: &str, level: &str) -> Panel {
    let names = source.names;
    let text = &names.texts.figure.first_job_by;
    let level_name = names.level_of(level);
    let steps = TwoArm::from_fn(|arm| {
        let arm_name = names.arm(arm);
        let values = [("level", level_name.as_str()), ("arm", &arm_name)];
        let wanted = Wanted {
            question: Question::incidence(region, arm, 0).subgroup(level),
            region,
            curve: fill(&text.curve, &values),
            limits: fill(&text.limits, &values),
            at_risk: fill(&text.at_risk_of, &values),
        };
        reading::read(source, notes, &wanted, Scale::Probability)
    });
    Panel { region: region.to_owned(), level: level.to_owned(), steps }
}

fn alternative(source: Source<'_>, rows: &[Vec<Panel>], variable: &str) -> String {
    let names = source.names;
    let text = &names.texts.figure.first_job_by;
    let month = names.study.horizon_months;
    let mut quiet = Notes::new(names);
    let mut words = vec![fill(&text.alternative, &[("variable", variable)])];
    for panel in rows.iter().flatten() {
        let place = Place::new(names, &panel.region, "");
        let values = panel.steps.iter().map(|(arm, steps)| {
            let step = steps.iter().find(|step| step.month == month);
            let cell = step.map_or(&Cell::Absent, |step| &step.value.estimate);
            let value = quiet.show(cell, &place, |value| names.numbers().percent(value));
            fill(&text.alternative_arm, &[("arm", &names.arm(arm)), ("value", &value)])
        });
        let values: Vec<_> = values.collect();
        let row = [
            ("region", names.region(&panel.region)),
            ("level", names.level_of(&panel.level)),
            ("month", month.to_string()),
            ("arm_values", values.join(&names.texts.note.list)),
        ];
        let row = row.each_ref().map(|(name, value)| (*name, value.as_str()));
        words.push(fill(&text.alternative_row, &row));
    }
    words.join(" ")
}

fn csv(rows: &[Vec<Panel>]) -> Result<String, FigureError> {
    let values = [&VALUES[..], &["n_at_risk"]].concat();
    let mut csv = Numbers::new(&["region", "subgroup", "arm", "month"], &values)?;
    for panel in rows.iter().flatten() {
        for (arm, steps) in panel.steps.iter() {
            for step in steps {
                let value = &step.value;
                let cells = [&value.estimate, &value.lower, &value.upper, &step.count];
                let arm = result_arm(arm).as_str();
                csv.line(&[&panel.region, &panel.level, arm, &step.month.to_string()], &cells)?;
            }
        }
    }
    csv.finish()
}

/// Sizes of panels in pixels, and where the arms are named.
struct Layout {
    label: f64,
    width: f64,
    head: f64,
    key: f64,
}

impl Layout {
    fn of(source: Source<'_>, columns: usize, variable: &Variable) -> Self {
        let names = source.names;
        let arms = names.arms();
        let at_risk = TICK.width(&names.texts.figure.first_job_by.at_risk);
        let label = widest_name(&arms, TICK).max(at_risk).min(WIDEST_LABEL) + 22.0;
        let gaps = COLUMN_GAP * columns.saturating_sub(1) as f64;
        let width = (WIDTH - 2.0 * MARGIN - label - gaps - 10.0) / columns.max(1) as f64;
        let is_long = widest_name(&arms, LABEL) > WIDEST_NAME * width;
        let mut levels = variable.levels.iter();
        let has_long = levels.any(|level| LABEL.width(&names.level_of(level)) > width);
        let head = if has_long { HEAD + SECOND_LINE } else { HEAD };
        Self { label, width, head, key: if is_long { KEY_HEIGHT } else { 0.0 } }
    }

    /// Curves are named in the first column; the others have the same colours and dashes.
    fn naming(&self, column: usize) -> Naming {
        match (self.key > 0.0, column) {
            (true, _) => Naming::InKey,
            (false, 0) => Naming::AtCurves,
            (false, _) => Naming::Elsewhere,
        }
    }
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    (rows, layout): (&[Vec<Panel>], &Layout),
) -> Result<(), FigureError> {
    let names = source.names;
    let steps = || {
        let panels = rows.iter().flatten();
        panels.flat_map(|panel| panel.steps.iter()).flat_map(|(_, steps)| steps)
    };
    let shown = steps().flat_map(|s| [s.value.upper.value(), s.value.estimate.value()]);
    let values = Axis::covering(shown.flatten());
    let last = steps().map(|step| step.month).max().unwrap_or(0);
    let last = last.max(names.study.horizon_months).max(1);
    let mut y = top;
    for row in rows {
        if let Some(first) = row.first() {
            let region = shortened(&names.region(&first.region), STRONG, WIDTH - 2.0 * MARGIN);
            canvas.text((MARGIN, y + 11.0), &region, STRONG, Align::Left)?;
        }
        for (column, panel) in row.iter().enumerate() {
            let left = MARGIN + layout.label + column as f64 * (layout.width + COLUMN_GAP);
            let top = y + REGION_LINE + layout.head;
            let right = left + layout.width;
            let frame = Frame { left, top, right, bottom: top + PLOT_HEIGHT };
            draw_panel(source, canvas, (frame, &values, last), (panel, layout.naming(column)))?;
        }
        y += REGION_LINE + layout.head + PLOT_HEIGHT + BELOW + ROW_GAP;
    }
    Ok(())
}

/// The level's name on at most two lines above its panel.
fn draw_level(canvas: &Canvas<'_>, frame: Frame, name: &str) -> Result<(), FigureError> {
    let width = frame.right - frame.left;
    let lines = wrap(name, LABEL, width);
    let Some((first, rest)) = lines.split_first() else { return Ok(()) };
    let rest = shortened(&rest.join(" "), LABEL, width);
    let y = frame.top - 8.0;
    let first_y = if rest.is_empty() { y } else { y - SECOND_LINE };
    canvas.text((frame.left, first_y), first, LABEL, Align::Left)?;
    canvas.text((frame.left, y), &rest, LABEL, Align::Left)
}

fn draw_panel(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (frame, values, last): (Frame, &Axis, i32),
    (panel, naming): (&Panel, Naming),
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.first_job_by;
    let width = frame.right - frame.left;
    draw_level(canvas, frame, &names.level_of(&panel.level))?;
    let is_first = frame.left < MARGIN + WIDEST_LABEL + 30.0;
    let tick =
        |tick: f64| if is_first { names.numbers().short_percent(tick) } else { String::new() };
    let axes = Axes { months: (0.0, f64::from(last)), values, level: &tick };
    let scale = width / f64::from(last);
    let labelled = spaced_months(
        wanted_months(source, last),
        |month| f64::from(month) * scale,
        |month| half_width(&panel.steps, month, TICK),
    );
    let arms = names.arms();
    let whole = &names.texts.common.month_axis;
    let curves = Curves {
        steps: &panel.steps,
        arms: &arms,
        join: Join::Steps,
        area_until: None,
        names: naming,
        labelled: &labelled,
        count_heading: if is_first { &text.at_risk } else { "" },
        axis_title: if TICK.width(whole) <= width { whole } else { &text.months },
        label_width: if is_first { WIDEST_LABEL } else { 0.0 },
        label_gap: 19.0,
    };
    curves::draw(canvas, frame, &axes, &curves)?;
    let has_curve = |steps: &[Step]| steps.iter().any(|step| step.value.estimate.value().is_some());
    let mut y = frame.top + 14.0;
    for (arm, _) in panel.steps.iter().filter(|(_, steps)| !has_curve(steps)) {
        let words = fill(&text.empty, &[("arm", &names.arm(arm))]);
        let words = shortened(&words, TICK, width - 12.0);
        let look = Type { colour: GREY, ..TICK };
        canvas.text((frame.left + 6.0, y), &words, look, Align::Left)?;
        y += NUMBER_LINE;
    }
    Ok(())
}
