//! Counting participants by day.

use super::ending::Ending;
use super::event_day::{EventDay, RiskSet};
use super::times::Times;
use crate::numeric::sum::RunningSum;
use crate::numeric::weights::CaseWeights;

/// What an event table is made of: its days, everyone's weight, those at risk where anyone enters
/// late, and the first day between others on which nobody is.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) rows: Vec<EventDay>,
    pub(super) n_participants: f64,
    pub(super) risk_sets: Vec<RiskSet>,
    pub(super) gap: Option<i32>,
}

/// Counts everyone.
pub(super) fn tally(times: Times<'_>, weights: CaseWeights<'_>) -> Tally {
    let is_counted = |i: usize| weights.get(i) > 0.0 && times.is_ever_at_risk(i);
    let slots = Slots::of(times, is_counted);
    let mut days = vec![DayTally::default(); slots.len()];
    let mut at_risk = AtRisk::default();
    let mut total = RunningSum::default();
    for i in (0..times.len()).filter(|&i| is_counted(i)) {
        let weight = weights.get(i);
        total.add(weight);
        days[slots.of_day(times.days[i])].end(times.endings[i], weight);
        match times.entry(i) {
            Some(entry) => days[slots.of_day(entry)].enter(weight),
            None => at_risk.enter(weight, 1),
        }
    }
    let mut table = Tally { n_participants: total.get(), ..Tally::default() };
    let mut empty_from = None;
    for (slot, tally) in days.iter().enumerate() {
        let day = slots.day(slot);
        if tally.n_ended > 0 {
            let row = tally.row(day, at_risk);
            if let Some(before) = table.risk_sets.last_mut() {
                before.n = row.n_at_risk;
            }
            table.rows.push(row);
            at_risk.leave(tally.ended(), tally.n_ended);
        }
        if tally.n_entered > 0 {
            table.gap = table.gap.or(empty_from);
            at_risk.enter(tally.entered, tally.n_entered);
        }
        if times.entries.is_some() && (tally.n_ended > 0 || tally.n_entered > 0) {
            table.risk_sets.push(RiskSet { after_day: day, n: at_risk.sum.get() });
        }
        let is_over = at_risk.n == 0 && !table.rows.is_empty();
        empty_from = if is_over { empty_from.or(Some(day + 1)) } else { None };
    }
    table
}

/// Those at risk: the sum of their weights, and how many rows that are.
#[derive(Clone, Copy, Default)]
struct AtRisk {
    sum: RunningSum,
    n: u64,
}

impl AtRisk {
    fn enter(&mut self, weight: f64, n: u64) {
        self.sum.add(weight);
        self.n += n;
    }

    fn leave(&mut self, weight: f64, n: u64) {
        self.n -= n;
        if self.n == 0 {
            // No rounding is left over when nobody is.
            self.sum = RunningSum::default();
        } else {
            self.sum.add(-weight);
        }
    }
}

/// What happened on a day: sums of weights, and how many rows ended and entered.
#[derive(Clone, Copy, Default)]
struct DayTally {
    events: f64,
    competing: f64,
    censored: f64,
    entered: f64,
    n_ended: u64,
    n_entered: u64,
}

impl DayTally {
    fn end(&mut self, ending: Ending, weight: f64) {
        match ending {
            Ending::Event => self.events += weight,
            Ending::Competing => self.competing += weight,
            Ending::Censored => self.censored += weight,
        }
        self.n_ended += 1;
    }

    fn enter(&mut self, weight: f64) {
        self.entered += weight;
        self.n_entered += 1;
    }

    fn ended(&self) -> f64 {
        self.events + self.competing + self.censored
    }

    fn row(&self, day: i32, at_risk: AtRisk) -> EventDay {
        // Where all leave, the weight at risk is theirs, to the last bit.
        let is_last = at_risk.n == self.n_ended;
        EventDay {
            day,
            n_at_risk: if is_last { self.ended() } else { at_risk.sum.get() },
            n_events: self.events,
            n_competing: self.competing,
            n_censored: self.censored,
        }
    }
}

/// A place for each day on which anything happens.
enum Slots {
    /// Every day of a moderate range.
    Every { first: i32, n: usize },
    /// The days of a few participants far apart.
    Sorted(Vec<i32>),
}

impl Slots {
    fn of(times: Times<'_>, is_counted: impl Fn(usize) -> bool) -> Self {
        let days = || {
            let counted = (0..times.len()).filter(|&i| is_counted(i));
            counted.flat_map(|i| [Some(times.days[i]), times.entry(i)].into_iter().flatten())
        };
        let (mut first, mut last) = (i32::MAX, i32::MIN);
        for day in days() {
            first = first.min(day);
            last = last.max(day);
        }
        let range = i64::from(last) - i64::from(first) + 1;
        match usize::try_from(range) {
            Ok(n) if n <= 2 * times.len() + 1024 => Self::Every { first, n },
            Ok(_) => {
                let mut days: Vec<i32> = days().collect();
                days.sort_unstable();
                days.dedup();
                Self::Sorted(days)
            }
            // Nobody counts.
            Err(_) => Self::Every { first: 0, n: 0 },
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Every { n, .. } => *n,
            Self::Sorted(days) => days.len(),
        }
    }

    /// The place of a day that has one.
    fn of_day(&self, day: i32) -> usize {
        match self {
            Self::Every { first, .. } => day.abs_diff(*first) as usize,
            Self::Sorted(days) => days.partition_point(|&other| other < day),
        }
    }

    fn day(&self, slot: usize) -> i32 {
        match self {
            Self::Every { first, .. } => {
                first.saturating_add_unsigned(u32::try_from(slot).expect("days differ by less"))
            }
            Self::Sorted(days) => days[slot],
        }
    }
}
