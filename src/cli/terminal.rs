//! Standard output, standard error, colours and progress.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::OutputArguments;
use crate::error::Error;

/// Where answers and messages go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    voice: Voice,
    answers_as_json: bool,
    has_colour: bool,
    is_interactive: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    Normal,
    ErrorsOnly,
}

impl Terminal {
    #[expect(clippy::disallowed_methods, reason = "the environment is read here, once")]
    pub(super) fn new(output: OutputArguments) -> Self {
        let is_interactive = std::io::stderr().is_terminal();
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            voice: if output.quiet { Voice::ErrorsOnly } else { Voice::Normal },
            answers_as_json: output.json,
            has_colour: is_interactive && !no_colour,
            is_interactive,
        }
    }

    pub(super) fn answers_as_json(self) -> bool {
        self.answers_as_json
    }

    pub(super) fn is_quiet(self) -> bool {
        self.voice == Voice::ErrorsOnly
    }

    pub(super) fn has_colour(self) -> bool {
        self.has_colour
    }

    /// The same, saying nothing but errors.
    pub(super) fn errors_only(self) -> Self {
        Self { voice: Voice::ErrorsOnly, answers_as_json: false, ..self }
    }

    /// The same, without the problems on standard output, which holds one answer.
    pub(super) fn without_json(self) -> Self {
        Self { answers_as_json: false, ..self }
    }

    /// Prints an answer on standard output. A closed pipe is no error.
    #[expect(clippy::unused_self, reason = "answers and messages are said in the same way")]
    pub(super) fn answer(self, text: &str) -> Result<(), Error> {
        let mut out = std::io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Prints a message on standard error, unless quiet.
    pub(super) fn tell(self, text: &str) -> Result<(), Error> {
        if self.is_quiet() { Ok(()) } else { self.warn(text) }
    }

    /// Prints a message on standard error, also when quiet.
    #[expect(clippy::unused_self, reason = "answers and messages are said in the same way")]
    pub(super) fn warn(self, text: &str) -> Result<(), Error> {
        let mut err = std::io::stderr().lock();
        writeln!(err, "{text}")?;
        Ok(())
    }

    /// A bar on a terminal, shown from the first second on; elsewhere nothing.
    ///
    /// Without `steps` it counts what is done.
    pub(super) fn progress(self, steps: Option<u64>, what: &'static str) -> ProgressBar {
        if !self.is_interactive || self.is_quiet() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::stderr());
        let layout =
            if steps.is_some() { "{msg} {bar:30} {percent:>3}% {eta}" } else { "{msg} {pos}" };
        let style = ProgressStyle::with_template(layout);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}
