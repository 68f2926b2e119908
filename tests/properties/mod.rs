//! What theory says must hold whatever the data.

mod adjusted;
mod cross_fitted;
mod estimate;
mod instrument;
mod kernels;
mod numeric;
mod questionnaires;
mod randomisation;
mod replicates;
mod resample;
mod simulate;
mod survival;
mod survival_curves;
mod trials;
