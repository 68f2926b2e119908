//! Arguments, files, clock, terminal and exit codes.

mod args;
mod check;
mod demo;
mod documents;
mod examples;
mod explain;
mod export;
mod init;
mod load;
mod problems;
mod report;
mod run;
mod schema;
mod shell;
mod staging;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Command};
use terminal::Terminal;

use crate::error::Error;

/// Runs what was typed, and says how it ended: 0 done, 1 problems in data or plan, 2 could not
/// run.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = Terminal::new(arguments.output);
    match dispatch(terminal, &arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let said = match &error {
                // The problems have been shown; the count says why nothing was written.
                Error::Problems(problems) => problems::closing_line(problems),
                other => format!("error: {other}"),
            };
            // Where even this cannot be written, the exit code still tells.
            if terminal.warn(&said).is_err() {
                return ExitCode::from(2);
            }
            ExitCode::from(error.exit_code())
        }
    }
}

fn dispatch(terminal: Terminal, command: &Command) -> Result<(), Error> {
    staging::clean_up_on_interrupt()?;
    match command {
        Command::Demo(arguments) => demo::demo(terminal, arguments),
        Command::Init(arguments) => init::init(terminal, arguments),
        Command::Check(arguments) => check::check(terminal, arguments),
        Command::Run(arguments) => run::run(terminal, arguments),
        Command::Export(arguments) => export::export(terminal, arguments),
        Command::Report(arguments) => report::report(terminal, arguments),
        Command::Schema(arguments) => schema::schema(terminal, arguments),
        Command::Explain(arguments) => explain::explain(terminal, arguments),
        Command::Completions(arguments) => shell::completions(terminal, arguments),
        Command::Man(arguments) => shell::manual(terminal, arguments),
    }
}
