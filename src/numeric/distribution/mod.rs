//! Distributions: densities, both tails and quantiles, right in the tails.

pub mod chi_squared;
pub mod normal;
pub mod student_t;
