//! The documents at the top level say what is so.

use std::path::{Path, PathBuf};

use ips_eval::analysis::analyse;
use ips_eval::diagnostic::Code;
use ips_eval::disclosure::publish::{Beside, Source, publish};
use ips_eval::ingest::{Sources, read_trial};
use ips_eval::plan::parse::{json_schema, parse_plan};
use ips_eval::plan::types::TableName;
use ips_eval::render::text::{Language, Texts};
use ips_eval::render::{Audience, figure};
use ips_eval::results::vocabulary::Method;
use ips_eval::simulate::{DEMONSTRATION_SEED, plan_toml, planned_trial};
use serde_json::Value;

use crate::trial_folder::RUN;

const DOCUMENTS: [&str; 6] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "data-schema/README.md",
    "notebooks-export/README.md",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_citation_names_this_version() {
    let wanted = format!("version: {}", env!("CARGO_PKG_VERSION"));
    assert!(read("CITATION.cff").lines().any(|line| line == wanted));
    let heading = format!("## {}", env!("CARGO_PKG_VERSION"));
    assert!(read("CHANGELOG.md").lines().any(|line| line.starts_with(&heading)));
}

#[test]
fn links_within_the_repository_lead_somewhere() {
    for document in DOCUMENTS {
        let text = read(document);
        let folder = root().join(document);
        let folder = folder.parent().unwrap_or(Path::new(""));
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or(target);
            let is_here = !file.is_empty() && !file.starts_with("https://");
            assert!(!is_here || folder.join(file).exists(), "{document} links to {target}");
        }
    }
}

/// What a key holds: the type behind a reference, an option or a list of tables.
fn resolved<'a>(root: &'a Value, property: &'a Value) -> &'a Value {
    if let Some(name) = property["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
        return resolved(root, &root["$defs"][name]);
    }
    let some = property["anyOf"].as_array().into_iter().flatten();
    match some.chain(property.get("items")).find(|one| one["$ref"].is_string()) {
        Some(inner) => resolved(root, inner),
        None => property,
    }
}

/// The dotted names of a plan's keys.
fn keys(root: &Value, schema: &Value, path: &str, found: &mut Vec<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let inner = resolved(root, property);
        if inner["properties"].is_object() {
            keys(root, inner, &path, found);
        } else {
            found.push(path);
        }
    }
}

/// First cells of the table rows that begin with a name in backticks.
fn first_cells(text: &str) -> Vec<String> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    cells.map(str::to_owned).collect()
}

fn section(text: &str, heading: &str) -> String {
    let (_, rest) = text.split_once(&format!("\n{heading}\n")).expect("the section is there");
    rest.split("\n## ").next().unwrap_or(rest).to_owned()
}

#[test]
fn every_key_of_the_plan_is_described_and_no_other() {
    let schema = json_schema();
    let mut known = Vec::new();
    keys(&schema, &schema, "", &mut known);
    assert!(known.len() > 20, "{known:?}");
    assert_eq!(first_cells(&section(&read("data-schema/README.md"), "## The plan")), known);
}

#[test]
fn every_diagnostic_is_described_with_its_severity_and_meaning() {
    let text = section(&read("data-schema/README.md"), "## Diagnostics");
    for code in Code::ALL {
        let (word, meaning) = (code.severity().word(), code.meaning());
        let row = format!("| `{}` | {word} | {meaning} | ", code.as_str());
        assert!(text.contains(&row), "{row}");
    }
    let listed = first_cells(&text).into_iter().filter(|cell| cell.contains("::")).count();
    assert_eq!(listed, Code::ALL.len());
}

#[test]
fn the_plans_in_the_documents_are_plans() {
    for document in ["README.md", "data-schema/README.md"] {
        let text = read(document);
        let plan = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
        let parsed = parse_plan(document, plan.expect("a plan"));
        assert!(parsed.is_ok(), "{document}: {:?}", parsed.err());
    }
}

#[test]
fn the_readme_names_every_method() {
    let text = read("README.md");
    let resampled_or_counted = [Method::Count, Method::RiskDifference];
    for method in Method::ALL.iter().filter(|method| !resampled_or_counted.contains(method)) {
        assert!(text.contains(&format!("`{method}`")), "{method}");
    }
}

#[test]
fn the_readme_names_every_figure_and_table() {
    let text = read("README.md");
    let mut n_named = 0;
    for file in RUN.files.keys() {
        let Some((folder, name)) = file.split_once('/') else { continue };
        let name = name.split('.').next().unwrap_or(name);
        // Several tables of one kind are numbered; curves are drawn by what the plan names.
        let name = name.trim_end_matches(|end: char| end.is_ascii_digit()).trim_end_matches('_');
        let name = if name.starts_with("first_job_by_") { "first_job_by_…" } else { name };
        assert!(text.contains(&format!("`{name}`")), "{folder}: {name}");
        n_named += 1;
    }
    assert!(n_named > 50, "{n_named} figures and tables");
}

#[test]
fn the_picture_is_what_the_demonstration_draws() {
    // The figure holds nothing resampled: a few replicates do.
    let plan = plan_toml().replace("replicates = 10000", "replicates = 2");
    let document = parse_plan("plan.toml", &plan).expect("a plan");
    let trial = planned_trial(DEMONSTRATION_SEED);
    let sources = Sources::from([
        (TableName::Participants, trial.participants_csv.into_bytes()),
        (TableName::Employment, trial.employment_csv.into_bytes()),
        (TableName::Allocation, trial.allocation_csv.into_bytes()),
        (TableName::Benefits, trial.benefits_csv.into_bytes()),
    ]);
    let data = read_trial(&document, &sources).data.expect("the data are right");
    let results = analyse(&document.plan, &data, &|_| {}).expect("results");
    let texts = Texts::new(Language::English).expect("the texts");
    let decisions = std::collections::BTreeMap::new();
    let beside = Beside { earlier: &[], decisions: &decisions };
    let shown = publish(Source::of(&results), beside).results;
    let figures = figure::render_all(&shown, &texts, Audience::Publication).expect("figures");
    let drawn = figures.into_iter().find(|figure| figure.name == "first_job").expect("the figure");
    // Not by assert_eq: nobody can read the difference of two drawings.
    let is_same = drawn.svg == read("tests/snapshots/first_job.en.svg");
    assert!(is_same, "look at the demonstration's figure, then copy it: CONTRIBUTING.md says how");
}

/// Runs every line of the README's `sh` blocks, in order, and its first command, in a folder that
/// has the fixtures where a clone has them.
#[test]
fn the_commands_of_the_readme_run_as_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let rossi = Path::new("tests/fixtures/rossi");
    std::fs::create_dir_all(folder.path().join(rossi)).expect("a folder");
    for entry in std::fs::read_dir(root().join(rossi)).expect("the fixture") {
        let file = entry.expect("a file").file_name();
        let from = root().join(rossi).join(&file);
        std::fs::copy(from, folder.path().join(rossi).join(file)).expect("a copy");
    }
    let readme = read("README.md");
    let mut in_block = false;
    let mut commands = vec!["demo"];
    for line in readme.lines() {
        match line {
            "```sh" => in_block = true,
            "```" => in_block = false,
            _ if in_block => commands.push(line.strip_prefix("ips-eval ").expect("our program")),
            _ => {}
        }
    }
    assert!(commands.len() > 5, "the README shows commands");
    assert!(readme.contains("cargo run --release -- demo"), "the first command");
    for command in commands {
        let mut program = crate::trial_folder::program();
        program.args(command.split_whitespace()).current_dir(folder.path());
        let said = crate::trial_folder::say(&mut program);
        assert_eq!(said.code, Some(0), "ips-eval {command}: {}", said.stderr);
        if command == "demo" {
            // The README shows what the program prints, to the letter.
            assert!(readme.contains(said.stdout.trim_end()), "{}", said.stdout);
        }
    }
}
