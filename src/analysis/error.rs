//! Why there are no results.

use super::estimands::NotRun;
use crate::resample::replicates::ReplicatesError;
use crate::results::result_set::DuplicateKey;

/// Why there are no results.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The plan's confidence level.
    #[error("the confidence level {0} does not lie between one half and one")]
    Level(f64),
    /// The bootstrap.
    #[error("no bootstrap: {0}")]
    Bootstrap(#[from] ReplicatesError),
    /// Groups to resample in.
    #[error("no bootstrap: {0}")]
    Strata(#[from] crate::resample::case_weights::StrataError),
    /// Balanced draws.
    #[error("no bootstrap: {0}")]
    Balanced(#[from] crate::resample::balanced::BalancedError),
    /// Who could have been allocated.
    #[error("no randomisation tests: {0}")]
    Design(#[from] crate::resample::randomisation::design::DesignError),
    /// Draws of the randomisation.
    #[error("no randomisation tests: {0}")]
    Randomisation(#[from] crate::resample::randomisation::test::RandomisationError),
    /// A fault of this program.
    #[error("a fault of this program: {0}")]
    Duplicate(#[from] DuplicateKey),
    /// A promise of the plan that the data do not let keep.
    #[error(transparent)]
    NotRun(#[from] NotRun),
}
