//! What ends a run: one variant a stage.

use std::path::PathBuf;

use crate::analysis::AnalysisError;
use crate::diagnostic::Diagnostics;

/// Why the program stops.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The data or the plan have problems, which have been reported.
    #[error("the data or the plan have problems")]
    Problems(Box<Diagnostics>),
    /// A file or directory.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The output directory holds something that the program must not replace.
    #[error("{} {reason}", path.display())]
    Occupied {
        /// The directory.
        path: PathBuf,
        /// What is in the way, and what to do.
        reason: String,
    },
    /// The analysis.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The results as files.
    #[error(transparent)]
    Export(#[from] crate::results::export::ExportError),
    /// A figure or report.
    #[error("cannot draw the documents: {0}")]
    Render(String),
    /// The terminal or a pipe.
    #[error("cannot write: {0}")]
    Output(#[from] std::io::Error),
    /// A number of threads that cannot be had.
    #[error("cannot start the threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// An argument.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// Exit code: 1 where data or plan have problems, 2 where the program could not run.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Problems(_) | Error::Analysis(AnalysisError::NotRun(_)) => 1,
            _ => 2,
        }
    }
}
