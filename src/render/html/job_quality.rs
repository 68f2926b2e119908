//! The quality of jobs: described among those who have one, and what randomisation supports.

use std::collections::BTreeSet;

use crate::render::lookup::{Question, regions, result_arm};
use crate::render::notes::{Notes, Place};
use crate::render::text::fill;
use crate::results::row::{ALL_REGIONS, Key};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Statistic, Unit};
use crate::trial::arm::Arm;

use super::Source;
use super::bounds;
use super::line::Line;
use super::table::{Section, Table};

/// What is described among those with a job.
const DESCRIBED: [Outcome; 4] =
    [Outcome::JobHours, Outcome::JobWageEur, Outcome::JobTenureDays, Outcome::JobScore];

/// Outcomes that everyone has.
const COMPOSITES: [Outcome; 3] = [Outcome::HoursOrZero, Outcome::WageOrZeroEur, Outcome::GoodJob];

/// Outcomes with bounds.
const BOUNDED: [Outcome; 3] = [Outcome::JobHours, Outcome::JobWageEur, Outcome::JobScore];

/// Whether the section shows a contrast that other tables could show too.
pub(super) fn is_shown(key: &Key) -> bool {
    COMPOSITES.contains(&key.outcome)
        && key.analysis == Analysis::Effect
        && matches!(key.method, Method::OlsStrataHc2 | Method::RiskDifferenceNewcombe)
}

/// Jobs and their quality; nothing where the results have none of it.
pub(super) fn section(source: Source<'_>) -> Option<Section> {
    let text = &source.names.texts.job_quality;
    let bounds =
        bounds::table(source, "job_bounds", &BOUNDED, (&text.bounds_caption, &text.quality));
    let tables = [described(source, &[ALL_REGIONS]), composites(source, &[ALL_REGIONS]), bounds];
    let tables: Vec<Table> = tables.into_iter().flatten().collect();
    let every = regions(source.results);
    let files = if every.len() > 1 {
        vec![described(source, &every), composites(source, &every)]
    } else {
        Vec::new()
    };
    (!tables.is_empty()).then(|| Section {
        id: "job_quality",
        heading: text.heading.clone(),
        words: text.words.clone(),
        tables,
        files: files.into_iter().flatten().collect(),
        ..Section::default()
    })
}

/// Outcomes with their `level` and months, in the order of `outcomes` and of the study's scores.
fn at_months(
    source: Source<'_>,
    outcomes: &[Outcome],
    analyses: &[Analysis],
) -> Vec<(Outcome, String, i32)> {
    let scores = &source.names.study.scores;
    let keys = source.results.rows().iter().map(|row| &row.key);
    let own =
        keys.filter(|key| outcomes.contains(&key.outcome) && analyses.contains(&key.analysis));
    let order = own.filter_map(|key| {
        let outcome = outcomes.iter().position(|outcome| *outcome == key.outcome)?;
        let score = scores.iter().position(|score| score.level == key.level);
        Some((outcome, score, key.level.clone(), key.month?))
    });
    let order: BTreeSet<_> = order.collect();
    order.into_iter().map(|(at, _, level, month)| (outcomes[at], level, month)).collect()
}

/// What something of a job, or a score, is called under a heading that says so.
pub(super) fn name_of(source: Source<'_>, outcome: Outcome, level: &str) -> String {
    let text = &source.names.texts.job_quality;
    match outcome {
        Outcome::JobHours => text.hours.clone(),
        Outcome::JobWageEur => text.wage.clone(),
        Outcome::JobTenureDays => text.tenure.clone(),
        _ => source.names.score_of(outcome, level),
    }
}

fn unit_of(outcome: Outcome) -> Unit {
    match outcome {
        Outcome::JobHours | Outcome::HoursOrZero => Unit::Hours,
        Outcome::JobWageEur | Outcome::WageOrZeroEur => Unit::EurPerMonth,
        Outcome::JobTenureDays => Unit::Days,
        Outcome::GoodJob => Unit::Proportion,
        _ => Unit::Score,
    }
}

/// What those with a job are described by; a column of regions where there are several.
fn described(source: Source<'_>, of: &[&str]) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.job_quality, &names.texts.report);
    let by_region = of.len() > 1;
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    for (outcome, level, month) in at_months(source, &DESCRIBED, &[Analysis::ArmMean]) {
        let name = name_of(source, outcome, &level);
        for region in of {
            let mut row = vec![name.clone()];
            row.extend(by_region.then(|| names.region(region)));
            row.push(month.to_string());
            for arm in Arm::BOTH {
                let (analysis, set) = (Analysis::ArmMean, AnalysisSet::Employed);
                let mean = Question::new(analysis, outcome, set, Method::Mean)
                    .level(&level)
                    .region(region)
                    .month(month)
                    .arm(result_arm(arm));
                let what = format!("{name}, {}", names.arm(arm));
                let place = Place::at_month(names, region, &what, month);
                let mut line = Line::new(source, &mut notes, place);
                row.push(line.count(&mean, Statistic::N));
                row.push(line.mean_sd(&mean, unit_of(outcome)));
            }
            rows.push(row);
        }
    }
    let mut columns = vec![text.quality.clone()];
    columns.extend(by_region.then(|| report.region.clone()));
    columns.push(report.month.clone());
    for arm in Arm::BOTH {
        let arm = names.arm(arm);
        columns.extend([&text.n_of, &text.mean_of].map(|t| fill(t, &[("arm", &arm)])));
    }
    let mut footnotes = vec![text.described_note.clone()];
    footnotes.extend(notes.lines());
    let (name, caption) = if by_region {
        ("job_quality_by_region", text.described_region_caption.clone())
    } else {
        ("job_quality", text.described_caption.clone())
    };
    let text_columns = if by_region { 3 } else { 2 };
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns, footnotes })
}

/// Outcomes of everyone, with effects; a column of regions where there are several.
fn composites(source: Source<'_>, of: &[&str]) -> Option<Table> {
    let names = source.names;
    let (text, report) = (&names.texts.job_quality, &names.texts.report);
    let by_region = of.len() > 1;
    let mut notes = Notes::new(names);
    let mut rows = Vec::new();
    let analyses = [Analysis::ArmMean, Analysis::ArmRate];
    for (outcome, _, month) in at_months(source, &COMPOSITES, &analyses) {
        for region in of {
            let mut row = vec![names.outcome(outcome)];
            row.extend(by_region.then(|| names.region(region)));
            row.push(month.to_string());
            row.extend(composite(source, &mut notes, (outcome, region, month)));
            rows.push(row);
        }
    }
    let mut columns = vec![report.outcome.clone()];
    columns.extend(by_region.then(|| report.region.clone()));
    columns.push(report.month.clone());
    for arm in Arm::BOTH {
        let arm = names.arm(arm);
        columns.extend([&text.n_of, &text.value_of].map(|t| fill(t, &[("arm", &arm)])));
    }
    let difference = &names.texts.questionnaires.difference;
    columns.push(fill(difference, &[("level", &names.level())]));
    columns.push(report.p.clone());
    let mut footnotes = vec![text.composites_note.clone()];
    footnotes.extend(by_region.then(|| text.composites_region_note.clone()));
    footnotes.extend(notes.lines());
    let (name, caption) = if by_region {
        ("job_outcomes_by_region", text.composites_region_caption.clone())
    } else {
        ("job_outcomes", text.composites_caption.clone())
    };
    let text_columns = if by_region { 3 } else { 2 };
    (!rows.is_empty()).then_some(Table { name, caption, columns, rows, text_columns, footnotes })
}

/// Number and value of each arm, the difference and its p-value.
fn composite<'a>(
    source: Source<'a>,
    notes: &mut Notes<'a>,
    (outcome, region, month): (Outcome, &str, i32),
) -> Vec<String> {
    let names = source.names;
    let is_share = outcome == Outcome::GoodJob;
    let of = |analysis, method| {
        Question::new(analysis, outcome, AnalysisSet::IttObserved, method)
            .region(region)
            .month(month)
    };
    let own = if is_share {
        of(Analysis::ArmRate, Method::Wilson)
    } else {
        of(Analysis::ArmMean, Method::Mean)
    };
    let name = names.outcome(outcome);
    let mut row = Vec::new();
    for arm in Arm::BOTH {
        let of_arm = own.clone().arm(result_arm(arm));
        let what = format!("{name}, {}", names.arm(arm));
        let place = Place::at_month(names, region, &what, month);
        let mut line = Line::new(source, notes, place);
        row.push(line.count(&of_arm, Statistic::N));
        row.push(if is_share {
            let (count, share) = (line.count(&of_arm, Statistic::Events), line.bare_share(&of_arm));
            let values = [("count", count.as_str()), ("share", &share)];
            if count == share { count } else { fill(&names.texts.tables.with_share, &values) }
        } else {
            line.mean_sd(&of_arm, unit_of(outcome))
        });
    }
    // Shares of a single region have no strata to hold fixed.
    let method = if is_share && region != ALL_REGIONS {
        Method::RiskDifferenceNewcombe
    } else {
        Method::OlsStrataHc2
    };
    let effect = of(Analysis::Effect, method);
    let mut line = Line::new(source, notes, Place::at_month(names, region, &name, month));
    row.extend([line.difference(&effect, unit_of(outcome)), line.p(&effect)]);
    row
}
