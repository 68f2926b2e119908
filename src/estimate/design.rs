//! Design matrices of arm and strata.

use ndarray::Array2;

use super::sample::{Cell, StratifiedSample};
use crate::trial::arm::{Arm, TwoArm};

/// Column of the arm in both designs.
pub(super) const ARM: usize = 1;

/// What both regressions are made of: those who can say something, and their stratum's number
/// among the strata with such people.
pub(super) struct Design {
    /// Outcomes less their mean, which the intercept takes: nothing else changes, and residuals
    /// keep their digits when outcomes are far from 0.
    pub(super) outcomes: Vec<f64>,
    arms: Vec<f64>,
    strata: Vec<usize>,
    /// Strata with people.
    pub(super) n_strata: usize,
}

impl Design {
    /// Sets aside participants alone in their stratum, and numbers the other strata anew.
    pub(super) fn new(sample: &StratifiedSample<'_>, cells: &[TwoArm<Cell>]) -> Self {
        let mut n_strata = 0;
        let numbers: Vec<Option<usize>> = cells
            .iter()
            .map(|cell| {
                let several = cell.intervention.n + cell.control.n > 1;
                several.then(|| {
                    n_strata += 1;
                    n_strata - 1
                })
            })
            .collect();
        let mut design = Self { outcomes: vec![], arms: vec![], strata: vec![], n_strata };
        for (outcome, arm, stratum) in sample.iter() {
            if let Some(stratum) = numbers[stratum] {
                design.outcomes.push(outcome);
                design.arms.push(if arm == Arm::Intervention { 1.0 } else { 0.0 });
                design.strata.push(stratum);
            }
        }
        let mean = super::mean::mean(&design.outcomes);
        design.outcomes.iter_mut().for_each(|y| *y -= mean);
        design
    }

    /// Standard deviation of the outcomes, divisor n.
    pub(super) fn spread(&self) -> f64 {
        let squares: f64 = self.outcomes.iter().map(|y| y * y).sum();
        (squares / self.outcomes.len() as f64).sqrt()
    }

    /// Intercept, arm, and one column a stratum but the first.
    pub(super) fn arm_and_strata(&self) -> Array2<f64> {
        Array2::from_shape_fn(
            (self.outcomes.len(), 1 + self.n_strata),
            |(i, column)| match column {
                0 => 1.0,
                ARM => self.arms[i],
                _ => self.in_stratum(i, column - 1),
            },
        )
    }

    /// [`Self::arm_and_strata`], then arm times each of the stratum columns.
    pub(super) fn arm_by_stratum(&self) -> Array2<f64> {
        let k = self.n_strata;
        Array2::from_shape_fn((self.outcomes.len(), 2 * k), |(i, column)| match column {
            0 => 1.0,
            ARM => self.arms[i],
            _ if column <= k => self.in_stratum(i, column - 1),
            _ => self.arms[i] * self.in_stratum(i, column - k),
        })
    }

    fn in_stratum(&self, i: usize, stratum: usize) -> f64 {
        if self.strata[i] == stratum { 1.0 } else { 0.0 }
    }
}
