//! All integration tests in one binary, so that the crate is linked once.

mod documents;
mod golden;
mod properties;
mod render;
