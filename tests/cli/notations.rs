//! The same trial gives the same numbers in whatever notation it is written.

use crate::trial_folder::{RUN, TrialFolder, files_below, fixture, results_csv};

/// One trial as CSV in two notations, Parquet, Stata, SPSS and Excel.
const NOTATIONS: [&str; 6] =
    ["good", "good_semicolon", "good_parquet", "good_stata", "good_spss", "good_excel"];

#[test]
fn every_notation_gives_the_same_bytes() {
    for notation in NOTATIONS {
        let results = results_csv(&files_below(&fixture(notation)));
        assert!(results == RUN.files["results.csv"], "{notation} gives other results");
    }
}

#[test]
fn a_spreadsheet_export_is_what_it_claims_to_be() {
    let files = files_below(&fixture("good_semicolon"));
    let text = String::from_utf8(files["participants.csv"].clone()).unwrap();
    assert!(text.starts_with('\u{feff}'), "byte-order mark");
    assert!(text.contains("\r\n"), "CRLF");
    assert!(text.contains("\"first line\nsecond line\""), "quoted line break");
    assert!(text.contains(";999;"), "missing code");
    let text = String::from_utf8(files["employment.csv"].clone()).unwrap();
    assert!(text.contains(";19,5;"), "decimal comma");
}

#[test]
fn declared_missing_codes_are_counted_by_reason() {
    let folder = TrialFolder::of("good_semicolon");
    let cells = |file: &str, code: &str| folder.text(file).matches(code).count() as u64;
    let tables = folder.say(&["check", "plan.toml", "--json"]).json()["tables"].clone();
    let missing = &tables[0]["declared_missing"][0];
    assert_eq!(missing["column"], "education");
    assert_eq!(missing["reason"], "not asked");
    assert_eq!(missing["cells"], cells("participants.csv", ";999;"));
    assert_eq!(tables[1]["declared_missing"][0]["cells"], cells("employment.csv", ";-1;"));
}

#[test]
fn every_notation_checks_clean_and_counts_its_rows() {
    for notation in NOTATIONS {
        let folder = TrialFolder::of(notation);
        let said = folder.say(&["check", "plan.toml", "--json", "--deny", "warnings"]);
        assert_eq!(said.code, Some(0), "{notation}: {}", said.stdout);
        let rows: Vec<_> = said.json()["tables"]
            .as_array()
            .unwrap()
            .iter()
            .map(|table| table["rows"].as_u64().unwrap())
            .collect();
        assert_eq!(rows, [120, 119, 178, 80, 120, 75], "{notation}");
    }
}
