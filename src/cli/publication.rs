//! What of the results may be shown, and the files beside it: the checker's and the register.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::args::{AudienceArguments, PublicationArguments, ReleaseArguments};
use super::documents::File;
use super::load::read_bytes;
use super::staging::{MANIFEST, file_error};
use super::terminal::Terminal;
use crate::disclosure::checker::{self, CheckerError, Risk};
use crate::disclosure::publish::{Beside, HumanDecision, Published, Source, is_gated, publish};
use crate::disclosure::register::{self, Release};
use crate::error::Error;
use crate::render::Audience;
use crate::results::json::from_json;
use crate::results::manifest::sha256;
use crate::results::result_set::ResultSet;
use crate::results::row::Key;

/// Name of the checker's file.
pub(super) const CHECKER: &str = "disclosure.csv";

/// What documents are made of.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) audience: Audience,
    pub(super) results: ResultSet,
    /// The checker's file, where the results went through the gate.
    pub(super) checker: Option<File>,
}

/// What may be shown of results: everything to those of the house, else what the gate lets out.
pub(super) fn shown(
    results: &ResultSet,
    audience: AudienceArguments,
    given: &PublicationArguments,
) -> Result<Shown, Error> {
    if audience.internal || !is_gated(results.study.protection.profile) {
        let results = results.clone();
        return Ok(Shown { audience: Audience::Internal, results, checker: None });
    }
    let releases = match &given.register {
        Some(file) => read_register(file, results)?,
        None => Vec::new(),
    };
    let decisions = decisions(results, given)?;
    let published = gate(results, &releases, &decisions)?;
    let csv = checker::to_csv(&published.checked, &decisions).map_err(refused)?;
    Ok(Shown {
        audience: Audience::Publication,
        results: published.results,
        checker: Some((CHECKER.to_owned(), csv)),
    })
}

fn gate(
    results: &ResultSet,
    releases: &[Release],
    decisions: &BTreeMap<Key, HumanDecision>,
) -> Result<Published, Error> {
    let earlier = register::earlier(releases, results).map_err(refused)?;
    Ok(publish(Source::of(results), Beside { earlier: &earlier, decisions }))
}

fn decisions(
    results: &ResultSet,
    given: &PublicationArguments,
) -> Result<BTreeMap<Key, HumanDecision>, Error> {
    let Some(file) = &given.checked else { return Ok(BTreeMap::new()) };
    let risk = if given.accept_risk { Risk::Accepted } else { Risk::NotAccepted };
    let keys: Vec<&Key> = results.rows().iter().map(|row| &row.key).collect();
    let found = checker::decisions(&read_bytes(file)?, &keys, risk);
    found.map_err(|error: CheckerError| Error::Usage(format!("{}: {error}", file.display())))
}

fn read_register(file: &Path, results: &ResultSet) -> Result<Vec<Release>, Error> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(file_error("read", file)(error)),
    };
    let read = register::read(&text, &results.study.id);
    read.map_err(|error| Error::Usage(format!("{}: {error}", file.display())))
}

fn refused(error: impl std::error::Error) -> Error {
    Error::Usage(error.to_string())
}

/// `ips-eval release`: enters what is published of some results in the register.
pub(super) fn release(terminal: Terminal, arguments: &ReleaseArguments) -> Result<(), Error> {
    let given = &arguments.results;
    let folder =
        if given.is_dir() { given.as_path() } else { given.parent().unwrap_or(Path::new("")) };
    let results = from_json(&read_bytes(&folder.join("results.json"))?)?;
    let manifest = sha256(&read_bytes(&folder.join(MANIFEST))?);
    let publication = &arguments.publication;
    let Some(file) = &publication.register else {
        return Err(Error::Usage(
            "a release is entered in a register: give --register FILE".to_owned(),
        ));
    };
    let releases = read_register(file, &results)?;
    let decisions = decisions(&results, publication)?;
    let published = gate(&results, &releases, &decisions)?;
    if !published.unprotected.is_empty() && !publication.accept_risk {
        return Err(Error::Usage(format!(
            "{} counts of few people follow from what is out already: with --accept-risk the release \
             is entered all the same",
            published.unprotected.len()
        )));
    }
    let line = register::line(&releases, &published.results, &manifest).map_err(refused)?;
    append(file, &line)?;
    let number = releases.len() + 1;
    if terminal.answers_as_json() {
        let answer = serde_json::json!({ "register": file, "release": number });
        return terminal.answer(&format!("{answer:#}\n"));
    }
    if terminal.is_quiet() {
        return Ok(());
    }
    terminal.answer(&format!("release {number} in {}\n", file.display()))
}

/// Adds a line to a file that only its owner may read.
fn append(file: &Path, line: &str) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file).map_err(file_error("write", file))?;
    std::io::Write::write_all(&mut opened, line.as_bytes()).map_err(file_error("write", file))
}
