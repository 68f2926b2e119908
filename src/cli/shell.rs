//! `ips-eval completions` and `ips-eval man`: the program in a shell and in its manual.

use clap::CommandFactory as _;
use clap_mangen::Man;
use serde_json::json;

use super::args::{Arguments, CompletionsArguments, ManArguments};
use super::terminal::Terminal;
use crate::diagnostic::nearest;
use crate::error::Error;

const PROGRAM: &str = "ips-eval";

/// Prints what makes a shell complete the program's words.
pub(super) fn completions(
    terminal: Terminal,
    arguments: &CompletionsArguments,
) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), PROGRAM, &mut script);
    answer(terminal, &arguments.shell.to_string(), &script)
}

/// Prints the manual page of the program, or of one of its commands.
pub(super) fn manual(terminal: Terminal, arguments: &ManArguments) -> Result<(), Error> {
    let mut program = Arguments::command();
    // Names of the commands as they are typed, `ips-eval run`, are made when it is built.
    program.build();
    let about = arguments.command.as_deref().unwrap_or(PROGRAM);
    let command = match arguments.command.as_deref() {
        None => &program,
        Some(name) => program.find_subcommand(name).ok_or_else(|| unknown(name, &program))?,
    };
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    answer(terminal, about, &page)
}

fn answer(terminal: Terminal, name: &str, text: &[u8]) -> Result<(), Error> {
    let text = String::from_utf8_lossy(text);
    if terminal.answers_as_json() {
        terminal.answer(&format!("{:#}\n", json!({ "name": name, "text": text })))
    } else {
        terminal.answer(&text)
    }
}

fn unknown(name: &str, program: &clap::Command) -> Error {
    let known: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
    let hint = match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of {}", known.join(", ")),
    };
    Error::Usage(format!("there is no command `{name}`: {hint}"))
}
