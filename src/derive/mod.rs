//! `TrialData` to outcomes, one file a family.
