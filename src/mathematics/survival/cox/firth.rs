//! Firth's penalty, and what rows cumulate over the days on which they are at risk.
//!
//! ```text
//! log L* = log L + ½ log|I|
//! U*ₖ    = Uₖ + ½ tr(I⁻¹ ∂I/∂βₖ)
//! ```
//!
//! ∂I/∂β has the third central moments of those at risk. With A = I⁻¹, m the mean of one term and
//! q = xᵀ A x, the trace is a sum over terms of E(q x) − E(q) m − 2 E(x xᵀ) A m + 2 (mᵀ A m) m, and its
//! expectations are sums over rows, as those of the information are: of r q Λ x, r q M and
//! r (xᵀ A M) x, with Mᵢ what i cumulates of `Σ_l w̄ m_l / (S₀ − f D₀)`.

use super::Ties;
use super::moments::multiplier;
use super::newton::Evaluation;
use super::sorted::{CoxScratch, SortedCox};
use crate::numeric::elementary::ln;
use crate::numeric::symmetric::Cholesky;
use ndarray::Array2;

/// What a row cumulates: Λ and M of the module's formulas.
pub(super) struct Cumulated<'a> {
    /// The row.
    pub(super) row: usize,
    /// Its last day at risk.
    pub(super) day: usize,
    /// Whether the event happened on it.
    pub(super) has_event: bool,
    /// Λ.
    pub(super) hazard: f64,
    /// M.
    pub(super) mean_hazard: &'a [f64],
}

impl SortedCox {
    /// Calls with what each row cumulates; each day's part is multiplied. Needs the sums at β.
    pub(super) fn each_row(
        &self,
        ties: Ties,
        of_days: Option<&[f64]>,
        scratch: &CoxScratch,
        mut with: impl FnMut(&Cumulated<'_>),
    ) {
        let p = self.p;
        let width = p + 1;
        // Before each day, within its stratum: Λ, then M.
        let mut before = vec![0.0; self.days.len() * width];
        let (mut after, mut of_event, mut own) =
            (vec![0.0; width], vec![0.0; width], vec![0.0; width]);
        for days in &self.strata {
            after.fill(0.0);
            for j in days.clone() {
                before[j * width..(j + 1) * width].copy_from_slice(&after);
                self.add_terms(
                    j,
                    (ties, multiplier(of_days, j)),
                    scratch,
                    (&mut after, &mut of_event),
                );
                let day = self.days[j];
                for row in day.start..day.end {
                    let has_event = row < day.deaths_end;
                    let from = if has_event { &of_event } else { &after };
                    own.copy_from_slice(from);
                    if let Some(first) = &self.first {
                        let entry = &before[first[row] as usize * width..];
                        own.iter_mut().zip(entry).for_each(|(own, entry)| *own -= entry);
                    }
                    let (hazard, mean_hazard) = (own[0], &own[1..]);
                    with(&Cumulated { row, day: j, has_event, hazard, mean_hazard });
                }
            }
        }
    }

    /// Adds the day's terms to what everyone has cumulated, and sets what those with the event have.
    fn add_terms(
        &self,
        j: usize,
        (ties, multiplier): (Ties, f64),
        scratch: &CoxScratch,
        (after, of_event): (&mut [f64], &mut [f64]),
    ) {
        let (p, sums) = (self.p, &scratch.days[j]);
        of_event.copy_from_slice(after);
        if sums.terms <= 0.0 {
            return;
        }
        let share = sums.d0 / sums.s0;
        sums.each_fraction(|fraction| {
            let f = if ties == Ties::Breslow { 0.0 } else { fraction };
            let left = 1.0 - f * share;
            let hazard = multiplier * sums.weight / (sums.s0 * left);
            after[0] += hazard;
            of_event[0] += hazard * (1.0 - f);
            for k in 0..p {
                let mean = scratch.mean[j * p + k] + f * share / left * scratch.delta[j * p + k];
                after[k + 1] += hazard * mean;
                of_event[k + 1] += hazard * (1.0 - f) * mean;
            }
        });
    }

    /// Adds the penalty; none where the information is singular.
    pub(super) fn penalised(
        &self,
        mut at: Evaluation,
        ties: Ties,
        scratch: &CoxScratch,
    ) -> Option<Evaluation> {
        let inverse = at.information.inverse().ok()?;
        let mut trace = vec![0.0; self.p];
        self.add_rows_to_trace(&inverse, ties, scratch, &mut trace);
        self.add_means_to_trace(&inverse, ties, scratch, &mut trace);
        at.score.iter_mut().zip(&trace).for_each(|(u, t)| *u += 0.5 * t);
        at.value += 0.5 * log_determinant(&at.information.matrix)?;
        at.value.is_finite().then_some(at)
    }

    fn add_rows_to_trace(
        &self,
        a: &Array2<f64>,
        ties: Ties,
        scratch: &CoxScratch,
        trace: &mut [f64],
    ) {
        let p = self.p;
        let mut image = vec![0.0; p];
        self.each_row(ties, None, scratch, |own| {
            let x = &self.x[own.row * p..(own.row + 1) * p];
            let r = scratch.risks[own.row];
            for (k, image) in image.iter_mut().enumerate() {
                *image = dot(a, k, x);
            }
            let q: f64 = image.iter().zip(x).map(|(i, x)| i * x).sum();
            let with_mean: f64 = image.iter().zip(own.mean_hazard).map(|(i, m)| i * m).sum();
            for k in 0..p {
                let of_x = (q * own.hazard - 2.0 * with_mean) * x[k];
                trace[k] += r * (of_x - q * own.mean_hazard[k]);
            }
        });
    }

    fn add_means_to_trace(
        &self,
        a: &Array2<f64>,
        ties: Ties,
        scratch: &CoxScratch,
        trace: &mut [f64],
    ) {
        let p = self.p;
        let mut mean = vec![0.0; p];
        for (j, sums) in scratch.days.iter().enumerate().filter(|(_, sums)| sums.terms > 0.0) {
            let share = sums.d0 / sums.s0;
            sums.each_fraction(|fraction| {
                let f = if ties == Ties::Breslow { 0.0 } else { fraction };
                let g = f * share / (1.0 - f * share);
                for (k, mean) in mean.iter_mut().enumerate() {
                    *mean = scratch.mean[j * p + k] + g * scratch.delta[j * p + k];
                }
                let square: f64 = (0..p).map(|k| mean[k] * dot(a, k, &mean)).sum();
                for (trace, mean) in trace.iter_mut().zip(&mean) {
                    *trace += 2.0 * sums.weight * square * mean;
                }
            });
        }
    }
}

fn dot(a: &Array2<f64>, row: usize, x: &[f64]) -> f64 {
    a.row(row).iter().zip(x).map(|(a, x)| a * x).sum()
}

/// log|V| of a positive definite matrix; none of another.
fn log_determinant(matrix: &Array2<f64>) -> Option<f64> {
    Cholesky::new(matrix.view()).ok()?;
    let p = matrix.nrows();
    let mut left = matrix.clone();
    let mut sum = 0.0;
    for k in 0..p {
        let pivot = left[[k, k]];
        sum += ln(pivot);
        for a in k + 1..p {
            let factor = left[[a, k]] / pivot;
            for b in k + 1..p {
                left[[a, b]] -= factor * left[[k, b]];
            }
        }
    }
    sum.is_finite().then_some(sum)
}
