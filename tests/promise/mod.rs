//! What `check` calls ready to run, `run` runs: whatever the plan and the trial.
//!
//! Trials and plans are drawn: one arm, one level, empty columns, extreme values, many regions, many
//! items, every optional key. Those that are refused are counted, so that the test cannot pass by
//! refusing everything.
//!
//! `IPS_EVAL_PROMISE_TRIALS=20000` tries as many, `IPS_EVAL_PROMISE_FIRST=17` begins at that one, and
//! `IPS_EVAL_PROMISE_KEEP=DIR` writes those that fail to a directory, as `ips-eval run` takes them.

mod cases;
mod draw;
mod plan_text;
mod tables;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ips_eval::analysis::analyse;
use ips_eval::disclosure::small_cells::mask_small_cells;
use ips_eval::plan::parse::parse_plan_with;
use ips_eval::render::sections::{self, Provenance};
use ips_eval::render::table_files::table_files;
use ips_eval::render::text::{Language, Texts};
use ips_eval::render::{Audience, figure, html, png};
use ips_eval::results::export::{to_csv, to_parquet};
use ips_eval::results::json::{from_json, to_json};
use ips_eval::results::result_set::ResultSet;
use rayon::prelude::*;

use crate::trial_folder::{Files, read};
use draw::Draw;

/// Trials within the gate: each computes and draws everything that a run does.
const FEW: u64 = 30;

/// The largest side of a picture, and how much larger than its drawing it is.
const LARGEST_SIDE: f32 = 20_000.0;
const SCALE: f32 = 2.0;

/// What became of a trial.
#[derive(Debug, PartialEq)]
enum Outcome {
    Ran,
    Refused(Vec<String>),
    Failed(String),
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how many trials is asked here")]
fn what_check_calls_ready_runs() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let wanted = number("IPS_EVAL_PROMISE_TRIALS").unwrap_or(FEW);
    let first = number("IPS_EVAL_PROMISE_FIRST").unwrap_or(0);
    let tried: Vec<(u64, Outcome)> =
        (first..first + wanted).into_par_iter().map(|at| (at, try_trial(at))).collect();
    let ran = tried.iter().filter(|(_, outcome)| *outcome == Outcome::Ran).count() as u64;
    let failed: Vec<String> = tried
        .iter()
        .filter_map(|(at, outcome)| match outcome {
            Outcome::Failed(why) => Some(format!("trial {at}: {why}")),
            _ => None,
        })
        .collect();
    let refused: BTreeSet<&String> = tried
        .iter()
        .filter_map(|(_, outcome)| match outcome {
            Outcome::Refused(codes) => Some(codes),
            _ => None,
        })
        .flatten()
        .collect();
    assert!(failed.is_empty(), "{} of {wanted}:\n{}", failed.len(), failed.join("\n"));
    assert!(wanted < FEW || 2 * ran > wanted, "{ran} of {wanted} ran; refused for {refused:?}");
}

/// Draws a trial and takes it as far as `check` lets it.
fn try_trial(at: u64) -> Outcome {
    let files = drawn(at);
    let outcome = catch_unwind(AssertUnwindSafe(|| outcome_of(&files))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
        Outcome::Failed(format!("panicked: {}", text.unwrap_or_default()))
    });
    #[expect(clippy::disallowed_methods, reason = "where what failed is kept is asked here")]
    let kept = std::env::var("IPS_EVAL_PROMISE_KEEP");
    if let (Outcome::Failed(_), Ok(folder)) = (&outcome, kept) {
        let folder = std::path::Path::new(&folder).join(at.to_string());
        std::fs::create_dir_all(&folder).expect("a folder to keep it in");
        for (name, bytes) in &files {
            std::fs::write(folder.join(name), bytes).expect("a file of it");
        }
    }
    outcome
}

fn drawn(at: u64) -> Files {
    let mut draw = Draw::new(at);
    let trial = tables::Trial::draw(&mut draw);
    let mut files = trial.files();
    let plan = plan_text::plan(&mut draw, &trial);
    files.insert("plan.toml".to_owned(), plan.into_bytes());
    files
}

/// As `run` does it, but for the pictures, of which the size is looked at.
fn outcome_of(files: &Files) -> Outcome {
    let text = String::from_utf8(files["plan.toml"].clone()).expect("a text");
    let named = |file: &str| files.get(file).cloned().ok_or(std::io::ErrorKind::NotFound.into());
    let document = match parse_plan_with("plan.toml", &text, &named) {
        Ok(document) => document,
        Err(problems) => return refused(&problems),
    };
    let ingested = read(&document, files);
    let Some(data) = ingested.data else { return refused(&ingested.problems) };
    let results = match analyse(&document.plan, &data, &|_| {}) {
        Ok(results) => results,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    match all_files(&results) {
        Ok(()) => Outcome::Ran,
        Err(error) => Outcome::Failed(error),
    }
}

fn refused(problems: &ips_eval::diagnostic::Diagnostics) -> Outcome {
    let errors = problems.all().iter().filter(|one| one.severity.word() == "error");
    Outcome::Refused(errors.map(|one| format!("{}: {}", one.code.as_str(), one.message)).collect())
}

/// Everything that a results directory holds can be written, under names of its own.
fn all_files(results: &ResultSet) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    to_csv(results.rows()).map_err(|error| text(&error))?;
    to_parquet(results.rows()).map_err(|error| text(&error))?;
    let json = to_json(results).map_err(|error| text(&error))?;
    let again = from_json(&json).map_err(|error| text(&error))?;
    if again != *results {
        return Err("results.json does not give the results back".to_owned());
    }
    let texts = Texts::new(Language::English).map_err(|error| text(&error))?;
    for audience in [Audience::Publication, Audience::Internal] {
        let shown = match audience {
            Audience::Publication => mask_small_cells(results),
            Audience::Internal => results.clone(),
        };
        let figures = figure::render_all(&shown, &texts, audience).map_err(|error| text(&error))?;
        let origin = Provenance::default();
        let document = sections::report(&shown, &texts, audience, &figures, &origin)
            .map_err(|error| text(&error))?;
        html::write(&document);
        let tables = table_files(&document).map_err(|error| text(&error))?;
        let mut names: BTreeSet<String> = BTreeSet::new();
        for name in tables.iter().map(|table| format!("tables/{}.en.csv", table.name)) {
            check_name(&mut names, &name)?;
        }
        for drawn in &figures {
            check_name(&mut names, &format!("figures/{}.en.csv", drawn.name))?;
            for sheet in &drawn.sheets {
                check_name(&mut names, &format!("figures/{}.en.svg", sheet.name()))?;
                let tree = png::tree(&sheet.svg())
                    .map_err(|error| format!("{}: {error}", sheet.name()))?;
                let side = SCALE * tree.size().width().max(tree.size().height());
                if side > LARGEST_SIDE {
                    return Err(format!("{}: a side of {side} pixels", sheet.name()));
                }
            }
        }
    }
    Ok(())
}

/// A name that no other file has, whatever the case of letters, and that a file may have.
fn check_name(names: &mut BTreeSet<String>, name: &str) -> Result<(), String> {
    if name.len() > 200 || name.contains('\0') {
        return Err(format!("`{name}` is no name for a file"));
    }
    if !names.insert(name.to_lowercase()) {
        return Err(format!("two files are called `{name}`"));
    }
    Ok(())
}
