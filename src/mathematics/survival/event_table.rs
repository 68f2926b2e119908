//! Counts by day, from which every curve and test starts.

use super::ending::{Cause, Ending};
pub use super::event_day::EventDay;
use super::event_day::RiskSet;
use super::not_estimable::NotEstimable;
use super::tally::{Tally, tally};
use super::times::Times;
use crate::numeric::weights::{CaseWeights, FrequencyWeights};

/// The days on which anyone's time ended, in order, of one group.
///
/// # Conventions
///
/// Everyone is at risk up to and on the own last day: an event and a censoring on one day are
/// both at risk of the event. Day 0 counts like any other. A weight of zero leaves a participant
/// out. Sums of frequency weights are whole numbers, and exact; sums of sampling weights carry
/// their rounding, and those at risk are never fewer than those who leave.
///
/// # Delayed entry
///
/// See [`Times`]. Every curve then speaks of those who are free of the event when the first one
/// enters. Where everyone at risk has the event while others are yet to enter, the product-limit
/// is 0 from there on, as the formula and R have it, though later participants contradict it.
/// Where everyone has left, some without the event, before the next enters, nothing is known of
/// the days between: from there on curves are [`NotEstimable::NobodyAtRisk`], where R goes on as
/// if nothing could have happened. Tests only compare those at risk, and have no such trouble.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventTable {
    pub(super) rows: Vec<EventDay>,
    pub(super) n_participants: f64,
    /// Those at risk after each change; empty unless someone may enter late.
    pub(super) risk_sets: Vec<RiskSet>,
    /// The first day on which nobody is at risk between days on which someone is.
    pub(super) gap: Option<i32>,
    pub(super) has_sampling_weights: bool,
}

impl EventTable {
    /// Counts participants by day; `weights` tell how many times each counts, once by default.
    ///
    /// `days` are not negative, in any order.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn new(days: &[i32], endings: &[Ending], weights: Option<FrequencyWeights<'_>>) -> Self {
        let weights = weights.map_or(CaseWeights::Once, CaseWeights::Frequency);
        Self::of(Times::from_start(days, endings), weights)
    }

    /// Counts participants, or rows, who may have entered late, by day, with weights of either
    /// kind.
    ///
    /// Two passes over the participants and no sort where the days are not far more than the
    /// participants.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub fn of(times: Times<'_>, weights: CaseWeights<'_>) -> Self {
        times.assert_lengths();
        assert!(weights.is_for(times.len()), "one weight a participant");
        let Tally { rows, n_participants, risk_sets, gap } = tally(times, weights);
        let has_sampling_weights = matches!(weights, CaseWeights::Sampling(_));
        Self { rows, n_participants, risk_sets, gap, has_sampling_weights }
    }

    /// The table with the end of follow-up as the event: those followed until the end had it, and
    /// the event and the competing exit end the time at risk without it.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let reverse = |row: &EventDay| EventDay {
            n_events: row.n_censored,
            n_censored: row.n_events + row.n_competing,
            n_competing: 0.0,
            ..*row
        };
        Self { rows: self.rows.iter().map(reverse).collect(), ..self.clone() }
    }

    /// The days in ascending order.
    pub fn rows(&self) -> &[EventDay] {
        &self.rows
    }

    /// The last day on which anyone was followed; none in an empty group.
    pub fn last_day(&self) -> Option<i32> {
        self.rows.last().map(|row| row.day)
    }

    /// All participants; with several rows a person, all rows.
    pub fn n_participants(&self) -> f64 {
        self.n_participants
    }

    /// Whether the counts are sums of sampling weights, of which no variance follows.
    pub fn has_sampling_weights(&self) -> bool {
        self.has_sampling_weights
    }

    /// All who left by that cause.
    pub fn n_of(&self, cause: Cause) -> f64 {
        self.rows.iter().map(|row| row.n_of(cause)).sum()
    }

    /// Those who entered before `time_days` and whose last day at risk is that or later.
    pub fn n_at_risk(&self, time_days: f64) -> f64 {
        if self.risk_sets.is_empty() {
            let before = self.rows.partition_point(|row| f64::from(row.day) < time_days);
            return self.rows.get(before).map_or(0.0, |row| row.n_at_risk);
        }
        let changes = self.risk_sets.partition_point(|set| f64::from(set.after_day) < time_days);
        changes.checked_sub(1).map_or(0.0, |last| self.risk_sets[last].n)
    }

    /// How many of the days are `time_days` or earlier, for curves that both causes end.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::NoParticipants`] in an empty group, [`NotEstimable::PastLastFollowUp`]
    /// where nobody was followed so long, [`NotEstimable::NobodyAtRisk`] past a day without anyone
    /// at risk.
    pub(super) fn n_days_by(&self, time_days: f64) -> Result<usize, NotEstimable> {
        self.n_days_until(time_days, |row| row.n_events + row.n_competing)
    }

    /// The same for curves that the event alone ends.
    pub(super) fn n_event_days_by(&self, time_days: f64) -> Result<usize, NotEstimable> {
        self.n_days_until(time_days, |row| row.n_events)
    }

    fn n_days_until(
        &self,
        time_days: f64,
        exits: impl Fn(&EventDay) -> f64,
    ) -> Result<usize, NotEstimable> {
        let last_day = self.last_day().ok_or(NotEstimable::NoParticipants)?;
        if time_days > f64::from(last_day) {
            return Err(NotEstimable::PastLastFollowUp { time_days, last_day });
        }
        match self.gap {
            Some(day) if time_days >= f64::from(day) && !self.is_over_before(day, exits) => {
                Err(NotEstimable::NobodyAtRisk { day })
            }
            _ => Ok(self.rows.partition_point(|row| f64::from(row.day) <= time_days)),
        }
    }

    /// How many of the days a curve that the event alone ends may show.
    pub(super) fn n_event_days(&self) -> usize {
        match self.gap {
            Some(gap) if !self.is_over_before(gap, |row| row.n_events) => {
                self.rows.partition_point(|row| row.day < gap)
            }
            _ => self.rows.len(),
        }
    }

    /// Whether everyone at risk has left by those exits on one day before that one.
    fn is_over_before(&self, day: i32, exits: impl Fn(&EventDay) -> f64) -> bool {
        self.rows.iter().take_while(|row| row.day < day).any(|row| exits(row) >= row.n_at_risk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ending::{Censored, Competing, Event};

    #[test]
    fn everyone_is_at_risk_on_the_own_last_day() {
        let table = EventTable::new(
            &[3, 0, 3, 5, 3],
            &[Censored, Event, Event, Censored, Competing],
            Some(FrequencyWeights(&[2, 1, 3, 0, 1])),
        );
        let row = |day, n_at_risk, n_events, n_competing, n_censored| EventDay {
            day,
            n_at_risk,
            n_events,
            n_competing,
            n_censored,
        };
        assert_eq!(table.rows(), [row(0, 7.0, 1.0, 0.0, 0.0), row(3, 6.0, 3.0, 1.0, 2.0)]);
        assert_eq!(table.last_day(), Some(3));
        let at_risk: Vec<f64> = [0.0, 0.5, 3.0, 3.5].map(|t| table.n_at_risk(t)).to_vec();
        assert_eq!(at_risk, [7.0, 6.0, 6.0, 0.0]);
    }

    #[test]
    fn an_empty_group_has_no_days() {
        let table = EventTable::new(&[4], &[Event], Some(FrequencyWeights(&[0])));
        assert_eq!(table, EventTable::default());
        assert_eq!(table.n_days_by(0.0), Err(NotEstimable::NoParticipants));
    }
}
