//! What may be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::examples;

/// Evaluates a randomised trial of Individual Placement and Support: data and plan in, checked
/// results and publishable documents out. It never opens a network connection.
#[derive(Debug, Parser)]
#[command(name = "ips-eval", version, max_term_width = 100, after_help = examples::PROGRAM)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) output: OutputArguments,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// How to speak.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct OutputArguments {
    /// Print nothing but errors
    #[arg(long, global = true)]
    pub(super) quiet: bool,
    /// Print the answer as JSON on standard output
    #[arg(long, global = true)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a synthetic trial of the planned size, run it, and say where to look
    #[command(after_help = examples::DEMO)]
    Demo(DemoArguments),
    /// Write a commented plan and empty tables
    #[command(after_help = examples::INIT)]
    Init(InitArguments),
    /// Read everything and report every problem, with file, row, column and remedy
    #[command(after_help = examples::CHECK)]
    Check(CheckArguments),
    /// Compute the results
    #[command(after_help = examples::RUN)]
    Run(RunArguments),
    /// Write people's outcomes and answers as Stata files, with labels
    #[command(after_help = examples::EXPORT)]
    Export(ExportArguments),
    /// Render documents from results alone
    #[command(after_help = examples::REPORT)]
    Report(ReportArguments),
    /// Print the data dictionary: all tables, one of them, the plan, an instrument, or the codes
    #[command(after_help = examples::SCHEMA)]
    Schema(SchemaArguments),
    /// Explain a method: plain words, formula, source, and what R, Stata and SAS print instead
    #[command(after_help = examples::EXPLAIN)]
    Explain(ExplainArguments),
    /// Print what makes a shell complete the program's words
    #[command(after_help = examples::COMPLETIONS)]
    Completions(CompletionsArguments),
    /// Print the manual page of the program, or of a command
    #[command(after_help = examples::MAN)]
    Man(ManArguments),
}

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// Directory to write to; it must be empty or not exist
    #[arg(long, value_name = "DIR", default_value = "ips-eval-demo")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) threads: ThreadArguments,
    /// Replace an earlier demonstration in that directory
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// Directory to write to
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) directory: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The analysis plan (TOML)
    pub(super) plan: PathBuf,
    #[command(flatten)]
    pub(super) problems: ProblemArguments,
    /// Write every participant's outcomes with the lines they came from, as CSV. Holds
    /// participants' data: keep it as safe as the tables
    #[arg(long, value_name = "FILE")]
    pub(super) trace: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The analysis plan (TOML)
    pub(super) plan: PathBuf,
    /// Directory of the results, written whole or not at all
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) threads: ThreadArguments,
    #[command(flatten)]
    pub(super) problems: ProblemArguments,
    #[command(flatten)]
    pub(super) audience: AudienceArguments,
    /// Also write replicates.parquet: every estimate in every bootstrap replicate
    #[arg(long)]
    pub(super) replicates: bool,
    /// Replace earlier results in that directory
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// The analysis plan (TOML)
    pub(super) plan: PathBuf,
    /// Directory to write to, whole or not at all; it will hold participants' data
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) problems: ProblemArguments,
    /// Replace an earlier export in that directory
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// A results directory, or its results.json
    pub(super) results: PathBuf,
    /// Languages, by comma
    #[arg(long, value_enum, value_delimiter = ',', default_value = "en")]
    pub(super) lang: Vec<Language>,
    /// Formats, by comma
    #[arg(long, value_enum, value_delimiter = ',', default_value = "html")]
    pub(super) format: Vec<Format>,
    /// Directory to write to; without it the results directory
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) audience: AudienceArguments,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// A table, `plan`, `instrument` or `diagnostics`; without it all tables
    pub(super) table: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// A word of the columns `method` or `inference` of the results; without it a list of them
    pub(super) method: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// A command; without it the whole program
    pub(super) command: Option<String>,
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct ThreadArguments {
    /// Threads; the results are the same bytes for any number [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct ProblemArguments {
    /// Print the cells that are wrong; they are participants' data
    #[arg(long)]
    pub(super) show_values: bool,
    /// Take warnings, or warnings and notes, for errors
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(super) deny: Option<Deny>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Deny {
    Warnings,
    Notes,
}

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct AudienceArguments {
    /// Show cells of 1 to 4 people in documents and figures, and mark them as internal
    #[arg(long)]
    pub(super) internal: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    En,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Html,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn every_command_shows_exit_codes_and_examples_that_can_be_typed() {
        let program = Arguments::command();
        let commands: Vec<_> = std::iter::once(&program).chain(program.get_subcommands()).collect();
        assert!(commands.len() > 8, "{}", commands.len());
        for command in commands {
            let name = command.get_name();
            let below = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(below.contains("Exit codes:\n  0  done\n"), "{name}: {below}");
            let examples = below.lines().filter_map(|line| line.strip_prefix("  ips-eval "));
            let examples: Vec<&str> = examples.collect();
            assert!(!examples.is_empty(), "{name}: {below}");
            for example in examples {
                let words = ["ips-eval"].into_iter().chain(example.split_whitespace());
                let typed = Arguments::try_parse_from(words);
                assert!(typed.is_ok(), "{name}: {example}: {typed:?}");
                let is_own = name == "ips-eval" || example.split_whitespace().next() == Some(name);
                assert!(is_own, "{name}: {example} is another command");
            }
        }
    }
}
