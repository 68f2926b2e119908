//! Ordinary least squares.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::householder;
use faer::linalg::qr::no_pivoting::factor;
use faer::{Conj, Mat, Par, Spec};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use thiserror::Error;

/// Why there is no least squares fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LeastSquaresError {
    /// Columns are collinear, or more than the rows.
    #[error("column {column} of the design is a linear combination of the columns before it")]
    RankDeficient {
        /// The first such column, from 0.
        column: usize,
    },
    /// A missing or infinite value.
    #[error("row {row} of the design or the outcome is not finite")]
    NotFinite {
        /// The first such row, from 0.
        row: usize,
    },
    /// Design and outcome are of different length.
    #[error("the design has {design} rows and the outcome {outcome}")]
    LengthsDiffer {
        /// Rows of the design.
        design: usize,
        /// Length of the outcome.
        outcome: usize,
    },
}

/// A column counts as collinear when less than this share of its length is its own.
///
/// R's `lm` has the same bound. What passes it costs at most 7 of 16 digits.
pub const COLLINEAR: f64 = 1e-7;

/// 1 − h below which a leverage is 1.
const NO_LEEWAY: f64 = 1e-12;

/// A fit of y = X β + e by ordinary least squares: β̂ = (XᵀX)⁻¹ Xᵀy.
///
/// Agrees with R's `lm` and `estimatr::lm_robust` (`tests/reference/r/least_squares.R`).
#[derive(Clone, Debug)]
pub struct LeastSquares {
    /// β̂, one a column of the design.
    pub coefficients: Array1<f64>,
    /// y − X β̂.
    pub residuals: Array1<f64>,
    /// hᵢ = xᵢᵀ (XᵀX)⁻¹ xᵢ, from 0 to 1, with sum p.
    pub leverages: Array1<f64>,
    /// (XᵀX)⁻¹.
    pub inverse_gram: Array2<f64>,
    /// n − p; 0 where the fit is exact.
    pub residual_df: usize,
    /// Row i is (XᵀX)⁻¹ xᵢ: by how much each coefficient moves with yᵢ.
    pub sensitivities: Array2<f64>,
}

impl LeastSquares {
    /// Fits by Householder's QR factorization, on one thread.
    ///
    /// Columns are first scaled by powers of two, so that units decide neither the rank nor any
    /// digit. Collinear columns are refused, never dropped or solved around.
    ///
    /// # Shapes
    ///
    /// `x`: n × p, a row a participant, with its column of ones if there is an intercept. `y`: n.
    ///
    /// # Errors
    ///
    /// See [`LeastSquaresError`].
    pub fn fit(x: ArrayView2<f64>, y: ArrayView1<f64>) -> Result<Self, LeastSquaresError> {
        let (n, p) = x.dim();
        check(x, y)?;
        let scale: Array1<f64> = x.columns().into_iter().map(power_of_two).collect();
        let scaled = &x / &scale;
        let (q, r) = orthogonalize(&scaled)?;
        // Twice, so that the residuals are orthogonal to the design to the last digit.
        let once = q.t().dot(&y);
        let rough = &y - &q.dot(&once);
        let twice = q.t().dot(&rough);
        let residuals = &rough - &q.dot(&twice);
        let coefficients = solve_upper(&r, &once + &twice) / &scale;
        let mut sensitivities = Array2::zeros((n, p));
        for (row, mut to) in q.rows().into_iter().zip(sensitivities.rows_mut()) {
            to.assign(&(solve_upper(&r, row.to_owned()) / &scale));
        }
        let leverages = q.map_axis(Axis(1), |row| row.dot(&row).min(1.0));
        let inverse_gram = inverse_gram(&r, &scale);
        Ok(Self {
            coefficients,
            residuals,
            leverages,
            inverse_gram,
            residual_df: n - p,
            sensitivities,
        })
    }

    /// σ̂² = Σ eᵢ² / (n − p); none where n = p.
    pub fn residual_variance(&self) -> Option<f64> {
        let squares = self.residuals.dot(&self.residuals);
        (self.residual_df > 0).then(|| squares / self.residual_df as f64)
    }

    /// Covariance of the coefficients, robust to unequal variances: HC2.
    ///
    /// (XᵀX)⁻¹ [Σ xᵢ xᵢᵀ eᵢ²/(1 − hᵢ)] (XᵀX)⁻¹ (doi:10.1016/0304-4076(85)90158-7). With an arm dummy
    /// alone it is Neyman's s₁²/n₁ + s₀²/n₀ (Samii and Aronow 2012,
    /// doi:10.1016/j.spl.2011.10.024).
    ///
    /// A participant of leverage 1, such as the only one of a stratum with its own dummy, has
    /// residual 0 whatever the outcome and eᵢ²/(1 − hᵢ) is 0/0. It adds nothing here, as in
    /// `estimatr::lm_robust`. For coefficients that do not move with that participant's outcome
    /// this is exact; the variance of the others, which are
    /// [`determined_by_one`](Self::determined_by_one), cannot be estimated and is too small.
    pub fn hc2_covariance(&self) -> Array2<f64> {
        let p = self.coefficients.len();
        let mut covariance = Array2::zeros((p, p));
        for (i, row) in self.sensitivities.rows().into_iter().enumerate() {
            if self.has_leverage_one(i) {
                continue;
            }
            let weight = self.residuals[i] * self.residuals[i] / (1.0 - self.leverages[i]);
            for j in 0..p {
                for k in 0..=j {
                    covariance[[j, k]] += weight * row[j] * row[k];
                }
            }
        }
        for j in 0..p {
            for k in 0..j {
                covariance[[k, j]] = covariance[[j, k]];
            }
        }
        covariance
    }

    /// The coefficients that move with the outcome of a participant of leverage 1: their
    /// [`hc2_covariance`](Self::hc2_covariance) leaves that participant's share out.
    pub fn determined_by_one(&self) -> Vec<usize> {
        let alone: Vec<usize> =
            (0..self.leverages.len()).filter(|&i| self.has_leverage_one(i)).collect();
        (0..self.coefficients.len())
            .filter(|&j| {
                let smallest = 1e-8 * self.inverse_gram[[j, j]].sqrt();
                alone.iter().any(|&i| self.sensitivities[[i, j]].abs() > smallest)
            })
            .collect()
    }

    fn has_leverage_one(&self, row: usize) -> bool {
        1.0 - self.leverages[row] <= NO_LEEWAY
    }
}

fn check(x: ArrayView2<f64>, y: ArrayView1<f64>) -> Result<(), LeastSquaresError> {
    let (design, outcome) = (x.nrows(), y.len());
    if design != outcome {
        return Err(LeastSquaresError::LengthsDiffer { design, outcome });
    }
    let finite =
        |(row, y): (ArrayView1<f64>, &f64)| y.is_finite() && row.iter().all(|x| x.is_finite());
    match x.rows().into_iter().zip(y).position(|pair| !finite(pair)) {
        Some(row) => Err(LeastSquaresError::NotFinite { row }),
        None => Ok(()),
    }
}

/// The power of two below the largest absolute value, to divide by without rounding; 1 for zeros.
fn power_of_two(column: ArrayView1<f64>) -> f64 {
    const EXPONENT: u64 = 0x7ff0_0000_0000_0000;
    let largest = column.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    if largest < f64::MIN_POSITIVE { 1.0 } else { f64::from_bits(largest.to_bits() & EXPONENT) }
}

/// Q (n × p, orthonormal columns) and R (p × p, upper triangular) with X = Q R.
fn orthogonalize(x: &Array2<f64>) -> Result<(Array2<f64>, Array2<f64>), LeastSquaresError> {
    let (n, p) = x.dim();
    let size = n.min(p);
    let mut packed = Mat::from_fn(n, p, |i, j| x[[i, j]]);
    let block = factor::recommended_block_size::<f64>(n, p);
    let mut reflections = Mat::zeros(block, size);
    let parallelism = Par::Seq;
    if size > 0 {
        let need = factor::qr_in_place_scratch::<f64>(n, p, block, parallelism, Spec::default());
        factor::qr_in_place(
            packed.as_mut(),
            reflections.as_mut(),
            parallelism,
            MemStack::new(&mut MemBuffer::new(need)),
            Spec::default(),
        );
    }
    for column in 0..p {
        let length = x.column(column).dot(&x.column(column)).sqrt();
        let own = if column < n { packed[(column, column)].abs() } else { 0.0 };
        if own.is_nan() || own <= COLLINEAR * length {
            return Err(LeastSquaresError::RankDeficient { column });
        }
    }
    let mut q = Mat::identity(n, p);
    if size > 0 {
        let need = householder::apply_block_householder_sequence_on_the_left_in_place_scratch::<f64>(
            n, block, p,
        );
        householder::apply_block_householder_sequence_on_the_left_in_place_with_conj(
            packed.as_ref(),
            reflections.as_ref(),
            Conj::No,
            q.as_mut(),
            parallelism,
            MemStack::new(&mut MemBuffer::new(need)),
        );
    }
    let q = Array2::from_shape_fn((n, p), |(i, j)| q[(i, j)]);
    let r = Array2::from_shape_fn((p, p), |(i, j)| if i <= j { packed[(i, j)] } else { 0.0 });
    Ok((q, r))
}

/// The z with R z = `right`, R upper triangular.
fn solve_upper(r: &Array2<f64>, right: Array1<f64>) -> Array1<f64> {
    let mut z = right;
    for i in (0..z.len()).rev() {
        let after: f64 = (i + 1..z.len()).map(|k| r[[i, k]] * z[k]).sum();
        z[i] = (z[i] - after) / r[[i, i]];
    }
    z
}

/// (XᵀX)⁻¹ = S⁻¹ R⁻¹ R⁻ᵀ S⁻¹, where X = Q R S and S is the scale.
fn inverse_gram(r: &Array2<f64>, scale: &Array1<f64>) -> Array2<f64> {
    let p = scale.len();
    let mut inverse = Array2::<f64>::zeros((p, p));
    for j in 0..p {
        let mut unit = Array1::zeros(p);
        unit[j] = 1.0;
        inverse.column_mut(j).assign(&(solve_upper(r, unit) / scale));
    }
    inverse.dot(&inverse.t())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{arr1, arr2, array};

    #[test]
    fn two_arms_give_neyman() {
        let x = arr2(&[[1.0, 1.0], [1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]);
        let y = arr1(&[3.0, 5.0, 0.0, 1.0, 5.0]);
        let fit = LeastSquares::fit(x.view(), y.view()).unwrap();
        assert!((&fit.coefficients - &array![2.0, 2.0]).iter().all(|d| d.abs() < 1e-14));
        // 2/2 + 7/3: the arms' variances over their sizes.
        assert!((fit.hc2_covariance()[[1, 1]] - (1.0 + 7.0 / 3.0)).abs() < 1e-14);
        assert!((fit.leverages.sum() - 2.0).abs() < 1e-14);
        assert_eq!(fit.residual_df, 3);
        assert!(fit.determined_by_one().is_empty());
    }

    #[test]
    fn columns_of_any_size_are_fitted() {
        let fit = |unit: f64| {
            let x = array![[1.0, 0.3], [1.0, 0.7], [1.0, -0.4], [1.0, 0.1]] * array![1.0, unit];
            LeastSquares::fit(x.view(), array![1.0, 4.0, 2.0, 7.0].view()).unwrap().coefficients
        };
        for unit in [f64::from_bits(0x7d00_0000_0000_0000), 1.0 / 1_073_741_824.0] {
            assert_eq!(fit(unit)[0].to_bits(), fit(1.0)[0].to_bits());
            assert_eq!((fit(unit)[1] * unit).to_bits(), fit(1.0)[1].to_bits());
        }
    }

    #[test]
    fn the_collinear_column_is_named() {
        let fit = |x: Array2<f64>| {
            let y = Array1::from_iter((0..x.nrows()).map(|i| i as f64));
            LeastSquares::fit(x.view(), y.view()).map(|_| ()).unwrap_err()
        };
        let named = |column| LeastSquaresError::RankDeficient { column };
        let dummies = arr2(&[
            [1.0, 1.0, 0.0, 3.0],
            [1.0, 0.0, 1.0, 1.0],
            [1.0, 1.0, 0.0, 4.0],
            [1.0, 0.0, 1.0, 1.0],
            [1.0, 0.0, 1.0, 5.0],
        ]);
        assert_eq!(fit(dummies), named(2));
        assert_eq!(fit(arr2(&[[0.0, 1.0], [0.0, 2.0]])), named(0));
        assert_eq!(fit(arr2(&[[1.0, 1.0, 7.0], [1.0, 2.0, 3.0]])), named(2));
        assert_eq!(fit(Array2::zeros((0, 1))), named(0));
        let almost = Array2::from_shape_fn((6, 2), |(i, j)| 1.0 + 1e-9 * (i * j) as f64);
        assert_eq!(fit(almost), named(1));
    }

    #[test]
    fn values_that_are_no_numbers_are_named() {
        let x = arr2(&[[1.0], [f64::NAN], [1.0]]);
        let y = arr1(&[1.0, 2.0, f64::INFINITY]);
        let fit = |x: ArrayView2<f64>, y: ArrayView1<f64>| {
            LeastSquares::fit(x, y).map(|_| ()).unwrap_err()
        };
        assert_eq!(fit(x.view(), y.view()), LeastSquaresError::NotFinite { row: 1 });
        let two = arr1(&[1.0, 2.0]);
        assert_eq!(
            fit(x.view(), two.view()),
            LeastSquaresError::LengthsDiffer { design: 3, outcome: 2 }
        );
    }

    #[test]
    fn an_exact_fit_has_no_variance() {
        let x = arr2(&[[1.0, 0.0], [1.0, 1.0]]);
        let fit = LeastSquares::fit(x.view(), arr1(&[1.0, 3.0]).view()).unwrap();
        assert_eq!((fit.residual_df, fit.residual_variance()), (0, None));
        assert_eq!(fit.determined_by_one(), [0, 1]);
        assert!(fit.hc2_covariance().iter().all(|v| v.abs() < 1e-300));
    }
}
