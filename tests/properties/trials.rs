//! Small trials with take-up, covariates and folds, for properties of estimators.

use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::trial::arm::Arm;
use ndarray::{Array2, Axis};
use proptest::prelude::*;

/// Folds that [`People::folds`] has.
pub(super) const FOLDS: usize = 3;

/// People of a trial: outcome, arm, stratum, take-up, two covariates, fold.
#[derive(Clone, Debug)]
pub(super) struct People {
    pub(super) outcomes: Vec<f64>,
    pub(super) arms: Vec<Arm>,
    pub(super) strata: Vec<usize>,
    pub(super) n_strata: usize,
    pub(super) take_up: Vec<bool>,
    pub(super) covariates: Array2<f64>,
    pub(super) folds: Vec<usize>,
}

impl People {
    pub(super) fn sample(&self) -> StratifiedSample<'_> {
        StratifiedSample::new(&self.outcomes, &self.arms, &self.strata, self.n_strata)
            .expect("a sample")
    }

    /// These people in this order, each as often as named.
    pub(super) fn taken(&self, order: &[usize]) -> Self {
        fn of<T: Clone>(all: &[T], order: &[usize]) -> Vec<T> {
            order.iter().map(|&i| all[i].clone()).collect()
        }
        Self {
            outcomes: of(&self.outcomes, order),
            arms: of(&self.arms, order),
            strata: of(&self.strata, order),
            n_strata: self.n_strata,
            take_up: of(&self.take_up, order),
            covariates: self.covariates.select(Axis(0), order),
            folds: of(&self.folds, order),
        }
    }

    pub(super) fn swapped(&self) -> Self {
        let other = |arm: &Arm| match arm {
            Arm::Intervention => Arm::Control,
            Arm::Control => Arm::Intervention,
        };
        Self { arms: self.arms.iter().map(other).collect(), ..self.clone() }
    }

    /// Stratum s becomes `n_strata` − 1 − s.
    pub(super) fn strata_renamed(&self) -> Self {
        let strata = self.strata.iter().map(|s| self.n_strata - 1 - s).collect();
        Self { strata, ..self.clone() }
    }

    pub(super) fn with_outcomes(&self, of: impl Fn(usize) -> f64) -> Self {
        Self { outcomes: (0..self.arms.len()).map(of).collect(), ..self.clone() }
    }
}

/// Up to three strata with seven to ten people in each arm, in folds of equal size.
pub(super) fn people() -> impl Strategy<Value = People> {
    let person = || (-50.0..50.0_f64, -3.0..3.0_f64, 0.0..1.0_f64, 0.0..1.0_f64);
    let cell = move || prop::collection::vec(person(), 7..11);
    prop::collection::vec((cell(), cell()), 1..4).prop_map(|strata| {
        let n_strata = strata.len();
        let mut rows = Vec::new();
        for (stratum, (intervention, control)) in strata.into_iter().enumerate() {
            for (arm, cell) in [(Arm::Intervention, intervention), (Arm::Control, control)] {
                rows.extend(cell.into_iter().enumerate().map(|(i, p)| (arm, stratum, i, p)));
            }
        }
        let often = |arm| if arm == Arm::Intervention { 0.8 } else { 0.2 };
        People {
            outcomes: rows.iter().map(|(_, _, _, (noise, x, ..))| noise + 20.0 * x).collect(),
            arms: rows.iter().map(|row| row.0).collect(),
            strata: rows.iter().map(|row| row.1).collect(),
            n_strata,
            take_up: rows.iter().map(|(arm, _, _, (_, _, u, _))| *u < often(*arm)).collect(),
            covariates: Array2::from_shape_fn((rows.len(), 2), |(i, j)| {
                let (_, x, _, v) = rows[i].3;
                if j == 0 { x } else { 100.0 * v }
            }),
            folds: rows.iter().map(|row| row.2 % FOLDS).collect(),
        }
    })
}

/// People and an order of them.
pub(super) fn shuffled() -> impl Strategy<Value = (People, Vec<usize>)> {
    people().prop_flat_map(|people| {
        let order: Vec<usize> = (0..people.arms.len()).collect();
        (Just(people), Just(order).prop_shuffle())
    })
}

/// Everybody twice.
pub(super) fn twice(people: &People) -> People {
    let n = people.arms.len();
    people.taken(&(0..2 * n).map(|i| i % n).collect::<Vec<_>>())
}

pub(super) fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

/// Equal but for rounding, in the scale of 1 or of the larger one.
pub(super) fn close(a: f64, b: f64, tolerance: f64) -> Result<(), TestCaseError> {
    let allowed = tolerance * a.abs().max(b.abs()).max(1.0);
    prop_assert!((a - b).abs() <= allowed, "{a:e} is not {b:e}");
    Ok(())
}
