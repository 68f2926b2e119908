//! Share with any competitive job by the horizon, by arm and region: dots with intervals.

use crate::render::lookup::{Cell, Interval, Question, regions};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::vocabulary::Statistic;
use crate::trial::arm::Arm;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Frame, Stroke};
use super::panel::{
    KEY_HEIGHT, Sample, draw_key, draw_region_name, draw_ticks, tick_line, widest_name,
};
use super::sheet::{Sheet, Words, shortened};
use super::style::{AXIS, GRID, LABEL, MARGIN, STRONG, TICK, WIDTH, arm_type, colour, mark};
use super::table::{Numbers, VALUES};
use super::{Figure, FigureError, Source};

const NAME: &str = "employment_by_region";
const LINE: f64 = 18.0;
const GROUP_GAP: f64 = 9.0;
const HEADING: f64 = 18.0;
const FOOT: f64 = 38.0;
const WIDEST_REGION: f64 = 130.0;
const WIDEST_ARM: f64 = 120.0;
const COLUMN_GAP: f64 = 12.0;

/// An arm of a region.
struct Entry {
    region: String,
    arm: Arm,
    n: Cell,
    events: Cell,
    rate: Interval,
    count_text: String,
    rate_text: String,
}

/// Where columns start and end, in pixels.
struct Columns {
    arm: f64,
    count_end: f64,
    plot: (f64, f64),
    rate: f64,
}

/// Draws the figure.
pub(super) fn draw(source: Source<'_>) -> Result<Figure, FigureError> {
    let names = source.names;
    let text = &names.texts.figure.employment_by_region;
    let month = names.study.horizon_months.to_string();
    let mut notes = Notes::new(names);
    let entries = entries(source, &mut notes);
    let observed = fill(&names.texts.common.observed_at, &[("month", &month)]);
    let mut footnotes = vec![text.explain.clone()];
    footnotes.extend(notes.lines());
    let words = Words {
        name: NAME.to_owned(),
        title: fill(&text.title, &[("month", &month)]),
        subtitle: names.subtitle(&names.texts.common.subtitle, &observed),
        footnotes,
        text_alternative: alternative(source, &entries),
    };
    let groups = entries.len().div_ceil(2) as f64;
    let arms = names.arms();
    let has_key = widest_name(&arms, LABEL) > WIDEST_ARM;
    let key = if has_key { KEY_HEIGHT } else { 0.0 };
    let height = key + HEADING + groups * (2.0 * LINE + GROUP_GAP) + FOOT;
    let csv = csv(&entries)?;
    Sheet::new(words, names, source.audience).draw(height, csv, |canvas, top| {
        if has_key {
            draw_key(canvas, top, &arms, Sample::Mark)?;
        }
        body(source, canvas, top + key, &entries)
    })
}

fn entries(source: Source<'_>, notes: &mut Notes<'_>) -> Vec<Entry> {
    let (results, names) = (source.results, source.names);
    let numbers = names.numbers();
    let mut entries = Vec::new();
    for region in regions(results) {
        for arm in Arm::BOTH {
            let question = Question::ever_employed(region, arm, names.study.horizon_months);
            let (n, events) =
                (question.cell(results, Statistic::N), question.cell(results, Statistic::Events));
            let rate = question.interval(results);
            let place = Place::new(names, region, &names.arm(arm));
            let events_text = notes.show(&events, &place, |value| numbers.count(value));
            let n_text = notes.show(&n, &place, |value| numbers.count(value));
            let percent = |value| numbers.percent(value);
            let limit = |value: f64| numbers.decimal(100.0 * value, 1);
            let writers = Writers { estimate: &percent, limit: &limit };
            let rate_text = notes.show_interval(&rate, &place, writers);
            let is_missing = events.value().is_none() && events_text == n_text;
            let count_text =
                if is_missing { n_text } else { numbers.part_of(&events_text, &n_text) };
            let region = region.to_owned();
            entries.push(Entry { region, arm, n, events, rate, count_text, rate_text });
        }
    }
    entries
}

fn alternative(source: Source<'_>, entries: &[Entry]) -> String {
    let text = &source.names.texts.figure.employment_by_region;
    let month = source.names.study.horizon_months.to_string();
    let mut words = vec![fill(&text.alternative, &[("month", &month)])];
    for entry in entries {
        let (region, arm) = (source.names.region(&entry.region), source.names.arm(entry.arm));
        let values = [
            ("region", region.as_str()),
            ("arm", arm.as_str()),
            ("rate", entry.rate_text.as_str()),
            ("count", entry.count_text.as_str()),
        ];
        words.push(fill(&text.alternative_row, &values));
    }
    words.join(" ")
}

fn csv(entries: &[Entry]) -> Result<String, FigureError> {
    let values = ["n", "events", VALUES[0], VALUES[1], VALUES[2]];
    let mut csv = Numbers::new(&["region", "arm"], &values)?;
    for entry in entries {
        let arm = crate::render::lookup::result_arm(entry.arm).as_str();
        let rate = &entry.rate;
        let cells = [&entry.n, &entry.events, &rate.estimate, &rate.lower, &rate.upper];
        csv.line(&[&entry.region, arm], &cells)?;
    }
    csv.finish()
}

fn columns(source: Source<'_>, entries: &[Entry], headings: (&str, &str)) -> Columns {
    let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0_f64, f64::max);
    let names = source.names;
    let region = widest(&mut entries.iter().map(|e| STRONG.width(&names.region(&e.region))));
    let arm = widest(&mut Arm::BOTH.iter().map(|&arm| LABEL.width(&names.arm(arm))));
    let count = widest(&mut entries.iter().map(|e| LABEL.width(&e.count_text)));
    let rate = widest(&mut entries.iter().map(|e| LABEL.width(&e.rate_text)));
    let arm_start = MARGIN + region.min(WIDEST_REGION) + COLUMN_GAP;
    let count_start = arm_start + arm.min(WIDEST_ARM) + COLUMN_GAP;
    let count_end = count_start + count.max(TICK.width(headings.0));
    let rate_start = WIDTH - MARGIN - rate.max(TICK.width(headings.1));
    Columns {
        arm: arm_start,
        count_end,
        plot: (count_end + 2.0 * COLUMN_GAP, rate_start - 1.5 * COLUMN_GAP),
        rate: rate_start,
    }
}

fn body(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    top: f64,
    entries: &[Entry],
) -> Result<(), FigureError> {
    let names = source.names;
    let text = &names.texts.figure.employment_by_region;
    let rate_heading = fill(&text.rate_heading, &[("level", &names.level())]);
    let columns = columns(source, entries, (&text.count_heading, &rate_heading));
    canvas.text((columns.count_end, top + 10.0), &text.count_heading, TICK, Align::Right)?;
    canvas.text((columns.rate, top + 10.0), &rate_heading, TICK, Align::Left)?;
    let groups = entries.len().div_ceil(2) as f64;
    let frame = Frame {
        left: columns.plot.0,
        right: columns.plot.1,
        top: top + HEADING,
        bottom: top + HEADING + groups * (2.0 * LINE + GROUP_GAP),
    };
    let upper = entries.iter().filter_map(|e| e.rate.upper.value());
    let axis = Axis::covering(upper.chain(entries.iter().filter_map(|e| e.rate.estimate.value())));
    draw_ticks(canvas, frame, &axis, |tick| names.numbers().short_percent(tick))?;
    let month = names.study.horizon_months.to_string();
    let title = fill(&text.axis, &[("month", &month)]);
    let half = LABEL.width(&title) / 2.0;
    let centre = f64::midpoint(frame.left, frame.right).min(WIDTH - MARGIN - half);
    canvas.text((centre, frame.bottom + 31.0), &title, LABEL, Align::Centre)?;
    for (at, pair) in entries.chunks(2).enumerate() {
        let group_top = frame.top + at as f64 * (2.0 * LINE + GROUP_GAP) + GROUP_GAP / 2.0;
        if at > 0 {
            let y = group_top - GROUP_GAP / 2.0;
            canvas.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], Stroke::solid(GRID, 0.8))?;
        }
        draw_region_name(canvas, (group_top, LINE), &names.region(&pair[0].region), WIDEST_REGION)?;
        for (line, entry) in pair.iter().enumerate() {
            let centre = group_top + (line as f64 + 0.5) * LINE;
            draw_entry(source, canvas, (&columns, frame, &axis), (entry, centre))?;
        }
    }
    tick_line(canvas, (frame.left, frame.right), frame.bottom, Stroke::solid(AXIS, 1.0))
}

fn draw_entry(
    source: Source<'_>,
    canvas: &Canvas<'_>,
    (columns, frame, axis): (&Columns, Frame, &Axis),
    (entry, centre): (&Entry, f64),
) -> Result<(), FigureError> {
    let baseline = centre + 4.0;
    let arm = shortened(&source.names.arm(entry.arm), LABEL, WIDEST_ARM);
    canvas.text((columns.arm, baseline), &arm, arm_type(entry.arm, LABEL.size), Align::Left)?;
    canvas.text((columns.count_end, baseline), &entry.count_text, LABEL, Align::Right)?;
    canvas.text((columns.rate, baseline), &entry.rate_text, LABEL, Align::Left)?;
    let Some(estimate) = entry.rate.estimate.value() else { return Ok(()) };
    let row = Frame { top: centre - LINE / 2.0, bottom: centre + LINE / 2.0, ..frame };
    let plot = canvas.plot(row, axis.range(), (-1.0, 1.0));
    if let Some((lower, upper)) = entry.rate.limits() {
        let stroke = Stroke::solid(colour(entry.arm), 1.8);
        plot.line(&[(lower, 0.0), (upper, 0.0)], stroke)?;
    }
    plot.mark((estimate, 0.0), mark(entry.arm), colour(entry.arm))
}
