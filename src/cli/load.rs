//! Plan and tables from disk.

use std::path::Path;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::ingest::{Ingested, read_sources, read_trial};
use crate::plan::parse::{PlanDocument, parse_plan_with};
use crate::results::manifest::FileHash;

/// A plan with its tables, read and checked.
pub(super) struct Loaded {
    pub(super) document: PlanDocument,
    pub(super) ingested: Ingested,
    pub(super) plan_hash: FileHash,
    pub(super) inputs: Vec<FileHash>,
}

/// What came of reading: everything, or the problems of a plan with its text.
pub(super) enum Outcome {
    Read(Box<Loaded>),
    BadPlan { text: String, problems: Diagnostics },
}

/// Reads bytes, naming the file where that fails.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::File { action: "read", path: path.into(), source })
}

/// Reads a plan and every table that it names.
pub(super) fn load(plan: &Path) -> Result<Outcome, Error> {
    let bytes = read_bytes(plan)?;
    let file = plan.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let folder = plan.parent().unwrap_or(Path::new(""));
    Ok(load_with(&file, &bytes, |file| std::fs::read(folder.join(file))))
}

/// Reads a plan, and every table that it names through `read`.
pub(super) fn load_with(
    plan_file: &str,
    plan: &[u8],
    read: impl Fn(&str) -> std::io::Result<Vec<u8>> + Sync,
) -> Outcome {
    let text = String::from_utf8_lossy(plan).into_owned();
    if std::str::from_utf8(plan).is_err() {
        let place = Place::file(plan_file);
        let found = Diagnostic::new(Code::PlanSyntax, place, "not UTF-8", "save it as UTF-8");
        return Outcome::BadPlan { text, problems: Diagnostics::from_iter([found]) };
    }
    let document = match parse_plan_with(plan_file, &text, &read) {
        Ok(document) => document,
        Err(problems) => return Outcome::BadPlan { text, problems },
    };
    let (sources, unread) = read_sources(&document, &read);
    let unread: Diagnostics = unread
        .into_iter()
        .map(|(table, error)| {
            let file = document.plan.data.get(table).unwrap_or_default();
            let place = document.place(&["data", table.as_str()]);
            let message = format!("`{file}` cannot be read: {error}");
            let remedy = "give the path relative to the plan";
            Diagnostic::new(Code::PlanFileNotFound, place, message, remedy)
        })
        .collect();
    let mut inputs: Vec<FileHash> = sources
        .par_iter()
        .map(|(table, bytes)| {
            FileHash::of(document.plan.data.get(*table).unwrap_or_default(), bytes)
        })
        .collect();
    let further = document.further_files.iter();
    inputs.extend(further.map(|(file, bytes)| FileHash::of(file, bytes)));
    let mut ingested = read_trial(&document, &sources);
    if unread.has_errors() {
        ingested.data = None;
        ingested.problems.append(unread);
        ingested.problems.sort();
    }
    let plan_hash = FileHash::of(plan_file, plan);
    Outcome::Read(Box::new(Loaded { document, ingested, plan_hash, inputs }))
}
