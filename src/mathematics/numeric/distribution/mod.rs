//! Distributions: densities, both tails and quantiles, right in the tails.
//!
//! statrs gives the normal's quantile, where it is right to 1e-15; its tails are good to ten
//! digits and its t quantile is wrong for many degrees of freedom, so those are our own.

pub mod binomial;
pub mod chi_squared;
pub mod fisher_f;
pub mod hypergeometric;
pub mod normal;
pub mod student_t;
