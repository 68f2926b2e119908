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
mod problem_groups;
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
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return wrong_arguments(&error),
    };
    let terminal = Terminal::new(arguments.output);
    match dispatch(terminal, &arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let said = match &error {
                // The problems have been shown; the count says why nothing was written.
                Error::Problems(problems) => problems::closing_line(problems),
                other => format!("error: {other}"),
            };
            let answered = match (&arguments.command, &error) {
                _ if !terminal.answers_as_json() => Ok(()),
                // Its problems are its answer.
                (Command::Check(_), Error::Problems(_)) => Ok(()),
                (_, Error::Problems(problems)) => {
                    terminal.answer(&problems::as_json(problems, &[], None))
                }
                (_, other) => terminal.answer(&failure(&other.to_string(), other.exit_code())),
            };
            // Where even this cannot be written, the exit code still tells.
            if answered.and_then(|()| terminal.warn(&said)).is_err() {
                return ExitCode::from(2);
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// A failure as JSON.
fn failure(message: &str, code: u8) -> String {
    format!("{:#}\n", serde_json::json!({ "error": message, "exit_code": code }))
}

/// Help and version are answers; anything else that cannot be understood is a failure, which those
/// who ask for JSON get as JSON.
fn wrong_arguments(error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    if code != 0 && wants_json {
        let terminal = Terminal::new(args::OutputArguments { quiet: false, json: true });
        let message = error.to_string();
        if terminal.answer(&failure(message.trim_end(), code)).is_err() {
            return ExitCode::from(2);
        }
    }
    match error.print() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(2),
        _ => ExitCode::from(code),
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
