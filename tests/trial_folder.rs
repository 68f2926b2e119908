//! A trial in a folder of its own, and the program run in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use ips_eval::ingest::{Ingested, Sources, read_trial};
use ips_eval::plan::parse::{PlanDocument, parse_plan_with};
use ips_eval::plan::types::TableName;
use tempfile::TempDir;

/// Files below a folder, by their path in it.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// A folder of `tests/fixtures/`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// What one run of the program said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    /// The answer as JSON; fails where anything else is on standard output.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).expect("standard output is one JSON value")
    }
}

/// The program, speaking to pipes.
pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ips-eval"))
}

/// Runs the program to its end.
pub(crate) fn say(command: &mut Command) -> Said {
    let output = assert_cmd::Command::from_std(std::mem::replace(command, program()))
        .output()
        .expect("the program can be started");
    let text = |bytes| String::from_utf8(bytes).expect("the program speaks UTF-8");
    Said { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A folder that goes away with the test.
pub(crate) struct TrialFolder(TempDir);

impl TrialFolder {
    pub(crate) fn empty() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    /// A copy of a fixture.
    pub(crate) fn of(name: &str) -> Self {
        let folder = Self::empty();
        folder.overlay(&fixture(name));
        folder
    }

    /// The trial without faults.
    pub(crate) fn good() -> Self {
        Self::of("good")
    }

    /// Copies the files of a folder over those that are here.
    pub(crate) fn overlay(&self, source: &Path) {
        for (name, bytes) in files_below(source) {
            self.write(&name, bytes);
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("a file of the folder")
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("a text")
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is ours");
        std::fs::write(path, content).expect("the folder is ours");
    }

    /// Replaces a text that must be there.
    pub(crate) fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert!(text.contains(from), "{name} does not hold {from}");
        self.write(name, text.replace(from, to));
    }

    /// What lies directly in the folder, hidden things too.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("the folder is ours");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("the folder is ours").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    /// The program, about to be run in this folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.current_dir(self.0.path()).args(arguments);
        command
    }

    /// Runs the program in this folder.
    pub(crate) fn say(&self, arguments: &[&str]) -> Said {
        say(&mut self.command(arguments))
    }
}

/// Every file below a folder, by its path with `/`.
pub(crate) fn files_below(folder: &Path) -> Files {
    let mut files = Files::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            let inner = files_below(&path);
            files.extend(inner.into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            files.insert(name, std::fs::read(&path).expect("a file"));
        }
    }
    files
}

/// One run of the good trial: what it said and what it wrote.
pub(crate) struct Run {
    pub(crate) said: Said,
    pub(crate) files: Files,
}

impl Run {
    /// Runs the good trial to `out` with two threads.
    fn new() -> Self {
        let folder = TrialFolder::good();
        let said = folder.say(&["run", "plan.toml", "--out", "out", "--threads", "2"]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        let files = files_below(&folder.path("out"));
        Self { said, files }
    }

    /// The results directory written to a folder.
    pub(crate) fn write_to(&self, folder: &TrialFolder, name: &str) {
        for (file, bytes) in &self.files {
            folder.write(&format!("{name}/{file}"), bytes);
        }
    }
}

/// A run that tests share, since each takes seconds.
pub(crate) static RUN: LazyLock<Run> = LazyLock::new(Run::new);

/// The plan of a fixture.
pub(crate) fn plan(files: &Files) -> PlanDocument {
    let text = String::from_utf8(files["plan.toml"].clone()).expect("a text");
    let named = |file: &str| files.get(file).cloned().ok_or(std::io::ErrorKind::NotFound.into());
    parse_plan_with("plan.toml", &text, &named).expect("the plan is right")
}

/// Reads a trial in this process.
pub(crate) fn read(document: &PlanDocument, files: &Files) -> Ingested {
    let source = |table: TableName| {
        let file = document.plan.data.get(table)?;
        Some((table, files.get(file)?.clone()))
    };
    let sources: Sources = TableName::ALL.into_iter().filter_map(source).collect();
    read_trial(document, &sources)
}

/// The `results.csv` of a trial, computed in this process.
pub(crate) fn results_csv(files: &Files) -> Vec<u8> {
    let document = plan(files);
    let ingested = read(&document, files);
    let data = ingested.data.unwrap_or_else(|| panic!("{:?}", ingested.problems.all()));
    let results = ips_eval::analysis::analyse(&document.plan, &data, &|_| {}).expect("results");
    ips_eval::results::export::to_csv(results.rows()).expect("a table")
}
