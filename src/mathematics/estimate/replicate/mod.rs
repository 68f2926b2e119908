//! Estimates of a bootstrap replicate, with a standard error in each: built once, weighted many
//! times.
//!
//! A kernel is built from the data once. Every replicate then hands in its case weights, one whole
//! number a participant of the whole trial, and gets what the point estimator gives on the data
//! written out so: a weight of 2 is the person twice, 0 is nobody.
//!
//! | kernel | for |
//! |---|---|
//! | [`cells`], [`contrasts`] | rates, means, differences, ratios, Mantel-Haenszel, arm and strata, compliers |
//! | [`linear`] | least squares with covariates, with the same or with arms' own coefficients |
//! | [`standardised`] | risks standardised over a logistic regression |
//!
//! Each has the estimate and a standard error, so that an interval can be studentised, and influence
//! values at the full sample for the acceleration of `BCa`: the derivative of the estimate with
//! respect to each participant's case weight, where everyone counts once. They sum to 0. In a scale
//! in which an estimate moves by the mean of influence values, multiply by the number of people.
//!
//! # Conventions
//!
//! In a replicate nothing is allocated or sorted: working memory is a scratch, one a thread, whose
//! contents do not matter. Sums are made in an order that depends on the weights alone, so that the
//! same weights give the same bits. What does not exist in a replicate is NaN, the standard error of
//! 0 too: a raw value that counts as failed, no result. Values are finite; whoever makes the slices
//! has seen to it.
//!
//! # Example
//!
//! The difference of two proportions over strata, and its influence values:
//!
//! ```
//! use ips_mathematics::estimate::replicate::cells::{CellSums, Column};
//! use ips_mathematics::estimate::replicate::contrasts::{Contrast, Place, gather};
//! use ips_mathematics::trial::arm::{Arm, TwoArm};
//!
//! // Eight people of one stratum; the cell is 0 in the intervention arm and 1 in the control.
//! let cells = [0, 0, 0, 0, 1, 1, 1, 1];
//! let employed = [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0].map(Some);
//! let sums = CellSums::new(&cells, 2, &[Column::Outcome(&employed)]);
//! let places = Arm::BOTH.map(|arm| Some(Place { stratum: 0, arm }));
//!
//! // Once a thread …
//! let mut scratch = sums.scratch();
//! let mut strata = [TwoArm::default()];
//! // … and once a replicate.
//! let mut evaluate = |weights: &[u32]| {
//!     sums.sum(weights, &mut scratch);
//!     gather(scratch.cells(0), &places, &mut strata);
//!     (Contrast::RiskDifference.evaluate(&strata, sums.centre(0)), strata)
//! };
//! let (drawn, _) = evaluate(&[2, 0, 1, 1, 0, 1, 3, 0]);
//! assert_eq!(drawn.estimate, 0.5);
//!
//! let (_, strata) = evaluate(&[1; 8]);
//! let influence = sums.influence(0, &places, &Contrast::RiskDifference.slopes(&strata));
//! assert_eq!(influence[0], 0.0625);
//! ```
//!
//! Regressions take complete cases ([`Rows`]: their data, and where they stand in the trial) and are
//! asked with the weights of the whole trial:
//!
//! ```
//! use ips_mathematics::estimate::covariates::{AdjustedSample, Covariate};
//! use ips_mathematics::estimate::replicate::linear::{LinearKernel, Regression};
//! use ips_mathematics::estimate::replicate::standardised::StandardisedKernel;
//! use ips_mathematics::estimate::replicate::{Replicated, Rows};
//! use ips_mathematics::estimate::sample::StratifiedSample;
//! use ips_mathematics::estimate::standardised::AssignmentShare;
//! use ips_mathematics::trial::arm::Arm;
//!
//! // Participant 3 of nine has no outcome.
//! let positions = [0, 1, 2, 4, 5, 6, 7, 8];
//! let employed = [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0];
//! let days = [200.0, 90.0, 0.0, 120.0, 0.0, 70.0, 0.0, 0.0];
//! let arms = [0, 0, 0, 0, 1, 1, 1, 1].map(|arm| Arm::BOTH[arm]);
//! let age = [31.0, 45.0, 27.0, 38.0, 52.0, 29.0, 41.0, 35.0];
//! let covariates = [Covariate::Numeric(&age)];
//! let sample = StratifiedSample::new(&employed, &arms, &[0; 8], 1)?;
//! let data = AdjustedSample::new(sample, &covariates, None)?;
//! let rows = Rows { data, positions: &positions, n_participants: 9 };
//!
//! let lin = LinearKernel::new(&rows, &[&employed, &days], Regression::Interacted);
//! let logit = StandardisedKernel::new(&rows, AssignmentShare::Overall)?;
//! let (mut lin_scratch, mut logit_scratch) = (lin.scratch(), logit.scratch());
//!
//! let weights = [2, 1, 1, 0, 1, 1, 2, 1, 1];
//! let mut effects = [Replicated::NONE; 2];
//! lin.evaluate(&weights, &mut lin_scratch, &mut effects);
//! let risks = logit.evaluate(&weights, &mut logit_scratch);
//! assert!(effects[1].std_error > 0.0 && risks.log_odds_ratio.estimate > 0.0);
//! assert_eq!(lin.influence(1).len(), 9);
//! assert_eq!(logit.influence().difference[3], 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod cells;
pub mod contrasts;
mod factor;
pub mod linear;
mod logistic;
pub mod standardised;
mod vector;

use super::covariates::AdjustedSample;

/// An estimate and its standard error in one replicate: raw numbers for a buffer, no result. NaN
/// is what does not exist in the replicate.
#[derive(Clone, Copy, Debug)]
pub struct Replicated {
    /// The estimate; of a ratio, its logarithm.
    pub estimate: f64,
    /// Its standard error, never 0.
    pub std_error: f64,
}

impl Replicated {
    /// Neither exists.
    pub const NONE: Self = Self { estimate: f64::NAN, std_error: f64::NAN };

    /// NaN for what is not finite, and for a standard error of 0.
    fn new(estimate: f64, variance: f64) -> Self {
        if !estimate.is_finite() {
            return Self::NONE;
        }
        let exists = variance > 0.0 && variance.is_finite();
        Self { estimate, std_error: if exists { variance.sqrt() } else { f64::NAN } }
    }
}

/// Those whose outcome and covariates are all observed, and where they stand in the trial.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Outcomes, arms, strata and covariates of complete cases, without sampling weights.
    pub data: AdjustedSample<'a>,
    /// The position of each in the trial, in the same order.
    pub positions: &'a [usize],
    /// Participants of the whole trial: as many weights a replicate has.
    pub n_participants: usize,
}

impl Rows<'_> {
    /// # Panics
    ///
    /// If the positions are not one a row and below `n_participants`, or there are sampling
    /// weights.
    fn check(&self) {
        assert_eq!(self.positions.len(), self.data.sample().n(), "one position a row");
        assert!(
            self.positions.iter().all(|&at| at < self.n_participants),
            "a position in the trial"
        );
        assert!(self.data.weights.is_none(), "a replicate has case weights, no sampling weights");
    }
}

#[cfg(test)]
mod tests {
    use super::linear::{LinearKernel, Regression};
    use super::standardised::StandardisedKernel;
    use super::*;
    use crate::estimate::covariates::Covariate;
    use crate::estimate::sample::StratifiedSample;
    use crate::estimate::standardised::AssignmentShare;
    use crate::trial::arm::Arm;

    const Y: [f64; 8] = [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0];
    const ARMS: [Arm; 8] = {
        const I: Arm = Arm::Intervention;
        const C: Arm = Arm::Control;
        [I, I, I, I, C, C, C, C]
    };

    fn with<T>(strata: &[usize], run: impl FnOnce(&Rows<'_>) -> T) -> T {
        let age = [3.0, 1.0, 2.0, 5.0, 4.0, 2.0, 6.0, 1.0];
        let covariates = [Covariate::Numeric(&age)];
        let sample = StratifiedSample::new(&Y, &ARMS, strata, 2).unwrap();
        let data = AdjustedSample::new(sample, &covariates, None).unwrap();
        let positions: Vec<usize> = (1..9).collect();
        run(&Rows { data, positions: &positions, n_participants: 10 })
    }

    #[test]
    fn nobody_or_one_arm_has_no_effect() {
        with(&[0; 8], |rows| {
            let risks = StandardisedKernel::new(rows, AssignmentShare::Overall).unwrap();
            for weights in [[0; 10], [9, 1, 2, 1, 1, 0, 0, 0, 0, 9]] {
                for regression in [Regression::MainEffects, Regression::Interacted] {
                    let kernel = LinearKernel::new(rows, &[&Y], regression);
                    let mut got = [Replicated { estimate: 1.0, std_error: 1.0 }];
                    kernel.evaluate(&weights, &mut kernel.scratch(), &mut got);
                    assert!(got[0].estimate.is_nan() && got[0].std_error.is_nan());
                }
                let got = risks.evaluate(&weights, &mut risks.scratch());
                assert!(got.difference.estimate.is_nan());
            }
        });
    }

    #[test]
    fn outcomes_that_do_not_vary_in_a_replicate_have_no_standard_error() {
        with(&[0; 8], |rows| {
            let weights = [9, 1, 1, 0, 3, 2, 0, 1, 2, 9];
            for regression in [Regression::MainEffects, Regression::Interacted] {
                let kernel = LinearKernel::new(rows, &[&Y, &[0.0; 8]], regression);
                let mut got = [Replicated::NONE; 2];
                kernel.evaluate(&weights, &mut kernel.scratch(), &mut got);
                assert!((got[0].estimate - 1.0).abs() < 1e-13, "{got:?}");
                assert!(got[0].std_error.is_nan() && got[1].std_error.is_nan(), "{got:?}");
            }
        });
    }

    #[test]
    fn separated_outcomes_have_no_risks() {
        with(&[0; 8], |rows| {
            let kernel = StandardisedKernel::new(rows, AssignmentShare::Overall).unwrap();
            let mut scratch = kernel.scratch();
            // By the arm, and within the control arm alone.
            for weights in [[0, 1, 1, 0, 3, 2, 0, 1, 2, 0], [0, 1, 1, 1, 3, 2, 0, 1, 2, 0]] {
                let got = kernel.evaluate(&weights, &mut scratch);
                assert!(got.difference.estimate.is_nan(), "{got:?}");
            }
            assert!(kernel.evaluate(&[1; 10], &mut scratch).difference.std_error > 0.0);
        });
    }

    #[test]
    fn a_stratum_drawn_from_one_arm_has_no_share_of_its_own() {
        with(&[0, 0, 0, 0, 0, 0, 0, 0], |rows| {
            assert!(StandardisedKernel::new(rows, AssignmentShare::ByStratum).is_ok());
        });
        with(&[0, 0, 1, 1, 0, 0, 1, 1], |rows| {
            let kernel = StandardisedKernel::new(rows, AssignmentShare::ByStratum).unwrap();
            let weights = [0, 1, 1, 2, 0, 1, 1, 0, 0, 0];
            let got = kernel.evaluate(&weights, &mut kernel.scratch());
            assert!(got.risks.control.estimate.is_nan(), "{got:?}");
        });
    }
}
