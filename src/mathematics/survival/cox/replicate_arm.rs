//! A replicate of the regression on the arm alone.

use crate::survival::ending::Ending;
use crate::survival::replicate::{Replicate, ReplicateTrial};
use crate::survival::running_weights::{RunningWeights, as_u32};
use crate::survival::two_arm_score::TwoArmScore;
use crate::trial::arm::{Arm, TwoArm};

/// The members of each arm by stratum and day, and the days with events of each stratum.
#[derive(Clone, Debug)]
pub(super) struct ArmKernel {
    /// Positions: the intervention arm, then the control arm.
    order: Vec<u32>,
    days: Vec<TwoArm<AtRisk>>,
}

/// Those of one arm and stratum at risk on a day, as places in the order: from `start`, those with
/// the event first, to the end.
#[derive(Clone, Copy, Debug)]
struct AtRisk {
    start: u32,
    events_end: u32,
    end: u32,
}

impl ArmKernel {
    /// Of members that each have a stratum of any label; without, all are in one.
    pub(super) fn new(data: &ReplicateTrial<'_>, strata: Option<&[usize]>) -> Self {
        let stratum = |i: usize| strata.map_or(0, |strata| strata[i]);
        let is_event = |i: usize| data.endings[i] == Ending::Event;
        let key = |i: usize| (stratum(i), data.days[i], !is_event(i));
        let sorted = |arm: Arm| {
            let members = data.members.iter().copied().filter(|&i| data.arms[i] == arm);
            let mut members: Vec<usize> = members.collect();
            members.sort_by_key(|&i| (key(i), i));
            members
        };
        let arms = TwoArm::from_fn(sorted);
        let events = data.members.iter().copied().filter(|&i| is_event(i));
        let mut days: Vec<(usize, i32)> = events.map(|i| (stratum(i), data.days[i])).collect();
        days.sort_unstable();
        days.dedup();
        let first = TwoArm { intervention: 0, control: arms.intervention.len() };
        let at_risk = |arm: Arm, (stratum_of_day, day): (usize, i32)| {
            let members = arms.get(arm);
            let before = |bound: (usize, i32, bool)| {
                as_u32(first.get(arm) + members.partition_point(|&i| key(i) < bound))
            };
            let end = members.partition_point(|&i| stratum(i) <= stratum_of_day);
            AtRisk {
                start: before((stratum_of_day, day, false)),
                events_end: before((stratum_of_day, day, true)),
                end: as_u32(first.get(arm) + end),
            }
        };
        let days = days.iter().map(|&day| TwoArm::from_fn(|arm| at_risk(arm, day))).collect();
        let order = arms.intervention.iter().chain(&arms.control).map(|&i| as_u32(i)).collect();
        Self { order, days }
    }

    pub(super) fn fit(
        &self,
        weights: &[u32],
        start: f64,
        (before, score): (&mut RunningWeights, &mut TwoArmScore),
    ) -> Replicate {
        before.set(&self.order, weights);
        score.clear(usize::try_from(before.total()).unwrap_or(usize::MAX));
        for day in &self.days {
            let count = |of: AtRisk, to: u32| before.between(of.start, to);
            let (one, zero) = (day.intervention, day.control);
            let (d1, d0) = (count(one, one.events_end), count(zero, zero.events_end));
            let (n1, n0) = (count(one, one.end), count(zero, zero.end));
            // The product, not both: one branch that is hardly ever taken.
            if n1 * n0 > 0.0 {
                score.add_events(d1, d0);
                // Efron: of each arm's events the share l / d has left.
                let d = d1 + d0;
                let mut l = 0.0;
                while l < d {
                    score.add_factor([d * n1 - l * d1, d * n0 - l * d0], 1.0);
                    l += 1.0;
                }
            }
        }
        score.maximum(start).map_or(Replicate::NONE, |at| Replicate {
            estimate: at.beta,
            std_error: (1.0 / at.information).sqrt(),
        })
    }
}
