//! Results to documents; computes nothing.
//!
//! Every number shown is the value of a row of a
//! [`ResultSet`](crate::results::result_set::ResultSet). This room places marks on axes, lays out
//! text and formats numbers, and gives bytes back: it opens no file.
//!
//! `sections` says what a report says, as a `document` without a format; `html`, `docx` and
//! `table_files` write it.

mod audience;
pub mod chart;
mod covariates;
pub mod document;
pub mod docx;
mod fact;
pub mod figure;
pub mod html;
mod lookup;
mod names;
mod notes;
pub mod number;
pub mod png;
pub mod sections;
pub mod table_files;
pub mod text;

pub use audience::Audience;
