//! What a run writes, and what is made from it.

use std::collections::{BTreeMap, BTreeSet};

use ips_eval::trial::date::Date;
use sha2::{Digest as _, Sha256};

use crate::trial_folder::{Files, RUN, TrialFolder, files_below, fixture};

fn sha256(bytes: &[u8]) -> String {
    let digits: Vec<String> =
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// Every file is listed in the manifest with its size and hash, and no other.
fn assert_manifest_lists(files: &Files) {
    let manifest: serde_json::Value =
        serde_json::from_slice(&files["manifest.json"]).expect("JSON");
    let listed: BTreeMap<&str, (u64, &str)> = manifest["outputs"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().expect("a text");
            (text("file"), (one["bytes"].as_u64().expect("a size"), text("sha256")))
        })
        .collect();
    let others = files.iter().filter(|(name, _)| *name != "manifest.json");
    let found: BTreeMap<&str, (u64, String)> =
        others.map(|(name, bytes)| (name.as_str(), (bytes.len() as u64, sha256(bytes)))).collect();
    assert!(listed.keys().eq(found.keys()), "{:?}", listed.keys());
    for (name, (bytes, hash)) in found {
        assert_eq!(listed[name], (bytes, hash.as_str()), "{name}");
    }
}

#[test]
fn a_run_writes_what_it_says() {
    let expected = ["results.csv", "results.json", "results.parquet", "report.en.html"];
    for name in expected {
        assert!(RUN.files.contains_key(name), "{name}");
    }
    for ending in ["csv", "png", "svg"] {
        assert!(RUN.files.keys().any(|n| n.starts_with("figures/") && n.ends_with(ending)));
    }
    for place in ["out/results.csv", "out/figures", "out/report.en.html", "out/manifest.json"] {
        assert!(RUN.said.stdout.contains(place), "{}", RUN.said.stdout);
    }
}

#[test]
fn the_manifest_lists_every_output_and_input_by_its_content() {
    assert_manifest_lists(&RUN.files);
    let manifest: serde_json::Value = serde_json::from_slice(&RUN.files["manifest.json"]).unwrap();
    let good = files_below(&fixture("good"));
    let inputs = manifest["inputs"].as_array().unwrap();
    let named = inputs.iter().chain([&manifest["plan"]]).map(|input| {
        let file = input["file"].as_str().unwrap();
        assert_eq!(input["sha256"], sha256(&good[file]), "{file}");
        file
    });
    assert_eq!(named.collect::<BTreeSet<_>>(), good.keys().map(String::as_str).collect());
    assert_eq!(manifest["seed"], 20_180_201);
    assert_eq!(manifest["replicates"], 200);
    assert!(manifest["classification"].as_str().unwrap().starts_with("internal"));
}

#[test]
fn nothing_written_names_a_participant_or_a_folder_of_the_machine() {
    for (name, bytes) in &RUN.files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("P001"), "{name} names a participant");
        let home = std::env::temp_dir();
        assert!(!text.contains(&*home.to_string_lossy()), "{name} names a folder");
    }
}

#[test]
fn documents_are_rendered_again_from_results_alone() {
    let folder = TrialFolder::empty();
    for name in ["results.json", "manifest.json"] {
        folder.write(&format!("out/{name}"), &RUN.files[name]);
    }
    let said = folder.say(&["report", "out", "--out", "again"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains("report.en.html"), "{}", said.stdout);
    let again = files_below(&folder.path("again"));
    let is_document = |name: &&String| {
        ["figures/", "tables/", "report."].iter().any(|start| name.starts_with(start))
    };
    let documents: BTreeSet<_> = RUN.files.keys().filter(is_document).collect();
    assert!(again.keys().eq(documents), "{:?}", again.keys());
    for (name, bytes) in &again {
        assert!(*bytes == RUN.files[name], "{name} is rendered otherwise");
    }
    assert_eq!(files_below(&folder.path("out")).len(), 2, "the results are left alone");
}

#[test]
fn internal_documents_are_marked_and_listed() {
    const MARK: &str = "Internal: contains small cells";
    let page = |files: &Files| String::from_utf8(files["report.en.html"].clone()).unwrap();
    assert!(!page(&RUN.files).contains(MARK));
    let folder = TrialFolder::empty();
    RUN.write_to(&folder, "out");
    let said = folder.say(&["report", "out/results.json", "--internal"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let files = files_below(&folder.path("out"));
    assert!(page(&files).contains(MARK));
    for (name, bytes) in &files {
        let is_figure = std::path::Path::new(name).extension().is_some_and(|end| end == "svg");
        if !is_figure {
            continue;
        }
        assert!(String::from_utf8_lossy(bytes).contains(MARK), "{name}");
    }
    assert_manifest_lists(&files);
}

/// Rows of a CSV text by column.
fn records(text: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(text).deserialize().collect::<Result<_, _>>().expect("a table")
}

/// The row of a table that begins on a line of its file.
fn rows_by_line(text: &[u8]) -> BTreeMap<u64, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers().expect("a header").clone();
    let row = |record: csv::StringRecord| {
        let line = record.position().expect("a place").line();
        (line, record.deserialize(Some(&header)).expect("a row"))
    };
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

#[test]
fn every_outcome_is_traced_to_its_rows() {
    let folder = TrialFolder::good();
    let said = folder.say(&["check", "plan.toml", "--trace", "trace.csv"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stderr.contains("traced outcomes: trace.csv"), "{}", said.stderr);
    let people = rows_by_line(&folder.read("participants.csv"));
    let spells = rows_by_line(&folder.read("employment.csv"));
    let trace = records(&folder.read("trace.csv"));
    let (months, others) = (4, 4);
    assert_eq!(trace.len(), people.len() * (months + others));
    let date = |text: &str| Date::parse_iso(text).unwrap();
    let mut with_job = 0;
    for row in &trace {
        let person = &people[&row["participants_line"].parse().unwrap()];
        assert_eq!(person["participant_id"], row["participant_id"]);
        let lines = row["employment_lines"].split_whitespace();
        let jobs: Vec<_> = lines.map(|line| &spells[&line.parse().unwrap()]).collect();
        assert!(jobs.iter().all(|job| job["participant_id"] == row["participant_id"]));
        if row["outcome"] == "first_job_day" && !jobs.is_empty() {
            let first = jobs.iter().map(|job| date(&job["start_date"])).min().unwrap();
            let day = first.days_since(date(&person["randomisation_date"]));
            assert_eq!(row["value"], day.to_string(), "{row:?}");
            with_job += 1;
        }
    }
    assert!(with_job > 20, "{with_job} first jobs are traced");
}

#[test]
fn a_bad_trial_is_not_traced() {
    let folder = TrialFolder::of("good");
    folder.overlay(&fixture("bad/cell--missing"));
    let said = folder.say(&["check", "plan.toml", "--trace", "trace.csv"]);
    assert_eq!(said.code, Some(1));
    assert!(!folder.path("trace.csv").exists());
}
