//! `TrialData` to outcomes: pure, one file a family.

pub mod benefits;
pub mod employment;
pub mod follow_up;
pub mod outcomes;
