//! How a quantity is made of what a kernel reads in each arm.

use crate::numeric::elementary::ln;
use crate::numeric::failure::Failure;
use crate::trial::arm::TwoArm;

/// A number of one arm, or one made of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// The reading itself.
    One(usize),
    /// Intervention − control.
    Difference(TwoArm<usize>),
    /// ln(intervention / control).
    LogRatio(TwoArm<usize>),
}

/// Readings of a replicate, with a standard error each.
#[derive(Clone, Debug, Default)]
pub(super) struct Readings {
    pub(super) estimates: Vec<f64>,
    pub(super) std_errors: Vec<f64>,
}

impl Readings {
    pub(super) fn new(n: usize) -> Self {
        Self { estimates: vec![f64::NAN; n], std_errors: vec![f64::NAN; n] }
    }

    /// Nothing read.
    pub(super) fn clear(&mut self) {
        self.estimates.fill(f64::NAN);
        self.std_errors.fill(f64::NAN);
    }
}

impl Made {
    /// The estimate and its standard error; arms are independent.
    pub(super) fn of(self, readings: &Readings) -> (f64, f64) {
        let Readings { estimates: e, std_errors: s } = readings;
        match self {
            Made::One(at) => (e[at], s[at]),
            Made::Difference(arms) => (
                Failure::carry(e[arms.intervention], e[arms.control], |a, b| a - b),
                root_of_squares(s[arms.intervention], s[arms.control]),
            ),
            Made::LogRatio(arms) => {
                let share = |at: usize| Failure::carry(s[at], e[at], |s, e| s / e);
                (
                    Failure::carry(e[arms.intervention], e[arms.control], |a, b| ln(a / b)),
                    root_of_squares(share(arms.intervention), share(arms.control)),
                )
            }
        }
    }

    /// The derivative by each participant's case weight, from those of the readings.
    pub(super) fn influence<E>(
        self,
        estimates: &[f64],
        of: impl Fn(usize) -> Result<Vec<f64>, E>,
    ) -> Result<Vec<f64>, E> {
        let (arms, scale) = match self {
            Made::One(at) => return of(at),
            Made::Difference(arms) => (arms, TwoArm { intervention: 1.0, control: 1.0 }),
            Made::LogRatio(arms) => (arms, arms.map(|at| 1.0 / estimates[at])),
        };
        let mut influence = of(arms.intervention)?;
        let control = of(arms.control)?;
        for (own, other) in influence.iter_mut().zip(control) {
            *own = *own * scale.intervention - other * scale.control;
        }
        Ok(influence)
    }
}

fn root_of_squares(a: f64, b: f64) -> f64 {
    Failure::carry(a, b, |a, b| (a * a + b * b).sqrt())
}
