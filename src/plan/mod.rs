//! The statistical analysis plan as typed values.

pub mod analyses;
pub mod catalogue;
mod contradictions;
mod day;
mod document;
pub mod instrument;
pub mod parse;
mod questionnaire_checks;
pub mod questionnaire_outcomes;
pub mod questionnaires;
pub mod resampling;
mod schema_check;
pub mod types;
