//! Participants in the order in which a partial likelihood reads them.

use super::{CoxData, CoxError};
use crate::numeric::weights::CaseWeights;
use crate::survival::running_weights::as_u32;

/// A day on which someone of a stratum has the event, and the rows that are at risk on it for
/// the last time: those with the event first, then those whose last day is it or lies before the
/// next event.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventDay {
    pub(super) day: i32,
    pub(super) start: usize,
    pub(super) deaths_end: usize,
    pub(super) end: usize,
}

/// Participants sorted by stratum and day, with their covariates beside each other in memory:
/// sorted once, weighted and fitted many times.
///
/// Covariates are centred within each stratum, which changes no partial likelihood, and divided
/// by a power of two near their standard deviation. Who is never at risk on a day with an event is
/// left out.
#[derive(Clone, Debug)]
pub struct SortedCox {
    /// Participants given.
    pub(super) n: usize,
    /// Covariates.
    pub(super) p: usize,
    /// Rows of p covariates.
    pub(super) x: Vec<f64>,
    /// The position of each row among the participants given.
    pub(super) positions: Vec<u32>,
    /// All days with events, stratum after stratum.
    pub(super) days: Vec<EventDay>,
    /// Where each stratum's days begin and end.
    pub(super) strata: Vec<std::ops::Range<usize>>,
    /// With delayed entry: the first of `days` on which each row is at risk.
    pub(super) first: Option<Vec<u32>>,
    /// With delayed entry: rows by that day, and where each day's begin.
    pub(super) entering: Vec<u32>,
    pub(super) entering_from: Vec<usize>,
    /// What the covariates were divided by.
    pub(super) scale: Vec<f64>,
    /// The largest |x| of each covariate.
    pub(super) extent: Vec<f64>,
    /// Days and entries of all participants, as given.
    pub(super) all_days: Vec<i32>,
    pub(super) all_entries: Option<Vec<i32>>,
}

/// Memory that fits of one [`SortedCox`] use one after the other, so that a replicate of a
/// bootstrap allocates none.
#[derive(Clone, Debug, Default)]
pub struct CoxScratch {
    /// Case weight of each row.
    pub(super) weights: Vec<f64>,
    /// Weight × exp(x β − shift).
    pub(super) risks: Vec<f64>,
    /// Risk × what a row has cumulated.
    pub(super) cumulated: Vec<f64>,
    /// Columns of a block of rows.
    pub(super) columns: Vec<f64>,
    /// What each day of [`SortedCox::days`] sums to.
    pub(super) days: Vec<DaySums>,
    /// Cumulated over the days of a stratum before each day.
    pub(super) before: Vec<f64>,
    /// p numbers a day: Σ w x of those with the event; the mean of those at risk; that mean less
    /// the mean of those with the event.
    pub(super) death_x: Vec<f64>,
    pub(super) mean: Vec<f64>,
    pub(super) delta: Vec<f64>,
}

/// Sums of one day. With d terms, f = l / d for l = 0 … d − 1 (Efron; 0 for Breslow):
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DaySums {
    /// d: how many factors of the likelihood.
    pub(super) terms: f64,
    /// The weight of each factor.
    pub(super) weight: f64,
    /// S₀, of those at risk, and D₀, of those with the event.
    pub(super) s0: f64,
    pub(super) d0: f64,
    /// Σ weight / (S₀ − f D₀) and Σ weight f / (S₀ − f D₀).
    pub(super) hazard: f64,
    pub(super) spared: f64,
    /// Σ g and Σ g², g = f D₀ / (S₀ − f D₀).
    pub(super) g1: f64,
    pub(super) g2: f64,
}

impl SortedCox {
    /// Sorts the participants.
    ///
    /// # Errors
    ///
    /// [`CoxError::NoParticipants`], [`CoxError::NoEvents`], [`CoxError::NotFinite`];
    /// [`CoxError::Collinear`] for a covariate that is constant within every stratum.
    ///
    /// # Panics
    ///
    /// If the slices differ in length, or there is no covariate.
    pub fn new(data: &CoxData<'_>) -> Result<Self, CoxError> {
        let n = data.days.len();
        assert_eq!(n, data.events.len(), "one event a participant");
        assert!(!data.columns.is_empty(), "a covariate");
        assert!(data.columns.iter().all(|c| c.len() == n), "one value a participant");
        assert!(data.strata.is_none_or(|s| s.len() == n), "one stratum a participant");
        assert!(data.entries.is_none_or(|e| e.len() == n), "one entry a participant");
        if n == 0 {
            return Err(CoxError::NoParticipants);
        }
        let finite = |column: &&[f64]| column.iter().all(|x| x.is_finite());
        if let Some(column) = data.columns.iter().position(|c| !finite(c)) {
            return Err(CoxError::NotFinite { column });
        }
        let strata = data.strata.map(ranks);
        let stratum = |i: usize| strata.as_ref().map_or(0, |s| s[i]);
        let order = order_of(data, &stratum);
        let mut sorted = Self::of_days(data, &order, &stratum)?;
        sorted.add_rows(data, &order, &stratum);
        sorted.gather(data.columns)?;
        Ok(sorted)
    }

    /// The number of participants.
    pub fn n_participants(&self) -> usize {
        self.n
    }

    /// The number of covariates.
    pub fn n_columns(&self) -> usize {
        self.p
    }

    /// The days with events of each stratum, without rows.
    fn of_days(
        data: &CoxData<'_>,
        order: &[u32],
        stratum: &impl Fn(usize) -> usize,
    ) -> Result<Self, CoxError> {
        let (mut days, mut strata) = (Vec::new(), Vec::<std::ops::Range<usize>>::new());
        let mut last = None;
        for i in order.iter().map(|&i| i as usize).filter(|&i| data.events[i]) {
            let here = (stratum(i), data.days[i]);
            if last.map(|(s, _)| s) != Some(here.0) {
                strata.push(days.len()..days.len());
            }
            if last != Some(here) {
                days.push(EventDay { day: here.1, start: 0, deaths_end: 0, end: 0 });
            }
            if let Some(range) = strata.last_mut() {
                range.end = days.len();
            }
            last = Some(here);
        }
        if days.is_empty() {
            return Err(CoxError::NoEvents);
        }
        let p = data.columns.len();
        Ok(Self {
            n: data.days.len(),
            p,
            x: Vec::new(),
            positions: Vec::new(),
            days,
            strata,
            first: None,
            entering: Vec::new(),
            entering_from: Vec::new(),
            scale: vec![1.0; p],
            extent: vec![0.0; p],
            all_days: data.days.to_vec(),
            all_entries: data.entries.map(<[i32]>::to_vec),
        })
    }

    /// Gives each row to the last day on which it is at risk.
    fn add_rows(&mut self, data: &CoxData<'_>, order: &[u32], stratum: &impl Fn(usize) -> usize) {
        let mut firsts: Vec<u32> = Vec::new();
        let mut seen = self.strata.iter().cloned();
        let mut at = order;
        while let Some(&head) = at.first() {
            let label = stratum(head as usize);
            let size = at.partition_point(|&i| stratum(i as usize) == label);
            let (rows, rest) = at.split_at(size);
            at = rest;
            if !rows.iter().any(|&i| data.events[i as usize]) {
                continue;
            }
            let Some(range) = seen.next() else { break };
            let days: Vec<i32> = self.days[range.clone()].iter().map(|d| d.day).collect();
            let mut next = 0;
            for &row in rows {
                let i = row as usize;
                while next < days.len() && days[next] <= data.days[i] {
                    let start = self.positions.len();
                    let day = &mut self.days[range.start + next];
                    (day.start, day.deaths_end, day.end) = (start, start, start);
                    next += 1;
                }
                let Some(own) = next.checked_sub(1) else { continue };
                if let Some(entries) = data.entries {
                    let first = days.partition_point(|&day| day <= entries[i]);
                    if first > own {
                        continue;
                    }
                    firsts.push(as_u32(range.start + first));
                }
                self.positions.push(row);
                let day = &mut self.days[range.start + own];
                day.end = self.positions.len();
                if data.events[i] {
                    day.deaths_end = day.end;
                }
            }
        }
        if data.entries.is_some() {
            self.entering = (0..as_u32(firsts.len())).collect();
            self.entering.sort_by_key(|&row| firsts[row as usize]);
            let from = |j: usize| {
                self.entering.partition_point(|&row| (firsts[row as usize] as usize) < j)
            };
            self.entering_from = (0..=self.days.len()).map(from).collect();
            self.first = Some(firsts);
        }
    }

    /// Copies the covariates row by row, centres them within strata and scales them.
    fn gather(&mut self, columns: &[&[f64]]) -> Result<(), CoxError> {
        let (p, m) = (self.p, self.positions.len());
        self.x = vec![0.0; m * p];
        for (to, &i) in self.x.chunks_exact_mut(p).zip(&self.positions) {
            for (to, column) in to.iter_mut().zip(columns) {
                *to = column[i as usize];
            }
        }
        let mut squares = vec![0.0; p];
        for days in &self.strata {
            let rows = self.days[days.start].start..self.days[days.end - 1].end;
            let x = &mut self.x[rows.start * p..rows.end * p];
            let n = rows.len() as f64;
            let mut sums = vec![0.0; p];
            for row in x.chunks_exact(p) {
                sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x / n);
            }
            for k in 0..p {
                let one = x[k];
                if x.iter().skip(k).step_by(p).all(|x| x.to_bits() == one.to_bits()) {
                    sums[k] = one;
                }
            }
            for row in x.chunks_exact_mut(p) {
                for ((x, mean), square) in row.iter_mut().zip(&sums).zip(&mut squares) {
                    *x -= mean;
                    *square += *x * *x;
                }
            }
        }
        if let Some(column) = squares.iter().position(|s| *s <= 0.0) {
            return Err(CoxError::Collinear { column });
        }
        self.scale = squares.iter().map(|s| power_of_two(s / m as f64)).collect();
        for row in self.x.chunks_exact_mut(p) {
            for ((x, scale), extent) in row.iter_mut().zip(&self.scale).zip(&mut self.extent) {
                *x /= scale;
                *extent = extent.max(x.abs());
            }
        }
        Ok(())
    }

    /// Reads the case weights: those of the rows, and of each day's events.
    pub(super) fn load_weights(
        &self,
        weights: CaseWeights<'_>,
        scratch: &mut CoxScratch,
    ) -> Result<(), CoxError> {
        assert!(weights.is_for(self.n), "one weight a participant");
        let p = self.p;
        let CoxScratch { weights: own, days, death_x, .. } = scratch;
        own.clear();
        own.extend(self.positions.iter().map(|&i| weights.get(i as usize)));
        let nobody = match weights {
            CaseWeights::Frequency(weights) => weights.0.iter().all(|w| *w == 0),
            CaseWeights::Once | CaseWeights::Sampling(_) => false,
        };
        if nobody {
            return Err(CoxError::NoParticipants);
        }
        days.clear();
        days.resize(self.days.len(), DaySums::default());
        death_x.clear();
        death_x.resize(self.days.len() * p, 0.0);
        let mut any = false;
        for ((day, sums), to) in self.days.iter().zip(days).zip(death_x.chunks_exact_mut(p)) {
            let deaths = day.start..day.deaths_end;
            let total: f64 = own[deaths.clone()].iter().sum();
            let count = match weights {
                CaseWeights::Sampling(_) => deaths.len() as f64,
                CaseWeights::Once | CaseWeights::Frequency(_) => total,
            };
            any |= total > 0.0;
            sums.terms = count;
            sums.weight = if count > 0.0 { total / count } else { 0.0 };
            for (row, w) in self.x[deaths.start * p..].chunks_exact(p).zip(&own[deaths]) {
                to.iter_mut().zip(row).for_each(|(to, x)| *to += w * x);
            }
        }
        if any { Ok(()) } else { Err(CoxError::NoEvents) }
    }

    /// The rows at risk on a day, by index: from its first row to its stratum's last, but for
    /// those who enter later.
    pub(super) fn at_risk(
        &self,
        j: usize,
        days: &std::ops::Range<usize>,
    ) -> impl Iterator<Item = usize> {
        let first = self.first.as_deref();
        (self.days[j].start..self.days[days.end - 1].end)
            .filter(move |&i| first.is_none_or(|first| first[i] as usize <= j))
    }
}

/// The labels' ranks.
fn ranks(labels: &[usize]) -> Vec<usize> {
    let mut distinct = labels.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    labels.iter().map(|label| distinct.partition_point(|d| d < label)).collect()
}

/// Those who are ever at risk, by stratum, day, events first, then as given.
fn order_of(data: &CoxData<'_>, stratum: &impl Fn(usize) -> usize) -> Vec<u32> {
    let n = data.days.len();
    let is_at_risk = |&i: &usize| data.entries.is_none_or(|entries| entries[i] < data.days[i]);
    let earliest = data.days.iter().copied().min().map_or(0, i64::from);
    let latest = data.days.iter().copied().max().map_or(0, i64::from);
    let span = usize::try_from(latest - earliest).map_or(usize::MAX, |s| s.saturating_add(1));
    let strata = (0..n).map(stratum).max().map_or(1, |s| s + 1);
    let places = span.saturating_mul(strata).saturating_mul(2);
    let key = |i: usize| {
        let day = usize::try_from(i64::from(data.days[i]) - earliest).unwrap_or(usize::MAX);
        (stratum(i) * span + day) * 2 + usize::from(!data.events[i])
    };
    if places > 4 * n + 1000 {
        let mut order: Vec<u32> = (0..n).filter(is_at_risk).map(as_u32).collect();
        order.sort_by_key(|&i| {
            let i = i as usize;
            (stratum(i), data.days[i], !data.events[i])
        });
        return order;
    }
    // Few places: count how many go to each.
    let mut next = vec![0_usize; places + 1];
    (0..n).filter(is_at_risk).for_each(|i| next[key(i) + 1] += 1);
    (1..=places).for_each(|k| next[k] += next[k - 1]);
    let mut order = vec![0; next[places]];
    for i in (0..n).filter(is_at_risk) {
        let place = &mut next[key(i)];
        order[*place] = as_u32(i);
        *place += 1;
    }
    order
}

/// The largest power of two that is no more than the root of that square.
fn power_of_two(square: f64) -> f64 {
    let (root, mut power) = (square.sqrt(), 1.0);
    while power > root && power > f64::MIN_POSITIVE {
        power /= 2.0;
    }
    while power * 2.0 <= root {
        power *= 2.0;
    }
    power
}
