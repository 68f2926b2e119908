//! Results to documents; computes nothing.
//!
//! Every number shown is the value of a row of a
//! [`ResultSet`](crate::results::result_set::ResultSet). This room places marks on axes, lays out
//! text and formats numbers, and gives bytes back: it opens no file.

mod audience;
mod covariates;
pub mod figure;
pub mod html;
mod lookup;
mod names;
mod notes;
pub mod number;
pub mod png;
pub mod text;

pub use audience::Audience;
