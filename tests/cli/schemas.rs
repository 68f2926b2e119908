//! The data dictionary, and the files of `data-schema/` that are written by the program.

use ips_eval::diagnostic::Code;

use crate::trial_folder::{Said, TrialFolder};

fn schema(more: &[&str]) -> Said {
    let said = TrialFolder::empty().say(&[&["schema"], more].concat());
    assert_eq!(said.stderr, "");
    said
}

#[test]
fn the_dictionary_holds_every_table_and_its_columns() {
    let said = schema(&[]);
    assert_eq!(said.code, Some(0));
    for table in ["participants", "employment", "waves", "benefits", "allocation", "fidelity"] {
        assert!(said.stdout.contains(&format!("{table}: ")), "{table}");
    }
    let said = schema(&["participants"]);
    assert_eq!(said.code, Some(0));
    for column in ["participant_id", "randomisation_date", "exit_reason"] {
        assert!(said.stdout.contains(column), "{column}");
    }
    assert!(!said.stdout.contains("hours_per_week"), "that is another table");
}

#[test]
fn the_dictionary_of_codes_holds_every_code() {
    let said = schema(&["diagnostics"]);
    for code in Code::ALL {
        assert!(said.stdout.contains(code.as_str()), "{}", code.as_str());
    }
}

#[test]
fn the_dictionary_of_the_plan_holds_every_section() {
    let said = schema(&["plan"]);
    for key in ["trial.arms.ips", "data.waves", "bootstrap.seed", "csv.date_format", "columns"] {
        assert!(said.stdout.contains(key), "{key}: {}", said.stdout);
    }
}

#[test]
fn a_table_as_json_is_the_file_in_data_schema() {
    let said = schema(&["waves", "--json"]);
    assert_eq!(said.stdout, include_str!("../../data-schema/waves.schema.json"));
    assert_eq!(schema(&["--json"]).json()["waves"], said.json());
}

#[test]
fn an_unknown_table_gets_a_hint_and_code_2() {
    let said = TrialFolder::empty().say(&["schema", "employmnt"]);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("did you mean `employment`?"), "{}", said.stderr);
}

fn assert_current(name: &str, file: &str) {
    let said = schema(&[name, "--json"]);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data-schema").join(file);
    let shipped = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        said.stdout == shipped,
        "data-schema/{file} is out of date; from the repository:\n\
         cargo run -- schema {name} --json > data-schema/{file}"
    );
}

#[test]
fn the_shipped_schema_of_the_plan_is_current() {
    assert_current("plan", "plan.schema.json");
}

#[test]
fn the_shipped_list_of_diagnostics_is_current() {
    assert_current("diagnostics", "diagnostics.json");
}
