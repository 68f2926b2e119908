//! Ctrl-C and the signals that ask a program to end.
//!
//! Whoever changes the disk does so undisturbed: a signal waits for the change at hand, removes what
//! is unfinished and ends the program, so that nothing is left.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

use super::files::remove_empty;
use super::holder::remove_parts;
use crate::error::Error;

/// How far the command is.
#[derive(Debug)]
pub(super) enum Progress {
    /// Nothing is on the disk.
    Nothing,
    /// A holder is, and directories above the target that were made for it.
    Unfinished {
        /// The holder.
        holder: PathBuf,
        /// The highest first.
        made: Vec<PathBuf>,
    },
    /// The target has its files.
    Finished(PathBuf),
}

static PROGRESS: Mutex<Progress> = Mutex::new(Progress::Nothing);

/// While it lives, no signal ends the program.
pub(super) struct Undisturbed(MutexGuard<'static, Progress>);

impl Undisturbed {
    pub(super) fn now() -> Self {
        Self(PROGRESS.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub(super) fn set(&mut self, progress: Progress) {
        *self.0 = progress;
    }
}

/// Says something when the program is ending, and nobody is left to take an error.
#[expect(clippy::print_stderr, reason = "the command is over, and somebody must know")]
pub(super) fn say(message: &str) {
    eprintln!("{message}");
}

/// Removes what is unfinished and ends with a code.
fn end(code: i32) -> ! {
    let progress = Undisturbed::now();
    match &*progress.0 {
        Progress::Nothing => say("interrupted: nothing was written"),
        Progress::Finished(target) => {
            say(&format!("interrupted after {} was written", target.display()));
        }
        Progress::Unfinished { holder, made } => {
            let removed = remove_parts(holder);
            remove_empty(made);
            match removed {
                Ok(()) => say("interrupted: nothing was written"),
                Err(error) => say(&format!("interrupted: {error}")),
            }
        }
    }
    std::process::exit(code)
}

/// Listens to them from now on: 130 for Ctrl-C, 143 for a request to terminate, 129 where the
/// terminal is gone.
///
/// Other threads do not see these signals, so none may have been started before.
#[cfg(unix)]
pub(in crate::cli) fn listen() -> Result<(), Error> {
    use nix::sys::signal::{SigSet, Signal};

    let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP].into_iter().collect();
    let failed = |error: &dyn std::fmt::Display| Error::Usage(format!("no signals: {error}"));
    signals.thread_block().map_err(|error| failed(&error))?;
    let wait = move || match signals.wait() {
        Ok(signal) => end(128 + signal as i32),
        Err(error) => say(&format!("cannot listen to signals: {error}")),
    };
    let thread = std::thread::Builder::new().name("signals".to_owned());
    thread.spawn(wait).map_err(|error| failed(&error))?;
    Ok(())
}

#[cfg(not(unix))]
pub(in crate::cli) fn listen() -> Result<(), Error> {
    ctrlc::set_handler(|| end(130))
        .map_err(|error| Error::Usage(format!("cannot listen to Ctrl-C: {error}")))
}
