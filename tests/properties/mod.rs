//! What theory says must hold whatever the data.

mod estimate;
mod resample;
mod simulate;
mod survival;
