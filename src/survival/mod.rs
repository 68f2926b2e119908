//! Time to first job: event tables, curves and tests on slices.
//!
//! Days are whole days since randomisation, which is day 0; counts are frequencies. Curves read
//! an [`event_table::EventTable`]; [`presorted`] is the route for many replicates.

pub mod aalen_johansen;
pub mod cox;
pub mod curve;
pub mod ending;
pub mod event_table;
pub mod influence;
pub mod kaplan_meier;
pub mod log_rank;
pub mod not_estimable;
pub mod presorted;
pub mod quantile;
pub mod restricted_mean;
