//! `TrialData` to outcomes: pure, one file a family.

pub mod agreement;
pub mod benefits;
pub mod employment;
pub mod follow_up;
pub mod outcomes;
pub mod waves;
