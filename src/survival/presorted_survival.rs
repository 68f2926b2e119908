//! Survival and restricted means for many replicates: sorted once, weighted many times.

use super::ending::Ending;
use super::restricted_mean::AreaWalk;

/// One group, sorted by day, ready to be weighted.
///
/// It computes the same Kaplan-Meier survival and the same restricted mean, to the last bit, as
/// [`super::kaplan_meier::KaplanMeier`] and [`super::restricted_mean::restricted_mean`] do from a
/// table with the same weights, in one walk over the group: no sort, no memory, no variance.
/// Competing exits count as censored.
#[derive(Clone, Debug, PartialEq)]
pub struct PresortedSurvival {
    /// Positions of the members in the order of their days; within a day events first.
    order: Vec<u32>,
    days: Vec<PresortedDay>,
}

/// A day on which the time of some members ends.
#[derive(Clone, Copy, Debug, PartialEq)]
struct PresortedDay {
    day: f64,
    /// How many members' time ends on it, and how many of these by the event.
    n_members: usize,
    n_events: usize,
}

impl PresortedSurvival {
    /// Sorts one group of participants: `members` are its positions in `days` and `endings`,
    /// which may hold the whole trial.
    ///
    /// # Panics
    ///
    /// If the slices differ in length, or a member has no place in them.
    pub fn new(days: &[i32], endings: &[Ending], members: &[usize]) -> Self {
        assert_eq!(days.len(), endings.len(), "one ending a participant");
        let mut sorted = members.to_vec();
        sorted.sort_by_key(|&i| (days[i], endings[i], i));
        let rows = sorted.chunk_by(|&i, &j| days[i] == days[j]).map(|same_day| PresortedDay {
            day: f64::from(days[same_day[0]]),
            n_members: same_day.len(),
            n_events: same_day.iter().filter(|&&i| endings[i] == Ending::Event).count(),
        });
        let position = |&i: &usize| u32::try_from(i).expect("a trial has fewer people than 2³²");
        Self { days: rows.collect(), order: sorted.iter().map(position).collect() }
    }

    /// The survival at each of `times_days`, written to `out`; returns at how many of them it
    /// does not exist. `weights` and `out` are as in
    /// [`PresortedIncidence::incidence_at`](super::presorted::PresortedIncidence::incidence_at).
    ///
    /// # Panics
    ///
    /// Unless the times ascend and `out` has their length.
    pub fn survival_at(&self, weights: &[u32], times_days: &[f64], out: &mut [f64]) -> usize {
        self.walk(weights, times_days, out, |walk, _| walk.survival)
    }

    /// The restricted mean in days for each of `horizons_days`, in the same way.
    ///
    /// # Panics
    ///
    /// Unless the horizons ascend and `out` has their length.
    pub fn restricted_means(
        &self,
        weights: &[u32],
        horizons_days: &[f64],
        out: &mut [f64],
    ) -> usize {
        self.walk(weights, horizons_days, out, |walk, horizon| walk.area_until(horizon))
    }

    fn walk(
        &self,
        weights: &[u32],
        times_days: &[f64],
        out: &mut [f64],
        read: impl Fn(AreaWalk, f64) -> f64,
    ) -> usize {
        assert_eq!(times_days.len(), out.len(), "one place a time");
        assert!(times_days.is_sorted(), "times ascend");
        let mut at_risk = sum_of(weights, &self.order);
        let mut last_follow_up = f64::NEG_INFINITY;
        let mut walk = AreaWalk::START;
        let mut members = self.order.as_slice();
        let mut days = self.days.iter().peekable();
        let mut failed = 0;
        for (&time, place) in times_days.iter().zip(out) {
            while let Some(today) = days.next_if(|today| today.day <= time) {
                let (ending_today, later) = members.split_at(today.n_members);
                let (events, others) = ending_today.split_at(today.n_events);
                let n_events = sum_of(weights, events);
                let n_ended = n_events + sum_of(weights, others);
                // A day on which nobody's time ends in the replicate is no day of its table.
                if n_ended > 0 {
                    last_follow_up = today.day;
                    walk.step(today.day, at_risk as f64, n_events as f64);
                }
                at_risk -= n_ended;
                members = later;
            }
            let followed = at_risk > 0 || last_follow_up >= time;
            *place = if followed { read(walk, time) } else { f64::NAN };
            failed += usize::from(!followed);
        }
        failed
    }
}

fn sum_of(weights: &[u32], positions: &[u32]) -> u64 {
    positions.iter().map(|&i| u64::from(weights[i as usize])).sum()
}
