//! Effects on slices: proportions, contrasts, regression.
//!
//! Everything here takes counts, slices and small structs, and knows nothing of files, plans or
//! columns. A quantity that cannot be estimated is an error value with its reason.

pub mod adjusted;
pub mod aipw;
pub mod balance;
pub mod covariates;
mod design;
pub mod elastic_net;
pub mod heterogeneity;
pub mod instrument;
pub mod lasso;
pub mod logistic;
pub mod mean;
pub mod proportion;
pub mod quantile_effect;
pub mod ratio;
pub mod regression;
pub mod replicate;
pub mod risk_difference;
pub mod sample;
pub mod shrinkage;
pub mod standardised;
pub mod stratified_variance;
pub mod two_by_two;
