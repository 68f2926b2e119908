//! What a regression of a subdistribution is made of.

use super::ending::{Cause, Ending};

/// The participants of a regression.
#[derive(Clone, Copy, Debug)]
pub struct FineGrayData<'a> {
    /// The last day at risk.
    pub days: &'a [i32],
    /// How it ended.
    pub endings: &'a [Ending],
    /// The covariates, each with one value a participant; no intercept.
    pub columns: &'a [&'a [f64]],
    /// The cause whose subdistribution is modelled.
    pub cause: Cause,
    /// Numbers of groups with a distribution of censoring each; none: one for all.
    pub censoring_groups: Option<&'a [u32]>,
}
