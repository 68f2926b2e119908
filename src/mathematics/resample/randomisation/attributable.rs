//! The average effect on a yes-or-no outcome, without any model of the effect.

use thiserror::Error;

use super::design::RandomisationDesign;
use crate::numeric::distribution::hypergeometric;
use crate::numeric::interval::{ConfidenceLevel, Interval};

/// Numbers of events that compatible effects may have caused, both limits included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributable {
    /// The fewest; negative where the intervention may have prevented events.
    pub fewest: i64,
    /// The most.
    pub most: i64,
}

/// The average effect on everyone randomised, and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttributableEffect {
    /// The difference of proportions, intervention − control.
    pub estimate: f64,
    /// Limits of the average effect: (A₁ + A₀) / n.
    pub limits: Interval,
    /// A₁: by how many events the intervention arm has more than it would have had without.
    pub among_treated: Attributable,
    /// A₀: by how many events the control arm would have had more with the intervention.
    pub among_controls: Attributable,
}

/// Why there is no interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AttributableError {
    /// The test is exact for one group only.
    #[error("the assignment was drawn within {groups} groups: the interval needs one")]
    MoreThanOneGroup {
        /// How many groups the design has.
        groups: usize,
    },
}

/// The average effect Σ (yᵢ(1) − yᵢ(0)) / n on an outcome that is 0 or 1, for any effects of
/// either sign that differ between participants.
///
/// The events attributable to the intervention among the treated are A₁ = T₁ − M₁, T₁ the observed
/// events and M₁ those that would have happened without it. For every M₁ it is known how many
/// events n participants would have without the intervention, M₁ + T₀, so that M₁ is hypergeometric
/// over the assignments: the M₁ that neither one-sided test rejects are kept. Among the controls
/// A₀ = M₀ − T₀, M₀ the events that they would have had with the intervention, in the same way.
/// There are n + 2 hypotheses in all.
///
/// # Conventions
///
/// With α = 1 − level, each of the four one-sided tests has the level α / 4: both sets hold
/// together with probability at least 1 − α. The interval covers the average effect of those
/// randomised, not of a population, and is no wider than 1. Every participant of the design must
/// be observed.
///
/// # Errors
///
/// [`AttributableError`]: with several groups each division of the unknown events over groups
/// would be a hypothesis of its own.
///
/// # Panics
///
/// If there is not one outcome a participant.
///
/// # References
///
/// - Rigdon J, Hudgens MG (2015). *Statistics in Medicine* 34:924–935, doi:10.1002/sim.6384.
/// - Rosenbaum PR (2001). *Biometrika* 88:219–231.
/// - Agrees with R's `phyper`, every number of unknown events tried:
///   `tests/reference/r/randomisation.R`. Covers under every table of potential outcomes of seven
///   participants: `tests/properties/randomisation.rs`.
pub fn attributable_effect(
    design: &RandomisationDesign,
    events: &[bool],
    level: ConfidenceLevel,
) -> Result<AttributableEffect, AttributableError> {
    assert_eq!(events.len(), design.n_participants(), "one outcome a participant");
    let groups = design.groups().count();
    if groups > 1 {
        return Err(AttributableError::MoreThanOneGroup { groups });
    }
    let count = |arm: bool| {
        let of_arm = design.observed().is_treated().iter().zip(events);
        of_arm.filter(|(treated, event)| **treated == arm && **event).count() as u64
    };
    let sizes = design.n_of_arms();
    let (n1, n0) = (sizes.intervention as u64, sizes.control as u64);
    let (t1, t0) = (count(true), count(false));
    let tail = level.tail() / 2.0;
    let without = compatible(n1, Known { size: n0, events: t0 }, tail);
    let with = compatible(n0, Known { size: n1, events: t1 }, tail);
    let difference = |events: u64, of: u64| events.cast_signed() - of.cast_signed();
    let among_treated =
        Attributable { fewest: difference(t1, without.1), most: difference(t1, without.0) };
    let among_controls =
        Attributable { fewest: difference(with.0, t0), most: difference(with.1, t0) };
    let n = (n1 + n0) as f64;
    Ok(AttributableEffect {
        estimate: t1 as f64 / n1 as f64 - t0 as f64 / n0 as f64,
        limits: Interval {
            lower: (among_treated.fewest + among_controls.fewest) as f64 / n,
            upper: (among_treated.most + among_controls.most) as f64 / n,
        },
        among_treated,
        among_controls,
    })
}

/// The arm whose outcomes under a treatment are known.
#[derive(Clone, Copy)]
struct Known {
    size: u64,
    events: u64,
}

/// The fewest and the most events that the other arm, of that size, may have under the treatment.
///
/// With m of them, the known arm's events Y are hypergeometric with m + y events in all, y the
/// observed ones. P(Y ≥ y) rises with m and P(Y ≤ y) falls; either is 1 at one end.
fn compatible(size: u64, known: Known, tail: f64) -> (u64, u64) {
    let fewest = first(size, |m| at_least(m, size, known) > tail);
    let rejected = first(size + 1, |m| m > size || at_most(m, size, known) <= tail);
    (fewest, rejected - 1)
}

/// The first of 0 … `last` from which on `holds`, which it does at `last`.
fn first(last: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut start, mut end) = (0, last);
    while start < end {
        let middle = u64::midpoint(start, end);
        if holds(middle) { end = middle } else { start = middle + 1 }
    }
    start
}

/// P(Y ≥ y), small where the other arm has too few events.
fn at_least(m: u64, size: u64, known: Known) -> f64 {
    let most = known.size.min(m + known.events);
    (known.events..=most).map(|y| probability(y, m, size, known)).sum()
}

/// P(Y ≤ y).
fn at_most(m: u64, size: u64, known: Known) -> f64 {
    let fewest = (m + known.events).saturating_sub(size);
    (fewest..=known.events).map(|y| probability(y, m, size, known)).sum()
}

/// P(Y = y) with m + `known.events` events in all.
fn probability(y: u64, m: u64, size: u64, known: Known) -> f64 {
    let others = m + known.events - y;
    hypergeometric::pmf([[y, known.size - y], [others, size - others]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::arm::Arm::{Control as C, Intervention as I};

    #[test]
    fn several_groups_are_refused() {
        let design = RandomisationDesign::new(&[0, 0, 1, 1], &[I, C, C, I]).unwrap();
        let level = ConfidenceLevel::new(0.95).unwrap();
        let refused = attributable_effect(&design, &[true; 4], level);
        assert_eq!(refused, Err(AttributableError::MoreThanOneGroup { groups: 2 }));
    }

    #[test]
    fn a_trial_too_small_to_reject_has_an_interval_of_width_one() {
        let design = RandomisationDesign::new(&[0; 4], &[I, C, C, I]).unwrap();
        let level = ConfidenceLevel::new(0.95).unwrap();
        let effect = attributable_effect(&design, &[true, false, true, false], level).unwrap();
        assert!((effect.limits.upper - effect.limits.lower - 1.0).abs() < 1e-15);
        assert_eq!(effect.among_treated, Attributable { fewest: -1, most: 1 });
    }
}
