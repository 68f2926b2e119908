//! All integration tests in one binary, so that the crate is linked once.

mod architecture;
mod cli;
mod coverage;
mod determinism;
mod documents;
mod exports;
mod golden;
mod licences;
mod properties;
mod render;
mod robustness;
mod trial_folder;
