//! The same bytes with any number of threads, from any directory, in any order of the rows.

use crate::trial_folder::{Files, RUN, TrialFolder, files_below, fixture, results_csv};

/// Every file is the same, byte for byte.
fn assert_same_files(found: &Files, how: &str) {
    assert!(found.keys().eq(RUN.files.keys()), "{how}: {:?}", found.keys());
    for (name, bytes) in found {
        assert!(*bytes == RUN.files[name], "{name} differs {how}");
    }
}

#[test]
fn one_thread_writes_the_same_bytes_as_two() {
    let folder = TrialFolder::good();
    let said = folder.say(&["run", "plan.toml", "--out", "out", "--threads", "1", "--json"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let rows = csv::Reader::from_reader(&RUN.files["results.csv"][..]).records().count();
    assert_eq!(said.json()["rows"], rows, "the answer as JSON counts the rows");
    assert_same_files(&files_below(&folder.path("out")), "with one thread");
}

#[test]
fn eight_threads_write_the_same_bytes_as_two() {
    let folder = TrialFolder::good();
    let said = folder.say(&["run", "plan.toml", "--out", "out", "--threads", "8"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_same_files(&files_below(&folder.path("out")), "with eight threads");
}

#[test]
fn the_same_run_from_another_directory_writes_the_same_bytes() {
    let (trial, elsewhere) = (TrialFolder::good(), TrialFolder::empty());
    let plan = trial.path("plan.toml");
    let plan = plan.to_str().expect("a text");
    let said = elsewhere.say(&["run", plan, "--out", "deep/in/out", "--threads", "2"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_same_files(&files_below(&elsewhere.path("deep/in/out")), "from another directory");
}

/// A CSV file with its rows in another order.
fn shuffled(bytes: &[u8]) -> Vec<u8> {
    let mut reader = csv::Reader::from_reader(bytes);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(reader.headers().expect("a header")).expect("memory holds it");
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    let n = rows.len();
    // A stride that shares no divisor with n visits every row once.
    let stride =
        (n / 3..=n + 1).find(|stride| common_divisor(*stride, n) == 1).expect("there is one");
    for at in 0..n {
        writer.write_record(&rows[(at * stride + 1) % n]).expect("memory holds it");
    }
    writer.into_inner().expect("memory holds it")
}

/// Greatest common divisor.
fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let mut files = files_below(&fixture("good"));
    for (name, bytes) in files.iter_mut().filter(|(name, _)| *name != "plan.toml") {
        let other = shuffled(bytes);
        assert!(other != *bytes, "{name} is shuffled");
        *bytes = other;
    }
    assert!(results_csv(&files) == RUN.files["results.csv"]);
}

#[test]
fn another_seed_gives_other_bytes() {
    let mut files = files_below(&fixture("good"));
    let plan = String::from_utf8(files["plan.toml"].clone()).unwrap();
    files.insert("plan.toml".to_owned(), plan.replace("20180201", "20180202").into_bytes());
    assert!(results_csv(&files) != RUN.files["results.csv"]);
}
