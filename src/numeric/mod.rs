//! Mathematics without trial words.

pub mod chi_squared_test;
pub mod distribution;
pub mod elementary;
pub mod interval;
pub mod least_squares;
pub mod quantile;
pub mod special;
pub mod sum;
pub mod symmetric;
pub mod text;
pub mod weights;
