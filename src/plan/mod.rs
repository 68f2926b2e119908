//! The statistical analysis plan as typed values.

pub mod analyses;
pub mod catalogue;
pub mod composed;
mod contradictions;
pub mod instrument;
pub mod notations;
pub mod parse;
mod questionnaire_checks;
pub mod questionnaires;
pub mod resampling;
mod schema_check;
pub mod types;
