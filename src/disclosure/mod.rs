//! What may be published.

pub mod attack_model;
pub mod gate;
pub mod small_cells;
pub mod system;
