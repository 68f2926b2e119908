//! Forest plot: the difference by the horizon in each subgroup, with tests of whether they differ.

use crate::render::covariates;
use crate::render::lookup::{Cell, Interval, Question};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic};
use crate::trial::arm::{Arm, TwoArm};

use super::axis::Axis;
use super::canvas::{Align, Canvas, Frame, Mark, Stroke};
use super::forest::{self, Directions, FOOT};
use super::panel::{draw_ticks, tick_line};
use super::sheet::{Sheet, Words, shortened, wrap};
use super::style::{AXIS, GRID, INK, LABEL, LIGHT, MARGIN, STRONG, TICK, WIDTH, arm_type};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "subgroups";
const LINE: f64 = 18.0;
const SECOND_LINE: f64 = 13.0;
const GROUP_GAP: f64 = 9.0;
const HEADING: f64 = 22.0;
const INDENT: f64 = 12.0;
const WIDEST_LABEL: f64 = 214.0;
const WIDEST_COUNT: f64 = 80.0;
const COLUMN_GAP: f64 = 14.0;

/// Half the way from an estimate down to the shrunken one.
const BESIDE: f64 = 5.0;

/// A level of a variable.
struct Entry {
    region: String,
    subgroup: String,
    label: Vec<String>,
    full_label: String,
    counts: TwoArm<String>,
    cells: TwoArm<(Cell, Cell)>,
    difference: Interval,
    shrunken: Option<Interval>,
    text: String,
}

impl Entry {
    fn height(&self) -> f64 {
        let label = LINE + (self.label.len() as f64 - 1.0).max(0.0) * SECOND_LINE;
        if self.shrunken.is_some() { label.max(LINE + 2.0 * BESIDE) } else { label }
    }
}

/// A variable; everyone together has no name.
struct Group {
    name: String,
    entries: Vec<Entry>,
    interaction: Option<Interaction>,
}

/// Tests of equal effects at all levels of a variable.
struct Interaction {
    level: String,
    text: String,
    cells: [(Method, Cell); 2],
}

impl Group {
    fn height(&self) -> f64 {
        let lines = f64::from(u8::from(!self.name.is_empty()))
            + f64::from(u8::from(self.interaction.is_some()));
        self.entries.iter().map(Entry::height).sum::<f64>() + lines * LINE + GROUP_GAP
    }
}

/// Draws the figure; nothing where the results have neither subgroups nor shrunken effects.
pub(super) fn draw(source: Source<'_>) -> Result<Option<Figure>, FigureError> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.figure.subgroups;
    let has_shrunken = results.rows().iter().any(|r| r.key.analysis == Analysis::ShrunkenEffect);
    if covariates::subgroups(results).is_empty() && !has_shrunken {
        return Ok(None);
    }
    let month = names.study.horizon_months.to_string();
    let mut notes = Notes::new(names);
    let groups = groups(source, &mut notes);
    let axis = forest::axis(differences(&groups));
    let mut footnotes = vec![text.explain.clone()];
    if entries(&groups).any(|entry| entry.shrunken.is_some()) {
        footnotes.push(text.shrinkage.clone());
    }
    if differences(&groups).any(|difference| forest::is_cut(difference, &axis)) {
        footnotes.push(text.arrow.clone());
    }
    footnotes.extend(notes.lines());
    let observed = fill(&names.texts.common.observed_at, &[("month", &month)]);
    let words = Words {
        name: NAME.to_owned(),
        title: fill(&text.title, &[("month", &month)]),
        subtitle: names.subtitle(&names.texts.common.subtitle, &observed),
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

fn entries(groups: &[Group]) -> impl Iterator<Item = &Entry> {
    groups.iter().flat_map(|group| &group.entries)
}

fn differences(groups: &[Group]) -> impl Iterator<Item = &Interval> {
    entries(groups).flat_map(|entry| std::iter::once(&entry.difference).chain(&entry.shrunken))
}

/// Everyone, the regions, then the plan's variables.
fn groups(source: Source<'_>, notes: &mut Notes<'_>) -> Vec<Group> {
    let (results, names) = (source.results, source.names);
    let text = &names.texts.figure.subgroups;
    let everyone = entry(source, notes, (ALL_REGIONS, ""));
    let mut groups =
        vec![Group { name: String::new(), entries: vec![everyone], interaction: None }];
    if names.study.regions.len() > 1 {
        let regions = names.study.regions.iter();
        let entries = regions.map(|region| entry(source, notes, (region, ""))).collect();
        let interaction = Some(interaction(source, notes, ""));
        groups.push(Group { name: text.region.clone(), entries, interaction });
    }
    for variable in covariates::subgroups(results) {
        let levels = variable.levels.iter();
        let entries = levels.map(|level| entry(source, notes, (ALL_REGIONS, level))).collect();
        let interaction = Some(interaction(source, notes, &variable.name));
        groups.push(Group { name: names.variable(&variable.name), entries, interaction });
    }
    groups
}

fn entry(source: Source<'_>, notes: &mut Notes<'_>, (region, subgroup): (&str, &str)) -> Entry {
    let (results, names) = (source.results, source.names);
    let (numbers, horizon) = (names.numbers(), names.study.horizon_months);
    let text = &names.texts.figure.subgroups;
    let label = match (region, subgroup) {
        (ALL_REGIONS, "") => text.overall.clone(),
        (region, "") => names.region(region),
        (_, level) => names.level_of(level),
    };
    let variable = match subgroup {
        "" => names.region(region),
        word => names.variable(covariates::parts(word).0),
    };
    let what = fill(&text.place, &[("variable", &variable), ("level", &label)]);
    let place = Place::new(names, region, if subgroup.is_empty() { &label } else { &what });
    let cells = TwoArm::from_fn(|arm| {
        let question = Question::ever_employed(region, arm, horizon).subgroup(subgroup);
        (question.cell(results, Statistic::Events), question.cell(results, Statistic::N))
    });
    let counts = TwoArm::from_fn(|arm| {
        let (events, n) = cells.get(arm);
        let shown = notes.show(events, &place, |value| numbers.count(value));
        let whole = notes.show(n, &place, |value| numbers.count(value));
        let is_missing = events.value().is_none() && shown == whole;
        if is_missing { whole } else { numbers.part_of(&shown, &whole) }
    });
    let difference = Question::observed(region, horizon).subgroup(subgroup).interval(results);
    let shrunken = (region != ALL_REGIONS).then(|| shrunken(source, notes, region)).flatten();
    let points = |value| numbers.bare_points(value);
    let limit = |value: f64| numbers.decimal(100.0 * value, 1);
    let writers = Writers { estimate: &points, limit: &limit };
    let shown = notes.show_interval(&difference, &place, writers);
    let (region, subgroup) = (region.to_owned(), subgroup.to_owned());
    let lines = label_lines(&label);
    Entry {
        region,
        subgroup,
        label: lines,
        full_label: label,
        counts,
        cells,
        difference,
        shrunken,
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

/// A region's effect drawn to the mean of all, where there is one.
fn shrunken(source: Source<'_>, notes: &mut Notes<'_>, region: &str) -> Option<Interval> {
    let names = source.names;
    let question = Question::first(source.results, |key| {
        key.analysis == Analysis::ShrunkenEffect && key.region == region
    })?;
    let interval = question.interval(source.results);
    let text = &names.texts.figure.subgroups.shrunken_place;
    let what = fill(text, &[("region", &names.region(region))]);
    notes.explain(&interval.estimate, &Place::new(names, region, &what));
    Some(interval)
}

/// The tests of a variable; of the regions where it has no name.
fn interaction(source: Source<'_>, notes: &mut Notes<'_>, variable: &str) -> Interaction {
    let names = source.names;
    let text = &names.texts.figure.subgroups;
    let (outcome, set) = (Outcome::EverEmployed, AnalysisSet::IttObserved);
    let name = if variable.is_empty() { text.region.clone() } else { names.variable(variable) };
    let mut test = |method, template: &str| {
        let question = Question::new(Analysis::Interaction, outcome, set, method)
            .month(names.study.horizon_months)
            .level(variable);
        let cell = question.cell(source.results, Statistic::PValue);
        let what = fill(template, &[("variable", &name)]);
        let place = Place::new(names, ALL_REGIONS, &what);
        let shown = notes.show(&cell, &place, |p| names.numbers().p_value(p));
        ((method, cell), shown)
    };
    let (difference, on_difference) = test(Method::WaldHc2, &text.test_difference);
    let (ratio, on_ratio) = test(Method::WaldLogRiskRatio, &text.test_ratio);
    let values = [("difference", on_difference.as_str()), ("ratio", &on_ratio)];
    let shown = fill(&text.interaction, &values);
    Interaction { level: variable.to_owned(), text: shown, cells: [difference, ratio] }
}

fn alternative(source: Source<'_>, groups: &[Group]) -> String {
    let names = source.names;
    let text = &names.texts.figure.subgroups;
    let (month, contrast) = (names.study.horizon_months.to_string(), names.contrast());
    let values = [("month", month.as_str()), ("contrast", contrast.as_str())];
    let mut words = vec![fill(&text.alternative, &values)];
    for group in groups {
        for entry in &group.entries {
            let counts =
                entry.counts.iter().map(|(arm, count)| format!("{} {count}", names.arm(arm)));
            let counts: Vec<String> = counts.collect();
            let name = if group.name.is_empty() { &text.overall } else { &group.name };
            let row = [
                ("variable", name.as_str()),
                ("level", &entry.full_label),
                ("difference", &entry.text),
                ("counts", &counts.join(", ")),
            ];
            words.push(fill(&text.alternative_row, &row));
        }
        words.extend(group.interaction.as_ref().map(|test| format!("{}.", test.text)));
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
            let (ips, control) = (&entry.cells.intervention, &entry.cells.control);
            let effect = &entry.difference;
            let cells = [
                &ips.0,
                &ips.1,
                &control.0,
                &control.1,
                &effect.estimate,
                &effect.lower,
                &effect.upper,
                &none,
            ];
            let method = Method::RiskDifferenceNewcombe.as_str();
            csv.line(&[&entry.region, &entry.subgroup, "", method], &cells)?;
            if let Some(effect) = &entry.shrunken {
                let (e, l, u) = (&effect.estimate, &effect.lower, &effect.upper);
                let cells = [&none, &none, &none, &none, e, l, u, &none];
                let method = Method::EmpiricalBayes.as_str();
                csv.line(&[&entry.region, &entry.subgroup, "", method], &cells)?;
            }
        }
        let Some(test) = &group.interaction else { continue };
        for (method, p) in &test.cells {
            let cells = [&none, &none, &none, &none, &none, &none, &none, p];
            csv.line(&[ALL_REGIONS, "", &test.level, method.as_str()], &cells)?;
        }
    }
    csv.finish()
}

/// Where columns start and end, in pixels.
struct Columns {
    count_ends: TwoArm<f64>,
    plot: (f64, f64),
    effect: f64,
}

fn columns(source: Source<'_>, groups: &[Group], heading: &str) -> Columns {
    let names = source.names;
    let widest = |widths: &mut dyn Iterator<Item = f64>| widths.fold(0.0_f64, f64::max);
    let labels = entries(groups).flat_map(|entry| &entry.label);
    let label = widest(&mut labels.map(|line| INDENT + LABEL.width(line))).min(WIDEST_LABEL);
    let count = TwoArm::from_fn(|arm: Arm| {
        let counts = entries(groups).map(|entry| LABEL.width(entry.counts.get(arm)));
        let heading = TICK.width(&names.arm(arm)).min(WIDEST_COUNT);
        widest(&mut counts.chain([heading]))
    });
    let first = MARGIN + label + COLUMN_GAP + count.intervention;
    let second = first + COLUMN_GAP + count.control;
    let effect = widest(&mut entries(groups).map(|entry| LABEL.width(&entry.text)));
    let effect_start = WIDTH - MARGIN - effect.max(TICK.width(heading));
    Columns {
        count_ends: TwoArm { intervention: first, control: second },
        plot: (second + 1.5 * COLUMN_GAP, effect_start - COLUMN_GAP),
        effect: effect_start,
    }
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    (groups, axis): (&[Group], &Axis),
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.subgroups;
    let heading = fill(&text.effect_heading, &[("level", &names.level())]);
    let columns = columns(source, groups, &heading);
    canvas.text((columns.effect, top + 10.0), &heading, TICK, Align::Left)?;
    for (arm, end) in columns.count_ends.iter() {
        let name = fill(&text.count_heading, &[("arm", &names.arm(arm))]);
        let look = arm_type(arm, TICK.size);
        let name = shortened(&name, look, WIDEST_COUNT);
        canvas.text((*end, top + 10.0), &name, look, Align::Right)?;
    }
    let frame = Frame {
        left: columns.plot.0,
        right: columns.plot.1,
        top: top + HEADING,
        bottom: top + HEADING + groups.iter().map(Group::height).sum::<f64>(),
    };
    draw_ticks(canvas, frame, axis, |tick| names.numbers().axis_points(tick))?;
    let plot = canvas.plot(frame, axis.range(), (0.0, 1.0));
    plot.line(&[(0.0, 0.0), (0.0, 1.0)], Stroke::solid(INK, 1.2))?;
    let overall = entries(groups).next().and_then(|entry| entry.difference.estimate.value());
    if let Some(at) = overall {
        let dashed = Stroke { colour: LIGHT, width: 1.0, dash: Some((3.0, 3.0)) };
        plot.line(&[(at, 1.0), (at, 0.0)], dashed)?;
    }
    let mut y = frame.top;
    for (at, group) in groups.iter().enumerate() {
        if at > 0 {
            canvas.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], Stroke::solid(GRID, 0.8))?;
        }
        draw_group(source, canvas, (&columns, frame, axis), (group, y + GROUP_GAP / 2.0))?;
        y += group.height();
    }
    tick_line(canvas, (frame.left, frame.right), frame.bottom, Stroke::solid(AXIS, 1.0))?;
    let arms = names.arms();
    let words = Directions {
        left: &fill(&text.favours_control, &[("arm", &arms.control)]),
        right: &fill(&text.favours_intervention, &[("arm", &arms.intervention)]),
        axis: &fill(&text.axis, &[("contrast", &names.contrast())]),
    };
    forest::draw_directions(canvas, frame, axis, &words)
}

fn draw_group(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (columns, frame, axis): (&Columns, Frame, &Axis),
    (group, top): (&Group, f64),
) -> Result<(), FigureError> {
    let text = &source.names.texts.figure.subgroups;
    let mut y = top;
    if !group.name.is_empty() {
        let room = columns.plot.0 - COLUMN_GAP - MARGIN;
        let name = shortened(&group.name, STRONG, room);
        canvas.text((MARGIN, y + 13.0), &name, STRONG, Align::Left)?;
        let is_shrunken =
            |entry: &Entry| entry.shrunken.as_ref().is_some_and(|s| s.estimate.value().is_some());
        if group.entries.iter().any(is_shrunken) {
            draw_key(canvas, (WIDTH - MARGIN, y + 13.0), [&text.estimated, &text.shrunken])?;
        }
        y += LINE;
    }
    for entry in &group.entries {
        draw_entry(canvas, (columns, frame, axis), (entry, y))?;
        y += entry.height();
    }
    match &group.interaction {
        Some(test) => {
            let words = shortened(&test.text, TICK, WIDTH - 2.0 * MARGIN - INDENT);
            draw_background(canvas, (MARGIN + INDENT, y + 12.0), TICK.width(&words))?;
            canvas.text((MARGIN + INDENT, y + 12.0), &words, TICK, Align::Left)
        }
        None => Ok(()),
    }
}

/// White behind words that lines of the plot would cross.
fn draw_background(
    canvas: &Canvas<'_>,
    (x, baseline): (f64, f64),
    width: f64,
) -> Result<(), FigureError> {
    let (top, bottom) = (baseline - TICK.size, baseline + 3.0);
    let corners =
        [(x - 2.0, top), (x + width + 2.0, top), (x + width + 2.0, bottom), (x - 2.0, bottom)];
    canvas.polygon(&corners, plotters::style::Color::to_rgba(&plotters::style::WHITE))
}

/// Names the marks of regions, flush right.
fn draw_key(
    canvas: &Canvas<'_>,
    (right, baseline): (f64, f64),
    [estimated, shrunken]: [&str; 2],
) -> Result<(), FigureError> {
    let width = TICK.width(estimated) + TICK.width(shrunken) + 50.0;
    draw_background(canvas, (right - width, baseline), width)?;
    let mut x = right - width + 6.0;
    for (mark, colour, words) in
        [(Mark::FilledCircle, INK, estimated), (Mark::OpenSquare, LIGHT, shrunken)]
    {
        canvas.mark((x, baseline - 3.5), mark, colour)?;
        canvas.text((x + 9.0, baseline), words, TICK, Align::Left)?;
        x += TICK.width(words) + 32.0;
    }
    Ok(())
}

fn draw_entry(
    canvas: &Canvas<'_>,
    (columns, frame, axis): (&Columns, Frame, &Axis),
    (entry, top): (&Entry, f64),
) -> Result<(), FigureError> {
    let is_overall = entry.region == ALL_REGIONS && entry.subgroup.is_empty();
    let (look, indent) = if is_overall { (STRONG, 0.0) } else { (LABEL, INDENT) };
    let baseline = top + LINE / 2.0 + 4.0;
    for (at, line) in entry.label.iter().enumerate() {
        let y = baseline + at as f64 * SECOND_LINE;
        canvas.text((MARGIN + indent, y), line, look, Align::Left)?;
    }
    for (arm, end) in columns.count_ends.iter() {
        canvas.text((*end, baseline), entry.counts.get(arm), LABEL, Align::Right)?;
    }
    canvas.text((columns.effect, baseline), &entry.text, LABEL, Align::Left)?;
    let centre = top + LINE / 2.0;
    let row =
        |centre: f64| Frame { top: centre - LINE / 2.0, bottom: centre + LINE / 2.0, ..frame };
    let shown = [
        (Some(&entry.difference), row(centre), (INK, 2.0, Mark::FilledCircle)),
        (entry.shrunken.as_ref(), row(centre + 2.0 * BESIDE), (LIGHT, 1.3, Mark::OpenSquare)),
    ];
    for (difference, row, (colour, width, mark)) in shown {
        let Some(difference) = difference else { continue };
        let Some(estimate) = difference.estimate.value() else { continue };
        if let Some(limits) = difference.limits() {
            forest::draw_interval(canvas, (row, axis), limits, Stroke::solid(colour, width))?;
        }
        let plot = canvas.plot(row, axis.range(), (-1.0, 1.0));
        plot.mark((estimate, 0.0), mark, colour)?;
    }
    Ok(())
}
