//! The shared replicate weights and the intervals made from them.
//!
//! A replicate is a vector of whole-number case weights ([`case_weights`]), read by every
//! estimand together ([`replicates`]). Each estimand's [`column`](column::Column) of replicates
//! then gives a standard error and intervals ([`interval`]), the `BCa` interval with an
//! [`acceleration`](mod@acceleration) from influence values. [`sup_t`](mod@sup_t) has the critical
//! value of a band over many estimates. [`randomisation`] draws the assignment again, not the
//! participants.

pub mod acceleration;
pub mod accuracy;
pub mod balanced;
pub mod case_weights;
pub mod column;
pub mod exact;
mod exact_total;
pub mod folds;
pub mod interval;
mod monte_carlo;
pub mod multiplicity;
mod order_statistics;
pub mod randomisation;
pub mod replicates;
pub mod studentised;
pub mod sup_t;

use thiserror::Error;

/// Why a resampled quantity has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotEstimable {
    /// Fewer than two replicates have a value.
    #[error("fewer than two replicates have a value")]
    TooFewReplicates,
    /// More replicates have no value than is allowed.
    #[error("the statistic does not exist in {failed} of {replicates} replicates")]
    TooManyFailures {
        /// Replicates without a value.
        failed: usize,
        /// All replicates.
        replicates: usize,
    },
    /// The statistic does not exist in too large a share of all resamples.
    #[error("the statistic does not exist in too large a share of all resamples")]
    TooLikelyToFail,
    /// The estimate is not a finite number.
    #[error("the estimate is not a finite number")]
    EstimateNotFinite,
    /// The standard error of the estimate is zero, infinite or not a number.
    #[error("the estimate has no standard error")]
    NoStdError,
    /// No replicate, or every replicate, lies below the estimate.
    #[error("all replicates lie on one side of the estimate, so its bias has no correction")]
    BiasNotCorrectable,
    /// The acceleration is so large that the adjusted levels turn round.
    #[error("the acceleration is too large for the confidence level")]
    AccelerationTooLarge,
    /// All replicates are the same.
    #[error("all replicates are the same")]
    NoVariation,
    /// It has no derivative by a participant's weight.
    #[error("a quantile does not move smoothly with the weight of a participant")]
    NoInfluence,
    /// The influence values are the same within every stratum.
    #[error("the influence values do not vary within any stratum")]
    InfluenceConstant,
    /// An influence value is infinite or not a number.
    #[error("an influence value is not a finite number")]
    InfluenceNotFinite,
}
