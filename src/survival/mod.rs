//! Time to first job: event tables, curves and tests on slices.
//!
//! Days are whole days since randomisation, which is day 0; counts are frequencies. Curves read
//! an [`event_table::EventTable`]; [`presorted`] is the route for many replicates.

pub mod aalen_johansen;
pub mod bands;
pub mod concordance;
pub mod cox;
pub mod curve;
pub mod curve_influence;
pub mod ending;
pub mod event_table;
pub mod fine_gray;
mod fine_gray_sums;
pub mod follow_up;
pub mod gray;
pub mod influence;
pub mod influence_covariance;
pub mod interval_censored;
pub mod kaplan_meier;
pub mod log_rank;
pub mod max_combo;
pub mod milestone;
pub mod not_estimable;
pub mod presorted;
pub mod presorted_survival;
pub mod quantile;
pub mod recurrent;
pub mod restricted_mean;
pub mod restricted_mean_contrast;
mod tally;
pub mod time_lost;
pub mod times;
pub mod weighted_log_rank;
