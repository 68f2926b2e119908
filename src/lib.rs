//! Statistical evaluation engine for a randomised trial of Individual Placement and Support.
//!
//! **In:** a table of randomised persons, a table of spells of work, and a plan. **Out:** every
//! statistic that the plan asks for, figures, and a report. The program `ips-eval` is this crate
//! behind a command line; `tests/reference/README.md` says what it estimates and what that was checked
//! against.
//!
//! The way through the house:
//!
//! | step | room | gives |
//! |---|---|---|
//! | the plan's text | [`plan`] | [`plan::parse::PlanDocument`], or every problem |
//! | a file of Stata, SPSS or Excel | [`formats`] | [`formats::LabelledTable`], or where it fails |
//! | the tables' bytes | [`ingest`] | [`trial::dataset::TrialData`], or every problem |
//! | what rows mean under the plan | [`derive`](mod@derive) | [`derive::outcomes::ParticipantOutcomes`] |
//! | numbers on slices | [`estimate`], [`survival`], [`resample`] | estimates, curves, replicates |
//! | all of it composed | [`analysis`] | [`results::result_set::ResultSet`] |
//! | what may be shown | [`disclosure`] | the same, small cells withheld |
//! | documents | [`render`] | figures and a page, as bytes |
//! | files, terminal, threads | [`cli`] | the directory that a user sees |
//!
//! [`numeric`] and [`random`] are mathematics without trial words, [`trial`] holds the nouns,
//! [`diagnostic`] what can be wrong with data, and [`simulate`] makes trials with known effects.
//!
//! ```
//! use ips_eval::analysis::analyse;
//! use ips_eval::ingest::{Sources, read_trial};
//! use ips_eval::plan::parse::parse_plan;
//! use ips_eval::plan::types::TableName;
//! use ips_eval::simulate::{DEMONSTRATION_SEED, plan_toml, planned_trial};
//!
//! let made_up = planned_trial(DEMONSTRATION_SEED);
//! let plan = plan_toml().replace("replicates = 10000", "replicates = 10");
//! let document = parse_plan("plan.toml", &plan).expect("the plan is right");
//! let sources = Sources::from([
//!     (TableName::Participants, made_up.participants_csv.into_bytes()),
//!     (TableName::Employment, made_up.employment_csv.into_bytes()),
//!     (TableName::Allocation, made_up.allocation_csv.into_bytes()),
//! ]);
//! let data = read_trial(&document, &sources).data.expect("the data are right");
//! let results = analyse(&document.plan, &data, &|_| {}).expect("the plan can be carried out");
//! assert!(results.rows().len() > 1000);
//! ```
//!
//! `ARCHITECTURE.md` says what each room may use.

pub mod analysis;
pub mod cli;
pub mod derive;
pub mod diagnostic;
pub mod disclosure;
pub mod error;
pub mod formats;
pub mod handover;
pub mod ingest;
pub mod plan;
pub mod render;
pub mod results;
pub mod simulate;

pub use ips_mathematics::{estimate, numeric, random, resample, survival};
pub use ips_trial as trial;
