//! All integration tests in one binary, so that the crate is linked once.

mod architecture;
mod cli;
mod composition;
mod coverage;
mod depth;
mod determinism;
mod documents;
mod exports;
mod golden;
mod licences;
mod promise;
mod properties;
mod readers;
mod render;
mod robustness;
mod trial_folder;
