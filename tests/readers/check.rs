//! `check` says what it understood, and `run` keeps it: the same counts as the tables have.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::trial_folder::{RUN, TrialFolder};

/// Rows of a table of the good trial, by column.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let text = TrialFolder::good().text(&format!("{table}.csv"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row of the table")).collect()
}

fn count(
    rows: &[BTreeMap<String, String>],
    is_wanted: impl Fn(&BTreeMap<String, String>) -> bool,
) -> usize {
    rows.iter().filter(|row| is_wanted(row)).count()
}

fn understood() -> Json {
    let said = TrialFolder::good().say(&["check", "plan.toml", "--json"]);
    said.json()["understood"].clone()
}

#[test]
fn people_and_exits_are_counted_as_the_table_has_them() {
    let (people, said) = (rows("participants"), understood());
    for group in said["people"].as_array().unwrap() {
        let own = |row: &BTreeMap<String, String>| {
            (group["region"] == "all" || group["region"] == row["region"].as_str())
                && group["arm"] == row["arm"].as_str()
        };
        assert_eq!(group["randomised"], count(&people, own), "{group}");
        let days =
            || people.iter().filter(|row| own(row)).map(|row| row["randomisation_date"].as_str());
        assert_eq!(group["randomised_from"].as_str(), days().min());
        assert_eq!(group["randomised_to"].as_str(), days().max());
        // Month 18 ends on day 547; the cut-off is 2021-06-30.
        let due = |row: &BTreeMap<String, String>| {
            own(row) && row["randomisation_date"].as_str() <= "2019-12-30"
        };
        assert_eq!(group["due"], count(&people, due), "{group}");
    }
    assert_eq!(said["people"].as_array().unwrap().len(), 8);
    let exits = said["exits"].as_array().unwrap();
    for exit in exits {
        let reason = exit["reason"].as_str().unwrap();
        assert_eq!(exit["people"], count(&people, |row| row["exit_reason"] == reason), "{exit}");
        let competes = ["death", "statutory_pension"].contains(&reason);
        assert_eq!(exit["taken_as"], if competes { "competing" } else { "censoring" });
    }
    let all: u64 = exits.iter().map(|exit| exit["people"].as_u64().unwrap()).sum();
    let leavers = count(&people, |row| !row["exit_reason"].is_empty());
    assert_eq!(usize::try_from(all), Ok(leavers));
}

#[test]
fn spells_count_or_have_a_reason() {
    let (spells, said) = (rows("employment"), understood());
    let mut met = 0;
    for kind in said["spells"].as_array().unwrap() {
        let own = |row: &BTreeMap<String, String>| {
            kind["contract"] == row["contract"].as_str() && kind["source"] == row["source"].as_str()
        };
        let n = count(&spells, own);
        met += n;
        assert_eq!(kind["spells"], n, "{kind}");
        let is_listed = ["employment_contract", "temporary_agency", "self_employed"]
            .iter()
            .any(|c| kind["contract"] == *c);
        if is_listed {
            assert_eq!(kind["counted"], n, "{kind}");
        } else {
            assert_eq!(kind["not_counted"]["contract"], n, "{kind}");
        }
    }
    assert_eq!(met, spells.len());
}

#[test]
fn covariates_benefits_and_columns_are_described() {
    let (people, said) = (rows("participants"), understood());
    let ages: Vec<f64> = people.iter().map(|row| row["age"].parse().unwrap()).collect();
    let age = &said["covariates"][0];
    assert_eq!(age["name"], "age");
    assert_eq!(age["kind"], "number");
    assert_eq!(age["least"].as_f64(), ages.iter().copied().reduce(f64::min));
    assert_eq!(age["most"].as_f64(), ages.iter().copied().reduce(f64::max));
    assert_eq!(said["covariates"][1]["levels"], 2);
    assert_eq!(said["benefits"]["months"], rows("benefits").len());
    assert_eq!(said["benefits"]["first"], "2020-01-01");
    let columns = said["tables"][0]["columns"].as_array().unwrap();
    let role = |name: &str| columns.iter().find(|one| one["name"] == name).unwrap()["role"].clone();
    assert_eq!((role("age"), role("remark")), (Json::from("used"), Json::from("kept")));
    let answers = said["answers"].as_array().unwrap();
    let answered: u64 = answers.iter().map(|one| one["answered"].as_u64().unwrap()).sum();
    assert!(answered > 0 && usize::try_from(answered).is_ok_and(|n| n <= rows("waves").len()));
}

#[test]
fn the_screen_says_it_and_a_run_keeps_it() {
    let said = TrialFolder::good().say(&["check", "plan.toml"]);
    for text in
        ["competing", "censoring", "programme begun: IPS 0 of 60", "columns of participants.csv"]
    {
        assert!(said.stdout.contains(text), "{text}: {}", said.stdout);
    }
    assert!(said.stdout.ends_with("ready to run\n"), "{}", said.stdout);
    let kept: Json = serde_json::from_slice(&RUN.files["data.json"]).unwrap();
    assert_eq!(kept, understood());
}

#[test]
fn one_warning_is_one_warning() {
    let folder = TrialFolder::good();
    let spells = folder.text("employment.csv").replacen(",38,", ",61,", 1);
    folder.write("employment.csv", spells);
    let said = folder.say(&["check", "plan.toml"]);
    assert!(said.stdout.contains("no errors, 1 warning, "), "{}", said.stdout);
}
