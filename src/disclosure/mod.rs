//! What may be published.

pub mod gate;
pub mod small_cells;
pub mod system;
