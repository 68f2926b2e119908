//! Plain serialisable results: the boundary between statistics and documents.

pub mod composition;
pub mod export;
pub mod joint_draws;
pub mod json;
pub mod key_text;
pub mod language;
pub mod manifest;
pub mod methods;
pub mod protection;
pub mod result_set;
pub mod row;
pub mod spreadsheet;
pub mod study;
pub mod vocabulary;
