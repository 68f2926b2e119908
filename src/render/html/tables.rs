//! Tables of participants, rates and times.

use crate::render::lookup::{Cell, Interval, Question, regions};
use crate::render::names::Names;
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::ALL_REGIONS;
use crate::results::vocabulary::{Inference, ResultArm, Statistic};
use crate::trial::arm::Arm;

use super::Source;
use super::table::Table;

/// Participants from randomisation to the outcome; groups without any row are left out.
pub(super) fn flow(source: Source<'_>) -> Table {
    let names = source.names;
    let (text, numbers) = (&names.texts.report, names.numbers());
    let statistics =
        [Statistic::Randomised, Statistic::NotDue, Statistic::Lost, Statistic::Analysed];
    let month = names.study.horizon_months.to_string();
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for region in regions(source.results) {
        for arm in [ResultArm::All, ResultArm::Ips, ResultArm::Control] {
            let question = Question::flow(region, arm, names.study.horizon_months);
            let cells = statistics.map(|statistic| question.cell(source.results, statistic));
            let is_overall = region == ALL_REGIONS && arm == ResultArm::All;
            if !is_overall && cells.iter().all(|cell| *cell == Cell::Absent) {
                continue;
            }
            let arm = names.result_arm(arm);
            let place = Place::new(names, region, &arm);
            let region = names.region(region);
            let group = fill(&text.group_of, &[("region", &region), ("arm", &arm)]);
            let shown = cells.iter().map(|cell| notes.show(cell, &place, |n| numbers.count(n)));
            rows.push(std::iter::once(group).chain(shown).collect());
        }
    }
    let mut footnotes = vec![fill(&text.flow_note, &[("month", &month)])];
    footnotes.extend(notes.lines());
    let columns = [&text.group, &text.randomised, &text.not_due, &text.lost, &text.analysed];
    Table {
        name: "flow",
        caption: fill(&text.flow_caption, &[("month", &month)]),
        columns: columns.map(Clone::clone).to_vec(),
        rows,
        text_columns: 0,
        footnotes,
    }
}

/// Rates by region and arm, with the differences.
pub(super) fn rates(source: Source<'_>) -> Table {
    let names = source.names;
    let text = &names.texts.report;
    let horizon = names.study.horizon_months;
    let level = names.level();
    let mut notes = Notes::new(names);
    let mut columns = vec![text.region.clone()];
    for arm in Arm::BOTH {
        let arm = names.arm(arm);
        let values = [("arm", arm.as_str()), ("level", &level)];
        columns.extend([fill(&text.with_job, &values), fill(&text.share, &values)]);
    }
    let values = [("level", level.as_str())];
    columns.push(fill(&text.difference_observed, &values));
    columns.push(fill(&text.difference_everyone, &values));
    let rows = regions(source.results).into_iter().map(|region| {
        let mut row = vec![names.region(region)];
        for arm in Arm::BOTH {
            row.extend(rate(source, &mut notes, region, arm));
        }
        for question in [Question::observed(region, horizon), Question::everyone(region, horizon)] {
            let place = Place::new(names, region, &text.difference_of);
            let difference = question.interval(source.results);
            row.push(points(names, &mut notes, &difference, &place));
        }
        row
    });
    let rows = rows.collect();
    let mut footnotes = vec![text.rates_note.clone()];
    footnotes.extend(notes.lines());
    let caption = fill(&text.rates_caption, &[("month", &horizon.to_string())]);
    Table { name: "rates", caption, columns, rows, text_columns: 0, footnotes }
}

fn rate(source: Source<'_>, notes: &mut Notes<'_>, region: &str, arm: Arm) -> [String; 2] {
    let names = source.names;
    let numbers = names.numbers();
    let question = Question::ever_employed(region, arm, names.study.horizon_months);
    let place = Place::new(names, region, &names.arm(arm));
    let mut count = |statistic| {
        let cell = question.cell(source.results, statistic);
        let text = notes.show(&cell, &place, |n| numbers.count(n));
        (text, cell.value().is_some())
    };
    let ((events, is_known), (n, _)) = (count(Statistic::Events), count(Statistic::N));
    let counts = if !is_known && events == n { n } else { numbers.part_of(&events, &n) };
    let share = question.interval(source.results);
    [counts, percents(names, notes, &share, &place)]
}

/// A proportion with its interval, in percent.
pub(super) fn percents(
    names: Names<'_>,
    notes: &mut Notes<'_>,
    share: &Interval,
    place: &Place,
) -> String {
    let numbers = names.numbers();
    let percent = |value| numbers.percent(value);
    let limit = |value: f64| numbers.decimal(100.0 * value, 1);
    notes.show_interval(share, place, Writers { estimate: &percent, limit: &limit })
}

/// A difference of proportions with its interval, in percentage points.
pub(super) fn points(
    names: Names<'_>,
    notes: &mut Notes<'_>,
    difference: &Interval,
    at: &Place,
) -> String {
    let numbers = names.numbers();
    let points = |value| numbers.bare_points(value);
    let limit = |value: f64| numbers.decimal(100.0 * value, 1);
    notes.show_interval(difference, at, Writers { estimate: &points, limit: &limit })
}

/// Probability of a first job at the plan's months.
pub(super) fn time_to_first_job(source: Source<'_>) -> Table {
    let names = source.names;
    let text = &names.texts.report;
    let bootstrap =
        |month| Question::everyone(ALL_REGIONS, month).inference(Inference::BootstrapBca);
    let limits = |month| bootstrap(month).interval(source.results);
    let has_bootstrap = names.study.months.iter().any(|&month| limits(month).lower != Cell::Absent);
    let mut notes = Notes::new(names);
    let level = names.level();
    let mut columns = vec![text.month.clone()];
    for arm in Arm::BOTH {
        let arm = names.arm(arm);
        columns.push(fill(&text.probability, &[("arm", &arm), ("level", &level)]));
    }
    columns.push(fill(&text.difference, &[("level", &level)]));
    columns.push(text.p.clone());
    if has_bootstrap {
        columns.push(fill(&text.bootstrap_bca, &[("level", &level)]));
    }
    let mut rows = Vec::new();
    for &month in &names.study.months {
        let mut row = time_row(source, &mut notes, month);
        if has_bootstrap {
            row.push(bootstrap_limits(names, &mut notes, &limits(month), month));
        }
        rows.push(row);
    }
    let caption = text.time_caption.clone();
    Table { name: "time", caption, columns, rows, text_columns: 0, footnotes: notes.lines() }
}

fn time_row(source: Source<'_>, notes: &mut Notes<'_>, month: i32) -> Vec<String> {
    let names = source.names;
    let text = &names.texts.report;
    let mut row = vec![month.to_string()];
    for arm in Arm::BOTH {
        let what = fill(&text.probability_of, &[("arm", &names.arm(arm))]);
        let place = Place::at_month(names, ALL_REGIONS, &what, month);
        let share = Question::incidence(ALL_REGIONS, arm, month).interval(source.results);
        row.push(percents(names, notes, &share, &place));
    }
    let question = Question::everyone(ALL_REGIONS, month);
    let place = Place::at_month(names, ALL_REGIONS, &text.difference_of, month);
    row.push(points(names, notes, &question.interval(source.results), &place));
    let p = question.cell(source.results, Statistic::PValue);
    let place = Place::at_month(names, ALL_REGIONS, &text.p_of, month);
    row.push(notes.show(&p, &place, |p| names.numbers().bare_p(p)));
    row
}

/// Resampled limits; a month for which none were planned stays empty.
fn bootstrap_limits(
    names: Names<'_>,
    notes: &mut Notes<'_>,
    limits: &Interval,
    month: i32,
) -> String {
    if limits.lower == Cell::Absent && limits.upper == Cell::Absent {
        return String::new();
    }
    let numbers = names.numbers();
    let what = names.inference(Inference::BootstrapBca);
    let place = Place::at_month(names, ALL_REGIONS, &what, month);
    let limit = |value: f64| numbers.decimal(100.0 * value, 1);
    let lower = notes.show(&limits.lower, &place, limit);
    let upper = notes.show(&limits.upper, &place, limit);
    if limits.lower.value().is_none() && lower == upper {
        return lower;
    }
    numbers.interval(&lower, &upper)
}
