//! The attacker's problem, without words of the trial: unknown whole numbers, what is known of them,
//! and how far that narrows a sum of them.
//!
//! A range is proven from outside by linear programming and from inside by points in whole numbers
//! that agree with everything, each of which is checked exactly. A gate needs the second (a point
//! that was found is a proof that the attacker cannot exclude it, whatever the solver's rounding),
//! an attacker the first.

mod bounds;
mod enumerate;
mod form;
mod part;
mod problem;
mod simplex;

pub use bounds::{End, Range, range, reaches};
pub use enumerate::{Enumerated, enumerate};
pub use form::Form;
pub use part::{Frozen, Part};
pub use problem::{Compute, Fact, Function, Open, System};

#[cfg(test)]
mod tests;
