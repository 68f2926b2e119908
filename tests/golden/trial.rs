//! Whole trials, from their files to their results, against R's values.
//!
//! `expected.csv` beside each trial says what R's packages give; `SOURCE.md` says which.

use std::collections::BTreeMap;

use ips_eval::analysis::analyse;
use ips_eval::ingest::{Sources, read_trial};
use ips_eval::plan::parse::parse_plan;
use ips_eval::plan::resampling::ReplicateCount;
use ips_eval::plan::types::TableName;
use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, Row};
use ips_eval::results::vocabulary::{Analysis, Inference};

/// Relative tolerance. Both sides compute in double precision from the same counts; the largest
/// differences seen are 4e-13, in p-values far in the tail and in least squares.
const RELATIVE: f64 = 1e-11;

#[test]
fn rossi_agrees_with_r_on_every_row() {
    agrees("rossi", 731);
}

#[test]
fn staggered_agrees_with_r_on_every_row() {
    agrees("staggered", 657);
}

fn agrees(trial: &str, n_rows: usize) {
    let rows = results_of(trial);
    let mut n = 0;
    let path = format!("{}/tests/fixtures/{trial}/expected.csv", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(path).expect("expected.csv");
    for record in reader.deserialize() {
        let mut expected: BTreeMap<String, String> = record.expect("a row");
        let want: Option<f64> = expected.remove("value").expect("a value").parse().ok();
        let key: Vec<String> = expected.into_values().collect();
        let got = rows.get(&key).unwrap_or_else(|| panic!("no row {key:?}"));
        n += 1;
        match (got, want.filter(|value| !value.is_nan())) {
            (None, None) => {}
            (Some(got), Some(want)) => {
                let off = (got - want).abs();
                assert!(off <= RELATIVE * want.abs() + 1e-14, "{key:?}: {got:e} for R's {want:e}");
            }
            (got, want) => panic!("{key:?}: {got:?} for R's {want:?}"),
        }
    }
    assert_eq!(n, n_rows, "rows held against R");
}

/// Values by the columns of `expected.csv`, in the order of their names.
fn results_of(trial: &str) -> BTreeMap<Vec<String>, Option<f64>> {
    let results = run(trial, 20);
    let plain = |row: &&Row| {
        row.key.inference == Inference::Analytic
            && row.key.subgroup.is_empty()
            && row.key.level.is_empty()
    };
    assert!(results.rows().iter().any(|row| row.key.analysis == Analysis::Rmst));
    results.rows().iter().filter(plain).map(|row| (key(row), row.value)).collect()
}

/// What single out the values of [`resampled`].
pub(super) const RESAMPLED_KEY: [&str; 7] =
    ["analysis", "outcome", "arm", "method", "inference", "statistic", "level"];

/// Resampled values at the horizon, all regions together.
pub(super) fn resampled(trial: &str, replicates: u64) -> BTreeMap<[String; 7], Option<f64>> {
    let results = run(trial, replicates);
    let horizon = Some(results.study.horizon_months);
    let here = |row: &&Row| {
        row.key.inference != Inference::Analytic
            && row.key.month == horizon
            && row.key.region == ALL_REGIONS
    };
    let words = |row: &Row| {
        let key = &row.key;
        [
            key.analysis.to_string(),
            key.outcome.to_string(),
            key.arm.to_string(),
            key.method.to_string(),
            key.inference.to_string(),
            key.statistic.to_string(),
            key.level.clone(),
        ]
    };
    results.rows().iter().filter(here).map(|row| (words(row), row.value)).collect()
}

/// Runs a trial of `tests/fixtures`.
fn run(trial: &str, replicates: u64) -> ResultSet {
    let read = |name: &str| {
        let path = format!("{}/tests/fixtures/{trial}/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).expect("a file of the trial")
    };
    let text = String::from_utf8(read("plan.toml")).expect("UTF-8");
    let mut document = parse_plan("plan.toml", &text).expect("a good plan");
    document.plan.bootstrap.replicates = ReplicateCount::Fixed(replicates);
    // Tests of the randomisation are held elsewhere.
    document.plan.randomisation.replicates = Some(20);
    let tables = [TableName::Participants, TableName::Employment];
    let sources: Sources = tables
        .into_iter()
        .map(|table| (table, read(document.plan.data.get(table).expect("a file"))))
        .collect();
    let data = read_trial(&document, &sources).data.expect("the trial has no errors");
    analyse(&document.plan, &data, &|_| {}).expect("results")
}

/// analysis, `analysis_set`, arm, method, month, outcome, region, statistic.
fn key(row: &Row) -> Vec<String> {
    let key = &row.key;
    vec![
        key.analysis.to_string(),
        key.analysis_set.to_string(),
        key.arm.to_string(),
        key.method.to_string(),
        key.month.map_or(String::new(), |month| month.to_string()),
        key.outcome.to_string(),
        key.region.clone(),
        key.statistic.to_string(),
    ]
}
