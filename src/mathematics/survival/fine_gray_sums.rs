//! Sums over the risk sets of a Fine-Gray regression, each by walks over sorted days.

use super::ending::{Cause, Ending};
use super::fine_gray_data::FineGrayData;
use crate::numeric::elementary::{exp, ln};

/// What ended a participant's time, seen from the cause of interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Cause,
    OtherCause,
    Censored,
}

/// The participants that count, sorted by day.
#[derive(Debug)]
pub(super) struct Sorted {
    /// Their positions in the data.
    pub(super) positions: Vec<usize>,
    /// Their frequency weights.
    pub(super) weights: Vec<f64>,
    /// Standardised covariates, participant after participant.
    covariates: Vec<f64>,
    n_covariates: usize,
    roles: Vec<Role>,
    /// The number of each one's day in `days`.
    day_numbers: Vec<usize>,
    days: Vec<Day>,
    groups: Vec<CensoringGroup>,
}

/// A day on which anyone's time ends.
#[derive(Clone, Copy, Debug)]
struct Day {
    /// The first and the one after the last participant whose time ends on it.
    start: usize,
    end: usize,
    /// The weight of those who left by the cause.
    n_events: f64,
    /// How many days before had such.
    set: usize,
}

/// Participants with one distribution of censoring.
#[derive(Debug)]
struct CensoringGroup {
    /// Places in the sorted order.
    members: Vec<usize>,
    /// G(t−), for each day.
    uncensored: Vec<f64>,
    /// Those censored on each day, over those at risk of it; and one over the latter.
    hazard: Vec<f64>,
    inverse_at_risk: Vec<f64>,
}

impl CensoringGroup {
    fn new(members: Vec<usize>, weights: &[f64], roles: &[Role], day_numbers: &[usize]) -> Self {
        let n_days = day_numbers.last().map_or(0, |last| last + 1);
        let (mut censored, mut leaving) = (vec![0.0; n_days], vec![0.0; n_days]);
        let mut at_risk = 0.0;
        for &i in &members {
            leaving[day_numbers[i]] += weights[i];
            at_risk += weights[i];
            if roles[i] == Role::Censored {
                censored[day_numbers[i]] += weights[i];
            }
        }
        let mut group = Self {
            members,
            uncensored: Vec::with_capacity(n_days),
            hazard: Vec::with_capacity(n_days),
            inverse_at_risk: Vec::with_capacity(n_days),
        };
        let mut curve = 1.0;
        for (censored, leaving) in censored.iter().zip(leaving) {
            group.uncensored.push(curve);
            let inverse = if at_risk > 0.0 { 1.0 / at_risk } else { 0.0 };
            group.hazard.push(censored * inverse);
            group.inverse_at_risk.push(inverse);
            if at_risk > 0.0 {
                curve *= (at_risk - censored) / at_risk;
            }
            at_risk -= leaving;
        }
        group
    }
}

/// The log partial likelihood with its derivatives, in standardised covariates.
#[derive(Debug)]
pub(super) struct Likelihood {
    pub(super) log: f64,
    pub(super) score: Vec<f64>,
    /// Lower triangle, row after row.
    pub(super) information: Vec<f64>,
}

/// The weighted number and the sums of covariates in the risk set of each day with events.
#[derive(Debug, Default)]
pub(super) struct RiskSets {
    /// exp(β·z) up to a common factor, by place.
    hazards: Vec<f64>,
    /// The logarithm of that factor.
    log_factor: f64,
    /// S₀, S₁ and the lower triangle of S₂, day after day.
    moments: Vec<f64>,
    width: usize,
}

impl RiskSets {
    /// The set of a day with events.
    fn of_day(&self, day: &Day) -> &[f64] {
        &self.moments[day.set * self.width..(day.set + 1) * self.width]
    }
}

/// Adds to S₀, S₁ and, if there is room for it, S₂.
fn add(moments: &mut [f64], amount: f64, covariates: &[f64]) {
    let (count, rest) = moments.split_at_mut(1);
    count[0] += amount;
    let (first, second) = rest.split_at_mut(covariates.len());
    let mut second = second.iter_mut();
    for (j, z) in covariates.iter().enumerate() {
        let share = amount * z;
        first[j] += share;
        // The row of the triangle first: the longer iterator would lose an element at its end.
        for (other, square) in covariates[..=j].iter().zip(second.by_ref()) {
            *square += share * other;
        }
    }
}

impl Sorted {
    /// Sorts those with a positive weight; `centres` and `scales` standardise the columns.
    pub(super) fn new(
        data: &FineGrayData<'_>,
        weight: impl Fn(usize) -> f64,
        centres: &[f64],
        scales: &[f64],
    ) -> Self {
        // Day and position together: no look-ups while sorting, and no ties.
        let counts = (0..data.days.len()).filter(|&i| weight(i) > 0.0);
        let mut by_day: Vec<(i32, usize)> = counts.map(|i| (data.days[i], i)).collect();
        by_day.sort_unstable();
        let positions: Vec<usize> = by_day.into_iter().map(|(_, position)| position).collect();
        let weights: Vec<f64> = positions.iter().map(|&i| weight(i)).collect();
        let roles: Vec<Role> =
            positions.iter().map(|&i| role(data.endings[i], data.cause)).collect();
        let mut covariates = Vec::with_capacity(positions.len() * data.columns.len());
        for &i in &positions {
            let columns = data.columns.iter().zip(centres).zip(scales);
            covariates
                .extend(columns.map(|((column, centre), scale)| (column[i] - centre) / scale));
        }
        let mut days: Vec<Day> = Vec::new();
        let mut day_numbers = Vec::with_capacity(positions.len());
        for same_day in positions.chunk_by(|&i, &j| data.days[i] == data.days[j]) {
            let start = day_numbers.len();
            let end = start + same_day.len();
            let events = (start..end).filter(|&i| roles[i] == Role::Cause);
            let n_events = events.map(|i| weights[i]).sum();
            let set = days.last().map_or(0, |day| day.set + usize::from(day.n_events > 0.0));
            day_numbers.resize(end, days.len());
            days.push(Day { start, end, n_events, set });
        }
        let number = |place: usize| data.censoring_groups.map_or(0, |g| g[positions[place]]);
        let mut by_group: Vec<usize> = (0..positions.len()).collect();
        by_group.sort_by_key(|&place| number(place));
        let groups = by_group
            .chunk_by(|&a, &b| number(a) == number(b))
            .map(|members| CensoringGroup::new(members.to_vec(), &weights, &roles, &day_numbers))
            .collect();
        let n_covariates = data.columns.len();
        Self { positions, weights, covariates, n_covariates, roles, day_numbers, days, groups }
    }

    /// The weight of those who left by the cause.
    pub(super) fn n_events(&self) -> f64 {
        self.days.iter().map(|day| day.n_events).sum()
    }

    fn covariates_of(&self, place: usize) -> &[f64] {
        &self.covariates[place * self.n_covariates..(place + 1) * self.n_covariates]
    }

    fn linear(&self, place: usize, beta: &[f64]) -> f64 {
        self.covariates_of(place).iter().zip(beta).map(|(z, b)| z * b).sum()
    }

    /// The log partial likelihood at β, with its derivatives.
    ///
    /// `sets` is working memory: what it held before does not matter.
    pub(super) fn likelihood(&self, beta: &[f64], sets: &mut RiskSets) -> Likelihood {
        let p = self.n_covariates;
        sets.width = 1 + p + p * (p + 1) / 2;
        self.fill(sets, beta);
        let mut log = 0.0;
        let mut score = vec![0.0; p];
        let mut information = vec![0.0; p * (p + 1) / 2];
        for day in self.days.iter().filter(|day| day.n_events > 0.0) {
            let (count, rest) = sets.of_day(day).split_at(1);
            let (first, second) = rest.split_at(p);
            for place in (day.start..day.end).filter(|&place| self.roles[place] == Role::Cause) {
                log += self.weights[place] * self.linear(place, beta);
                for (j, z) in self.covariates_of(place).iter().enumerate() {
                    score[j] += self.weights[place] * (z - first[j] / count[0]);
                }
            }
            log -= day.n_events * (ln(count[0]) + sets.log_factor);
            let mut at = 0;
            for j in 0..p {
                for k in 0..=j {
                    let product = (first[j] / count[0]) * (first[k] / count[0]);
                    information[at] += day.n_events * (second[at] / count[0] - product);
                    at += 1;
                }
            }
        }
        Likelihood { log, score, information }
    }

    /// The sums of every risk set at β: those still at risk, counted from the last day, and
    /// those gone by another cause, with their weights, from the first.
    fn fill(&self, sets: &mut RiskSets, beta: &[f64]) {
        let RiskSets { hazards, log_factor, moments, width } = sets;
        let width = *width;
        hazards.clear();
        hazards.extend((0..self.weights.len()).map(|i| self.linear(i, beta)));
        *log_factor = hazards.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for hazard in &mut *hazards {
            *hazard = exp(*hazard - *log_factor);
        }
        let n_sets = self.days.last().map_or(0, |day| day.set + 1);
        moments.resize(n_sets * width, 0.0);
        let mut sums = vec![0.0; width];
        for day in self.days.iter().rev() {
            let amounts = self.weights[day.start..day.end].iter().zip(&hazards[day.start..day.end]);
            for (place, (weight, hazard)) in (day.start..).zip(amounts) {
                add(&mut sums, weight * hazard, self.covariates_of(place));
            }
            if day.n_events > 0.0 {
                moments[day.set * width..(day.set + 1) * width].copy_from_slice(&sums);
            }
        }
        for group in &self.groups {
            let mut gone = vec![0.0; width];
            let mut members = group.members.iter().copied().peekable();
            for (number, day) in self.days.iter().enumerate().filter(|(_, day)| day.n_events > 0.0)
            {
                while let Some(place) = members.next_if(|&place| place < day.start) {
                    self.add_gone(&mut gone, group, place, hazards[place]);
                }
                let set = &mut moments[day.set * width..(day.set + 1) * width];
                for (to, sum) in set.iter_mut().zip(&gone) {
                    *to += group.uncensored[number] * sum;
                }
            }
        }
    }

    /// Adds someone gone by the other cause, over G(T−).
    fn add_gone(&self, gone: &mut [f64], group: &CensoringGroup, place: usize, hazard: f64) {
        if self.roles[place] == Role::OtherCause {
            let uncensored = group.uncensored[self.day_numbers[place]];
            let amount = self.weights[place] * hazard / uncensored;
            add(gone, amount, self.covariates_of(place));
        }
    }

    /// η + ψ of each participant at β, participant after participant, in the sorted order.
    pub(super) fn residuals(&self, beta: &[f64]) -> Vec<f64> {
        let p = self.n_covariates;
        let mut sets = RiskSets { width: 1 + p, ..RiskSets::default() };
        self.fill(&mut sets, beta);
        // dΛ and z̄ dΛ of each day.
        let mut increments = vec![0.0; self.days.len() * (1 + p)];
        for (number, day) in self.days.iter().enumerate().filter(|(_, day)| day.n_events > 0.0) {
            let set = sets.of_day(day);
            let increment = day.n_events / set[0];
            let to = &mut increments[number * (1 + p)..(number + 1) * (1 + p)];
            to[0] = increment;
            for (to, first) in to[1..].iter_mut().zip(&set[1..]) {
                *to = increment * first / set[0];
            }
        }
        let mut residuals = vec![0.0; self.weights.len() * p];
        self.add_while_at_risk(&sets, &increments, &mut residuals);
        for group in &self.groups {
            self.add_after_exit(group, &sets, &increments, &mut residuals);
        }
        residuals
    }

    /// η up to the own last day.
    fn add_while_at_risk(&self, sets: &RiskSets, increments: &[f64], residuals: &mut [f64]) {
        let p = self.n_covariates;
        let mut cumulative = vec![0.0; 1 + p];
        for (number, day) in self.days.iter().enumerate() {
            let increment = &increments[number * (1 + p)..(number + 1) * (1 + p)];
            for (sum, increment) in cumulative.iter_mut().zip(increment) {
                *sum += increment;
            }
            for place in day.start..day.end {
                let set = (self.roles[place] == Role::Cause).then(|| sets.of_day(day));
                let to = &mut residuals[place * p..(place + 1) * p];
                for (j, z) in self.covariates_of(place).iter().enumerate() {
                    let expected = sets.hazards[place] * (z * cumulative[0] - cumulative[1 + j]);
                    let own = set.map_or(0.0, |set| z - set[1 + j] / set[0]);
                    to[j] += own - expected;
                }
            }
        }
    }

    /// η after an exit by the other cause, and ψ, in one group.
    fn add_after_exit(
        &self,
        group: &CensoringGroup,
        sets: &RiskSets,
        increments: &[f64],
        residuals: &mut [f64],
    ) {
        let p = self.n_covariates;
        let width = 1 + p;
        let n_days = self.days.len();
        // Σ over the days from that one on of G(s−) dΛ and G(s−) z̄ dΛ; 0 after the last.
        let mut to_come = vec![0.0; (n_days + 1) * width];
        for number in (0..n_days).rev() {
            for k in 0..width {
                to_come[number * width + k] = to_come[(number + 1) * width + k]
                    + group.uncensored[number] * increments[number * width + k];
            }
        }
        let mut gone = vec![0.0; width];
        let (mut today, mut cumulative) = (vec![0.0; p], vec![0.0; p]);
        let mut members = group.members.iter().copied().peekable();
        for (number, day) in self.days.iter().enumerate() {
            // q(u) / π(u) of this day, and Σ q(u) / π(u) dΛᶜ(u) up to it.
            let inverse = group.inverse_at_risk[number];
            for j in 0..p {
                let q = gone[1 + j] * to_come[number * width]
                    - gone[0] * to_come[number * width + 1 + j];
                today[j] = q * inverse;
                cumulative[j] += today[j] * group.hazard[number];
            }
            let later = &to_come[(number + 1) * width..(number + 2) * width];
            while let Some(place) = members.next_if(|&place| place < day.end) {
                let to = &mut residuals[place * p..(place + 1) * p];
                let role = self.roles[place];
                let after = match role {
                    Role::OtherCause => sets.hazards[place] / group.uncensored[number],
                    Role::Cause | Role::Censored => 0.0,
                };
                for (j, z) in self.covariates_of(place).iter().enumerate() {
                    let own = if role == Role::Censored { today[j] } else { 0.0 };
                    to[j] += own - cumulative[j] - after * (z * later[0] - later[1 + j]);
                }
                self.add_gone(&mut gone, group, place, sets.hazards[place]);
            }
        }
    }
}

fn role(ending: Ending, cause: Cause) -> Role {
    match (ending, cause) {
        (Ending::Event, Cause::Event) | (Ending::Competing, Cause::Competing) => Role::Cause,
        (Ending::Event, Cause::Competing) | (Ending::Competing, Cause::Event) => Role::OtherCause,
        (Ending::Censored, _) => Role::Censored,
    }
}
