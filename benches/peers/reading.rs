//! A trial's files to everybody's outcomes, beside a program that only reads them.

use std::path::Path;

use ips_eval::derive::outcomes::{ParticipantOutcomes, derive_outcomes};
use ips_eval::derive::waves::WaveOutcomes;
use ips_eval::diagnostic::Diagnostics;
use ips_eval::ingest::{TableSummary, read_sources, read_trial};
use ips_eval::plan::parse::parse_plan_with;
use ips_eval::trial::dataset::TrialData;
use serde_json::{Map, Value, json};

use super::{Failure, timed};

/// Reads the plan's files, checks and links their rows, derives outcomes and scores questionnaires.
pub(crate) fn read(directory: &str, runs: usize) -> Result<Value, Failure> {
    let directory = Path::new(directory);
    let (seconds, found) = timed(runs, || read_once(directory))?;
    let (tables, ..) = found?;
    let rows = tables.into_iter().map(|table| (table.table.to_owned(), json!(table.rows)));
    Ok(json!({ "seconds": seconds, "found": rows.collect::<Map<_, _>>() }))
}

/// What the clock stops with: as the peer keeps its tables, so is this freed after it.
type Made = (Vec<TableSummary>, TrialData, Diagnostics, Vec<ParticipantOutcomes>, WaveOutcomes);

fn read_once(directory: &Path) -> Result<Made, Failure> {
    let plan = std::fs::read_to_string(directory.join("plan.toml"))?;
    let file = |name: &str| std::fs::read(directory.join(name));
    let document = parse_plan_with("plan.toml", &plan, &file);
    let document = document.map_err(|problems| format!("{problems:?}"))?;
    let (sources, unread) = read_sources(&document, file);
    if let Some((table, error)) = unread.into_iter().next() {
        return Err(format!("{}: {error}", table.as_str()).into());
    }
    let ingested = read_trial(&document, &sources);
    let data = ingested.data.ok_or("the tables have errors")?;
    let outcomes = derive_outcomes(&data, &document.plan);
    let waves = WaveOutcomes::new(&data, &document.plan, &outcomes);
    let n_answers = data.questionnaires.answers.len();
    if outcomes.len() != data.participants.len() || waves.values(0).len() != n_answers {
        return Err("every person has outcomes and every questionnaire a score".into());
    }
    Ok((ingested.tables, data, ingested.problems, outcomes, waves))
}
