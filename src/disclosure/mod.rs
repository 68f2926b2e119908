//! What may be published.

pub mod attack_model;
pub mod checker;
mod digits;
mod dominance;
pub mod gate;
pub mod publish;
pub mod register;
pub mod small_cells;
pub mod system;
mod words;
mod worth;
