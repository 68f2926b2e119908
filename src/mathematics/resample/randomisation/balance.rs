//! Whether covariates together are as balanced as the randomisation makes them.

use ndarray::{Array2, ArrayView2};
use thiserror::Error;

use super::column_sums::ColumnSums;
use super::design::{Assignment, RandomisationDesign};
use crate::numeric::chi_squared_test::ChiSquaredTest;

/// Of a covariate's variance under the design, what must remain given the covariates before it.
const SMALLEST_SHARE: f64 = 1e-12;

/// Why covariates have no omnibus statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OmnibusBalanceError {
    /// A missing or infinite value.
    #[error("covariate {column} of participant {row} is not finite")]
    NotFinite {
        /// The participant, from 0.
        row: usize,
        /// The covariate, from 0.
        column: usize,
    },
    /// No covariate varies within a group in which both arms were allocated.
    #[error("no covariate can be out of balance under the design")]
    NoVariation,
}

/// The distance of the arms in all covariates at once.
///
/// ```text
/// d²(z) = t' S⁻¹ t,   t = Σ_{i: zᵢ = 1} (xᵢ − x̄_b(i)),
/// S     = Σ_b k_b (n_b − k_b) / (n_b (n_b − 1)) Σ_{i ∈ b} (xᵢ − x̄_b)(xᵢ − x̄_b)'
/// ```
///
/// `x̄_b` is the mean of the covariates in group b of the design, of whose `n_b` participants `k_b`
/// get the intervention. S is the covariance of t over all assignments of the design, not an
/// estimate of it; t adds the groups' differences of means with weights `k_b (n_b − k_b) / n_b`.
/// Large samples give d² the χ² distribution on as many degrees of freedom as S has rank.
///
/// # Conventions
///
/// A covariate that is a linear combination of those before it, within groups, adds nothing and is
/// listed in [`dropped`](Self::dropped). d² does not depend on their order or units. Large d² is
/// imbalance: the p-value is [`greater`](super::distribution::RandomisationDistribution::greater).
///
/// # References
///
/// - Hansen BB, Bowers J (2008). *Statistical Science* 23:219–236, doi:10.1214/08-STS254.
/// - S agrees with the covariance over enumerated assignments, d² and its p-value with R:
///   `tests/reference/r/randomisation.R`.
#[derive(Clone, Debug, PartialEq)]
pub struct OmnibusBalance {
    /// Covariates centred in groups, times a root of S⁻¹: their sums are uncorrelated.
    whitened: ColumnSums,
    dropped: Vec<usize>,
}

impl OmnibusBalance {
    /// `covariates`: a row for each participant of the design, nothing missing.
    ///
    /// # Errors
    ///
    /// [`OmnibusBalanceError`].
    ///
    /// # Panics
    ///
    /// If there is not one row a participant.
    pub fn new(
        design: &RandomisationDesign,
        covariates: ArrayView2<'_, f64>,
    ) -> Result<Self, OmnibusBalanceError> {
        assert_eq!(covariates.nrows(), design.n_participants(), "one row a participant");
        if let Some(((row, column), _)) = covariates.indexed_iter().find(|(_, x)| !x.is_finite()) {
            return Err(OmnibusBalanceError::NotFinite { row, column });
        }
        let weights = weights_of_groups(design);
        let (mut whitened, mut dropped) = (Vec::<Vec<f64>>::new(), Vec::new());
        let inner = |x: &[f64], y: &[f64]| -> f64 {
            x.iter().zip(y).zip(&weights).map(|((x, y), weight)| weight * x * y).sum()
        };
        for column in 0..covariates.ncols() {
            let raw: Vec<f64> = covariates.column(column).to_vec();
            let mut own = centred(design, &raw);
            let size = inner(&raw, &raw);
            // Twice, so that the sums are uncorrelated to the last digit.
            for _ in 0..2 {
                for other in &whitened {
                    let shared = inner(&own, other);
                    own.iter_mut().zip(other).for_each(|(x, y)| *x -= shared * y);
                }
            }
            let left = inner(&own, &own);
            let centred_size = {
                let c = centred(design, &raw);
                inner(&c, &c)
            };
            // A constant's rounding is measured against the constant.
            if left > SMALLEST_SHARE * centred_size && left > f64::EPSILON * f64::EPSILON * size {
                let root = left.sqrt();
                for x in &mut own {
                    *x /= root;
                }
                whitened.push(own);
            } else {
                dropped.push(column);
            }
        }
        if whitened.is_empty() {
            return Err(OmnibusBalanceError::NoVariation);
        }
        Ok(Self { whitened: ColumnSums::new(design.n_participants(), &whitened), dropped })
    }

    /// The rank of S.
    pub fn df(&self) -> usize {
        self.whitened.n_columns()
    }

    /// The covariates (from 0) that the ones before them determine within groups.
    pub fn dropped(&self) -> &[usize] {
        &self.dropped
    }

    /// Working memory for a thread.
    pub fn scratch(&self) -> Vec<f64> {
        vec![0.0; self.whitened.padded_len()]
    }

    /// d² under an assignment. `scratch` is from [`scratch`](Self::scratch).
    pub fn evaluate(&self, assignment: &Assignment, scratch: &mut [f64]) -> f64 {
        self.whitened.write(assignment.treated(), scratch);
        scratch.iter().map(|sum| sum * sum).sum()
    }

    /// d² of the observed assignment, held against χ².
    pub fn chi_squared(&self, design: &RandomisationDesign) -> ChiSquaredTest {
        let statistic = self.evaluate(design.observed(), &mut self.scratch());
        ChiSquaredTest::new(statistic, self.df())
    }
}

/// The covariance of the sums t over all assignments.
///
/// # Panics
///
/// If there is not one row a participant.
pub fn covariance_under_design(
    design: &RandomisationDesign,
    covariates: ArrayView2<'_, f64>,
) -> Array2<f64> {
    assert_eq!(covariates.nrows(), design.n_participants(), "one row a participant");
    let weights = weights_of_groups(design);
    let columns: Vec<Vec<f64>> =
        covariates.columns().into_iter().map(|column| centred(design, &column.to_vec())).collect();
    Array2::from_shape_fn((columns.len(), columns.len()), |(j, k)| {
        let products = columns[j].iter().zip(&columns[k]).zip(&weights);
        products.map(|((x, y), weight)| weight * x * y).sum()
    })
}

/// k (n − k) / (n (n − 1)) of each participant's group; 0 of a group of one.
fn weights_of_groups(design: &RandomisationDesign) -> Vec<f64> {
    let mut weights = vec![0.0; design.n_participants()];
    for (members, n_treated) in design.groups().filter(|(members, _)| members.len() > 1) {
        let (n, k) = (members.len() as f64, n_treated as f64);
        let weight = k / n * ((n - k) / (n - 1.0));
        for &i in members {
            weights[i as usize] = weight;
        }
    }
    weights
}

/// Values less the mean of their group.
fn centred(design: &RandomisationDesign, values: &[f64]) -> Vec<f64> {
    let mut own = values.to_vec();
    for (members, _) in design.groups() {
        let sum: f64 = members.iter().map(|&i| values[i as usize]).sum();
        let mean = sum / members.len() as f64;
        for &i in members {
            own[i as usize] -= mean;
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::arm::Arm::{Control as C, Intervention as I};
    use ndarray::{Array1, array};

    #[test]
    fn covariates_that_others_determine_are_dropped_and_change_nothing() {
        let design = RandomisationDesign::new(&[0, 0, 0, 0, 1, 1], &[I, C, I, C, C, I]).unwrap();
        let two = array![[1.0, 3.0], [2.0, 1.0], [4.0, 1.5], [0.5, 2.0], [7.0, 1.0], [2.0, 0.0]];
        // The first and last are constant within groups, the fourth a combination.
        let more = Array2::from_shape_fn((6, 5), |(i, j)| match j {
            0 => 0.1 + 3.0 * (i / 4) as f64,
            1 => two[[i, 0]] * 1e6,
            2 => two[[i, 1]] * 1e-3,
            3 => two[[i, 0]] - 2.0 * two[[i, 1]] + (i / 4) as f64,
            _ => 1e9,
        });
        let few = OmnibusBalance::new(&design, two.view()).unwrap();
        let many = OmnibusBalance::new(&design, more.view()).unwrap();
        assert_eq!((few.df(), many.df(), many.dropped()), (2, 2, &[0, 3, 4][..]));
        let off = few.chi_squared(&design).statistic - many.chi_squared(&design).statistic;
        assert!(off.abs() < 1e-10);
    }

    #[test]
    fn covariates_without_statistic_are_named() {
        let design = RandomisationDesign::new(&[0, 0, 1], &[I, C, C]).unwrap();
        let of = |x: [f64; 3]| {
            let column = Array1::from(x.to_vec()).insert_axis(ndarray::Axis(1));
            OmnibusBalance::new(&design, column.view()).map(|_| ())
        };
        assert_eq!(of([2.0, 2.0, 5.0]), Err(OmnibusBalanceError::NoVariation));
        let missing = OmnibusBalanceError::NotFinite { row: 1, column: 0 };
        assert_eq!(of([2.0, f64::NAN, 5.0]), Err(missing));
    }
}
