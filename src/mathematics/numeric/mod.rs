//! Mathematics without trial words.

pub mod brownian_bridge;
pub mod chi_squared_test;
pub mod cluster_robust;
pub mod distribution;
pub mod elementary;
pub mod failure;
pub mod fourier;
pub mod gram;
pub mod interval;
pub mod least_squares;
pub mod multivariate_normal;
pub mod ornstein_uhlenbeck;
pub mod quadrature;
pub mod quantile;
pub mod robust;
pub mod root;
pub mod special;
pub mod sum;
pub mod symmetric;
pub mod text;
pub mod triangle;
pub mod weights;
