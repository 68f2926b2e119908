//! Mathematics of the evaluation: numbers on slices, without a plan, a table or a file.
//!
//! | room | gives |
//! |---|---|
//! | [`numeric`] | distributions, least squares, roots, ordered sums |
//! | [`random`] | seeds, and one stream a replicate |
//! | [`estimate`] | proportions, regressions, contrasts |
//! | [`survival`] | curves, tests, hazard ratios, competing exits |
//! | [`resample`] | case weights of a replicate, intervals, the randomisation drawn again |
//!
//! It is a package of its own so that it is built and tested alone; `ips_eval` re-exports it whole.

pub mod estimate;
pub mod numeric;
pub mod random;
pub mod resample;
pub mod survival;

pub use ips_trial as trial;
