//! Counts by day, from which every curve and test starts.

use super::ending::{Cause, Ending};
use super::not_estimable::NotEstimable;
use crate::numeric::weights::FrequencyWeights;

/// What happened on one day, and how many were at risk of it. Counts are sums of weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventDay {
    /// Days since randomisation.
    pub day: i32,
    /// Those whose last day at risk is this one or later.
    pub n_at_risk: f64,
    /// Those who had the event.
    pub n_events: f64,
    /// Those who left by a competing exit.
    pub n_competing: f64,
    /// Those whose follow-up ended without either.
    pub n_censored: f64,
}

impl EventDay {
    /// Those who left by that cause.
    pub fn n_of(&self, cause: Cause) -> f64 {
        match cause {
            Cause::Event => self.n_events,
            Cause::Competing => self.n_competing,
        }
    }
}

/// The days on which anyone's time ended, in order, of one group.
///
/// # Conventions
///
/// Everyone is at risk up to and on the own last day: an event and a censoring on one day are
/// both at risk of the event. Day 0 counts like any other. A weight of zero leaves a participant
/// out. Sums of weights are whole numbers, and exact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventTable {
    rows: Vec<EventDay>,
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
        assert_eq!(days.len(), endings.len(), "one ending a participant");
        if let Some(weights) = weights {
            assert_eq!(days.len(), weights.0.len(), "one weight a participant");
        }
        let weight = |i: usize| weights.map_or(1.0, |weights| f64::from(weights.get(i)));
        let mut order: Vec<usize> = (0..days.len()).filter(|&i| weight(i) > 0.0).collect();
        order.sort_by_key(|&i| days[i]);
        let mut at_risk: f64 = order.iter().map(|&i| weight(i)).sum();
        let mut rows: Vec<EventDay> = Vec::new();
        for same_day in order.chunk_by(|&i, &j| days[i] == days[j]) {
            let count = |ending| {
                same_day.iter().filter(|&&i| endings[i] == ending).map(|&i| weight(i)).sum()
            };
            let row = EventDay {
                day: days[same_day[0]],
                n_at_risk: at_risk,
                n_events: count(Ending::Event),
                n_competing: count(Ending::Competing),
                n_censored: count(Ending::Censored),
            };
            at_risk -= row.n_events + row.n_competing + row.n_censored;
            rows.push(row);
        }
        Self { rows }
    }

    /// The days in ascending order.
    pub fn rows(&self) -> &[EventDay] {
        &self.rows
    }

    /// The last day on which anyone was followed; none in an empty group.
    pub fn last_day(&self) -> Option<i32> {
        self.rows.last().map(|row| row.day)
    }

    /// All participants.
    pub fn n_participants(&self) -> f64 {
        self.rows.first().map_or(0.0, |row| row.n_at_risk)
    }

    /// All who left by that cause.
    pub fn n_of(&self, cause: Cause) -> f64 {
        self.rows.iter().map(|row| row.n_of(cause)).sum()
    }

    /// Those whose last day at risk is `time_days` or later.
    pub fn n_at_risk(&self, time_days: f64) -> f64 {
        let before = self.rows.partition_point(|row| f64::from(row.day) < time_days);
        self.rows.get(before).map_or(0.0, |row| row.n_at_risk)
    }

    /// How many of the days are `time_days` or earlier.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::NoParticipants`] in an empty group, [`NotEstimable::PastLastFollowUp`]
    /// where nobody was followed so long.
    pub(super) fn n_days_by(&self, time_days: f64) -> Result<usize, NotEstimable> {
        let last_day = self.last_day().ok_or(NotEstimable::NoParticipants)?;
        if time_days > f64::from(last_day) {
            return Err(NotEstimable::PastLastFollowUp { time_days, last_day });
        }
        Ok(self.rows.partition_point(|row| f64::from(row.day) <= time_days))
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
