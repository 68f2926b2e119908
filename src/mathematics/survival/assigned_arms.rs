//! Restricted means of both arms for many assignments: sorted once, assigned many times.

use super::ending::Ending;
use crate::trial::arm::TwoArm;

/// Both arms pooled and sorted by day, ready to be divided.
///
/// Under any assignment it computes the restricted means of
/// [`super::restricted_mean::restricted_mean`] and their variances in one walk over the days on
/// which anyone's time ends up to the horizon: no sort, no memory. Competing exits count as
/// censored.
///
/// # References
///
/// Agrees with `summary(survfit(...), rmean = τ)` of R's survival 3.5-3 under every assignment:
/// `tests/reference/r/randomisation.R`.
#[derive(Clone, Debug, PartialEq)]
pub struct AssignedArms {
    /// Positions in the order of days; within a day events first. First those whose time ends up
    /// to the horizon, then the others.
    order: Vec<u32>,
    stretches: Vec<Stretch>,
    /// How many of `order`, at its end, were followed until the horizon.
    n_followed: usize,
    horizon_days: f64,
}

/// A stretch of days that ends with an event day: those censored before it, then its events.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    end_day: f64,
    n_censored_before: usize,
    n_events: usize,
}

/// The restricted mean of an arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AssignedMean {
    /// The area under the curve up to the horizon; NaN where nobody of the arm was followed until
    /// then.
    pub mean_days: f64,
    /// Greenwood's variance of it, in days².
    pub variance: f64,
}

/// An arm during the walk.
#[derive(Clone, Copy)]
struct Walk {
    at_risk: f64,
    survival: f64,
    day: f64,
    area: f64,
    /// Σ gⱼ, Σ Aⱼ gⱼ and Σ Aⱼ² gⱼ over past event days: gⱼ = dⱼ / (nⱼ (nⱼ − dⱼ)), Aⱼ the area
    /// since day j.
    sums: [f64; 3],
}

impl Walk {
    fn new(at_risk: f64) -> Self {
        Self { at_risk, survival: 1.0, day: 0.0, area: 0.0, sums: [0.0; 3] }
    }

    /// To a later day. Every Aⱼ grows by the same area, so that three sums carry all of them.
    fn move_to(&mut self, day: f64) {
        let area = self.survival * (day - self.day);
        let [g, ag, aag] = self.sums;
        self.sums = [g, ag + area * g, aag + area * (2.0 * ag + area * g)];
        self.area += area;
        self.day = day;
    }

    fn events(&mut self, n: f64) {
        let rest = self.at_risk - n;
        self.survival *= rest / self.at_risk;
        // Where none is left no area follows, and the day adds nothing.
        if rest > 0.0 {
            self.sums[0] += n / (self.at_risk * rest);
        }
        self.at_risk = rest;
    }
}

impl AssignedArms {
    /// Sorts the participants at `positions` of the trial, `days` and `endings` as long, for the
    /// restricted mean up to a horizon.
    ///
    /// # Panics
    ///
    /// If the slices differ in length, a position exceeds 32 bits, or the horizon is negative.
    pub fn new(positions: &[usize], days: &[i32], endings: &[Ending], horizon_days: f64) -> Self {
        assert_eq!(positions.len(), days.len(), "one day a position");
        assert_eq!(days.len(), endings.len(), "one ending a participant");
        assert!(horizon_days >= 0.0, "a horizon lies after randomisation");
        let mut sorted: Vec<usize> = (0..days.len()).collect();
        sorted.sort_by_key(|&i| (days[i], endings[i], i));
        let by_horizon = sorted.partition_point(|&i| f64::from(days[i]) <= horizon_days);
        let before = sorted.partition_point(|&i| f64::from(days[i]) < horizon_days);
        let mut stretches = Vec::new();
        let mut n_censored_before = 0;
        for today in sorted[..by_horizon].chunk_by(|&i, &j| days[i] == days[j]) {
            let n_events = today.iter().filter(|&&i| endings[i] == Ending::Event).count();
            if n_events > 0 {
                let end_day = f64::from(days[today[0]]);
                stretches.push(Stretch { end_day, n_censored_before, n_events });
                n_censored_before = 0;
            }
            n_censored_before += today.len() - n_events;
        }
        let position =
            |&i: &usize| u32::try_from(positions[i]).expect("a trial has fewer people than 2³²");
        Self {
            order: sorted.iter().map(position).collect(),
            stretches,
            n_followed: sorted.len() - before,
            horizon_days,
        }
    }

    /// The restricted mean of each arm if those with `is_treated` (of the whole trial) had the
    /// intervention.
    pub fn restricted_means(&self, is_treated: &[bool]) -> TwoArm<AssignedMean> {
        let treated = |positions: &[u32]| {
            positions.iter().map(|&i| u32::from(is_treated[i as usize])).sum::<u32>()
        };
        let split = |positions: &[u32]| {
            let intervention = f64::from(treated(positions));
            TwoArm { intervention, control: positions.len() as f64 - intervention }
        };
        let mut walks = split(&self.order).map(Walk::new);
        let mut members = self.order.as_slice();
        for today in &self.stretches {
            let (censored, rest) = members.split_at(today.n_censored_before);
            let (events, later) = rest.split_at(today.n_events);
            let (censored, events) = (split(censored), split(events));
            for (walk, censored, events) in [
                (&mut walks.intervention, censored.intervention, events.intervention),
                (&mut walks.control, censored.control, events.control),
            ] {
                walk.at_risk -= censored;
                if events > 0.0 {
                    walk.move_to(today.end_day);
                    walk.events(events);
                }
            }
            members = later;
        }
        let followed = split(&self.order[self.order.len() - self.n_followed..]);
        let finish = |mut walk: Walk, n_followed: f64| {
            walk.move_to(self.horizon_days);
            let exists = n_followed > 0.0;
            AssignedMean {
                mean_days: if exists { walk.area } else { f64::NAN },
                variance: if exists { walk.sums[2] } else { f64::NAN },
            }
        };
        TwoArm {
            intervention: finish(walks.intervention, followed.intervention),
            control: finish(walks.control, followed.control),
        }
    }
}
