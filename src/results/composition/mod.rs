//! Of which people a statistic is made.
//!
//! A set of people is written as what must be true of them ([`fact::Fact`]), so that whatever
//! follows between sets (one lies within the other, two share nobody, three make up a fourth)
//! follows from what the facts mean ([`algebra`]), and never from a list of pairs.

pub mod algebra;
pub mod census;
pub mod conjunction;
pub mod fact;
pub mod kind;
pub mod partition;
pub mod people;

pub use census::Census;
pub use conjunction::Conjunction;
pub use fact::{EVER, Fact, Literal, Origin, Quantity};
pub use kind::{Composition, Table};
pub use people::People;

#[cfg(test)]
mod tests;
