//! Mathematics without trial words.

pub mod distribution;
pub mod elementary;
pub mod interval;
pub mod weights;
