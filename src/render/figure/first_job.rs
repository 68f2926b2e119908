//! Probability of a first job over time, by arm: a panel for all regions and one for each.

use crate::render::lookup::{Cell, Interval, Question, months, regions, result_arm};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::Statistic;
use crate::trial::arm::{Arm, TwoArm};

use super::axis::{Axis, spaced_months};
use super::canvas::{Align, Canvas, Frame};
use super::corner::{self, Taken};
use super::curves::{self, Axes, Curves, Join, NUMBER_LINE, Naming, Step, TITLE_DROP, half_width};
use super::panel::{KEY_HEIGHT, Sample, draw_key, widest_name};
use super::reading::{self, Scale, Wanted, wanted_months};
use super::sheet::{Sheet, Words, shortened};
use super::style::{GREY, LABEL, MARGIN, STRONG, TICK, WIDTH};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "first_job";
const PLOT_HEIGHT: f64 = 165.0;
const PANEL_HEAD: f64 = 24.0;
/// A further line for the test, where panels are narrow.
const TEST_LINE: f64 = 14.0;
/// Names wider than this share of a panel go to a key.
const WIDEST_NAME: f64 = 0.36;
const PANEL_GAP: f64 = 22.0;
const COLUMN_GAP: f64 = 20.0;
const AXIS_NAME: f64 = 16.0;

/// Curves of a region.
struct Panel {
    region: String,
    steps: TwoArm<Vec<Step>>,
    test: Cell,
    test_text: String,
    sooner: Option<Sooner>,
}

/// Difference of the mean time since the first job: the area between the curves.
struct Sooner {
    month: i32,
    days: Interval,
    /// A heading, and the difference.
    words: [String; 2],
}

impl Panel {
    /// The month up to which the area between the curves is shaded: not where its size is withheld.
    fn area_until(&self) -> Option<i32> {
        let sooner = self.sooner.as_ref()?;
        sooner.days.estimate.value().map(|_| sooner.month)
    }
}

/// Draws the figure.
pub(super) fn draw(source: Source<'_>) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.first_job;
    let mut notes = Notes::new(names);
    let panels: Vec<Panel> = regions(source.results)
        .into_iter()
        .map(|region| panel(source, &mut notes, region))
        .collect();
    let mut footnotes = vec![text.explain.clone()];
    let mut steps = panels.iter().flat_map(|panel| panel.steps.iter()).flat_map(|(_, s)| s);
    if steps.any(|step| step.band.is_some()) {
        footnotes.push(fill(&text.band, &[("level", &names.level())]));
    }
    if panels.iter().any(|panel| panel.sooner.is_some()) {
        footnotes.push(fill(&text.area, &[("contrast", &names.contrast())]));
    }
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: text.title.clone(),
        subtitle: names
            .subtitle(&names.texts.common.subtitle_curves, &names.texts.common.everyone_randomised),
        footnotes,
        text_alternative: alternative(source, &panels),
    };
    let arms = names.arms();
    let layout = Layout::of(panels.len(), widest_name(&arms, LABEL));
    let csv = csv(&panels)?;
    Sheet::new(words, names, source.audience).draw(layout.height, csv, |canvas, top| {
        if layout.names == Naming::InKey {
            draw_key(canvas, top, &arms, Sample::Line)?;
        }
        canvas.text((MARGIN, top + layout.key + 10.0), &text.axis, LABEL, Align::Left)?;
        body(source, canvas, top + layout.key + AXIS_NAME, &panels, &layout)
    })
}

fn panel(source: Source<'_>, notes: &mut Notes<'_>, region: &str) -> Panel {
    let names = source.names;
    let text = &names.texts.figure.first_job;
    let steps = TwoArm::from_fn(|arm| steps(source, notes, region, arm));
    let test = Question::log_rank(region).cell(source.results, Statistic::PValue);
    let place = Place::new(names, region, &text.test);
    let p = notes.show(&test, &place, |p| names.numbers().p_value(p));
    let template = if region == ALL_REGIONS { &text.log_rank_stratified } else { &text.log_rank };
    let test_text = fill(template, &[("p", &p)]);
    let sooner = sooner(source, notes, region);
    Panel { region: region.to_owned(), steps, test, test_text, sooner }
}

fn steps(source: Source<'_>, notes: &mut Notes<'_>, region: &str, arm: Arm) -> Vec<Step> {
    let names = source.names;
    let text = &names.texts.figure.first_job;
    let arm_name = names.arm(arm);
    let words = |template: &str| fill(template, &[("arm", &arm_name)]);
    let wanted = Wanted {
        question: Question::incidence(region, arm, 0),
        region,
        curve: words(&text.curve),
        limits: words(&text.limits),
        at_risk: words(&text.at_risk_of),
    };
    reading::read(source, notes, &wanted, Scale::Probability)
}

/// How much sooner jobs come: up to the horizon, or to the last month for which there are rows.
fn sooner(source: Source<'_>, notes: &mut Notes<'_>, region: &str) -> Option<Sooner> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.figure.first_job;
    let horizon = names.study.horizon_months;
    let known = months(results, &Question::time_since_job(region, horizon));
    let month = known.iter().copied().find(|month| *month == horizon).or(known.last().copied())?;
    let days = Question::time_since_job(region, month).interval_in_days(results);
    let place = Place::at_month(names, region, &text.area_place, month);
    let (estimate, limit) = (
        |value| names.numbers().signed_days(value),
        |value: f64| names.numbers().decimal(value, 1),
    );
    let shown = notes.show_interval(&days, &place, Writers { estimate: &estimate, limit: &limit });
    let heading = fill(&text.area_heading, &[("month", &month.to_string())]);
    Some(Sooner { month, days, words: [heading, shown] })
}

/// Sizes of panels in pixels.
struct Layout {
    columns: usize,
    panel: (f64, f64),
    height: f64,
    head: f64,
    key: f64,
    names: Naming,
}

impl Layout {
    fn of(panels: usize, widest_name: f64) -> Self {
        let columns = match panels {
            0 | 1 => 1,
            2..=6 => 2,
            _ => 3,
        };
        let gaps = COLUMN_GAP * (columns - 1) as f64;
        let width = (WIDTH - 2.0 * MARGIN - gaps) / columns as f64;
        let below = TITLE_DROP + 2.0 * NUMBER_LINE + 4.0;
        let head = if columns < 3 { PANEL_HEAD } else { PANEL_HEAD + TEST_LINE };
        let height = head + PLOT_HEIGHT + below;
        let rows = panels.div_ceil(columns) as f64;
        let is_long = widest_name > WIDEST_NAME * width;
        let names = if is_long { Naming::InKey } else { Naming::AtCurves };
        let key = if is_long { KEY_HEIGHT } else { 0.0 };
        let total = key + AXIS_NAME + rows * height + (rows - 1.0).max(0.0) * PANEL_GAP;
        Self { columns, panel: (width, height), height: total, head, key, names }
    }

    /// Top left corner of a panel.
    fn corner(&self, at: usize, top: f64) -> (f64, f64) {
        let (row, column) = ((at / self.columns) as f64, (at % self.columns) as f64);
        let x = MARGIN + column * (self.panel.0 + COLUMN_GAP);
        (x, top + row * (self.panel.1 + PANEL_GAP))
    }

    /// Widest name left of the numbers.
    fn label_width(&self) -> f64 {
        if self.columns < 3 { 92.0 } else { 58.0 }
    }
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    panels: &[Panel],
    layout: &Layout,
) -> Result<(), FigureError> {
    let names = source.names;
    let all_steps = || panels.iter().flat_map(|panel| panel.steps.iter()).flat_map(|(_, s)| s);
    let last = all_steps().map(|step| step.month).max().unwrap_or(0);
    let last = last.max(names.study.horizon_months).max(1);
    let values = Axis::covering(all_steps().flat_map(shown));
    let level = |tick: f64| names.numbers().short_percent(tick);
    let axes = Axes { months: (0.0, f64::from(last)), values: &values, level: &level };
    let arms = names.arms();
    let text = &names.texts.figure.first_job;
    let name_width = widest_name(&arms, TICK);
    let label_width = name_width.max(TICK.width(&text.at_risk)).min(layout.label_width());
    let label_gap = panels.iter().map(|p| half_width(&p.steps, 0, TICK)).fold(8.0, f64::max) + 3.0;
    for (at, panel) in panels.iter().enumerate() {
        let (x, y) = layout.corner(at, top);
        let frame = Frame {
            left: x + label_width + label_gap,
            top: y + layout.head,
            right: x + layout.panel.0 - 6.0,
            bottom: y + layout.head + PLOT_HEIGHT,
        };
        let scale = (frame.right - frame.left) / f64::from(last);
        let labelled = spaced_months(
            wanted_months(source, last),
            |month| f64::from(month) * scale,
            |month| half_width(&panel.steps, month, TICK),
        );
        draw_head(source, canvas, frame, (panel, layout))?;
        let curves = Curves {
            steps: &panel.steps,
            arms: &arms,
            join: Join::Steps,
            area_until: panel.area_until(),
            names: layout.names,
            labelled: &labelled,
            count_heading: &text.at_risk,
            axis_title: &names.texts.common.month_axis,
            label_width,
            label_gap,
        };
        let mut words = curves::draw(canvas, frame, &axes, &curves)?;
        words.extend(draw_empty(source, canvas, frame, panel)?);
        if let Some(sooner) = &panel.sooner {
            let plot = canvas.plot(frame, axes.months, axes.values.range());
            let taken = Taken { steps: &panel.steps, words };
            corner::write(canvas, (frame, &plot), &taken, &sooner.words)?;
        }
    }
    Ok(())
}

/// What the axis must reach: the estimate and the upper limits.
fn shown(step: &Step) -> impl Iterator<Item = f64> {
    let band = step.band.as_ref().and_then(|(_, upper)| upper.value());
    [band, step.value.upper.value(), step.value.estimate.value()].into_iter().flatten()
}

/// The region's name and its test above the panel: on one line, or on two in a narrow panel.
fn draw_head(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    frame: Frame,
    (panel, layout): (&Panel, &Layout),
) -> Result<(), FigureError> {
    let y = frame.top - 9.0;
    let region = source.names.region(&panel.region);
    if layout.columns == 3 {
        let left = frame.right + 6.0 - layout.panel.0;
        let name = shortened(&region, STRONG, layout.panel.0);
        canvas.text((left, y - TEST_LINE), &name, STRONG, Align::Left)?;
        return canvas.text((left, y), &panel.test_text, TICK, Align::Left);
    }
    let room = frame.right - frame.left - TICK.width(&panel.test_text) - 10.0;
    let name = shortened(&region, STRONG, room);
    canvas.text((frame.left, y), &name, STRONG, Align::Left)?;
    canvas.text((frame.right, y), &panel.test_text, TICK, Align::Right)
}

/// Says in the panel which arm has no curve. Gives the places of the words.
fn draw_empty(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    frame: Frame,
    panel: &Panel,
) -> Result<Vec<Frame>, FigureError> {
    let text = &source.names.texts.figure.first_job;
    let mut places = Vec::new();
    let mut y = frame.top + 14.0;
    for (arm, steps) in panel.steps.iter() {
        if steps.iter().all(|step| step.value.estimate.value().is_none()) {
            let words = fill(&text.empty, &[("arm", &source.names.arm(arm))]);
            let words = shortened(&words, TICK, frame.right - frame.left - 12.0);
            let look = super::canvas::Type { colour: GREY, ..TICK };
            let left = frame.left + 6.0;
            canvas.text((left, y), &words, look, Align::Left)?;
            let right = left + TICK.width(&words);
            places.push(Frame { left, right, top: y - TICK.size, bottom: y + 3.0 });
            y += NUMBER_LINE;
        }
    }
    Ok(places)
}

fn alternative(source: Source<'_>, panels: &[Panel]) -> String {
    let names = source.names;
    let text = &names.texts.figure.first_job;
    let month = names.study.horizon_months;
    let mut quiet = Notes::new(names);
    let mut words = vec![text.alternative.clone()];
    for panel in panels {
        let place = Place::new(names, &panel.region, "");
        let values = panel.steps.iter().map(|(arm, steps)| {
            let step = steps.iter().find(|step| step.month == month);
            let cell = step.map_or(&Cell::Absent, |step| &step.value.estimate);
            let value = quiet.show(cell, &place, |value| names.numbers().percent(value));
            fill(&text.alternative_arm, &[("arm", &names.arm(arm)), ("value", &value)])
        });
        let values: Vec<_> = values.collect();
        let (region, month) = (names.region(&panel.region), month.to_string());
        let row = [
            ("region", region.as_str()),
            ("month", month.as_str()),
            ("arm_values", &values.join(&names.texts.note.list)),
        ];
        words.push(fill(&text.alternative_row, &row));
        if let Some(Sooner { words: [heading, days], .. }) = &panel.sooner {
            let row = [("heading", heading.as_str()), ("days", days)];
            words.push(fill(&text.alternative_area, &row));
        }
    }
    words.join(" ")
}

fn csv(panels: &[Panel]) -> Result<String, FigureError> {
    let values = [
        &VALUES[..],
        &["band_lower", "band_upper", "n_at_risk", "log_rank_p_value"],
        &["mean_days_difference", "mean_days_ci_lower", "mean_days_ci_upper"],
    ]
    .concat();
    let mut csv = Numbers::new(&["region", "arm", "month"], &values)?;
    let empty = Cell::NotEstimable(String::new());
    for panel in panels {
        for (arm, steps) in panel.steps.iter() {
            for step in steps {
                let value = &step.value;
                let month = step.month.to_string();
                let (low, high) = step.band.as_ref().map_or((&empty, &empty), |(l, u)| (l, u));
                let (estimate, lower, upper) = (&value.estimate, &value.lower, &value.upper);
                let count = &step.count;
                let rest = [&empty; 4];
                let cells = [&[estimate, lower, upper, low, high, count][..], &rest].concat();
                csv.line(&[&panel.region, result_arm(arm).as_str(), &month], &cells)?;
            }
        }
        let cells = [&[&empty; 6][..], &[&panel.test], &[&empty; 3]].concat();
        csv.line(&[&panel.region, "ips-control", ""], &cells)?;
        if let Some(Sooner { month, days, .. }) = &panel.sooner {
            let days = [&days.estimate, &days.lower, &days.upper];
            let cells = [&[&empty; 7][..], &days].concat();
            csv.line(&[&panel.region, "ips-control", &month.to_string()], &cells)?;
        }
    }
    csv.finish()
}
