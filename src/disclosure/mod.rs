//! What may be published.

pub mod small_cells;
