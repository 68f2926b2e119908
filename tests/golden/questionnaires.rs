//! Everything that questionnaires give in a small trial, against loops over people and days.
//!
//! `tests/reference/python/questionnaires.py` reads the same files and knows nothing of the
//! program.

use std::collections::BTreeMap;

use ips_eval::analysis::analyse;
use ips_eval::derive::outcomes::derive_outcomes;
use ips_eval::derive::waves::WaveOutcomes;
use ips_eval::ingest::{Sources, read_trial};
use ips_eval::plan::parse::{PlanDocument, parse_plan_with};
use ips_eval::plan::types::TableName;
use ips_eval::results::row::Row;
use ips_eval::results::vocabulary::{Inference, Method, Outcome, ResultArm};
use ips_eval::trial::dataset::TrialData;
use serde_json::Value;

use super::{Reference, number};

/// Rows that only questionnaires and the quality of jobs give.
pub(crate) fn is_own(row: &Row) -> bool {
    let analyses = ["reliability", "agreement", "effect_bounds"];
    let outcomes = [
        "answered",
        "score",
        "job_score",
        "index",
        "working_now",
        "days_to_agreement",
        "job_hours",
        "job_wage_eur",
        "job_tenure_days",
        "hours_or_zero",
        "wage_or_zero_eur",
        "good_job",
    ];
    let methods = ["turnbull", "interval_censored_ph"];
    let key = &row.key;
    key.inference == Inference::Analytic
        && (analyses.contains(&key.analysis.as_str())
            || outcomes.contains(&key.outcome.as_str())
            || methods.contains(&key.method.as_str()))
}

pub(crate) fn key(row: &Row) -> String {
    let key = &row.key;
    [
        key.analysis.as_str(),
        key.outcome.as_str(),
        key.analysis_set.as_str(),
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

fn read() -> (PlanDocument, TrialData) {
    let read = |name: &str| {
        let of = env!("CARGO_MANIFEST_DIR");
        std::fs::read(format!("{of}/tests/fixtures/questionnaires/{name}"))
    };
    let text = read("plan.toml").expect("the plan");
    let text = String::from_utf8(text).expect("UTF-8");
    let document = parse_plan_with("plan.toml", &text, &read).expect("a good plan");
    let named = TableName::ALL.into_iter();
    let sources: Sources = named
        .filter_map(|table| Some((table, document.plan.data.get(table)?)))
        .map(|(table, file)| (table, read(file).expect("a file of the trial")))
        .collect();
    let data = read_trial(&document, &sources).data.expect("the trial has no errors");
    (document, data)
}

fn compare(
    rows: &mut BTreeMap<String, Option<f64>>,
    wanted: &Value,
    close: &dyn Fn(&str, f64, &Value),
) -> usize {
    let wanted = wanted.as_object().expect("values");
    for (key, want) in wanted {
        let got = rows.remove(key).unwrap_or_else(|| panic!("no row {key}"));
        match (got, want.is_null()) {
            (None, true) => {}
            (Some(got), false) => close(key, got, want),
            (got, _) => panic!("{key}: {got:?}, reference {want}"),
        }
    }
    wanted.len()
}

#[test]
fn rows_agree_with_loops_over_people_and_days() {
    let (document, data) = read();
    let results = analyse(&document.plan, &data, &|_| {}).expect("results");
    let own = results.rows().iter().filter(|row| is_own(row));
    let mut rows: BTreeMap<String, Option<f64>> = own.map(|row| (key(row), row.value)).collect();
    let reference = Reference::read("questionnaires");
    let case = &reference.cases[0];
    let close = |key: &str, got: f64, want: &Value| reference.assert_close(key, got, want);
    assert!(compare(&mut rows, &case["values"], &close) > 1500);
    // The hazard ratio comes from a maximiser with differences of its gradient.
    let looser = |key: &str, got: f64, want: &Value| {
        let want = number(want);
        let off = (got - want).abs();
        assert!(off <= 1e-6 * want.abs() + 1e-7, "{key}: {got:e} for {want:e}");
    };
    assert!(compare(&mut rows, &case["loose_values"], &looser) > 15);
    // Omega is held against R by `reliability`: its estimate is all that the witness lacks.
    let unheld: Vec<&String> =
        rows.keys().filter(|key| !key.ends_with("|mcdonald_omega|estimate")).collect();
    assert!(unheld.is_empty(), "rows without a witness: {unheld:#?}");
    assert_eq!(rows.len(), 18, "omega of two scales at three waves, all and by two languages");
}

#[test]
fn rows_of_the_reported_first_job_say_who_is_left_out() {
    let (document, data) = read();
    let results = analyse(&document.plan, &data, &|_| {}).expect("results");
    let reference = Reference::read("questionnaires");
    let left_out = |arm: &str| number(&reference.cases[0]["left_out"][arm]);
    let (ips, control) = (left_out("ips"), left_out("control"));
    assert!(ips > 0.0 && control > 0.0);
    let own = |row: &&Row| row.key.outcome == Outcome::FirstJobReported && row.value.is_some();
    let mut n_rows = 0;
    for row in results.rows().iter().filter(own) {
        let n = match row.key.arm {
            ResultArm::Ips => ips,
            ResultArm::Control => control,
            ResultArm::All | ResultArm::Contrast => ips + control,
        };
        let said = format!("; {n} are left out: they worked on day 0");
        assert!(row.note.contains(&said), "{}: {}", key(row), row.note);
        let is_ratio = row.key.method == Method::IntervalCensoredPh;
        assert_eq!(row.note.contains("likelihood ratio"), is_ratio, "{}", row.note);
        n_rows += 1;
    }
    assert!(n_rows > 30, "{n_rows}");
}

#[test]
fn everyones_bracket_of_the_first_job_agrees() {
    let (document, data) = read();
    let outcomes = derive_outcomes(&data, &document.plan);
    let waves = WaveOutcomes::new(&data, &document.plan, &outcomes);
    let reference = Reference::read("questionnaires");
    let wanted = reference.cases[0]["brackets"].as_array().expect("a list");
    assert_eq!(waves.brackets.len(), wanted.len());
    for (at, (got, want)) in waves.brackets.iter().zip(wanted).enumerate() {
        let got = got.map(|own| (i64::from(own.after), own.by.map(i64::from)));
        let want = want.as_array().map(|pair| (pair[0].as_i64().expect("a day"), pair[1].as_i64()));
        assert_eq!(got, want, "participant {at}");
    }
    let told = waves.brackets.iter().flatten();
    assert!(told.clone().any(|own| own.by.is_none()) && told.clone().any(|own| own.by.is_some()));
}
