//! Forest plot: the hazard ratio of a first job by region and subgroup, on a log axis.

use crate::render::covariates;
use crate::render::lookup::{Cell, Interval, Question};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key};
use crate::results::vocabulary::{Analysis, Method, Outcome, Statistic};
use crate::trial::arm::TwoArm;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Frame, Mark, Stroke};
use super::forest::{self, Directions, FOOT};
use super::log_axis;
use super::panel::{draw_ticks, tick_line};
use super::sheet::{Sheet, Words, shortened, wrap};
use super::style::{AXIS, GRID, INK, LABEL, LIGHT, MARGIN, STRONG, TICK, WIDTH, arm_type};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "hazard_ratios";
const LINE: f64 = 18.0;
const SECOND_LINE: f64 = 13.0;
const GROUP_GAP: f64 = 9.0;
const HEADING: f64 = 22.0;
const INDENT: f64 = 12.0;
const WIDEST_LABEL: f64 = 214.0;
const WIDEST_COUNT: f64 = 80.0;
const COLUMN_GAP: f64 = 14.0;

/// A region or a level of a variable.
struct Entry {
    key: Key,
    label: Vec<String>,
    full_label: String,
    counts: TwoArm<String>,
    cells: TwoArm<(Cell, Cell)>,
    ratio: Interval,
    placed: Interval,
    text: String,
}

/// A variable; everyone together has no name.
struct Group {
    name: String,
    entries: Vec<Entry>,
    test: Test,
}

/// Of a ratio of 1, or of equal ratios at all levels.
struct Test {
    level: String,
    method: Method,
    p: Cell,
    text: String,
}

impl Entry {
    fn height(&self) -> f64 {
        LINE + (self.label.len() as f64 - 1.0).max(0.0) * SECOND_LINE
    }
}

impl Group {
    fn height(&self) -> f64 {
        let lines = 1.0 + f64::from(u8::from(!self.name.is_empty()));
        self.entries.iter().map(Entry::height).sum::<f64>() + lines * LINE + GROUP_GAP
    }
}

/// Draws the figure; nothing where the results have no such ratio.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratios;
    if !source.results.rows().iter().any(|row| is_ratio(&row.key)) {
        return Ok(None);
    }
    let mut notes = Notes::new(names);
    let groups = groups(source, &mut notes);
    let axis = log_axis::covering(entries(&groups).map(|entry| &entry.placed));
    let mut footnotes = vec![text.explain.clone()];
    if entries(&groups).any(|entry| forest::is_cut(&entry.placed, &axis)) {
        footnotes.push(text.arrow.clone());
    }
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: text.title.clone(),
        subtitle: names.subtitle(&text.subtitle, &names.texts.common.everyone_randomised),
        footnotes,
        text_alternative: alternative(source, &groups),
    };
    let csv = csv(&groups)?;
    let height = HEADING + groups.iter().map(Group::height).sum::<f64>() + FOOT;
    let sheet = Sheet::new(words, names, source.audience);
    let figure =
        sheet.draw(height, csv, |canvas, top| body(source, canvas, top, (&groups, &axis)))?;
    Ok(Some(figure))
}

fn is_ratio(key: &Key) -> bool {
    key.analysis == Analysis::HazardRatio
        && key.outcome == Outcome::FirstJob
        && key.method == Method::CoxEfronStratified
}

fn entries(groups: &[Group]) -> impl Iterator<Item = &Entry> {
    groups.iter().flat_map(|group| &group.entries)
}

/// Everyone, the regions, then the plan's variables.
fn groups(source: Source<'_>, notes: &mut Notes<'_>) -> Vec<Group> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.figure.hazard_ratios;
    let entries = vec![entry(source, notes, (ALL_REGIONS, ""))];
    let mut groups =
        vec![Group { name: String::new(), entries, test: overall_test(source, notes) }];
    let regions = &names.study.regions;
    if regions.len() > 1 {
        let entries = regions.iter().map(|region| entry(source, notes, (region, ""))).collect();
        let test = interaction(source, notes, "");
        groups.push(Group { name: text.region.clone(), entries, test });
    }
    for variable in covariates::subgroups_where(results, is_ratio) {
        let levels = variable.levels.iter();
        let entries = levels.map(|level| entry(source, notes, (ALL_REGIONS, level))).collect();
        let test = interaction(source, notes, &variable.name);
        groups.push(Group { name: names.variable(&variable.name), entries, test });
    }
    groups
}

fn entry(source: Source<'_>, notes: &mut Notes<'_>, (region, subgroup): (&str, &str)) -> Entry {
    let (results, names) = (source.results, source.names);
    let numbers = names.numbers();
    let text = &names.texts.figure.hazard_ratios;
    let label = match (region, subgroup) {
        (ALL_REGIONS, "") => text.overall.clone(),
        (region, "") => names.region(region),
        (_, level) => names.level_of(level),
    };
    let variable = names.variable(covariates::parts(subgroup).0);
    let level = fill(&text.place, &[("variable", &variable), ("level", &label)]);
    let place = Place::new(names, region, if subgroup.is_empty() { &label } else { &level });
    let cells = TwoArm::from_fn(|arm| {
        let question = Question::time_at_risk(region, subgroup, arm);
        (question.cell(results, Statistic::Events), question.cell(results, Statistic::N))
    });
    let counts = TwoArm::from_fn(|arm| {
        let (events, n) = cells.get(arm);
        let shown = notes.show(events, &place, |value| numbers.count(value));
        let whole = notes.show(n, &place, |value| numbers.count(value));
        let is_missing = events.value().is_none() && shown == whole;
        if is_missing { whole } else { numbers.part_of(&shown, &whole) }
    });
    let question = Question::hazard_ratio(region, subgroup);
    let ratio = question.interval(results);
    let write = |value: f64| numbers.decimal(value, 2);
    let shown = notes.show_interval(&ratio, &place, Writers { estimate: &write, limit: &write });
    Entry {
        key: question.key().clone(),
        label: label_lines(&label),
        full_label: label,
        counts,
        cells,
        placed: log_axis::places(&ratio),
        ratio,
        text: shown,
    }
}

/// A label on at most two lines.
fn label_lines(label: &str) -> Vec<String> {
    let room = WIDEST_LABEL - INDENT;
    let lines = wrap(label, LABEL, room);
    match lines.split_first() {
        Some((first, rest)) if !rest.is_empty() => {
            vec![first.clone(), shortened(&rest.join(" "), LABEL, room)]
        }
        _ => lines,
    }
}

/// The test of a ratio of 1, of everyone.
fn overall_test(source: Source<'_>, notes: &mut Notes<'_>) -> Test {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratios;
    let p = Question::hazard_ratio(ALL_REGIONS, "").cell(source.results, Statistic::PValue);
    let place = Place::new(names, ALL_REGIONS, &text.test_place);
    let shown = notes.show(&p, &place, |p| names.numbers().p_value(p));
    let text = fill(&text.test, &[("p", &shown)]);
    Test { level: String::new(), method: Method::CoxEfronStratified, p, text }
}

/// The test of equal ratios at the levels of a variable; of the regions where it has no name.
fn interaction(source: Source<'_>, notes: &mut Notes<'_>, variable: &str) -> Test {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratios;
    let name = if variable.is_empty() { text.region.clone() } else { names.variable(variable) };
    let p = Question::equal_hazard_ratios(variable).cell(source.results, Statistic::PValue);
    let what = fill(&text.interaction_place, &[("variable", &name)]);
    let place = Place::new(names, ALL_REGIONS, &what);
    let shown = notes.show(&p, &place, |p| names.numbers().p_value(p));
    let text = fill(&text.interaction, &[("p", &shown)]);
    Test { level: variable.to_owned(), method: Method::CoxLikelihoodRatio, p, text }
}

fn alternative(source: Source<'_>, groups: &[Group]) -> String {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratios;
    let arms = names.arms();
    let values = [("intervention", arms.intervention.as_str()), ("control", &arms.control)];
    let mut words = vec![fill(&text.alternative, &values)];
    for group in groups {
        for entry in &group.entries {
            let counts =
                entry.counts.iter().map(|(arm, count)| format!("{} {count}", names.arm(arm)));
            let counts: Vec<String> = counts.collect();
            let all = &names.texts.common.all_regions;
            let row = [
                ("variable", if group.name.is_empty() { all.as_str() } else { &group.name }),
                ("level", &entry.full_label),
                ("ratio", &entry.text),
                ("counts", &counts.join(", ")),
            ];
            words.push(fill(&text.alternative_row, &row));
        }
        words.push(format!("{}.", group.test.text));
    }
    words.join(" ")
}

fn csv(groups: &[Group]) -> Result<String, FigureError> {
    let counts = ["events_ips", "n_ips", "events_control", "n_control"];
    let values = [&counts[..], &VALUES[..], &["p_value"]].concat();
    let mut csv = Numbers::new(&["region", "subgroup", "level", "method"], &values)?;
    let none = Cell::NotEstimable(String::new());
    for group in groups {
        for entry in &group.entries {
            let (ips, control, ratio) =
                (&entry.cells.intervention, &entry.cells.control, &entry.ratio);
            let counts = [&ips.0, &ips.1, &control.0, &control.1];
            let values = [&ratio.estimate, &ratio.lower, &ratio.upper, &none];
            let keys = [&entry.key.region, &entry.key.subgroup, "", entry.key.method.as_str()];
            csv.line(&keys, &[counts, values].concat())?;
        }
        let test = &group.test;
        let cells = [&[&none; 7][..], &[&test.p]].concat();
        csv.line(&[ALL_REGIONS, "", &test.level, test.method.as_str()], &cells)?;
    }
    csv.finish()
}

/// Where columns start and end, in pixels.
struct Columns {
    count_ends: TwoArm<f64>,
    plot: (f64, f64),
    ratio: f64,
}

fn columns(source: Source<'_>, groups: &[Group], heading: &str) -> Columns {
    let names = source.names;
    let widest = |widths: &mut dyn Iterator<Item = f64>| widths.fold(0.0_f64, f64::max);
    let labels = entries(groups).flat_map(|entry| &entry.label);
    let label = widest(&mut labels.map(|line| INDENT + LABEL.width(line))).min(WIDEST_LABEL);
    let count = TwoArm::from_fn(|arm| {
        let counts = entries(groups).map(|entry| LABEL.width(entry.counts.get(arm)));
        let heading = TICK.width(&names.arm(arm)).min(WIDEST_COUNT);
        widest(&mut counts.chain([heading]))
    });
    let first = MARGIN + label + COLUMN_GAP + count.intervention;
    let second = first + COLUMN_GAP + count.control;
    let ratio = widest(&mut entries(groups).map(|entry| LABEL.width(&entry.text)));
    let ratio_start = WIDTH - MARGIN - ratio.max(TICK.width(heading));
    Columns {
        count_ends: TwoArm { intervention: first, control: second },
        plot: (second + 1.5 * COLUMN_GAP, ratio_start - COLUMN_GAP),
        ratio: ratio_start,
    }
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    (groups, axis): (&[Group], &Axis),
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.hazard_ratios;
    let heading = fill(&text.effect_heading, &[("level", &names.level())]);
    let columns = columns(source, groups, &heading);
    canvas.text((columns.ratio, top + 10.0), &heading, TICK, Align::Left)?;
    for (arm, end) in columns.count_ends.iter() {
        let name = fill(&text.count_heading, &[("arm", &names.arm(arm))]);
        let look = arm_type(arm, TICK.size);
        canvas.text(
            (*end, top + 10.0),
            &shortened(&name, look, WIDEST_COUNT),
            look,
            Align::Right,
        )?;
    }
    let frame = Frame {
        left: columns.plot.0,
        right: columns.plot.1,
        top: top + HEADING,
        bottom: top + HEADING + groups.iter().map(Group::height).sum::<f64>(),
    };
    draw_ticks(canvas, frame, axis, |tick| log_axis::label(names.numbers(), tick))?;
    let plot = canvas.plot(frame, axis.range(), (0.0, 1.0));
    plot.line(&[(0.0, 0.0), (0.0, 1.0)], Stroke::solid(INK, 1.2))?;
    if let Some(at) = entries(groups).next().and_then(|entry| entry.placed.estimate.value()) {
        let dashed = Stroke { colour: LIGHT, width: 1.0, dash: Some((3.0, 3.0)) };
        plot.line(&[(at, 1.0), (at, 0.0)], dashed)?;
    }
    let mut y = frame.top;
    for (at, group) in groups.iter().enumerate() {
        if at > 0 {
            canvas.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], Stroke::solid(GRID, 0.8))?;
        }
        draw_group(canvas, (&columns, frame, axis), (group, y + GROUP_GAP / 2.0))?;
        y += group.height();
    }
    tick_line(canvas, (frame.left, frame.right), frame.bottom, Stroke::solid(AXIS, 1.0))?;
    let arms = names.arms();
    let both = [("intervention", arms.intervention.as_str()), ("control", &arms.control)];
    let words = Directions {
        left: &fill(&text.favours_control, &[("arm", &arms.control)]),
        right: &fill(&text.favours_intervention, &[("arm", &arms.intervention)]),
        axis: &fill(&text.axis, &both),
    };
    forest::draw_directions(canvas, frame, axis, &words)
}

fn draw_group(
    canvas: &Canvas<'_>,
    (columns, frame, axis): (&Columns, Frame, &Axis),
    (group, top): (&Group, f64),
) -> Result<(), FigureError> {
    let mut y = top;
    if !group.name.is_empty() {
        let room = columns.plot.0 - COLUMN_GAP - MARGIN;
        let name = shortened(&group.name, STRONG, room);
        canvas.text((MARGIN, y + 13.0), &name, STRONG, Align::Left)?;
        y += LINE;
    }
    for entry in &group.entries {
        draw_entry(canvas, (columns, frame, axis), (entry, y))?;
        y += entry.height();
    }
    let room = columns.plot.0 - COLUMN_GAP - MARGIN - INDENT;
    let words = shortened(&group.test.text, TICK, room);
    canvas.text((MARGIN + INDENT, y + 12.0), &words, TICK, Align::Left)
}

fn draw_entry(
    canvas: &Canvas<'_>,
    (columns, frame, axis): (&Columns, Frame, &Axis),
    (entry, top): (&Entry, f64),
) -> Result<(), FigureError> {
    let is_overall = entry.key.region == ALL_REGIONS && entry.key.subgroup.is_empty();
    let (look, indent) = if is_overall { (STRONG, 0.0) } else { (LABEL, INDENT) };
    let baseline = top + LINE / 2.0 + 4.0;
    for (at, line) in entry.label.iter().enumerate() {
        let y = baseline + at as f64 * SECOND_LINE;
        canvas.text((MARGIN + indent, y), line, look, Align::Left)?;
    }
    for (arm, end) in columns.count_ends.iter() {
        canvas.text((*end, baseline), entry.counts.get(arm), LABEL, Align::Right)?;
    }
    canvas.text((columns.ratio, baseline), &entry.text, LABEL, Align::Left)?;
    let Some(estimate) = entry.placed.estimate.value() else { return Ok(()) };
    let row = Frame { top, bottom: top + LINE, ..frame };
    if let Some(limits) = entry.placed.limits() {
        forest::draw_interval(canvas, (row, axis), limits, Stroke::solid(INK, 2.0))?;
    }
    if (axis.from..=axis.to).contains(&estimate) {
        let plot = canvas.plot(row, axis.range(), (-1.0, 1.0));
        plot.mark((estimate, 0.0), Mark::FilledCircle, INK)?;
    }
    Ok(())
}
