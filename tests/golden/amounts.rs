//! Rates, means and characteristics of a small trial with benefits, against loops over days.
//!
//! `tests/reference/python/amounts.py` reads the same files and knows nothing of the program.

use std::collections::BTreeMap;

use ips_eval::analysis::analyse;
use ips_eval::ingest::{Sources, read_trial};
use ips_eval::plan::parse::parse_plan;
use ips_eval::plan::types::TableName;
use ips_eval::results::row::Row;
use ips_eval::results::vocabulary::Inference;
use serde_json::Value;

use super::Reference;

fn key(row: &Row) -> String {
    let key = &row.key;
    [
        key.analysis.as_str(),
        key.outcome.as_str(),
        &key.region,
        &key.subgroup,
        key.arm.as_str(),
        &key.month.map_or(String::new(), |month| month.to_string()),
        &key.level,
        key.method.as_str(),
        key.statistic.as_str(),
    ]
    .join("|")
}

fn agrees(plan: &str, reading: &str) {
    let read = |name: &str| {
        let path = format!("{}/tests/fixtures/benefits/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).expect("a file of the trial")
    };
    let text = String::from_utf8(read(plan)).expect("UTF-8");
    let document = parse_plan(plan, &text).expect("a good plan");
    let tables = [TableName::Participants, TableName::Employment, TableName::Benefits];
    let sources: Sources = tables
        .into_iter()
        .map(|table| (table, read(document.plan.data.get(table).expect("a file"))))
        .collect();
    let data = read_trial(&document, &sources).data.expect("the trial has no errors");
    let results = analyse(&document.plan, &data, &|_| {}).expect("results");
    let analytic = |row: &&Row| row.key.inference == Inference::Analytic;
    let rows: BTreeMap<String, Option<f64>> =
        results.rows().iter().filter(analytic).map(|row| (key(row), row.value)).collect();
    let reference = Reference::read("amounts");
    let case = reference.cases.iter().find(|case| case["missing_month"] == reading);
    let wanted: BTreeMap<String, Value> =
        serde_json::from_value(case.expect("that reading")["values"].clone()).expect("values");
    assert!(wanted.len() > 500, "{}", wanted.len());
    for (key, want) in &wanted {
        let got = rows.get(key).unwrap_or_else(|| panic!("no row {key}"));
        let got = got.unwrap_or_else(|| panic!("no value: {key}"));
        reference.assert_close(key, got, want);
    }
}

#[test]
fn a_month_without_a_row_is_zero() {
    agrees("plan.toml", "zero");
}

#[test]
fn a_month_without_a_row_is_unknown() {
    agrees("plan_unknown.toml", "unknown");
}
