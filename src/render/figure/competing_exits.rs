//! First jobs and competing exits stacked, over time: a row of panels for each region, one an arm.

use plotters::style::Color;

use crate::render::lookup::{Cell, Question, regions, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::trial::arm::{Arm, TwoArm};

use super::axis::{Axis, spaced_months};
use super::canvas::{Align, Canvas, Frame, Plot};
use super::curves::{Join, NUMBER_LINE, Step, corners, outline, runs};
use super::panel::{draw_levels, draw_months};
use super::reading::{self, Scale, Wanted, wanted_months};
use super::sheet::{Sheet, Words, shortened};
use super::style::{GREY, INK, LABEL, MARGIN, STRONG, TICK, WIDTH, arm_type, colour, stroke};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "competing_exits";
const AXIS_NAME: f64 = 20.0;
const HEAD: f64 = 38.0;
const PLOT_HEIGHT: f64 = 130.0;
const BELOW: f64 = 30.0 + 3.0 * NUMBER_LINE;
const ROW_GAP: f64 = 16.0;
const COLUMN_GAP: f64 = 14.0;
const WIDEST_HEAD: f64 = 96.0;

/// Distance of the names beside a panel from each other.
const NAME_LINE: f64 = 12.0;

/// Opacity of the areas.
const JOBS: f64 = 0.40;
const EXITS: f64 = 0.85;

/// Both ways out of the state without a job.
struct Panel {
    region: String,
    arm: Arm,
    jobs: Vec<Step>,
    exits: Vec<Step>,
}

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
    let mut notes = Notes::new(names);
    let panels: Vec<TwoArm<Panel>> = all
        .iter()
        .map(|region| TwoArm::from_fn(|arm| panel(source, &mut notes, region, arm)))
        .collect();
    let mut footnotes = vec![text.explain.clone()];
    footnotes.extend(notes.lines());
    let everyone = &names.texts.common.everyone_randomised;
    let words = Words {
        name: NAME.to_owned(),
        title: text.title.clone(),
        subtitle: names.subtitle(&text.subtitle, everyone),
        footnotes,
        text_alternative: alternative(source, &panels),
    };
    let csv = csv(&panels)?;
    let rows = panels.len() as f64;
    let height = AXIS_NAME + rows * (HEAD + PLOT_HEIGHT + BELOW) + (rows - 1.0) * ROW_GAP;
    let sheet = Sheet::new(words, names, source.audience);
    let figure = sheet.draw(height, csv, |canvas, top| body(source, canvas, top, &panels))?;
    Ok(Some(figure))
}

fn panel(source: Source<'_>, notes: &mut Notes<'_>, region: &str, arm: Arm) -> Panel {
    let names = source.names;
    let text = &names.texts.figure.competing_exits;
    let arm_name = names.arm(arm);
    let mut steps = |question: Question, cause: &str| {
        let curve = fill(&text.curve, &[("cause", cause), ("arm", &arm_name)]);
        let limits = fill(&text.limits, &[("cause", cause), ("arm", &arm_name)]);
        let at_risk = fill(&text.at_risk_of, &[("arm", &arm_name)]);
        let wanted = Wanted { question, region, curve, limits, at_risk };
        reading::read(source, notes, &wanted, Scale::Undrawn)
    };
    let jobs = steps(Question::incidence(region, arm, 0), &text.job);
    let exits = steps(Question::competing(region, arm, 0), &text.exit);
    Panel { region: region.to_owned(), arm, jobs, exits }
}

impl Panel {
    /// A month's share with a first job and, upon it, the place where competing exits end.
    fn stacked(&self, step: &Step) -> Option<(f64, f64)> {
        let exits = self.exits.iter().find(|other| other.month == step.month)?;
        let (jobs, exits) = (step.value.estimate.value()?, exits.value.estimate.value()?);
        Some((jobs, jobs + exits))
    }

    fn last(&self) -> i32 {
        self.jobs.iter().chain(&self.exits).map(|step| step.month).max().unwrap_or(0)
    }
}

fn alternative(source: Source<'_>, panels: &[TwoArm<Panel>]) -> String {
    let names = source.names;
    let text = &names.texts.figure.competing_exits;
    let horizon = names.study.horizon_months;
    let mut quiet = Notes::new(names);
    let mut words = vec![text.alternative.clone()];
    for panel in panels.iter().flat_map(|row| [&row.intervention, &row.control]) {
        let place = Place::new(names, &panel.region, "");
        let mut value = |steps: &[Step]| {
            let step = steps.iter().find(|step| step.month == horizon);
            let cell = step.map_or(&Cell::Absent, |step| &step.value.estimate);
            quiet.show(cell, &place, |value| names.numbers().percent(value))
        };
        let row = [
            ("region", names.region(&panel.region)),
            ("arm", names.arm(panel.arm)),
            ("month", horizon.to_string()),
            ("job", value(&panel.jobs)),
            ("exit", value(&panel.exits)),
        ];
        let row = row.each_ref().map(|(name, value)| (*name, value.as_str()));
        words.push(fill(&text.alternative_row, &row));
    }
    words.join(" ")
}

fn csv(panels: &[TwoArm<Panel>]) -> Result<String, FigureError> {
    let values = [&VALUES[..], &["n_at_risk"]].concat();
    let mut csv = Numbers::new(&["region", "arm", "outcome", "month"], &values)?;
    for panel in panels.iter().flat_map(|row| [&row.intervention, &row.control]) {
        for (outcome, steps) in [("first_job", &panel.jobs), ("competing_exit", &panel.exits)] {
            for step in steps {
                let value = &step.value;
                let cells = [&value.estimate, &value.lower, &value.upper, &step.count];
                let arm = result_arm(panel.arm).as_str();
                csv.line(&[&panel.region, arm, outcome, &step.month.to_string()], &cells)?;
            }
        }
    }
    csv.finish()
}

/// What all panels share.
struct Shared {
    values: Axis,
    last: i32,
    head: f64,
    name: f64,
    width: f64,
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    panels: &[TwoArm<Panel>],
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.competing_exits;
    canvas.text((MARGIN, top + 10.0), &text.axis, LABEL, Align::Left)?;
    let all = || panels.iter().flat_map(|row| [&row.intervention, &row.control]);
    let heights = all().flat_map(|panel| {
        let of_jobs = panel.jobs.iter().filter_map(|step| step.value.estimate.value());
        let stacked = panel.jobs.iter().filter_map(|step| Some(panel.stacked(step)?.1));
        of_jobs.chain(stacked)
    });
    let widest = |words: [&String; 3]| words.map(|word| TICK.width(word)).into_iter();
    let head = widest([&text.job, &text.exit, &text.at_risk]).fold(0.0, f64::max);
    let name = widest([&text.job, &text.exit, &text.neither]).fold(0.0, f64::max) + 6.0;
    let (head, name) = (head.min(WIDEST_HEAD) + 22.0, name.min(WIDEST_HEAD));
    let room = WIDTH - 2.0 * MARGIN - head - COLUMN_GAP - 34.0;
    let shared = Shared {
        values: Axis::covering(heights),
        last: all().map(Panel::last).max().unwrap_or(0).max(names.study.horizon_months).max(1),
        head,
        name,
        width: room / 2.0 - name,
    };
    let mut y = top + AXIS_NAME;
    for row in panels {
        let region = names.region(&row.intervention.region);
        let region = shortened(&region, STRONG, WIDTH - 2.0 * MARGIN);
        canvas.text((MARGIN, y + 12.0), &region, STRONG, Align::Left)?;
        let mut left = MARGIN + shared.head;
        for panel in [&row.intervention, &row.control] {
            let frame = Frame {
                left,
                top: y + HEAD,
                right: left + shared.width,
                bottom: y + HEAD + PLOT_HEIGHT,
            };
            draw_panel(source, canvas, (frame, &shared), panel)?;
            left = frame.right + shared.name + COLUMN_GAP + 34.0;
        }
        y += HEAD + PLOT_HEIGHT + BELOW + ROW_GAP;
    }
    Ok(())
}

fn draw_panel(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (frame, shared): (Frame, &Shared),
    panel: &Panel,
) -> Result<(), FigureError> {
    let names = source.names;
    let look = arm_type(panel.arm, LABEL.size);
    let name = shortened(&names.arm(panel.arm), look, frame.right - frame.left);
    canvas.text((frame.left, frame.top - 9.0), &name, look, Align::Left)?;
    let level = |tick: f64| names.numbers().short_percent(tick);
    draw_levels(canvas, frame, &shared.values, level)?;
    let plot = canvas.plot(frame, (0.0, f64::from(shared.last)), shared.values.range());
    draw_areas(&plot, panel)?;
    draw_names(source, canvas, (frame, &plot), panel)?;
    draw_numbers(source, canvas, (frame, &plot), panel)
}

/// First jobs from the axis up, competing exits upon them.
fn draw_areas(plot: &Plot<'_>, panel: &Panel) -> Result<(), FigureError> {
    let jobs = |step: &Step| step.value.estimate.value();
    for run in runs(&panel.jobs, |step| Some((0.0, jobs(step)?))) {
        let area = outline(&run, Join::Steps);
        if area.len() > 2 {
            plot.polygon(&area, colour(panel.arm).mix(JOBS))?;
        }
    }
    for run in runs(&panel.jobs, |step| panel.stacked(step)) {
        let area = outline(&run, Join::Steps);
        if area.len() > 2 {
            plot.polygon(&area, GREY.mix(EXITS))?;
        }
    }
    for run in runs(&panel.jobs, jobs) {
        plot.line(&corners(&run, Join::Steps), stroke(panel.arm))?;
    }
    Ok(())
}

/// Names the areas beside their ends.
fn draw_names(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (frame, plot): (Frame, &Plot<'_>),
    panel: &Panel,
) -> Result<(), FigureError> {
    let text = &source.names.texts.figure.competing_exits;
    let known = |step: &&Step| step.value.estimate.value().is_some();
    let y = |value: f64| plot.at((0.0, value)).1 + 3.6;
    let Some(last) = panel.jobs.iter().rev().find(known) else { return Ok(()) };
    let Some(jobs) = last.value.estimate.value() else { return Ok(()) };
    // Exits that are hidden at the end have no area there to name.
    let stacked = panel.stacked(last).map(|(_, top)| top);
    let x = frame.right + 6.0;
    let top = frame.top + 3.6;
    let Some(stacked) = stacked else {
        let look = arm_type(panel.arm, TICK.size);
        return canvas.text((x, y(jobs / 2.0)), &text.job, look, Align::Left);
    };
    let exit = y(f64::midpoint(jobs, stacked));
    let exit = exit.clamp(top + NAME_LINE, frame.bottom - NAME_LINE);
    let neither = f64::midpoint(top, exit).min(exit - NAME_LINE);
    let job = y(jobs / 2.0).max(exit + NAME_LINE);
    canvas.text((x, neither), &text.neither, TICK, Align::Left)?;
    canvas.text((x, exit), &text.exit, super::canvas::Type { colour: INK, ..TICK }, Align::Left)?;
    canvas.text((x, job), &text.job, arm_type(panel.arm, TICK.size), Align::Left)
}

/// Months, and below them both shares and those at risk.
fn draw_numbers(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (frame, plot): (Frame, &Plot<'_>),
    panel: &Panel,
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.competing_exits;
    let mut quiet = Notes::new(names);
    let place = Place::new(names, &panel.region, "");
    let mut share = |steps: &[Step], month: i32| {
        let step = steps.iter().find(|step| step.month == month);
        let percent = |value| names.numbers().percent(value);
        step.map_or_else(String::new, |step| quiet.show(&step.value.estimate, &place, percent))
    };
    let at_risk = |month: i32| {
        let step = panel.jobs.iter().find(|step| step.month == month);
        step.map_or_else(String::new, |step| step.count_text.clone())
    };
    let wanted = wanted_months(source, panel.last());
    let table: Vec<(i32, [String; 3])> = wanted
        .iter()
        .map(|&month| {
            // At the start both are nothing, and their room serves the months after.
            let mut share = |steps| if month > 0 { share(steps, month) } else { String::new() };
            (month, [share(&panel.jobs), share(&panel.exits), at_risk(month)])
        })
        .collect();
    let x = |month: i32| plot.at((f64::from(month), 0.0)).0;
    let half = |month: i32| {
        let numbers = table.iter().find(|(known, _)| *known == month);
        let widths = numbers.into_iter().flat_map(|(_, numbers)| numbers);
        widths.map(|number| TICK.width(number)).fold(14.0, f64::max) / 2.0 + 1.5
    };
    let labelled = spaced_months(wanted, x, half);
    let months: Vec<_> = labelled.iter().map(|&month| (month, x(month))).collect();
    draw_months(canvas, frame, &months, |month| month.to_string())?;
    let centre = f64::midpoint(frame.left, frame.right);
    let title = &names.texts.common.month_axis;
    canvas.text((centre, frame.bottom + 28.0), title, TICK, Align::Centre)?;
    let job_look = arm_type(panel.arm, TICK.size);
    let heads = [(&text.job, job_look), (&text.exit, TICK), (&text.at_risk, TICK)];
    for (line, (head, look)) in heads.into_iter().enumerate() {
        let y = frame.bottom + 28.0 + (line as f64 + 1.0) * NUMBER_LINE;
        if panel.arm == Arm::Intervention {
            let head = shortened(head, look, WIDEST_HEAD);
            canvas.text((MARGIN, y), &head, TICK, Align::Left)?;
        }
        for (month, numbers) in table.iter().filter(|(month, _)| labelled.contains(month)) {
            canvas.text((x(*month), y), &numbers[line], TICK, Align::Centre)?;
        }
    }
    Ok(())
}
