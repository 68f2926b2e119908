//! Design matrices of arm and strata.

use ndarray::{Array1, Array2};

use super::sample::{Cell, StratifiedSample};
use crate::numeric::sum::mean;
use crate::trial::arm::{Arm, TwoArm};

/// Column of the arm in both designs.
pub(super) const ARM: usize = 1;

/// What both regressions are made of.
pub(super) struct Design {
    /// Outcomes less their mean, which the intercept takes: nothing else changes, and coefficients
    /// keep their digits when outcomes are far from 0.
    pub(super) outcomes: Array1<f64>,
    arms: Vec<f64>,
    /// Each participant's stratum, numbered among those with people.
    strata: Vec<usize>,
    /// Strata with people.
    pub(super) n_strata: usize,
}

impl Design {
    /// Numbers the strata that have people; the others get no column.
    pub(super) fn new(sample: &StratifiedSample<'_>, cells: &[TwoArm<Cell>]) -> Self {
        let mut n_strata = 0;
        let mut numbers = vec![0; cells.len()];
        for (number, cell) in numbers.iter_mut().zip(cells) {
            *number = n_strata;
            n_strata += usize::from(cell.intervention.n + cell.control.n > 0);
        }
        let centre = mean(sample.outcomes()).unwrap_or(0.0);
        let indicator = |arm| if arm == Arm::Intervention { 1.0 } else { 0.0 };
        Self {
            outcomes: sample.outcomes().iter().map(|y| y - centre).collect(),
            arms: sample.iter().map(|(_, arm, _)| indicator(arm)).collect(),
            strata: sample.iter().map(|(_, _, stratum)| numbers[stratum]).collect(),
            n_strata,
        }
    }

    /// Standard deviation of the outcomes, divisor n.
    pub(super) fn spread(&self) -> f64 {
        (self.outcomes.dot(&self.outcomes) / self.outcomes.len() as f64).sqrt()
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
