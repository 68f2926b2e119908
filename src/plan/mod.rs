//! The statistical analysis plan as typed values.

pub mod analyses;
pub mod catalogue;
mod contradictions;
pub mod parse;
pub mod resampling;
mod schema_check;
pub mod types;
