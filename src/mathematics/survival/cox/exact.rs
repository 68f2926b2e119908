//! The exact (discrete) likelihood of ties.
//!
//! On a day with d events among those at risk, with eₖ the elementary symmetric polynomial of
//! order k of exp(η) over them,
//!
//! ```text
//! log L = Σ_events η − log e_d
//! ```
//!
//! and `e_d` with its first two derivatives by Howard's recursion: adding one who is at risk turns eₖ into
//! eₖ + exp(η) eₖ₋₁.

use ndarray::Array2;

use super::CoxError;
use super::moments::Information;
use super::sorted::{CoxScratch, SortedCox};
use crate::numeric::elementary::{exp, ln};

/// Operations of one evaluation.
const MOST_WORK: f64 = 2e9;

/// Events on one day: `e_d` stays below exp(d).
const MOST_EVENTS: f64 = 500.0;

/// What one day adds.
pub(super) struct ExactDay {
    pub(super) log_likelihood: f64,
    pub(super) score: Vec<f64>,
    /// By rows, lower triangle; and its diagonal before the means are taken off.
    pub(super) information: Vec<f64>,
    pub(super) uncentred: Vec<f64>,
}

/// eₖ, its gradient and the lower triangle of its second derivatives, for k = 0 … d.
struct Polynomials {
    p: usize,
    width: usize,
    values: Vec<f64>,
}

impl Polynomials {
    fn new(p: usize, d: usize) -> Self {
        let width = 1 + p + p * (p + 1) / 2;
        let mut values = vec![0.0; width * (d + 1)];
        values[0] = 1.0;
        Self { p, width, values }
    }

    /// Adds one with that exp(η), who is the `nth`.
    fn add(&mut self, r: f64, x: &[f64], nth: usize) {
        let (p, width) = (self.p, self.width);
        let d = self.values.len() / width - 1;
        for k in (1..=d.min(nth)).rev() {
            let (below, own) = self.values.split_at_mut(k * width);
            let (below, own) = (&below[(k - 1) * width..], &mut own[..width]);
            own[0] += r * below[0];
            let mut at = 1 + p;
            for a in 0..p {
                own[1 + a] += r * (below[1 + a] + x[a] * below[0]);
                for b in 0..=a {
                    let crossed = x[a] * below[1 + b] + x[b] * below[1 + a];
                    own[at] += r * (below[at] + crossed + x[a] * x[b] * below[0]);
                    at += 1;
                }
            }
        }
    }
}

/// A count of at most [`MOST_EVENTS`] as an integer.
fn whole(count: f64) -> usize {
    let mut whole = 0;
    while (whole as f64) < count.min(MOST_EVENTS) {
        whole += 1;
    }
    whole
}

impl SortedCox {
    /// Refuses what would take too long with the weights of the scratch.
    pub(super) fn check_exact_work(&self, scratch: &CoxScratch) -> Result<(), CoxError> {
        let p = self.p as f64;
        let mut work = 0.0;
        for days in &self.strata {
            for j in days.clone() {
                let d = scratch.days[j].terms;
                if d > MOST_EVENTS {
                    return Err(CoxError::TooManyTies);
                }
                if d > 0.0 {
                    let n: f64 = self.at_risk(j, days).map(|i| scratch.weights[i]).sum();
                    work += n * d * (1.0 + p + p * (p + 1.0));
                }
                if work > MOST_WORK {
                    return Err(CoxError::TooManyTies);
                }
            }
        }
        Ok(())
    }

    /// What each day with events adds at β, in the order of the days; none where it is not finite.
    pub(super) fn exact_days(
        &self,
        beta: &[f64],
        scratch: &CoxScratch,
        mut with: impl FnMut(usize, &ExactDay),
    ) -> Option<()> {
        for days in &self.strata {
            for j in days.clone().filter(|&j| scratch.days[j].terms > 0.0) {
                let day = self.exact_day(j, days, beta, scratch);
                if !day.log_likelihood.is_finite() {
                    return None;
                }
                with(j, &day);
            }
        }
        Some(())
    }

    fn exact_day(
        &self,
        j: usize,
        days: &std::ops::Range<usize>,
        beta: &[f64],
        scratch: &CoxScratch,
    ) -> ExactDay {
        let p = self.p;
        let row = |i: usize| &self.x[i * p..(i + 1) * p];
        let eta = |i: usize| -> f64 { row(i).iter().zip(beta).map(|(x, b)| x * b).sum() };
        let rows: Vec<usize> =
            self.at_risk(j, days).filter(|&i| scratch.weights[i] > 0.0).collect();
        let shift = rows.iter().map(|&i| eta(i)).fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = rows.iter().map(|&i| scratch.weights[i] * exp(eta(i) - shift)).sum();
        let terms = scratch.days[j].terms;
        // With exp(η) summing to d, no polynomial exceeds exp(d).
        let factor = terms / total;
        let mut polynomials = Polynomials::new(p, whole(terms));
        let mut nth = 0;
        for &i in &rows {
            let r = factor * exp(eta(i) - shift);
            let mut copies = scratch.weights[i];
            while copies > 0.0 {
                nth += 1;
                polynomials.add(r, row(i), nth);
                copies -= 1.0;
            }
        }
        let sums = &scratch.death_x[j * p..(j + 1) * p];
        let linear: f64 = sums.iter().zip(beta).map(|(x, b)| x * b).sum();
        let of_d = &polynomials.values[polynomials.values.len() - polynomials.width..];
        let e = of_d[0];
        let mean: Vec<f64> = of_d[1..=p].iter().map(|g| g / e).collect();
        let mut information = vec![0.0; p * p];
        let mut at = 1 + p;
        let mut uncentred = vec![0.0; p];
        for a in 0..p {
            for b in 0..=a {
                information[a * p + b] = of_d[at] / e - mean[a] * mean[b];
                uncentred[a] = of_d[at] / e;
                at += 1;
            }
        }
        let log_likelihood = linear - ln(e) - terms * (shift - ln(factor));
        let score = sums.iter().zip(&mean).map(|(x, m)| x - m).collect();
        ExactDay { log_likelihood, score, information, uncentred }
    }

    /// log L, U and I at β; none where they are not finite.
    pub(super) fn exact(
        &self,
        beta: &[f64],
        scratch: &CoxScratch,
    ) -> Option<(f64, Vec<f64>, Information)> {
        let p = self.p;
        let (mut value, mut score) = (0.0, vec![0.0; p]);
        let mut lower = vec![0.0; p * p];
        let mut uncentred = vec![0.0; p];
        let add = |to: &mut [f64], from: &[f64]| to.iter_mut().zip(from).for_each(|(a, b)| *a += b);
        self.exact_days(beta, scratch, |_, day| {
            value += day.log_likelihood;
            add(&mut score, &day.score);
            add(&mut lower, &day.information);
            add(&mut uncentred, &day.uncentred);
        })?;
        let matrix = Array2::from_shape_fn((p, p), |(a, b)| lower[a.max(b) * p + a.min(b)]);
        Some((value, score, Information { matrix, uncentred }))
    }
}
