//! A trial's files to everybody's outcomes, beside a program that only reads them.

use std::path::Path;

use ips_eval::derive::outcomes::derive_outcomes;
use ips_eval::derive::waves::WaveOutcomes;
use ips_eval::ingest::{Sources, read_trial};
use ips_eval::plan::parse::parse_plan_with;
use ips_eval::plan::types::TableName;
use serde_json::{Map, Value, json};

use super::{Failure, timed};

/// Reads the plan's files, checks and links their rows, derives outcomes and scores questionnaires.
pub(crate) fn read(directory: &str, runs: usize) -> Result<Value, Failure> {
    let directory = Path::new(directory);
    let (seconds, found) = timed(runs, || read_once(directory))?;
    Ok(json!({ "seconds": seconds, "found": found? }))
}

/// Rows by table.
fn read_once(directory: &Path) -> Result<Value, Failure> {
    let plan = std::fs::read_to_string(directory.join("plan.toml"))?;
    let file = |name: &str| std::fs::read(directory.join(name));
    let document = parse_plan_with("plan.toml", &plan, &file);
    let document = document.map_err(|problems| format!("{problems:?}"))?;
    let mut sources = Sources::new();
    for table in TableName::ALL {
        if let Some(file) = document.plan.data.get(table) {
            sources.insert(table, std::fs::read(directory.join(file))?);
        }
    }
    let ingested = read_trial(&document, &sources);
    let data = ingested.data.ok_or("the tables have errors")?;
    let outcomes = derive_outcomes(&data, &document.plan);
    let waves = WaveOutcomes::new(&data, &document.plan, &outcomes);
    let n_answers = data.questionnaires.answers.len();
    if outcomes.len() != data.participants.len() || waves.values(0).len() != n_answers {
        return Err("every person has outcomes and every questionnaire a score".into());
    }
    let rows = ingested.tables.iter().map(|table| (table.table.to_owned(), json!(table.rows)));
    Ok(Value::Object(rows.collect::<Map<_, _>>()))
}
