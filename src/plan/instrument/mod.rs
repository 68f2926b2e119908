//! Instruments: questionnaires whose scoring is written down as data.

mod built_in;
mod checks;
pub mod parse;
pub mod types;
pub mod value_set;
