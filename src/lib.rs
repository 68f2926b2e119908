//! Statistical evaluation engine for a randomised trial of Individual Placement and Support.
//!
//! Files go in through [`ingest`], become outcomes in [`derive`](mod@derive), estimates in [`estimate`],
//! [`survival`] and [`resample`], a [`results::result_set::ResultSet`] in [`analysis`], and
//! documents in [`render`]. `ARCHITECTURE.md` says what each room may use.

pub mod analysis;
pub mod cli;
pub mod derive;
pub mod diagnostic;
pub mod disclosure;
pub mod error;
pub mod estimate;
pub mod ingest;
pub mod numeric;
pub mod plan;
pub mod random;
pub mod render;
pub mod resample;
pub mod results;
pub mod simulate;
pub mod survival;
pub mod trial;
