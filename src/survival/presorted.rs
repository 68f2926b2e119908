//! Cumulative incidence for many replicates: sorted once, weighted many times.

use super::aalen_johansen::Step;
use super::ending::Ending;

/// One group, sorted by day, ready to be weighted.
///
/// It computes the same cumulative incidence of the event, to the last bit, as
/// [`super::aalen_johansen::CumulativeIncidence`] does from a table with the same weights, in one
/// walk over the group: no sort, no memory, no variance.
#[derive(Clone, Debug, PartialEq)]
pub struct PresortedIncidence {
    /// Positions of the members in the order of their days; within a day events first, then
    /// competing exits, then censorings.
    order: Vec<u32>,
    days: Vec<PresortedDay>,
}

/// A day on which the time of some members ends.
#[derive(Clone, Copy, Debug, PartialEq)]
struct PresortedDay {
    day: f64,
    /// How many members' time ends on it.
    n_members: usize,
    /// How many of these by the event, how many by a competing exit.
    n_events: usize,
    n_competing: usize,
}

impl PresortedIncidence {
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
        let rows = sorted.chunk_by(|&i, &j| days[i] == days[j]).map(|same_day| {
            let count = |ending| same_day.iter().filter(|&&i| endings[i] == ending).count();
            PresortedDay {
                day: f64::from(days[same_day[0]]),
                n_members: same_day.len(),
                n_events: count(Ending::Event),
                n_competing: count(Ending::Competing),
            }
        });
        let position = |&i: &usize| u32::try_from(i).expect("a trial has fewer people than 2³²");
        Self { days: rows.collect(), order: sorted.iter().map(position).collect() }
    }

    /// The cumulative incidence of the event at each of `times_days`, written to `out`; returns
    /// at how many of them it does not exist.
    ///
    /// `weights` tell how many times each participant counts, by the positions that `new` was
    /// given: those of the whole trial, of which other groups' weights are not read.
    ///
    /// `out` is a raw buffer of a replicate, no result: a time past the last day on which a
    /// member with a positive weight was followed is NaN there, and counted. Such a replicate has
    /// failed for that time.
    ///
    /// # Panics
    ///
    /// Unless the times ascend and `out` has their length.
    pub fn incidence_at(&self, weights: &[u32], times_days: &[f64], out: &mut [f64]) -> usize {
        assert_eq!(times_days.len(), out.len(), "one place a time");
        assert!(times_days.is_sorted(), "times ascend");
        let mut at_risk = sum_of(weights, &self.order);
        let mut last_follow_up = f64::NEG_INFINITY;
        let mut step = Step::START;
        let mut members = self.order.as_slice();
        let mut days = self.days.iter().peekable();
        let mut failed = 0;
        for (&time, place) in times_days.iter().zip(out) {
            while let Some(today) = days.next_if(|today| today.day <= time) {
                let (ending_today, later) = members.split_at(today.n_members);
                let (events, others) = ending_today.split_at(today.n_events);
                let (competing, censored) = others.split_at(today.n_competing);
                let (d1, d2) = (sum_of(weights, events), sum_of(weights, competing));
                let ended = d1 + d2 + sum_of(weights, censored);
                if ended > 0 {
                    last_follow_up = today.day;
                }
                if d1 + d2 > 0 {
                    step = step.after(at_risk as f64, d1 as f64, d2 as f64);
                }
                at_risk -= ended;
                members = later;
            }
            let followed = at_risk > 0 || last_follow_up >= time;
            *place = if followed { step.incidence } else { f64::NAN };
            failed += usize::from(!followed);
        }
        failed
    }
}

fn sum_of(weights: &[u32], positions: &[u32]) -> u64 {
    positions.iter().map(|&i| u64::from(weights[i as usize])).sum()
}
