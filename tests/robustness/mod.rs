//! Whatever the bytes, reading ends with a trial or with problems that name a file.

use std::sync::LazyLock;

use ips_eval::ingest::Ingested;
use ips_eval::plan::parse::parse_plan;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::trial_folder::{Files, files_below, fixture, plan, read};

mod exports;
mod formats;

static CSV: LazyLock<Files> = LazyLock::new(|| files_below(&fixture("good")));
static SEMICOLON: LazyLock<Files> = LazyLock::new(|| files_below(&fixture("good_semicolon")));
static PARQUET: LazyLock<Files> = LazyLock::new(|| files_below(&fixture("good_parquet")));

/// The same cases in every run.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(20_180_201),
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

/// A change of bytes: where, as a share of the length, how many are cut, and what is put in.
type Change = (f64, usize, Vec<u8>);

/// Bytes that mean something in CSV, TOML or Parquet more often than chance has it.
fn telling_byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        prop::sample::select(&b"\",;\t\r\n='[]{}#.-0195 \\\xef\xbb\xbf\xff\x00"[..]),
        any::<u8>(),
    ]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (0.0..1.0_f64, 0..20_usize, prop::collection::vec(telling_byte(), 0..6));
    prop::collection::vec(change, 1..6)
}

fn mutated(bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (place, cut, new) in changes {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
        let start = (place * bytes.len() as f64) as usize;
        let end = (start + cut).min(bytes.len());
        bytes.splice(start..end, new.iter().copied());
    }
    bytes
}

/// A trial, or at least one error; and every problem names its file.
fn assert_answered(ingested: &Ingested) {
    let problems = ingested.problems.all();
    assert_eq!(ingested.data.is_none(), ingested.problems.has_errors(), "{problems:?}");
    assert!(problems.iter().all(|problem| !problem.place.file.is_empty()), "{problems:?}");
}

/// Reads a fixture of which one file is replaced.
fn assert_read(files: &Files, name: &str, bytes: Vec<u8>) {
    let mut files = files.clone();
    files.insert(name.to_owned(), bytes);
    assert_answered(&read(&plan(&files), &files));
}

/// Parses a plan and, where it is right, reads the good trial by it.
fn assert_parsed(text: &str) {
    match parse_plan("plan.toml", text) {
        Ok(document) => assert_answered(&read(&document, &CSV)),
        Err(problems) => {
            assert!(problems.has_errors());
            for problem in problems.all() {
                assert_eq!(&*problem.place.file, "plan.toml");
                assert!(problem.place.line.is_some_and(|line| line > 0), "{problem:?}");
                let span = problem.place.span.clone().unwrap_or(0..0);
                assert!(text.get(span).is_some(), "the span can be shown: {problem:?}");
            }
        }
    }
}

const TABLES: [&str; 6] =
    ["participants", "employment", "waves", "benefits", "allocation", "fidelity"];

fn table() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&TABLES[..])
}

fn arbitrary_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(telling_byte(), 0..300)
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn arbitrary_bytes_as_csv_are_answered(name in table(), bytes in arbitrary_bytes()) {
        assert_read(&CSV, &format!("{name}.csv"), bytes);
    }

    #[test]
    fn arbitrary_bytes_as_parquet_are_answered(name in table(), bytes in arbitrary_bytes()) {
        assert_read(&PARQUET, &format!("{name}.parquet"), bytes);
    }

    #[test]
    fn mutated_csv_is_answered(name in table(), changes in changes()) {
        let name = format!("{name}.csv");
        assert_read(&CSV, &name, mutated(&CSV[&name], &changes));
        assert_read(&SEMICOLON, &name, mutated(&SEMICOLON[&name], &changes));
    }

    // These cases hold; others do not. Of one-byte changes of `participants.parquet` about one in
    // a hundred makes polars 0.55 panic or ask for 2^61 bytes, which ends the program.
    #[test]
    fn mutated_parquet_is_answered(name in table(), changes in changes()) {
        let name = format!("{name}.parquet");
        assert_read(&PARQUET, &name, mutated(&PARQUET[&name], &changes));
    }

    #[test]
    fn arbitrary_plans_are_answered(bytes in arbitrary_bytes()) {
        assert_parsed(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn mutated_plans_are_answered(changes in changes()) {
        let files = [&CSV["plan.toml"], &SEMICOLON["plan.toml"]];
        for plan in files {
            assert_parsed(&String::from_utf8_lossy(&mutated(plan, &changes)));
        }
    }
}
