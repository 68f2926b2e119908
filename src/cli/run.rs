//! `ips-eval run`: data and plan to a results directory.

use std::path::Path;

use serde_json::json;

use super::args::{AudienceArguments, Language, RunArguments, ThreadArguments};
use super::check::load_and_report;
use super::documents::{File, render};
use super::load::Loaded;
use super::problems::as_json;
use super::staging::{Existing, MANIFEST, Staging, check_target};
use super::terminal::Terminal;
use crate::analysis::{Analysed, analyse_keeping_draws};
use crate::error::Error;
use crate::render::html::Provenance;
use crate::results::export::{ExportError, to_csv, to_json, to_parquet};
use crate::results::joint_draws;
use crate::results::manifest::{FileHash, INTERNAL, Manifest, Program};
use crate::results::result_set::ResultSet;

/// The joint draws, on request.
const REPLICATES: &str = "replicates.parquet";

/// Runs the command.
pub(super) fn run(terminal: Terminal, arguments: &RunArguments) -> Result<(), Error> {
    let existing = if arguments.force { Existing::Replace } else { Existing::Refuse };
    check_target(&arguments.out, existing)?;
    let quiet_problems = terminal.without_json();
    let pool = pool(arguments.threads)?;
    let read = || load_and_report(quiet_problems, &arguments.plan, arguments.problems);
    let loaded = match pool.install(read) {
        Err(Error::Problems(problems)) if terminal.answers_as_json() => {
            terminal.answer(&as_json(&problems, &[]))?;
            return Err(Error::Problems(problems));
        }
        other => other?,
    };
    let analysed = compute(terminal, &loaded, &pool)?;
    let results = &analysed.results;
    let mut more: Vec<File> = Vec::new();
    if arguments.replicates {
        let draws = analysed.joint_draws();
        more.push((REPLICATES.to_owned(), joint_draws::to_parquet(&draws)?));
    }
    let files = pool.install(|| result_files(&loaded, results, arguments.audience, more))?;
    write_directory(&arguments.out, existing, &files)?;
    if terminal.answers_as_json() {
        let answer = json!({ "out": arguments.out, "rows": results.rows().len() });
        return terminal.answer(&format!("{answer:#}\n"));
    }
    if !terminal.is_quiet() {
        terminal.answer(&where_to_look(&arguments.out))?;
    }
    Ok(())
}

/// As many threads as asked for, all processors where nothing is.
pub(super) fn pool(threads: ThreadArguments) -> Result<rayon::ThreadPool, Error> {
    let threads = threads.threads.map_or(0, usize::from);
    Ok(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?)
}

/// Computes the results, on the threads of the pool.
pub(super) fn compute(
    terminal: Terminal,
    loaded: &Loaded,
    pool: &rayon::ThreadPool,
) -> Result<Analysed, Error> {
    let Some(data) = &loaded.ingested.data else {
        return Err(Error::Problems(Box::default()));
    };
    let plan = &loaded.document.plan;
    let draws = plan.randomisation.draws(&plan.bootstrap);
    let steps = plan.bootstrap.replicates.fixed().map(|count| count + draws);
    let bar = terminal.progress(steps, "resampling");
    let analysed = pool.install(|| analyse_keeping_draws(plan, data, &|done| bar.inc(done)));
    bar.finish_and_clear();
    Ok(analysed?)
}

/// Results, figures, report and manifest, and the files that were made already.
pub(super) fn result_files(
    loaded: &Loaded,
    results: &ResultSet,
    audience: AudienceArguments,
    more: Vec<File>,
) -> Result<Vec<File>, Error> {
    let mut files = more;
    files.extend([
        ("results.csv".to_owned(), to_csv(results.rows())?),
        ("results.json".to_owned(), to_json(results)?),
        ("results.parquet".to_owned(), to_parquet(results.rows())?),
    ]);
    let manifest = manifest(loaded, results);
    files.extend(render(results, Language::En, audience, &provenance(&manifest))?);
    files.sort();
    let manifest = manifest_file(manifest, &files)?;
    files.push(manifest);
    Ok(files)
}

/// The manifest with the files that it lists.
pub(super) fn manifest_file(mut manifest: Manifest, files: &[File]) -> Result<File, Error> {
    manifest.outputs = files.iter().map(|(name, bytes)| FileHash::of(name, bytes)).collect();
    manifest.outputs.sort();
    let text = serde_json::to_string_pretty(&manifest).map_err(ExportError::from)?;
    Ok((MANIFEST.to_owned(), format!("{text}\n").into_bytes()))
}

/// Writes a directory, whole or not at all.
pub(super) fn write_directory(
    directory: &Path,
    existing: Existing,
    files: &[File],
) -> Result<(), Error> {
    let staging = Staging::new(directory, existing)?;
    for (name, bytes) in files {
        staging.write(name, bytes)?;
    }
    staging.finish()
}

/// The manifest of a run, before its outputs are known.
pub(super) fn manifest(loaded: &Loaded, results: &ResultSet) -> Manifest {
    let plan = &loaded.document.plan;
    Manifest {
        classification: INTERNAL.to_owned(),
        program: Program::this(),
        trial: plan.trial.id.clone(),
        plan: loaded.plan_hash.clone(),
        inputs: loaded.inputs.clone(),
        seed: plan.bootstrap.seed,
        replicates: results.study.replicates,
        outputs: Vec::new(),
    }
}

/// What a report says of its origin.
pub(super) fn provenance(manifest: &Manifest) -> Provenance {
    let files = std::iter::once(&manifest.plan).chain(&manifest.inputs);
    Provenance {
        program: format!("{} {}", manifest.program.name, manifest.program.version),
        inputs: files.map(|input| (input.file.clone(), input.sha256.clone())).collect(),
    }
}

/// The parts of a results directory, for a person.
pub(super) fn where_to_look(directory: &Path) -> String {
    let path = |name: &str| directory.join(name).display().to_string();
    format!(
        "results   {}  (also .json, .parquet)\n\
         figures   {}\n\
         tables    {}\n\
         report    {}\n\
         manifest  {}\n",
        path("results.csv"),
        path("figures"),
        path("tables"),
        path("report.en.html"),
        path(MANIFEST)
    )
}
