//! The validated trial: its nouns, immutable once built.

pub mod allocation;
pub mod arm;
pub mod baseline;
pub mod benefits;
pub mod dataset;
pub mod date;
pub mod employment;
pub mod participant;
pub mod questionnaire;
pub mod time;
pub mod wave;
