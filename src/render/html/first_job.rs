//! The time to the first job in detail: who waited how long, ratios of hazards, mean times, checks.

use crate::render::lookup::{Cell, Interval, Question, regions, result_arm};
use crate::render::notes::{Notes, Place, Writers};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key, Row};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, ResultArm, Statistic};
use crate::trial::arm::Arm;

use super::Source;
use super::effects::{columns, effect_row, is_estimate_or_limit, lines};
use super::table::{Section, Table};

/// Everything about the time to the first job that other sections do not show; nothing where the
/// results have no ratio of hazards.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let text = &source.names.texts.first_job;
    let ratios = ratios(source);
    if ratios.rows.is_empty() {
        return None;
    }
    let tables = [Some(waits(source)), Some(ratios), means(source), checks(source), jobs(source)];
    Some(Section {
        id: "first_job_detail",
        heading: text.heading.clone(),
        words: text.words.clone(),
        tables: tables.into_iter().flatten().collect(),
        ..Section::default()
    })
}

/// Whether a row compares the arms on everyone randomised.
fn is_overall(key: &Key) -> bool {
    key.region == ALL_REGIONS && key.subgroup.is_empty() && key.arm == ResultArm::Contrast
}

/// Participants, ways in which the wait ended, and how long it was, by region and arm.
fn waits(source: Source<'_>) -> Table {
    let names = source.names;
    let (text, report) = (&names.texts.first_job, &names.texts.report);
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for region in regions(source.results) {
        for arm in Arm::BOTH {
            rows.push(wait(source, &mut notes, (region, arm)));
        }
    }
    let median = fill(&text.median_wait, &[("level", &names.level())]);
    let columns = vec![
        report.group.clone(),
        text.participants.clone(),
        text.first_jobs.clone(),
        text.competing_exits.clone(),
        text.censored.clone(),
        text.person_days.clone(),
        median,
        text.median_follow_up.clone(),
    ];
    let mut footnotes = vec![text.waits_note.clone()];
    footnotes.extend(notes.lines());
    let caption = text.waits_caption.clone();
    Table { name: "first_job_waits", caption, columns, rows, text_columns: 0, footnotes }
}

fn wait(source: Source<'_>, notes: &mut Notes<'_>, (region, arm): (&str, Arm)) -> Vec<String> {
    let names = source.names;
    let (numbers, report) = (names.numbers(), &names.texts.report);
    let arm_name = names.arm(arm);
    let place = Place::new(names, region, &arm_name);
    let of = |analysis, method| {
        Question::new(analysis, Outcome::FirstJob, AnalysisSet::Itt, method)
            .region(region)
            .arm(result_arm(arm))
    };
    let group = [("region", names.region(region)), ("arm", arm_name.clone())];
    let group = group.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut row = vec![fill(&report.group_of, &group)];
    let counts = of(Analysis::TimeAtRisk, Method::Count);
    for statistic in [
        Statistic::N,
        Statistic::Events,
        Statistic::CompetingExits,
        Statistic::Censored,
        Statistic::PersonDays,
    ] {
        let cell = counts.cell(source.results, statistic);
        row.push(notes.show(&cell, &place, |value| numbers.count(value)));
    }
    let days = |value| numbers.decimal(value, 0);
    for (analysis, method) in [
        (Analysis::SurvivalMedian, Method::KaplanMeier),
        (Analysis::FollowUp, Method::ReverseKaplanMeier),
    ] {
        let question = of(analysis, method);
        let interval = Interval {
            estimate: question.cell(source.results, Statistic::EstimateDays),
            lower: question.cell(source.results, Statistic::CiLower),
            upper: question.cell(source.results, Statistic::CiUpper),
        };
        row.push(match (&interval.estimate, analysis) {
            (Cell::Value(_), Analysis::SurvivalMedian) => {
                notes.show_interval(&interval, &place, Writers { estimate: &days, limit: &days })
            }
            (cell, _) => notes.show(cell, &place, days),
        });
    }
    row
}

/// Ratios of hazards, of subdistribution hazards and of rates.
fn ratios(source: Source<'_>) -> Table {
    let text = &source.names.texts.first_job;
    let is_wanted = |row: &Row| {
        let key = &row.key;
        key.analysis == Analysis::HazardRatio
            && is_overall(key)
            && !super::questionnaires::is_shown(key)
            && is_estimate_or_limit(key.statistic)
    };
    let lines = lines(source, is_wanted);
    let caption = text.ratios_caption.clone();
    let mut table = super::effects::effects_table(source, "first_job_ratios", caption, &lines);
    table.footnotes.insert(0, text.ratios_note.clone());
    table
}

/// Mean times up to the plan's months.
fn means(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let text = &names.texts.first_job;
    let months = horizons(source);
    let is_wanted = |row: &Row| {
        let key = &row.key;
        matches!(key.analysis, Analysis::Rmst | Analysis::TimeLost)
            && is_overall(key)
            && key.month.is_some_and(|month| months.contains(&month))
            && matches!(key.statistic, Statistic::Estimate | Statistic::EstimateDays)
    };
    let mut lines = lines(source, is_wanted);
    lines.sort_by_key(|line| line.month);
    if lines.is_empty() {
        return None;
    }
    let mut notes = Notes::new(names);
    let rows = lines.iter().map(|line| {
        let mut row = effect_row(source, &mut notes, line);
        row.insert(0, line.month.map_or(String::new(), |month| month.to_string()));
        row
    });
    let rows = rows.collect();
    let mut all = columns(source);
    all.insert(0, names.texts.report.month.clone());
    let mut footnotes = vec![text.means_note.clone()];
    footnotes.extend(notes.lines());
    let caption = text.means_caption.clone();
    let name = "first_job_means";
    Some(Table { name, caption, columns: all, rows, text_columns: 4, footnotes })
}

/// Months to which mean times are taken: those with a mean of each arm.
fn horizons(source: Source<'_>) -> Vec<i32> {
    let rows = source.results.rows().iter();
    let of_arm = rows.filter(|row| {
        row.key.analysis == Analysis::Rmst
            && row.key.arm == ResultArm::Ips
            && row.key.region == ALL_REGIONS
    });
    let mut months: Vec<i32> = of_arm.filter_map(|row| row.key.month).collect();
    months.sort_unstable();
    months.dedup();
    months
}

/// Tests of proportional hazards and concordance of each regression.
fn checks(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report, numbers) = (&names.texts.first_job, &names.texts.report, names.numbers());
    let is_wanted = |row: &Row| {
        let key = &row.key;
        key.analysis == Analysis::ProportionalHazardsTest
            && is_overall(key)
            && key.statistic == Statistic::PValue
    };
    let lines = lines(source, is_wanted);
    if lines.is_empty() {
        return None;
    }
    let mut notes = Notes::new(names);
    let rows = lines.iter().map(|line| {
        let method = names.method(line.method);
        let place = Place::new(names, &line.region, &method);
        let scale = match line.level.as_str() {
            "" => text.scale_kaplan_meier.clone(),
            "rank" => text.scale_rank.clone(),
            "identity" => text.scale_identity.clone(),
            _ => text.scale_global.clone(),
        };
        let mut shown = |statistic, digits| {
            let cell = super::effects::cell(source, line, statistic);
            notes.show(&cell, &place, |value| numbers.decimal(value, digits))
        };
        let (statistic, df) = (shown(Statistic::TestStatistic, 2), shown(Statistic::Df, 0));
        let p = super::effects::cell(source, line, Statistic::PValue);
        let p = notes.show(&p, &place, |p| numbers.bare_p(p));
        vec![method, scale, statistic, df, p]
    });
    let rows = rows.collect();
    let columns = vec![
        report.method.clone(),
        text.time_scale.clone(),
        report.test_statistic.clone(),
        report.df.clone(),
        report.p.clone(),
    ];
    let (caption, footnotes) = (text.proportional_caption.clone(), notes.lines());
    let name = "proportional_hazards";
    Some(Table { name, caption, columns, rows, text_columns: 2, footnotes })
}

/// Mean numbers of jobs by arm, and their difference, at the plan's months.
fn jobs(source: Source<'_>) -> Option<Table> {
    let names = source.names;
    let (text, report, numbers) = (&names.texts.first_job, &names.texts.report, names.numbers());
    let question = |analysis, month| {
        let method = Method::MeanCumulative;
        Question::new(analysis, Outcome::JobStarts, AnalysisSet::Itt, method).month(month)
    };
    let difference = |month| question(Analysis::Effect, month);
    let is_there =
        |month: i32| difference(month).cell(source.results, Statistic::Estimate) != Cell::Absent;
    let months: Vec<i32> =
        names.study.months.iter().copied().filter(|&month| is_there(month)).collect();
    if months.is_empty() {
        return None;
    }
    let mut notes = Notes::new(names);
    let count = |value| numbers.decimal(value, 2);
    let writers = || Writers { estimate: &count, limit: &count };
    let rows = months.iter().map(|&month| {
        let mut row = vec![month.to_string()];
        for arm in Arm::BOTH {
            let mean = question(Analysis::ArmMean, month).arm(result_arm(arm));
            let place = Place::at_month(names, ALL_REGIONS, &names.arm(arm), month);
            row.push(notes.show_interval(&mean.interval(source.results), &place, writers()));
        }
        let place = Place::at_month(names, ALL_REGIONS, &report.difference_of, month);
        let own = difference(month);
        row.push(notes.show_interval(&own.interval(source.results), &place, writers()));
        let p = own.cell(source.results, Statistic::PValue);
        row.push(notes.show(&p, &place, |p| numbers.bare_p(p)));
        row
    });
    let rows = rows.collect();
    let level = names.level();
    let mut columns = vec![report.month.clone()];
    for arm in Arm::BOTH {
        columns.push(fill(&report.probability, &[("arm", &names.arm(arm)), ("level", &level)]));
    }
    columns.push(fill(&text.difference_of_means, &[("level", &level)]));
    columns.push(report.p.clone());
    let (caption, footnotes) = (text.jobs_caption.clone(), notes.lines());
    Some(Table { name: "job_starts", caption, columns, rows, text_columns: 0, footnotes })
}
