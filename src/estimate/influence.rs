//! Influence values of means, for the acceleration of the `BCa` bootstrap.
//!
//! Participants are resampled within arm × stratum, so a value says how the estimate moves with
//! the participant's weight inside that cell, the cells' sizes being fixed.

use super::sample::StratifiedSample;
use crate::trial::arm::{Arm, TwoArm};

/// Influence values of a mean (a proportion, where outcomes are 0 and 1) resampled within strata.
///
/// ```text
/// ȳ  = Σₛ (nₛ/n) ȳₛ
/// lᵢ = (nₛ/n) (yᵢ − ȳₛ)        for participant i of stratum s
/// ```
///
/// with nₛ of the n participants in stratum s, and ȳₛ their mean. The values of a stratum sum to 0.
/// They are in the scale of their stratum: ȳ varies by Σₛ nₛ⁻² Σᵢ lᵢ², and the acceleration is
///
/// ```text
/// a = Σₛ nₛ⁻³ Σᵢ lᵢ³ / (6 (Σₛ nₛ⁻² Σᵢ lᵢ²)^{3/2})
/// ```
///
/// which is not Σ l³ / (6 (Σ l²)^{3/2}) unless the strata are of one size.
///
/// `outcomes` and `strata` are one arm's, in the same order; strata are numbered from 0.
///
/// # Panics
///
/// Where the slices differ in length.
///
/// # References
///
/// - Davison AC, Hinkley DV (1997). *Bootstrap Methods and their Application*, sections 3.2.1 and
///   5.3.2.
/// - Agrees with R's `boot::empinf(strata = , type = "inf")` and `boot::var.linear`; see
///   `tests/reference/r/estimate.R`.
pub fn stratified_mean(outcomes: &[f64], strata: &[usize]) -> Vec<f64> {
    assert_eq!(outcomes.len(), strata.len(), "one stratum a participant");
    let n_strata = strata.iter().max().map_or(0, |last| last + 1);
    let mut sums = vec![Sum::default(); n_strata];
    for (&outcome, &stratum) in outcomes.iter().zip(strata) {
        sums[stratum].add(outcome);
    }
    let n = outcomes.len() as f64;
    let value = |(&outcome, &stratum): (&f64, &usize)| sums[stratum].influence(outcome, n);
    outcomes.iter().zip(strata).map(value).collect()
}

/// Influence values of the difference of the arms' means, intervention − control.
///
/// Those of [`stratified_mean`] in the intervention arm, and their negatives in the control arm;
/// nₛ and n count the participant's own arm. The strata of resampling are arm × stratum. For 0 and
/// 1 outcomes this is the (unstratified) risk difference.
pub fn mean_difference(sample: &StratifiedSample<'_>) -> Vec<f64> {
    let mut sums = vec![TwoArm::<Sum>::default(); sample.cells().len()];
    let mut n = TwoArm::<f64>::default();
    for (outcome, arm, stratum) in sample.iter() {
        sums[stratum].get_mut(arm).add(outcome);
        *n.get_mut(arm) += 1.0;
    }
    let value = |(outcome, arm, stratum): (f64, Arm, usize)| {
        let own = sums[stratum].get(arm).influence(outcome, *n.get(arm));
        match arm {
            Arm::Intervention => own,
            Arm::Control => -own,
        }
    };
    sample.iter().map(value).collect()
}

/// A running sum of outcomes.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    n: f64,
    total: f64,
}

impl Sum {
    fn add(&mut self, outcome: f64) {
        self.n += 1.0;
        self.total += outcome;
    }

    /// The influence of one of the cell's outcomes on a mean over `n` participants.
    fn influence(&self, outcome: f64, n: f64) -> f64 {
        self.n / n * (outcome - self.total / self.n)
    }
}
