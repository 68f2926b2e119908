//! `ips-eval export`: people's data as the program understood them, for work in Stata.

use serde_json::json;

use super::args::ExportArguments;
use super::check::load_and_report;
use super::documents::File;
use super::run::{manifest_file, write_directory};
use super::staging::{Existing, MANIFEST, check_target};
use super::terminal::Terminal;
use crate::derive::agreement::compare;
use crate::derive::outcomes::derive_outcomes;
use crate::derive::waves::WaveOutcomes;
use crate::error::Error;
use crate::formats::{LabelledTable, write_dta};
use crate::handover::{answers_table, disagreements_csv, participants_table};
use crate::results::export::ExportError;
use crate::results::manifest::{Manifest, OF_PEOPLE, Program};

/// Runs the command.
pub(super) fn export(terminal: Terminal, arguments: &ExportArguments) -> Result<(), Error> {
    let existing = if arguments.force { Existing::Replace } else { Existing::Refuse };
    check_target(&arguments.out, existing)?;
    let quiet_problems = terminal.without_json();
    let loaded = load_and_report(quiet_problems, &arguments.plan, arguments.problems)?;
    let Some(data) = &loaded.ingested.data else {
        return Err(Error::Problems(Box::default()));
    };
    let plan = &loaded.document.plan;
    let outcomes = derive_outcomes(data, plan);
    let waves = WaveOutcomes::new(data, plan, &outcomes);
    let people = participants_table(data, plan, &outcomes, &waves);
    let mut files: Vec<File> = vec![dta("participants.dta", &people)?];
    if plan.data.waves.is_some() {
        files.push(dta("waves.dta", &answers_table(data, plan, &waves))?);
        let list = disagreements_csv(data, &compare(data, plan, &waves));
        let list = list.map_err(|error| Error::Export(ExportError::from(error)))?;
        files.push(("disagreements.csv".to_owned(), list));
    }
    files.sort();
    let manifest = Manifest {
        classification: OF_PEOPLE.to_owned(),
        program: Program::this(),
        trial: plan.trial.id.clone(),
        plan: loaded.plan_hash.clone(),
        inputs: loaded.inputs.clone(),
        seed: plan.bootstrap.seed,
        replicates: 0,
        outputs: Vec::new(),
    };
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    let manifest = manifest_file(manifest, &files)?;
    files.push(manifest);
    write_directory(&arguments.out, existing, &files)?;
    if terminal.answers_as_json() {
        let answer = json!({ "out": arguments.out, "files": names });
        return terminal.answer(&format!("{answer:#}\n"));
    }
    if !terminal.is_quiet() {
        let path = |name: &str| arguments.out.join(name).display().to_string();
        let mut said: Vec<String> = names.iter().map(|name| path(name)).collect();
        said.push(path(MANIFEST));
        said.push(
            "These files hold participants' data: keep them as safe as the tables.\n".to_owned(),
        );
        terminal.answer(&said.join("\n"))?;
    }
    Ok(())
}

fn dta(name: &str, table: &LabelledTable) -> Result<File, Error> {
    let bytes = write_dta(table).map_err(|error| {
        Error::Usage(format!("{name} cannot be written: {error}; {}", error.remedy()))
    })?;
    Ok((name.to_owned(), bytes))
}
