//! Every diagnostic code has a fixture, and is reported exactly where the fixture is broken.

use std::collections::BTreeSet;

use ips_eval::diagnostic::{Code, Severity};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::trial_folder::{Said, TrialFolder, fixture};

/// What `tests/fixtures/make_bad.py` says must be reported.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    file: String,
    line: Option<u64>,
    column: Option<String>,
    severity: String,
    /// Problems with this code.
    count: usize,
    /// Errors in all, where the break has more than those of this code.
    errors: Option<usize>,
    /// A participant's value that is shown on request only.
    value: Option<String>,
    /// A participant's value that is never shown.
    hidden: Option<String>,
}

/// A code with its fixture laid over the good trial.
struct Broken {
    code: Code,
    folder: TrialFolder,
    expected: Expected,
}

fn folder_name(code: Code) -> String {
    format!("bad/{}", code.as_str().replace("::", "--"))
}

fn broken(wanted: impl Fn(Severity) -> bool) -> impl Iterator<Item = Broken> {
    Code::ALL.iter().filter(move |code| wanted(code.severity())).map(|&code| {
        let folder = TrialFolder::good();
        folder.overlay(&fixture(&folder_name(code)));
        let expected = toml::from_str(&folder.text("expect.toml"));
        Broken { code, folder, expected: expected.expect("expect.toml is in order") }
    })
}

impl Broken {
    /// The code is listed as often as expected, the first time where expected.
    fn assert_listed(&self, said: &Said) {
        let (code, answer) = (self.code.as_str(), said.json());
        let problems = answer["problems"].as_array().expect("a list");
        let of_code: Vec<&Json> = problems.iter().filter(|one| one["code"] == code).collect();
        assert_eq!(of_code.len(), self.expected.count, "{code} is listed so often: {problems:#?}");
        let first = of_code[0];
        assert_eq!(first["file"], self.expected.file.as_str(), "{code}: file");
        assert_eq!(first["line"].as_u64(), self.expected.line, "{code}: line");
        assert_eq!(first["column"].as_str(), self.expected.column.as_deref(), "{code}: column");
        assert_eq!(first["severity"], self.expected.severity.as_str(), "{code}: severity");
        for text in ["message", "remedy"] {
            assert!(first[text].as_str().is_some_and(|said| !said.is_empty()), "{code}: {text}");
        }
        // Nothing else is wrong: a fault is not reported again in other words.
        let n = self.expected.errors.unwrap_or(self.expected.count);
        match self.code.severity() {
            Severity::Error => assert_eq!(answer["errors"], n, "{code}: {problems:#?}"),
            Severity::Warning => assert_eq!(answer["warnings"], n, "{code}: {problems:#?}"),
            Severity::Note => {}
        }
    }

    fn check(&self, more: &[&str]) -> Said {
        self.folder.say(&[&["check", "plan.toml"], more].concat())
    }

    /// `run` fails with code 1 and leaves the folder as it was.
    fn assert_run_writes_nothing(&self, more: &[&str]) {
        let before = self.folder.names();
        let said = self.folder.say(&[&["run", "plan.toml", "--out", "out"], more].concat());
        let code = self.code.as_str();
        assert_eq!(said.code, Some(1), "run with {code}: {}", said.stderr);
        assert!(said.stderr.contains(&format!("[{code}]")), "{code} is said: {}", said.stderr);
        assert_eq!(said.stdout, "", "{code}");
        assert_eq!(self.folder.names(), before, "run with {code} left something");
    }
}

#[test]
fn every_code_has_a_fixture_and_every_fixture_a_code() {
    let wanted: BTreeSet<String> = Code::ALL.iter().map(|code| folder_name(*code)).collect();
    let entries = std::fs::read_dir(fixture("bad")).unwrap();
    let name = |entry: std::fs::DirEntry| format!("bad/{}", entry.file_name().to_string_lossy());
    let found: BTreeSet<String> = entries.map(|entry| name(entry.unwrap())).collect();
    assert_eq!(found, wanted, "tests/fixtures/make_bad.py writes these folders");
}

#[test]
fn the_good_trial_has_neither_errors_nor_warnings() {
    let folder = TrialFolder::good();
    let said = folder.say(&["check", "plan.toml", "--json", "--deny", "warnings"]);
    assert_eq!(said.code, Some(0), "{}", said.stdout);
    assert_eq!(said.json()["errors"], 0);
    assert_eq!(said.json()["warnings"], 0);
    let said = folder.say(&["check", "plan.toml", "--deny", "notes"]);
    assert_eq!(said.code, Some(1), "it has notes");
}

#[test]
fn every_error_is_reported_at_its_place_and_stops_the_run() {
    for one in broken(|severity| severity == Severity::Error) {
        let said = one.check(&["--json"]);
        assert_eq!(said.code, Some(1), "{}", one.code.as_str());
        one.assert_listed(&said);
        one.assert_run_writes_nothing(&[]);
    }
}

#[test]
fn every_warning_is_reported_at_its_place_and_stops_the_run_where_denied() {
    for one in broken(|severity| severity == Severity::Warning) {
        let said = one.check(&["--json"]);
        assert_eq!(said.code, Some(0), "{}", one.code.as_str());
        one.assert_listed(&said);
        for deny in ["warnings", "notes"] {
            assert_eq!(one.check(&["--deny", deny]).code, Some(1), "{}", one.code.as_str());
            one.assert_run_writes_nothing(&["--deny", deny]);
        }
    }
}

#[test]
fn every_note_is_reported_at_its_place_and_stops_the_run_where_denied() {
    for one in broken(|severity| severity == Severity::Note) {
        let said = one.check(&["--json"]);
        one.assert_listed(&said);
        for (deny, code) in [("warnings", 0), ("notes", 1)] {
            let said = one.check(&["--deny", deny]);
            assert_eq!(said.code, Some(code), "{} --deny {deny}", one.code.as_str());
        }
        one.assert_run_writes_nothing(&["--deny", "notes"]);
    }
}

#[test]
fn participants_values_are_shown_on_request_only() {
    for one in broken(|_| true) {
        let code = one.code.as_str();
        for more in [&[][..], &["--json"]] {
            let said = one.check(more);
            let all = format!("{}{}", said.stdout, said.stderr);
            for value in one.expected.value.iter().chain(&one.expected.hidden) {
                assert!(!all.contains(value.as_str()), "{code} {more:?} shows {value}: {all}");
            }
            let Some(value) = &one.expected.value else { continue };
            let said = one.check(&[more, &["--show-values"]].concat());
            let all = format!("{}{}", said.stdout, said.stderr);
            assert!(all.contains(value.as_str()), "{code} {more:?} hides {value}: {all}");
        }
    }
}
