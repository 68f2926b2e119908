//! Which room may use which, and how long a file may be.
//!
//! The table is the one of ARCHITECTURE.md, which is held against it.

mod code;
mod files;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use files::{Files, circles};

/// Lines of a file, its tests included.
const LONGEST_FILE: usize = 600;

/// The folder of the package that holds the rooms of mathematics.
const MATHEMATICS: &str = "mathematics";

/// A room and the rooms that it may use beside itself. `error` and `diagnostic` are files.
const MAY_USE: [(&str, &[&str]); 19] = [
    ("numeric", &[]),
    ("random", &[]),
    ("diagnostic", &[]),
    ("trial", &[]),
    ("formats", &["trial"]),
    ("results", &["numeric", "trial"]),
    ("plan", &["diagnostic", "results", "trial"]),
    ("ingest", &["diagnostic", "formats", "numeric", "plan", "trial"]),
    ("derive", &["plan", "trial"]),
    ("estimate", &["numeric", "trial"]),
    ("survival", &["numeric", "trial"]),
    ("resample", &["numeric", "random", "trial"]),
    (
        "analysis",
        &[
            "derive", "estimate", "numeric", "plan", "random", "resample", "results", "survival",
            "trial",
        ],
    ),
    ("disclosure", &["results"]),
    ("render", &["numeric", "results", "trial"]),
    ("handover", &["derive", "formats", "plan", "trial"]),
    ("simulate", &["numeric", "random", "trial"]),
    ("error", &["analysis", "diagnostic", "results"]),
    (
        "cli",
        &[
            "analysis",
            "derive",
            "diagnostic",
            "disclosure",
            "error",
            "formats",
            "handover",
            "ingest",
            "plan",
            "render",
            "results",
            "simulate",
            "trial",
        ],
    ),
];

/// Rooms whose files are not held to a direction.
const WITH_CIRCLES: [&str; 2] = ["disclosure", "render"];

/// Rooms that the command line needs and nothing else: files, clock, environment, threads.
const ONLY_IN_CLI: [&str; 7] = [
    "std::fs",
    "std::env",
    "std::process",
    "std::time",
    "std::io::stdout",
    "std::io::stderr",
    "ThreadPoolBuilder",
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        let entries = std::fs::read_dir(folder).expect("a folder of the sources");
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                found.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    // The rooms of mathematics stand in a package of their own.
    let within = |path: PathBuf| {
        let below = path.strip_prefix(&root).expect("below src");
        below.strip_prefix(MATHEMATICS).unwrap_or(below).to_path_buf()
    };
    let mut files: Vec<_> = found.into_iter().map(|(path, text)| (within(path), text)).collect();
    files.sort();
    files
}

fn room(path: &Path) -> String {
    let first = path.iter().next().expect("a name").to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// A file's text before its test module, which may use what it likes.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

/// Rooms named by `crate::room` outside comments, test modules left out.
fn rooms_used(text: &str) -> Vec<String> {
    let code = without_tests(text);
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let after = lines.flat_map(|line| line.split("crate::").skip(1));
    let names = after.map(|rest| {
        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    });
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn rooms_use_only_what_the_table_allows() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    for (path, text) in sources() {
        let own = room(&path);
        if own == "lib" || own == "main" || is_of_tests(&path) {
            continue;
        }
        let may = allowed.get(own.as_str());
        let may =
            may.unwrap_or_else(|| panic!("{} is a room that the table lacks", path.display()));
        for used in rooms_used(&text) {
            let fine = used == own || may.contains(&used.as_str());
            assert!(fine, "{} uses {used}, which {own} may not", path.display());
        }
    }
}

/// The module of a file below `src`.
fn module(path: &Path) -> Vec<String> {
    let without = path.with_extension("");
    let names = without.iter().map(|name| name.to_string_lossy().into_owned());
    let mut module: Vec<String> = ["ips_eval".to_owned()].into_iter().chain(names).collect();
    if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        module.pop();
    }
    module
}

fn is_of_tests(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests"))
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let sources = sources();
    let named: Vec<(String, &PathBuf, &String)> = sources
        .iter()
        .filter(|(path, _)| !is_of_tests(path) && !path.ends_with("main.rs"))
        .filter(|(path, _)| !WITH_CIRCLES.contains(&room(path).as_str()))
        .map(|(path, text)| (path.display().to_string(), path, text))
        .collect();
    let read = named.iter().map(|(name, path, text)| (&**name, module(path), &***text));
    let uses = Files::new(read).uses();
    let n_uses: usize = uses.values().map(BTreeMap::len).sum();
    assert!(n_uses > 1000, "{n_uses} uses of a file by another");
    let mut said = Vec::new();
    for circle in circles(&uses) {
        said.push("\nfiles that use each other in a circle:".to_owned());
        for own in &circle {
            for (other, names) in uses[own].iter().filter(|(other, _)| circle.contains(other)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                said.push(format!("  {own} uses {other}: {}", names.join(", ")));
            }
        }
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn only_the_command_line_touches_files_clock_environment_and_threads() {
    for (path, text) in sources() {
        if ["cli", "main"].contains(&room(&path).as_str()) {
            continue;
        }
        let code = without_tests(&text);
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for word in ONLY_IN_CLI {
                assert!(!line.contains(word), "{} names {word}", path.display());
            }
        }
    }
}

#[test]
fn files_are_short() {
    for (path, text) in sources() {
        let n = text.lines().count();
        assert!(n <= LONGEST_FILE, "{} has {n} lines", path.display());
    }
}

#[test]
fn architecture_md_shows_the_same_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).expect("ARCHITECTURE.md is there");
    for (room, may) in MAY_USE {
        let uses = if may.is_empty() { "–".to_owned() } else { may.join(", ") };
        let row = format!("| {room} | {uses} |");
        assert!(text.contains(&row), "ARCHITECTURE.md lacks the row {row}");
    }
}
