//! What theory says must hold whatever the data.

mod adjusted;
mod estimate;
mod numeric;
mod resample;
mod simulate;
mod survival;
