//! The partial likelihood with Efron's or Breslow's ties, its score and its information.
//!
//! On a day t with d events among those at risk, f = l / d for l = 0 … d − 1 (Breslow: 0):
//!
//! ```text
//! log L = Σ_events w η − Σ_days w̄ Σ_l log(S₀ − f D₀)
//! U     = Σ_events w x − Σ_days w̄ Σ_l m_l,            m_l = (S₁ − f D₁) / (S₀ − f D₀)
//! I     = Σ_i rᵢ Λᵢ xᵢ xᵢᵀ − Σ_days w̄ Σ_l m_l m_lᵀ
//! ```
//!
//! where S and D are the sums of r = w exp(η) and r x over those at risk and those with the event,
//! and Λᵢ is what i cumulates of `Σ_l w̄ / (S₀ − f D₀)`, of which `Σ_l w̄ f / (S₀ − f D₀)` is taken off on the
//! day of the own event. The first sum of I is `Σ_days w̄ Σ_l S₂ / S₀` in another order: no second
//! moment runs along. With m and δ the mean of those at risk, and that mean less the one of those with
//! the event, `m_l = m + g δ`, g = f D₀ / (S₀ − f D₀) ≥ 0: nothing cancels.

use ndarray::Array2;

use super::Ties;
use super::kernel::{RiskSums, add_gram, risk_sums_of};
use super::sorted::{CoxScratch, DaySums, SortedCox};
use crate::numeric::elementary::ln;

/// |η| up to which exponentials need no shift.
const NO_SHIFT: f64 = 300.0;

/// Below this a product of shares is taken to the logarithm.
const SMALL: f64 = 1e-200;

/// Running sums of risk and risk × x that carry their rounding error, since those who enter late
/// are taken off again.
struct Running {
    risk_sums: RiskSums,
    sums: Vec<f64>,
    errors: Vec<f64>,
    /// What is to be added.
    part: Vec<f64>,
}

impl Running {
    fn new(p: usize) -> Self {
        let zeros = || vec![0.0; p + 1];
        Self { risk_sums: risk_sums_of(p), sums: zeros(), errors: zeros(), part: zeros() }
    }

    fn reset(&mut self) {
        self.sums.fill(0.0);
        self.errors.fill(0.0);
    }

    fn add_part(&mut self) {
        for ((sum, error), x) in self.sums.iter_mut().zip(&mut self.errors).zip(&self.part) {
            let total = *sum + x;
            *error += if sum.abs() >= x.abs() { (*sum - total) + x } else { (x - total) + *sum };
            *sum = total;
        }
    }

    fn get(&self, k: usize) -> f64 {
        self.sums[k] + self.errors[k]
    }
}

/// The information, and of its diagonal the part before the means are taken off, against which
/// the rest is judged.
#[derive(Clone, Debug)]
pub(super) struct Information {
    pub(super) matrix: Array2<f64>,
    pub(super) uncentred: Vec<f64>,
}

/// A day's multiplier; 1 without.
pub(super) fn multiplier(of_days: Option<&[f64]>, j: usize) -> f64 {
    of_days.map_or(1.0, |h| h[j])
}

impl SortedCox {
    /// Sums over those at risk at β, by day; returns log L, or none where it is not finite.
    pub(super) fn log_likelihood(
        &self,
        beta: &[f64],
        ties: Ties,
        scratch: &mut CoxScratch,
    ) -> Option<f64> {
        let p = self.p;
        let far: f64 = self.extent.iter().zip(beta).map(|(x, b)| x * b.abs()).sum();
        scratch.risks.resize(self.positions.len(), 0.0);
        scratch.mean.resize(self.days.len() * p, 0.0);
        scratch.delta.resize(self.days.len() * p, 0.0);
        let (mut total, mut linear) = (0.0, 0.0);
        let mut running = Running::new(p);
        for days in &self.strata {
            let shift = if far <= NO_SHIFT { 0.0 } else { self.largest(days, beta, scratch) };
            running.reset();
            for j in days.clone().rev() {
                self.add_day(j, (beta, shift), scratch, &mut running);
                if self.first.is_some() && j + 1 < days.end {
                    self.take_off_entering(j + 1, scratch, &mut running);
                }
                let sums = &mut scratch.days[j];
                let at = j * p;
                if sums.terms <= 0.0 {
                    continue;
                }
                sums.s0 = running.get(0);
                if !(sums.s0 > 1e-290 && sums.s0.is_finite()) {
                    return None;
                }
                for (k, b) in beta.iter().enumerate() {
                    let mean = running.get(k + 1) / sums.s0;
                    scratch.mean[at + k] = mean;
                    scratch.delta[at + k] = mean - scratch.delta[at + k];
                    linear += scratch.death_x[at + k] * b;
                }
                let logs = sums.cumulate(ties);
                total -= sums.weight * (logs + sums.terms * shift);
            }
        }
        let value = linear + total;
        value.is_finite().then_some(value)
    }

    /// Adds the rows of a day to the running sums, and notes the mean of those with the event.
    fn add_day(
        &self,
        j: usize,
        at: (&[f64], f64),
        scratch: &mut CoxScratch,
        running: &mut Running,
    ) {
        let (p, day) = (self.p, self.days[j]);
        for rows in [day.start..day.deaths_end, day.deaths_end..day.end] {
            if rows.is_empty() {
                continue;
            }
            running.part.fill(0.0);
            let x = &self.x[rows.start * p..rows.end * p];
            let weights = &scratch.weights[rows.clone()];
            let with_event = rows.start == day.start;
            (running.risk_sums)(x, weights, at, &mut scratch.risks[rows], &mut running.part);
            if with_event {
                let total = running.part[0];
                scratch.days[j].d0 = total;
                for k in 0..p {
                    let mean = if total > 0.0 { running.part[k + 1] / total } else { 0.0 };
                    scratch.delta[j * p + k] = mean;
                }
            }
            running.add_part();
        }
    }

    /// Takes off those whose first day at risk that is.
    fn take_off_entering(&self, j: usize, scratch: &CoxScratch, running: &mut Running) {
        for &row in &self.entering[self.entering_from[j]..self.entering_from[j + 1]] {
            let i = row as usize;
            let risk = scratch.risks[i];
            running.part[0] = -risk;
            for (part, x) in running.part[1..].iter_mut().zip(&self.x[i * self.p..]) {
                *part = -risk * x;
            }
            running.add_part();
        }
    }

    /// The largest x β of a stratum's rows of positive weight.
    fn largest(&self, days: &std::ops::Range<usize>, beta: &[f64], scratch: &CoxScratch) -> f64 {
        let rows = self.days[days.start].start..self.days[days.end - 1].end;
        let eta =
            |i: usize| -> f64 { self.x[i * self.p..].iter().zip(beta).map(|(x, b)| x * b).sum() };
        let largest = rows.filter(|&i| scratch.weights[i] > 0.0).map(eta);
        let largest = largest.fold(f64::NEG_INFINITY, f64::max);
        if largest.is_finite() { largest } else { 0.0 }
    }

    /// U, each day's part times its multiplier; needs the sums at β.
    pub(super) fn score(&self, of_days: Option<&[f64]>, scratch: &CoxScratch) -> Vec<f64> {
        let p = self.p;
        let mut score = vec![0.0; p];
        for (j, sums) in scratch.days.iter().enumerate().filter(|(_, sums)| sums.terms > 0.0) {
            let h = multiplier(of_days, j);
            for (k, score) in score.iter_mut().enumerate() {
                let expected =
                    sums.terms * scratch.mean[j * p + k] + sums.g1 * scratch.delta[j * p + k];
                *score += h * (scratch.death_x[j * p + k] - sums.weight * expected);
            }
        }
        score
    }

    /// I, each day's part times its multiplier; needs the sums at β.
    pub(super) fn information(
        &self,
        of_days: Option<&[f64]>,
        scratch: &mut CoxScratch,
    ) -> Information {
        let p = self.p;
        self.cumulate_hazard(of_days, scratch);
        let mut sums = vec![0.0; p * p];
        let CoxScratch { cumulated, columns, .. } = &mut *scratch;
        add_gram(p, (&self.x, cumulated), columns, &mut sums);
        let uncentred = (0..p).map(|k| sums[k * p + k]).collect();
        for (j, day) in scratch.days.iter().enumerate().filter(|(_, day)| day.terms > 0.0) {
            let w = multiplier(of_days, j) * day.weight;
            let (m, delta) =
                (&scratch.mean[j * p..(j + 1) * p], &scratch.delta[j * p..(j + 1) * p]);
            for a in 0..p {
                for b in 0..=a {
                    let crossed = m[a] * delta[b] + delta[a] * m[b];
                    let squares =
                        day.terms * m[a] * m[b] + day.g1 * crossed + day.g2 * delta[a] * delta[b];
                    sums[a * p + b] -= w * squares;
                }
            }
        }
        let matrix = Array2::from_shape_fn((p, p), |(a, b)| sums[a.max(b) * p + a.min(b)]);
        Information { matrix, uncentred }
    }

    /// Writes r Λ of each row.
    fn cumulate_hazard(&self, of_days: Option<&[f64]>, scratch: &mut CoxScratch) {
        let CoxScratch { days: sums, before, cumulated, risks, .. } = scratch;
        before.resize(self.days.len(), 0.0);
        cumulated.resize(self.positions.len(), 0.0);
        for days in &self.strata {
            let mut hazard = 0.0;
            for j in days.clone() {
                before[j] = hazard;
                hazard += multiplier(of_days, j) * sums[j].hazard;
                let spared = multiplier(of_days, j) * sums[j].spared;
                let day = self.days[j];
                for i in day.start..day.end {
                    let own = if i < day.deaths_end { hazard - spared } else { hazard };
                    let entry = self.first.as_ref().map_or(0.0, |first| before[first[i] as usize]);
                    cumulated[i] = risks[i] * (own - entry);
                }
            }
        }
    }
}

impl DaySums {
    /// Sums over the terms of the day, of which the logarithms are returned.
    fn cumulate(&mut self, ties: Ties) -> f64 {
        (self.g1, self.g2, self.spared) = (0.0, 0.0, 0.0);
        if ties == Ties::Breslow || self.terms <= 1.0 {
            self.hazard = self.weight * self.terms / self.s0;
            return self.terms * ln(self.s0);
        }
        let mut logs = self.terms * ln(self.s0);
        let (mut hazard, mut spared, mut product) = (0.0, 0.0, 1.0);
        let share = self.d0 / self.s0;
        self.each_fraction(|f| {
            let left = 1.0 - f * share;
            let inverse = 1.0 / left;
            hazard += inverse;
            spared += f * inverse;
            product *= left;
            if product < SMALL {
                logs += ln(product);
                product = 1.0;
            }
        });
        let (mut g1, mut g2) = (0.0, 0.0);
        self.each_fraction(|f| {
            let g = f * share / (1.0 - f * share);
            g1 += g;
            g2 += g * g;
        });
        (self.g1, self.g2) = (g1, g2);
        self.hazard = self.weight * hazard / self.s0;
        self.spared = self.weight * spared / self.s0;
        logs + ln(product)
    }

    /// Calls with f = l / d for each term.
    pub(super) fn each_fraction(&self, mut with: impl FnMut(f64)) {
        let mut l = 0.0;
        while l < self.terms {
            with(l / self.terms);
            l += 1.0;
        }
    }
}
