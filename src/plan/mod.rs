//! The statistical analysis plan as typed values.

pub mod analyses;
pub mod bounds;
pub mod catalogue;
mod contradictions;
pub mod instrument;
pub mod parse;
mod places;
mod questionnaire_checks;
pub mod questionnaires;
pub mod resampling;
mod schema_check;
pub mod types;
