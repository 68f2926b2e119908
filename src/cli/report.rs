//! `ips-eval report`: documents from results alone.

use super::args::{Format, ReportArguments};
use super::documents::render;
use super::load::read_bytes;
use super::run::provenance;
use super::staging::{MANIFEST, file_error};
use super::terminal::Terminal;
use crate::error::Error;
use crate::results::export::{ExportError, from_json};
use crate::results::manifest::{FileHash, Manifest};

/// Runs the command.
pub(super) fn report(terminal: Terminal, arguments: &ReportArguments) -> Result<(), Error> {
    let given = &arguments.results;
    let directory = if given.is_dir() { given.as_path() } else { parent(given) };
    let results = from_json(&read_bytes(&directory.join("results.json"))?)?;
    let manifest = read_bytes(&directory.join(MANIFEST))?;
    let mut manifest: Manifest = serde_json::from_slice(&manifest).map_err(ExportError::from)?;
    let out = arguments.out.as_deref().unwrap_or(directory);
    let mut written = Vec::new();
    for &language in &arguments.lang {
        let files = render(&results, language, arguments.audience, &provenance(&manifest))?;
        for format in &arguments.format {
            match format {
                // Figures go with every format: the page embeds what the files hold.
                Format::Html => written.extend(files.clone()),
            }
        }
    }
    for (name, bytes) in &written {
        let path = out.join(name);
        std::fs::create_dir_all(parent(&path)).map_err(file_error("create", parent(&path)))?;
        std::fs::write(&path, bytes).map_err(file_error("write", &path))?;
    }
    if out == directory {
        manifest.outputs.retain(|output| written.iter().all(|(name, _)| *name != output.file));
        manifest.outputs.extend(written.iter().map(|(name, bytes)| FileHash::of(name, bytes)));
        manifest.outputs.sort();
        let text = serde_json::to_string_pretty(&manifest).map_err(ExportError::from)?;
        let path = directory.join(MANIFEST);
        std::fs::write(&path, format!("{text}\n")).map_err(file_error("write", &path))?;
    }
    if terminal.answers_as_json() {
        let names: Vec<&String> = written.iter().map(|(name, _)| name).collect();
        let answer = serde_json::json!({ "out": out, "files": names });
        return terminal.answer(&format!("{answer:#}\n"));
    }
    if terminal.is_quiet() {
        return Ok(());
    }
    let pages = written.iter().filter(|(name, _)| !name.contains('/'));
    let lines: Vec<String> = pages.map(|(name, _)| out.join(name).display().to_string()).collect();
    terminal.answer(&format!("{}\n", lines.join("\n")))
}

fn parent(path: &std::path::Path) -> &std::path::Path {
    path.parent().unwrap_or(std::path::Path::new(""))
}
