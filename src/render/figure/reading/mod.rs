//! What figures share when they read rows: the sentences, numbers and notes of a figure in the
//! making, and rows that several figures show alike.

pub(crate) mod curves;
pub(crate) mod draft;
pub(crate) mod file_name;
pub(crate) mod form;
pub(crate) mod groups;
pub(crate) mod monthly;
pub(crate) mod scores;
pub(crate) mod source;
pub(crate) mod stack;
pub(crate) mod steps;
pub(crate) mod waves;
