//! Randomisation inference: the assignment is drawn again, everything else stays as observed.
//!
//! [`design`] has the assignments that the randomisation list allowed, [`test`](mod@test) evaluates
//! statistics over them, [`distribution`] has their p-values. Statistics are built once on the
//! data: sums of scores ([`statistics`]), least squares ([`linear`]), balance ([`balance`]);
//! those of survival are closures over `crate::survival`. [`interval`] inverts tests of a
//! constant shift, [`attributable`] has the average effect on a binary outcome.

pub mod attributable;
pub mod balance;
mod column_sums;
pub mod design;
pub mod distribution;
pub mod interval;
pub mod linear;
pub mod statistics;
pub mod test;
