//! A trial's files to everybody's outcomes, beside a program that only reads them.

use std::path::Path;

use ips_eval::derive::outcomes::derive_outcomes;
use ips_eval::ingest::{Sources, read_trial};
use ips_eval::plan::parse::parse_plan;
use ips_eval::plan::types::TableName;
use serde_json::{Map, Value, json};

use super::{Failure, timed};

/// Reads the plan's files, checks and links their rows, and derives outcomes.
pub(crate) fn read(directory: &str, runs: usize) -> Result<Value, Failure> {
    let directory = Path::new(directory);
    let (seconds, found) = timed(runs, || read_once(directory))?;
    Ok(json!({ "seconds": seconds, "found": found? }))
}

/// Rows by table.
fn read_once(directory: &Path) -> Result<Value, Failure> {
    let plan = std::fs::read_to_string(directory.join("plan.toml"))?;
    let document = parse_plan("plan.toml", &plan).map_err(|problems| format!("{problems:?}"))?;
    let mut sources = Sources::new();
    for table in TableName::ALL {
        if let Some(file) = document.plan.data.get(table) {
            sources.insert(table, std::fs::read(directory.join(file))?);
        }
    }
    let ingested = read_trial(&document, &sources);
    let data = ingested.data.ok_or("the tables have errors")?;
    let outcomes = derive_outcomes(&data, &document.plan);
    if outcomes.len() != data.participants.len() {
        return Err("everybody has outcomes".into());
    }
    let rows = ingested.tables.iter().map(|table| (table.table.to_owned(), json!(table.rows)));
    Ok(Value::Object(rows.collect::<Map<_, _>>()))
}
