//! Files of statistics packages and spreadsheets to labelled tables, and a labelled table to .dta.
//!
//! | file | read by | written by |
//! |---|---|---|
//! | Stata .dta, releases 113 to 119 | [`read_dta`] | [`write_dta`], release 118 |
//! | SPSS .sav and .zsav | [`read_sav`] | |
//! | Excel .xlsx | [`read_xlsx`] | |
//!
//! A [`LabelledTable`] holds what a file says and no more: what a code means, which values are
//! declared missing, which texts fill their width. What the trial makes of it is for the reader of
//! the table to decide.
//!
//! Every reader takes arbitrary bytes. It ends with a table or with a [`FormatError`] that has a
//! place, does not panic, and asks for no memory because a file claims to need it: counts are held
//! against the bytes that are there, and what can multiply (packed blocks, texts and labels that are
//! pointed at) has a limit, which the module's documentation states.

mod bytes;
pub mod dta;
pub mod dta_write;
mod error;
mod limits;
pub mod sav;
pub mod table;
mod text;
pub mod xlsx;

pub use dta::read_dta;
pub use dta_write::write_dta;
pub use error::{FormatError, Place, Problem, WriteError, WriteProblem};
pub use sav::read_sav;
pub use table::{Cell, Code, LabelledColumn, LabelledTable, MissingRule};
pub use xlsx::read_xlsx;
