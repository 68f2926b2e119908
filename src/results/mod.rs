//! Plain serialisable results: the boundary between statistics and documents.

pub mod composition;
pub mod export;
pub mod joint_draws;
pub mod language;
pub mod manifest;
pub mod methods;
pub mod result_set;
pub mod row;
pub mod study;
pub mod vocabulary;
