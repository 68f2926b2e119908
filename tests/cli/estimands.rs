//! What a plan declares is run, has its role, and nothing else has.

use std::collections::BTreeSet;

use ips_eval::analysis::analyse;
use ips_eval::ingest::{Sources, read_trial};
use ips_eval::plan::catalogue::catalogue;
use ips_eval::plan::parse::{PlanDocument, parse_plan};
use ips_eval::plan::types::TableName;
use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, Row};
use ips_eval::results::vocabulary::{
    Analysis, Inference, Method, Outcome, ResultArm, Role, Statistic,
};

use crate::trial_folder::TrialFolder;

const DECLARED: &str = r#"
[[estimands]]
id = "main"
role = "primary"
outcome = "ever_employed"
method = "risk_difference_newcombe"
sensitivity = ["lin_hc2"]

[[estimands]]
id = "path"
role = "secondary"
outcome = "employed"
method = "ols_strata_hc2"
months = [6]

[[estimands]]
id = "groups"
role = "exploratory"
outcome = "ever_employed"
method = "risk_ratio"
sensitivity = ["wald_log_risk_ratio"]
subgroup = "age"
"#;

fn run(more: &str) -> (PlanDocument, ResultSet) {
    let folder = TrialFolder::of("benefits");
    let text = folder.text("plan.toml").replace(
        "months_before = 3",
        "months_before = 3\nsensitivity = [\"lasso_cross_fitted\", \"aipw_logit\", \"aipw_lasso\"]",
    );
    let document = parse_plan("plan.toml", &(text + more)).expect("a good plan");
    let tables = [TableName::Participants, TableName::Employment, TableName::Benefits];
    let sources: Sources = tables
        .into_iter()
        .map(|table| (table, folder.text(document.plan.data.get(table).expect("a file"))))
        .map(|(table, text)| (table, text.into_bytes()))
        .collect();
    let data = read_trial(&document, &sources).data.expect("the trial has no errors");
    let results = analyse(&document.plan, &data, &|_| {}).expect("results");
    (document, results)
}

fn contrasts(results: &ResultSet) -> impl Iterator<Item = &Row> {
    results.rows().iter().filter(|row| {
        row.key.arm == ResultArm::Contrast
            && !matches!(row.key.analysis, Analysis::Balance | Analysis::ComplierShare)
    })
}

#[test]
fn the_catalogue_lists_what_is_run_and_nothing_else() {
    let (document, results) = run("");
    let mut listed: BTreeSet<(Outcome, Method, Option<i32>)> = BTreeSet::new();
    for one in catalogue(&document.plan) {
        for method in one.methods {
            let months: Vec<Option<i32>> = one.months.iter().map(|month| Some(*month)).collect();
            let months = if months.is_empty() { vec![None] } else { months };
            listed.extend(months.into_iter().map(|month| (one.outcome, method, month)));
        }
    }
    let run: BTreeSet<(Outcome, Method, Option<i32>)> = contrasts(&results)
        // A band is of all months together.
        .filter(|row| row.key.inference != Inference::BandSupT)
        .map(|row| (row.key.outcome, row.key.method, row.key.month))
        .collect();
    let of = |a: &BTreeSet<_>, b: &BTreeSet<_>| {
        a.difference(b).map(|(o, m, t)| format!("{o} {m} {t:?}")).collect::<Vec<String>>()
    };
    assert_eq!(of(&listed, &run), Vec::<String>::new(), "listed and not run");
    assert_eq!(of(&run, &listed), Vec::<String>::new(), "run and not listed");
}

#[test]
fn declared_contrasts_have_their_role_and_all_others_are_exploratory() {
    let (_, results) = run(DECLARED);
    let mut seen = BTreeSet::new();
    for row in contrasts(&results) {
        let key = &row.key;
        // A level may name the statistic that a Monte Carlo error belongs to.
        let has_level = !key.level.is_empty() && Statistic::from_word(&key.level).is_none();
        let all = key.region == ALL_REGIONS && key.subgroup.is_empty() && !has_level;
        let is_path = (key.outcome, key.month) == (Outcome::Employed, Some(6));
        let wanted = match (key.outcome, key.method) {
            (Outcome::EverEmployed, Method::RiskDifferenceNewcombe) if all => Role::Primary,
            (Outcome::EverEmployed, Method::LinHc2) if all => Role::Secondary,
            (Outcome::Employed, Method::OlsStrataHc2) if all && is_path => Role::Secondary,
            _ => Role::Exploratory,
        };
        assert_eq!(row.role, wanted, "{key:?}");
        seen.insert(wanted);
    }
    assert_eq!(seen.len(), 3);
    let named = &results.study.estimands;
    let declared: Vec<&str> =
        named.iter().filter(|one| one.declared).map(|one| one.id.as_str()).collect();
    assert_eq!(declared, ["main", "path", "groups"]);
    for one in named {
        let texts = [&one.population, &one.treatments, &one.variable, &one.summary];
        assert!(texts.iter().all(|text| !text.is_empty()), "{one:?}");
        assert!(!one.intercurrent_events.is_empty(), "{one:?}");
    }
    // Every contrast belongs to an estimand.
    for row in contrasts(&results) {
        let of = |one: &&ips_eval::results::study::StudyEstimand| {
            one.outcome == row.key.outcome && one.methods.contains(&row.key.method)
        };
        assert!(named.iter().any(|one| of(&one)), "{:?}", row.key);
    }
}

#[test]
fn without_estimands_the_headline_is_primary_and_alone() {
    let (_, results) = run("");
    let primary: BTreeSet<(Outcome, Method)> = contrasts(&results)
        .filter(|row| row.role == Role::Primary)
        .map(|row| (row.key.outcome, row.key.method))
        .collect();
    let headline = (Outcome::FirstJob, Method::RiskDifferenceAalenJohansen);
    assert_eq!(primary, BTreeSet::from([headline]));
}

#[test]
fn an_estimand_that_the_data_do_not_let_run_ends_the_run() {
    // The good trial has no `programme_start_date`.
    let folder = TrialFolder::good();
    let more = "\n[[estimands]]\nid = \"those who came\"\nrole = \"secondary\"\n\
                outcome = \"ever_employed\"\nmethod = \"tsls_hc2\"\n";
    folder.write("plan.toml", folder.text("plan.toml") + more);
    let said = folder.say(&["run", "plan.toml", "--out", "out"]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("those who came (ever_employed by tsls_hc2)"), "{}", said.stderr);
    assert!(!folder.names().contains(&"out".to_owned()), "{:?}", folder.names());
}
