//! A first job that is only known to lie between two days: visits, yearly statements.
//!
//! [`turnbull`] has the curve of one group and the difference of two, [`bracket_ph`] the hazard
//! ratio.

pub mod bracket;
pub mod bracket_ph;
mod likelihood;
mod maximise;
mod squares;
mod support;
pub mod turnbull;
