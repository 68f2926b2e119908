//! Effects on slices: proportions, contrasts, regression.
//!
//! Everything here takes counts, slices and small structs, and knows nothing of files, plans or
//! columns. A quantity that cannot be estimated is an error value with its reason.

pub mod adjusted;
pub mod agreement;
pub mod aipw;
mod assignment_share;
pub mod balance;
pub mod covariates;
mod design;
pub mod elastic_net;
pub mod heterogeneity;
pub mod instrument;
pub mod inverse_covariance_index;
pub mod lasso;
pub mod lee_bounds;
pub mod logistic;
pub mod mean;
pub mod proportion;
pub mod quantile_effect;
pub mod ratio;
pub mod regression;
pub mod reliability;
pub mod replicate;
pub mod risk_difference;
pub mod sample;
pub mod shrinkage;
pub mod standardised;
pub mod standardised_effect;
pub mod stratified_variance;
pub mod tightened_lee_bounds;
pub mod two_by_two;
