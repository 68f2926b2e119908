//! Least squares, plain and weighted.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::householder;
use faer::linalg::qr::no_pivoting::factor;
use faer::{Conj, Mat, MatMut, MatRef, Par, Spec};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ShapeBuilder as _};
use thiserror::Error;

use super::weights::SamplingWeights;

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

/// A fit of y = X β + e by least squares: β̂ = (XᵀWX)⁻¹ Xᵀ W y, W the diagonal of weights, or 1.
///
/// Agrees with R's `lm` and `estimatr::lm_robust` (`tests/reference/r/least_squares.R`,
/// `tests/reference/r/adjusted.R`).
#[derive(Clone, Debug)]
pub struct LeastSquares {
    /// β̂, one a column of the design.
    pub coefficients: Array1<f64>,
    /// y − X β̂, not weighted.
    pub residuals: Array1<f64>,
    /// hᵢ = wᵢ xᵢᵀ (XᵀWX)⁻¹ xᵢ, from 0 to 1, with sum p.
    pub leverages: Array1<f64>,
    /// (XᵀWX)⁻¹.
    pub inverse_gram: Array2<f64>,
    /// n − p; 0 where the fit is exact.
    pub residual_df: usize,
    /// Q, n × p with orthonormal columns, of √W X = Q R; each column lies together in memory.
    pub(super) basis: Array2<f64>,
    /// R⁻¹, so that β̂ = R⁻¹ Qᵀ √W y.
    pub(super) from_basis: Array2<f64>,
    /// √wᵢ; none where all weigh the same.
    pub(super) root_weights: Option<Array1<f64>>,
}

impl LeastSquares {
    /// Fits by Householder's QR factorization, on one thread.
    ///
    /// Columns are first scaled by powers of two, so that units decide neither the rank nor any
    /// digit. Collinear columns are refused, never dropped or solved around. Twice the design is
    /// needed as memory, beside the design itself.
    ///
    /// # Shapes
    ///
    /// `x`: n × p, a row a participant, with its column of ones if there is an intercept. `y`: n.
    ///
    /// # Errors
    ///
    /// See [`LeastSquaresError`].
    pub fn fit(x: ArrayView2<f64>, y: ArrayView1<f64>) -> Result<Self, LeastSquaresError> {
        Self::fit_rooted(x, y, None)
    }

    /// Fits with sampling weights: minimises Σ wᵢ (yᵢ − xᵢᵀβ)².
    ///
    /// A factor common to all weights changes nothing but [`inverse_gram`](Self::inverse_gram) and
    /// [`residual_variance`](Self::residual_variance).
    ///
    /// # Errors
    ///
    /// See [`LeastSquaresError`]; there must be as many weights as outcomes.
    pub fn fit_weighted(
        x: ArrayView2<f64>,
        y: ArrayView1<f64>,
        weights: SamplingWeights<'_>,
    ) -> Result<Self, LeastSquaresError> {
        if weights.values().len() != y.len() {
            let (design, outcome) = (weights.values().len(), y.len());
            return Err(LeastSquaresError::LengthsDiffer { design, outcome });
        }
        Self::fit_rooted(x, y, Some(weights.values().iter().map(|w| w.sqrt()).collect()))
    }

    fn fit_rooted(
        x: ArrayView2<f64>,
        y: ArrayView1<f64>,
        root_weights: Option<Array1<f64>>,
    ) -> Result<Self, LeastSquaresError> {
        let (n, p) = x.dim();
        check(x, y)?;
        let mut scaled = Array2::zeros((n, p).f());
        scaled.assign(&x);
        let mut outcome = y.to_owned();
        if let Some(roots) = &root_weights {
            scaled.columns_mut().into_iter().for_each(|mut column| column *= roots);
            outcome *= roots;
        }
        let scale: Array1<f64> = scaled.columns().into_iter().map(power_of_two).collect();
        scaled /= &scale;
        let (basis, r) = orthogonalize(scaled)?;
        let along = take_out(&basis, &mut outcome);
        let mut residuals = outcome;
        if let Some(roots) = &root_weights {
            residuals /= roots;
        }
        let coefficients = solve_upper(&r, along) / &scale;
        let mut leverages = Array1::<f64>::zeros(n);
        for column in basis.columns() {
            leverages.zip_mut_with(&column, |h, q| *h += q * q);
        }
        leverages.mapv_inplace(|h| h.min(1.0));
        let from_basis = inverse_upper(&r, &scale);
        Ok(Self {
            coefficients,
            residuals,
            leverages,
            inverse_gram: from_basis.dot(&from_basis.t()),
            residual_df: n - p,
            basis,
            from_basis,
            root_weights,
        })
    }

    /// σ̂² = Σ wᵢ eᵢ² / (n − p); none where n = p.
    pub fn residual_variance(&self) -> Option<f64> {
        let squares = match &self.root_weights {
            Some(roots) => (&self.residuals * roots).mapv(|e| e * e).sum(),
            None => self.residuals.dot(&self.residuals),
        };
        (self.residual_df > 0).then(|| squares / self.residual_df as f64)
    }

    /// Residuals of another outcome on the same design, with the same weights.
    ///
    /// # Errors
    ///
    /// [`LeastSquaresError::NotFinite`] and [`LeastSquaresError::LengthsDiffer`].
    pub fn residuals_of(&self, y: ArrayView1<f64>) -> Result<Array1<f64>, LeastSquaresError> {
        let (design, outcome) = (self.residuals.len(), y.len());
        if design != outcome {
            return Err(LeastSquaresError::LengthsDiffer { design, outcome });
        }
        if let Some(row) = y.iter().position(|y| !y.is_finite()) {
            return Err(LeastSquaresError::NotFinite { row });
        }
        let mut residuals = y.to_owned();
        if let Some(roots) = &self.root_weights {
            residuals *= roots;
        }
        take_out(&self.basis, &mut residuals);
        if let Some(roots) = &self.root_weights {
            residuals /= roots;
        }
        Ok(residuals)
    }

    /// Q with orthonormal columns, of √W X = Q R: a row a participant, a column a column of the
    /// design.
    pub fn basis(&self) -> ArrayView2<'_, f64> {
        self.basis.view()
    }

    /// By how much a coefficient moves with each outcome: row j of (XᵀWX)⁻¹ Xᵀ W.
    pub fn sensitivities(&self, coefficient: usize) -> Array1<f64> {
        let mut moves = self.basis.dot(&self.from_basis.row(coefficient));
        if let Some(roots) = &self.root_weights {
            moves *= roots;
        }
        moves
    }

    /// The coefficients that move with the outcome of a participant of leverage 1: their
    /// [`robust_covariance`](Self::robust_covariance) leaves that participant's share out.
    pub fn determined_by_one(&self) -> Vec<usize> {
        let alone: Vec<usize> =
            (0..self.leverages.len()).filter(|&i| self.has_leverage_one(i)).collect();
        (0..self.coefficients.len())
            .filter(|&j| {
                let to = self.from_basis.row(j);
                let smallest = 1e-8 * to.dot(&to).sqrt();
                alone.iter().any(|&i| self.basis.row(i).dot(&to).abs() > smallest)
            })
            .collect()
    }

    pub(super) fn has_leverage_one(&self, row: usize) -> bool {
        1.0 - self.leverages[row] <= NO_LEEWAY
    }
}

/// Makes the outcome orthogonal to the basis, and says how much of each column it took out. Twice,
/// so that it is so to the last digit.
fn take_out(basis: &Array2<f64>, outcome: &mut Array1<f64>) -> Array1<f64> {
    let once = basis.t().dot(outcome);
    *outcome -= &basis.dot(&once);
    let twice = basis.t().dot(outcome);
    *outcome -= &basis.dot(&twice);
    once + twice
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
///
/// `x` has each column together in memory, and so has Q.
fn orthogonalize(x: Array2<f64>) -> Result<(Array2<f64>, Array2<f64>), LeastSquaresError> {
    let (n, p) = x.dim();
    let lengths: Vec<f64> = x.columns().into_iter().map(|c| c.dot(&c).sqrt()).collect();
    let factors = Reflected::new(x);
    for (column, length) in lengths.into_iter().enumerate() {
        let own = if column < n { factors.packed[[column, column]].abs() } else { 0.0 };
        if own.is_nan() || own <= COLLINEAR * length {
            return Err(LeastSquaresError::RankDeficient { column });
        }
    }
    let r =
        Array2::from_shape_fn((p, p), |(i, j)| if i <= j { factors.packed[[i, j]] } else { 0.0 });
    Ok((factors.basis(p), r))
}

/// Householder's factorization in place: R above the diagonal, the reflections below.
pub(super) struct Reflected {
    pub(super) packed: Array2<f64>,
    reflections: Mat<f64>,
}

impl Reflected {
    /// Factorizes a matrix whose columns each lie together in memory.
    pub(super) fn new(x: Array2<f64>) -> Self {
        let (n, p) = x.dim();
        let size = n.min(p);
        let block = factor::recommended_block_size::<f64>(n, p);
        let mut reflections = Mat::zeros(block, size);
        let mut packed = x;
        if size > 0 {
            let need = factor::qr_in_place_scratch::<f64>(n, p, block, Par::Seq, Spec::default());
            factor::qr_in_place(
                by_column(&mut packed),
                reflections.as_mut(),
                Par::Seq,
                MemStack::new(&mut MemBuffer::new(need)),
                Spec::default(),
            );
        }
        Self { packed, reflections }
    }

    /// The first `columns` of Q.
    pub(super) fn basis(&self, columns: usize) -> Array2<f64> {
        let n = self.packed.nrows();
        let mut q = Array2::zeros((n, columns).f());
        q.diag_mut().fill(1.0);
        let (size, block) = (self.reflections.ncols(), self.reflections.nrows());
        if size > 0 {
            let values = self.packed.as_slice_memory_order().unwrap_or_default();
            let packed = MatRef::from_column_major_slice(values, n, self.packed.ncols());
            let need = householder::apply_block_householder_sequence_on_the_left_in_place_scratch::<
                f64,
            >(n, block, columns);
            householder::apply_block_householder_sequence_on_the_left_in_place_with_conj(
                packed.subcols(0, size),
                self.reflections.as_ref(),
                Conj::No,
                by_column(&mut q),
                Par::Seq,
                MemStack::new(&mut MemBuffer::new(need)),
            );
        }
        q
    }
}

/// faer's view of a matrix whose columns each lie together in memory.
fn by_column(matrix: &mut Array2<f64>) -> MatMut<'_, f64> {
    let (rows, columns) = matrix.dim();
    let values = matrix.as_slice_memory_order_mut().unwrap_or_default();
    MatMut::from_column_major_slice_mut(values, rows, columns)
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

/// S⁻¹ R⁻¹, where X = Q R S and S is the scale.
fn inverse_upper(r: &Array2<f64>, scale: &Array1<f64>) -> Array2<f64> {
    let p = scale.len();
    let mut inverse = Array2::<f64>::zeros((p, p));
    for j in 0..p {
        let mut unit = Array1::zeros(p);
        unit[j] = 1.0;
        inverse.column_mut(j).assign(&(solve_upper(r, unit) / scale));
    }
    inverse
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
    fn another_outcome_has_the_residuals_of_its_own_fit() {
        let x = arr2(&[[1.0, 0.3], [1.0, 0.7], [1.0, -0.4], [1.0, 0.1]]);
        let (y, other) = (arr1(&[1.0, 4.0, 2.0, 7.0]), arr1(&[3.0, -1.0, 0.5, 2.0]));
        let weights = [1.0, 2.0, 0.5, 3.0];
        let weights = SamplingWeights::new(&weights).unwrap();
        let of = |y: &Array1<f64>| {
            [
                LeastSquares::fit(x.view(), y.view()).unwrap(),
                LeastSquares::fit_weighted(x.view(), y.view(), weights).unwrap(),
            ]
        };
        for (fit, own) in of(&y).iter().zip(of(&other)) {
            assert_eq!(fit.residuals_of(other.view()).unwrap(), own.residuals);
            let short = LeastSquaresError::LengthsDiffer { design: 4, outcome: 0 };
            assert_eq!(fit.residuals_of(arr1(&[]).view()).unwrap_err(), short);
            let not_finite = fit.residuals_of(arr1(&[0.0, f64::NAN, 0.0, 0.0]).view());
            assert_eq!(not_finite.unwrap_err(), LeastSquaresError::NotFinite { row: 1 });
        }
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
