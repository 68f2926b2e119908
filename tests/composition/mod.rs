//! Every row is made of the people that it says: they are counted again here, from the tables, and
//! what is a function of their numbers is computed again from these numbers alone.

mod functions;
mod people;

use std::collections::BTreeSet;

use ips_eval::analysis::analyse;
use ips_eval::ingest::{Sources, read_trial};
use ips_eval::plan::parse::parse_plan_with;
use ips_eval::plan::resampling::ReplicateCount;
use ips_eval::plan::types::{Plan, TableName};
use ips_eval::results::composition::{Composition, Fact, People};
use ips_eval::results::json::{from_json, to_json};
use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::Row;
use ips_eval::results::vocabulary::{Analysis, Method, Statistic, Unit};
use ips_eval::simulate::{DEMONSTRATION_SEED, plan_toml, planned_trial};
use ips_eval::trial::dataset::TrialData;

use crate::trial_folder::{Files, files_below, fixture};
use functions::recomputed;
use people::Witness;

/// A trial with its results, few draws being enough here.
struct Analysed {
    plan: Plan,
    data: TrialData,
    results: ResultSet,
}

fn analysed(files: &Files) -> Analysed {
    let read = |name: &str| files.get(name).cloned().ok_or(std::io::ErrorKind::NotFound.into());
    let text = String::from_utf8(files["plan.toml"].clone()).expect("UTF-8");
    let mut document = parse_plan_with("plan.toml", &text, &read).expect("a good plan");
    document.plan.bootstrap.replicates = ReplicateCount::Fixed(40);
    document.plan.randomisation.replicates = Some(20);
    let named = TableName::ALL.into_iter();
    let sources: Sources = named
        .filter_map(|table| Some((table, files.get(document.plan.data.get(table)?)?.clone())))
        .collect();
    let data = read_trial(&document, &sources).data.expect("the trial has no errors");
    let results = analyse(&document.plan, &data, &|_| {}).expect("results");
    Analysed { plan: document.plan, data, results }
}

fn demonstration() -> Files {
    let trial = planned_trial(DEMONSTRATION_SEED);
    [
        ("allocation.csv", trial.allocation_csv),
        ("benefits.csv", trial.benefits_csv),
        ("corrections.csv", trial.corrections_csv),
        ("employment.csv", trial.employment_csv),
        ("participants.csv", trial.participants_csv),
        ("waves.csv", trial.waves_csv),
        ("plan.toml", plan_toml().to_owned()),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.into_bytes()))
    .collect()
}

/// The same trial with the plan changed.
fn with_plan(mut files: Files, change: impl Fn(String) -> String) -> Files {
    let plan = String::from_utf8(files["plan.toml"].clone()).expect("UTF-8");
    files.insert("plan.toml".to_owned(), change(plan).into_bytes());
    files
}

/// What a row is called where it is wrong.
fn name(row: &Row) -> String {
    let key = &row.key;
    let month = key.month.map_or(String::new(), |month| month.to_string());
    [
        key.analysis.as_str(),
        key.outcome.as_str(),
        key.analysis_set.as_str(),
        &key.region,
        &key.subgroup,
        key.arm.as_str(),
        &month,
        &key.level,
        key.method.as_str(),
        key.inference.as_str(),
        key.statistic.as_str(),
    ]
    .join("|")
}

/// Counts everyone again, for every row that is a count; gives how many rows were held.
fn assert_counted(trial: &Analysed) -> usize {
    let witness = Witness::new(&trial.plan, &trial.data);
    let census = trial.results.census();
    let mut wrong = Vec::new();
    let mut held = 0;
    for row in trial.results.rows() {
        let count = match &row.composition {
            Composition::Count(people) => witness.count(people),
            Composition::Sum(sets) => sets.iter().map(|people| witness.count(people)).sum(),
            _ => continue,
        };
        let Some(value) = row.value else { continue };
        held += 1;
        if (value - count as f64).abs() > 0.0 {
            wrong.push(format!("{}: {value}, and {count} people", name(row)));
        }
    }
    for (people, n) in census.iter() {
        if witness.count(people) != n {
            wrong.push(format!("{people:?}: {n} in the census, and {}", witness.count(people)));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(25)].join("\n")
    );
    held
}

/// Numbers of people are rows that say which people, but for those that count something else.
fn assert_numbers_of_people_say_so(trial: &Analysed) {
    let of_people = [
        Statistic::N,
        Statistic::Events,
        Statistic::Randomised,
        Statistic::NotDue,
        Statistic::Lost,
        Statistic::Analysed,
        Statistic::Missing,
        Statistic::CompetingExits,
        Statistic::Censored,
        Statistic::NAtRisk,
        Statistic::BothYes,
        Statistic::RegisterOnly,
        Statistic::QuestionnaireOnly,
        Statistic::BothNo,
    ];
    let weighted = |row: &Row| row.key.analysis_set.as_str() == "itt_weighted";
    for row in trial.results.rows().iter().filter(|row| row.unit == Unit::Count) {
        let is_count = matches!(row.composition, Composition::Count(_));
        let should = of_people.contains(&row.key.statistic) && !weighted(row);
        assert_eq!(is_count, should, "{}: {:?}", name(row), row.composition);
    }
}

/// Computes again what is a function of numbers of people; gives how many rows were held.
fn assert_recomputed(trial: &Analysed) -> usize {
    let mut held = 0;
    let mut left = BTreeSet::new();
    let mut wrong = Vec::new();
    for row in trial.results.rows() {
        let Composition::Function { of, table } = &row.composition else { continue };
        let Some(value) = row.value else { continue };
        let counted = of.iter().map(|people| trial.results.census().of(people));
        let counts: Vec<u64> = counted.collect::<Option<_>>().expect("every set is counted");
        let level = trial.results.study.confidence_level;
        let Some(again) = recomputed(row, *table, &counts, level) else {
            left.insert(format!("{} {} {table:?}", row.key.method, row.key.statistic));
            continue;
        };
        held += 1;
        if (again - value).abs() > 1e-12 * value.abs().max(1.0) {
            wrong.push(format!("{}: {value:e}, again {again:e} from {counts:?}", name(row)));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(25)].join("\n")
    );
    assert!(left.is_empty(), "said to be functions of counts, and not computed again: {left:#?}");
    held
}

fn assert_all(trial: &Analysed) -> (usize, usize) {
    assert_numbers_of_people_say_so(trial);
    (assert_counted(trial), assert_recomputed(trial))
}

#[test]
fn the_demonstration_is_made_of_whom_it_says() {
    let trial = analysed(&demonstration());
    let (counted, recomputed) = assert_all(&trial);
    assert!(counted > 4000 && recomputed > 1500, "{counted} counts, {recomputed} functions");
    assert_sets_relate(&trial);
    assert_models_are_known(&trial);
    assert_reads_back(&trial.results);
}

#[test]
fn rossi_is_made_of_whom_it_says() {
    let trial = analysed(&files_below(&fixture("rossi")));
    let (counted, recomputed) = assert_all(&trial);
    assert!(counted > 300 && recomputed > 100, "{counted} counts, {recomputed} functions");
}

#[test]
fn staggered_is_made_of_whom_it_says() {
    let trial = analysed(&files_below(&fixture("staggered")));
    let (counted, recomputed) = assert_all(&trial);
    assert!(counted > 300 && recomputed > 100, "{counted} counts, {recomputed} functions");
}

#[test]
fn small_trials_are_made_of_whom_they_say() {
    for fixture_name in ["good", "questionnaires", "benefits"] {
        let trial = analysed(&files_below(&fixture(fixture_name)));
        let (counted, _) = assert_all(&trial);
        assert!(counted > 100, "{fixture_name}: {counted}");
    }
}

#[test]
fn an_earlier_cut_off_is_made_of_whom_it_says() {
    // Many are not due, some have left, and waves are still open.
    let files = with_plan(demonstration(), |plan| {
        let later = plan.lines().find(|line| line.starts_with("data_cutoff")).expect("a cut-off");
        plan.replace(later, "data_cutoff = 2021-03-15")
    });
    assert_all(&analysed(&files));
}

/// What the algebra says of two sets is true of their numbers.
fn assert_sets_relate(trial: &Analysed) {
    let census: Vec<(&People, u64)> = trial.results.census().iter().collect();
    // All pairs would be millions: each set with some others, far and near.
    for (at, (a, n)) in census.iter().enumerate() {
        for step in [1, 2, 3, 7, 19, 101, 499] {
            let (b, m) = census[(at + step) % census.len()];
            assert!(!a.is_within(b) || *n <= m, "{a:?} within {b:?}");
            assert!(!b.is_within(a) || m <= *n, "{b:?} within {a:?}");
        }
    }
    let everyone = trial.results.census().of(&People::everyone()).expect("it is counted");
    assert_eq!(everyone, trial.data.participants.len() as u64);
    let facts = census.iter().flat_map(|(set, _)| set.facts());
    assert!(facts.filter(|fact| matches!(fact, Fact::Own { .. })).count() == 0);
}

/// Analyses some of whose numbers are no function of numbers of people, nor moments, order or path:
/// for a reviewer to see. `cargo test composition -- --nocapture` lists their methods.
const WITH_MODELS: [Analysis; 14] = [
    Analysis::Effect,
    Analysis::Interaction,
    Analysis::Balance,
    Analysis::ComplierEffect,
    Analysis::ComplierMean,
    Analysis::EffectBounds,
    Analysis::Reliability,
    Analysis::Rmst,
    Analysis::Survival,
    Analysis::SurvivalTest,
    Analysis::HazardRatio,
    Analysis::HazardRatioOverTime,
    Analysis::ProportionalHazardsTest,
    Analysis::Concordance,
];

#[expect(clippy::print_stdout, reason = "the list is what a reviewer asks for")]
fn assert_models_are_known(trial: &Analysed) {
    let mut found = BTreeSet::new();
    for row in trial.results.rows() {
        if !matches!(row.composition, Composition::Model { .. }) {
            continue;
        }
        let key = &row.key;
        assert!(WITH_MODELS.contains(&key.analysis), "{} is a model", name(row));
        found.insert(format!("{} {} {}", key.analysis, key.method, key.inference));
    }
    println!("{found:#?}");
    let adjusted = format!("effect {} ", Method::LinHc2);
    assert!(found.contains(&adjusted), "Lin's regression is one");
}

fn assert_reads_back(results: &ResultSet) {
    let written = to_json(results).expect("memory holds it");
    let read = from_json(&written).expect("it is what was written");
    assert!(read == *results, "rows, compositions and numbers of people are as they were");
    assert!(to_json(&read).expect("memory holds it") == written);
    let other =
        String::from_utf8(written).expect("UTF-8").replacen("\"format\":2", "\"format\":1", 1);
    assert!(from_json(other.as_bytes()).is_err(), "another format is refused");
}
