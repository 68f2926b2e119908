//! Time to first job: event tables, curves and tests on slices.
//!
//! Days are whole days since randomisation, which is day 0; counts are frequencies. Curves read
//! an [`event_table::EventTable`]; [`presorted`], [`cox::replicate`] and [`fine_gray_replicate`] are
//! the route for many replicates.

pub mod aalen_johansen;
pub mod assigned_arms;
pub mod bands;
pub mod concordance;
pub mod cox;
pub mod curve;
pub mod curve_influence;
pub mod ending;
mod event_day;
pub mod event_table;
pub mod fine_gray;
mod fine_gray_data;
mod fine_gray_days;
pub mod fine_gray_replicate;
mod fine_gray_sums;
pub mod follow_up;
pub mod gray;
pub mod influence;
pub mod influence_covariance;
pub mod interval_censored;
pub mod kaplan_meier;
pub mod log_rank;
pub mod log_rank_scores;
pub mod max_combo;
pub mod milestone;
pub mod not_estimable;
pub mod presorted;
mod presorted_table;
mod presorted_walks;
pub mod quantile;
pub mod recurrent;
pub mod replicate;
#[cfg(test)]
mod replicate_tests;
pub mod restricted_mean;
pub mod restricted_mean_contrast;
mod running_weights;
mod tally;
pub mod time_lost;
pub mod times;
mod two_arm_score;
pub mod weighted_log_rank;
