//! Proportional hazards: Cox regression of two arms, covariates and strata.
//!
//! [`sorted`] puts participants in order once; [`fit`] estimates under any case weights;
//! [`influence`] is what each participant does to the coefficients; [`profile`] has limits that
//! do not lean on the normal; [`proportional_hazards`] tests the assumption; [`replicate`] fits the
//! arm's coefficient many times.

use thiserror::Error;

pub mod fit;
pub mod influence;
pub mod profile;
pub mod proportional_hazards;
pub mod replicate;
pub mod sorted;

mod exact;
mod firth;
mod kernel;
mod moments;
mod newton;
mod recession;
mod replicate_arm;
mod replicate_covariates;

pub use fit::{CoxFit, CoxTests, likelihood_ratio};
pub use proportional_hazards::{ProportionalHazards, ScaledResiduals, TimeScale};
pub use replicate::{ReplicateCox, ReplicateCoxData, ReplicateCoxScratch};
pub use sorted::{CoxScratch, SortedCox};

/// The participants of a regression, one element each; one person may be several rows, one an
/// interval at risk (`entries`, and clusters for the variance).
#[derive(Clone, Copy, Debug)]
pub struct CoxData<'a> {
    /// The day after which each is at risk: (entry, day]. Without, from before day 0 on.
    pub entries: Option<&'a [i32]>,
    /// The last day at risk.
    pub days: &'a [i32],
    /// Whether the event happened on it.
    pub events: &'a [bool],
    /// The covariates, the arm among them: 1 in the intervention arm.
    pub columns: &'a [&'a [f64]],
    /// Each has a baseline hazard of its own; any labels.
    pub strata: Option<&'a [usize]>,
}

/// How events on one day are treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// Efron's approximation: those who have the event leave the set at risk one by one, on
    /// average.
    #[default]
    Efron,
    /// Breslow's: all of them are at risk of each.
    Breslow,
    /// Cox's discrete model: given how many have the event on a day, who has it.
    Exact,
}

/// What is added to the log partial likelihood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Penalty {
    /// Nothing.
    #[default]
    None,
    /// Firth's ½ log|I(β)|: estimates are finite whatever the data, and less biased.
    Firth,
}

/// How to fit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings<'a> {
    /// The treatment of ties.
    pub ties: Ties,
    /// The penalty.
    pub penalty: Penalty,
    /// Coefficients to start from; zeros otherwise.
    pub start: Option<&'a [f64]>,
}

/// The reason why there is no fit.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum CoxError {
    /// Nobody, or nobody of positive weight.
    #[error("there are no participants")]
    NoParticipants,
    /// Nobody of positive weight had the event while at risk.
    #[error("there are no events")]
    NoEvents,
    /// A covariate with a value that is infinite or missing.
    #[error("covariate {column} has a value that is no number")]
    NotFinite {
        /// The covariate, from 0.
        column: usize,
    },
    /// A covariate that is constant among those at risk of every event of its stratum, such as the
    /// arm when the other arm is empty, or a linear combination of those before it.
    #[error("covariate {column} says nothing that those before it do not say")]
    Collinear {
        /// The covariate, from 0.
        column: usize,
    },
    /// The likelihood grows for ever as this coefficient, alone or with others, goes to
    /// infinity: an arm without events, or separation.
    #[error("the likelihood has no maximum: the coefficient of covariate {column} is infinite")]
    MonotoneLikelihood {
        /// The covariate that moves most, from 0.
        column: usize,
    },
    /// The maximum was not found.
    #[error("the maximum of the likelihood was not found")]
    NotConverged,
    /// The exact method would need more than 2·10⁹ operations a step, or there are more than 500
    /// events on one day of one stratum.
    #[error("too many ties for the exact method")]
    TooManyTies,
    /// The quantity has no meaning with sampling weights: the exact method and Firth's penalty
    /// count people.
    #[error("not defined with sampling weights")]
    NotWithSamplingWeights,
    /// Only defined for Efron's and Breslow's treatment of ties.
    #[error("not defined for the exact method of ties")]
    NotWithExactTies,
    /// The fit's quantity is not defined with a penalty.
    #[error("not defined for a penalised fit")]
    NotWithPenalty,
}
