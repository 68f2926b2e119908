//! `ips-eval report`: documents from results alone.

use std::path::Path;

use super::args::ReportArguments;
use super::documents::{File, Wanted, render};
use super::load::read_bytes;
use super::run::{provenance, shown, write_directory};
use super::staging::{Existing, MANIFEST, Staging, file_error};
use super::terminal::Terminal;
use crate::error::Error;
use crate::results::export::ExportError;
use crate::results::json::from_json;
use crate::results::manifest::{FileHash, INTERNAL_DOCUMENTS, Manifest, PUBLISHED_DOCUMENTS};

/// Runs the command.
pub(super) fn report(terminal: Terminal, arguments: &ReportArguments) -> Result<(), Error> {
    let given = &arguments.results;
    let directory = if given.is_dir() { given.as_path() } else { parent(given) };
    let results = from_json(&read_bytes(&directory.join("results.json"))?)?;
    let own = read_manifest(directory)?;
    let place = std::fs::canonicalize(directory).map_err(file_error("look at", directory))?;
    let out = arguments.out.as_deref().unwrap_or(&place);
    let staging = Staging::new(terminal, out, Existing::Amend)?;
    let mut written: Vec<File> = Vec::new();
    let wanted = Wanted {
        audience: arguments.audience,
        figures: &arguments.figures,
        formats: &arguments.format,
    };
    for &language in &arguments.lang {
        let origin = provenance(&own);
        // Figures go with every format: documents embed what the files hold.
        written.extend(render(&results, language, wanted, &origin)?);
    }
    let manifest = if std::fs::canonicalize(out).is_ok_and(|out| out == place) {
        own
    } else {
        manifest_of_documents(own, out, arguments)
    };
    let mut names: Vec<String> = written.iter().map(|(name, _)| name.clone()).collect();
    let manifest = with_outputs(manifest, &written)?;
    names.push(manifest.0.clone());
    staging.keep_others(&names)?;
    written.push(manifest);
    write_directory(terminal, staging, &written)?;
    let said = arguments.out.as_deref().unwrap_or(directory);
    names.pop();
    if terminal.answers_as_json() {
        let answer = serde_json::json!({ "out": shown(said), "files": names });
        return terminal.answer(&format!("{answer:#}\n"));
    }
    if terminal.is_quiet() {
        return Ok(());
    }
    let pages = names.iter().filter(|name| !name.contains('/'));
    let lines: Vec<String> = pages.map(|name| shown(&said.join(name))).collect();
    terminal.answer(&format!("{}\n", lines.join("\n")))
}

fn read_manifest(directory: &Path) -> Result<Manifest, Error> {
    let bytes = read_bytes(&directory.join(MANIFEST))?;
    Ok(serde_json::from_slice(&bytes).map_err(ExportError::from)?)
}

/// The manifest of documents beside other ones in a directory of their own.
fn manifest_of_documents(own: Manifest, out: &Path, arguments: &ReportArguments) -> Manifest {
    let classification = if arguments.audience.internal {
        INTERNAL_DOCUMENTS.to_owned()
    } else {
        PUBLISHED_DOCUMENTS.to_owned()
    };
    // What is there already stays listed, and an internal document stays one.
    match read_manifest(out) {
        Ok(there) if there.classification == PUBLISHED_DOCUMENTS => {
            Manifest { classification, outputs: there.outputs, ..own }
        }
        Ok(there) => {
            Manifest { classification: there.classification, outputs: there.outputs, ..own }
        }
        Err(_) => Manifest { classification, outputs: Vec::new(), ..own },
    }
}

/// The manifest as a file, with what was written in the place of what had its name.
fn with_outputs(mut manifest: Manifest, written: &[File]) -> Result<File, Error> {
    manifest.outputs.retain(|output| written.iter().all(|(name, _)| *name != output.file));
    manifest.outputs.extend(written.iter().map(|(name, bytes)| FileHash::of(name, bytes)));
    manifest.outputs.sort();
    let text = serde_json::to_string_pretty(&manifest).map_err(ExportError::from)?;
    Ok((MANIFEST.to_owned(), format!("{text}\n").into_bytes()))
}

fn parent(path: &Path) -> &Path {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}
