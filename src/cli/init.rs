//! `ips-eval init`: a commented plan and empty tables.

use std::path::Path;

use super::args::InitArguments;
use super::staging::file_error;
use super::terminal::Terminal;
use crate::error::Error;
use crate::ingest::schema::schema_of;
use crate::plan::types::TableName;

const PLAN: &str = include_str!("init_plan.toml");

/// Runs the command. Nothing that exists is overwritten.
pub(super) fn init(terminal: Terminal, arguments: &InitArguments) -> Result<(), Error> {
    let directory = &arguments.directory;
    let mut files = vec![("plan.toml".to_owned(), PLAN.to_owned())];
    for table in TableName::ALL {
        let names: Vec<&str> = schema_of(table).fields.iter().map(|f| f.name.as_str()).collect();
        files.push((format!("{}.csv", table.as_str()), format!("{}\n", names.join(","))));
    }
    for (name, _) in &files {
        let path = directory.join(name);
        if path.exists() {
            let reason = "exists already: nothing was written".to_owned();
            return Err(Error::Occupied { path, reason });
        }
    }
    std::fs::create_dir_all(directory).map_err(file_error("create", directory))?;
    for (name, text) in &files {
        let path = directory.join(name);
        std::fs::write(&path, text).map_err(file_error("write", &path))?;
    }
    if terminal.answers_as_json() {
        let names: Vec<&String> = files.iter().map(|(name, _)| name).collect();
        let answer = serde_json::json!({ "out": directory, "files": names });
        return terminal.answer(&format!("{answer:#}\n"));
    }
    if terminal.is_quiet() {
        return Ok(());
    }
    terminal.answer(&said(directory, &files))
}

fn said(directory: &Path, files: &[(String, String)]) -> String {
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let plan = directory.join("plan.toml");
    format!(
        "wrote {} to {}\nfill in the tables and the plan, then: ips-eval check {}\n",
        names.join(", "),
        directory.display(),
        plan.display()
    )
}
