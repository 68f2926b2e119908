//! Symmetric positive definite systems: covariances and information matrices.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use thiserror::Error;

/// A matrix that is not positive definite to working precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotPositiveDefinite {
    /// A leading minor is not positive.
    #[error("row {row} of the matrix is a linear combination of the rows before it, or not finite")]
    Row {
        /// The first row (from 0) that adds nothing to those before it.
        row: usize,
    },
    /// Not square, or not as long as the vector.
    #[error("a {rows} by {columns} matrix with a vector of length {length}")]
    Shape {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
        /// Length of the vector.
        length: usize,
    },
}

/// Of the variance of a row, what must remain given the rows before it: p · 1e-14 of it.
///
/// Below, rounding decides the sign.
const SMALLEST_SHARE: f64 = 1e-14;

/// Cholesky's factorization V = s L Lᵀ s, where s holds the square roots of the diagonal.
///
/// The scaling makes the test of definiteness the same in whatever units the rows are.
#[derive(Clone, Debug)]
pub struct Cholesky {
    scale: Array1<f64>,
    lower: Array2<f64>,
}

impl Cholesky {
    /// Factorizes a symmetric matrix, of which only the lower triangle is read.
    ///
    /// # Errors
    ///
    /// [`NotPositiveDefinite::Row`] names the first row without a variance of its own,
    /// [`NotPositiveDefinite::Shape`] a matrix that is not square.
    pub fn new(matrix: ArrayView2<f64>) -> Result<Self, NotPositiveDefinite> {
        let (rows, columns) = matrix.dim();
        if rows != columns {
            return Err(NotPositiveDefinite::Shape { rows, columns, length: rows });
        }
        let scale = matrix.diag().mapv(f64::sqrt);
        if let Some(row) = scale.iter().position(|s| !(s.is_finite() && *s > 0.0)) {
            return Err(NotPositiveDefinite::Row { row });
        }
        let mut lower = Array2::<f64>::zeros((rows, rows));
        for i in 0..rows {
            for j in 0..=i {
                let before: f64 = (0..j).map(|k| lower[[i, k]] * lower[[j, k]]).sum();
                let rest = matrix[[i, j]] / scale[i] / scale[j] - before;
                if i != j {
                    lower[[i, j]] = rest / lower[[j, j]];
                } else if rest > SMALLEST_SHARE * rows as f64 {
                    lower[[i, i]] = rest.sqrt();
                } else {
                    return Err(NotPositiveDefinite::Row { row: i });
                }
            }
        }
        Ok(Self { scale, lower })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.scale.len()
    }

    /// Whether the matrix has no rows.
    pub fn is_empty(&self) -> bool {
        self.scale.is_empty()
    }

    /// The x with s L x = `right`: uncorrelated and of unit variance if `right` has covariance V.
    ///
    /// `right` is as long as the matrix has rows.
    fn whiten(&self, right: ArrayView1<f64>) -> Array1<f64> {
        let mut x = &right / &self.scale;
        for i in 0..x.len() {
            let before: f64 = (0..i).map(|k| self.lower[[i, k]] * x[k]).sum();
            x[i] = (x[i] - before) / self.lower[[i, i]];
        }
        x
    }

    /// The x with V x = `right`.
    ///
    /// # Errors
    ///
    /// [`NotPositiveDefinite::Shape`] if the lengths differ.
    pub fn solve(&self, right: ArrayView1<f64>) -> Result<Array1<f64>, NotPositiveDefinite> {
        self.check_length(right.len())?;
        let mut x = self.whiten(right);
        for i in (0..x.len()).rev() {
            let after: f64 = (i + 1..x.len()).map(|k| self.lower[[k, i]] * x[k]).sum();
            x[i] = (x[i] - after) / self.lower[[i, i]];
        }
        Ok(x / &self.scale)
    }

    /// V⁻¹.
    pub fn inverse(&self) -> Array2<f64> {
        let n = self.len();
        // The columns of V⁻¹ = Wᵀ W, with the columns of W the whitened unit vectors.
        let mut whitened = Array2::<f64>::zeros((n, n));
        for j in 0..n {
            let mut unit = Array1::zeros(n);
            unit[j] = 1.0;
            whitened.column_mut(j).assign(&self.whiten(unit.view()));
        }
        Array2::from_shape_fn((n, n), |(i, j)| {
            (i.max(j)..n).map(|k| whitened[[k, i]] * whitened[[k, j]]).sum()
        })
    }

    fn check_length(&self, length: usize) -> Result<(), NotPositiveDefinite> {
        let rows = self.len();
        if rows == length {
            return Ok(());
        }
        Err(NotPositiveDefinite::Shape { rows, columns: rows, length })
    }
}

/// The x with V x = `right`, V symmetric positive definite: `matrix`.
///
/// # Errors
///
/// See [`NotPositiveDefinite`].
pub fn solve_symmetric(
    matrix: ArrayView2<f64>,
    right: ArrayView1<f64>,
) -> Result<Array1<f64>, NotPositiveDefinite> {
    Cholesky::new(matrix)?.solve(right)
}

/// Wald's statistic bᵀ V⁻¹ b of estimates b with covariance V.
///
/// Under b = 0 it is χ² with as many degrees of freedom as b has elements.
///
/// # Errors
///
/// See [`NotPositiveDefinite`]: a covariance of lower rank has no such statistic.
pub fn wald_statistic(
    estimates: ArrayView1<f64>,
    covariance: ArrayView2<f64>,
) -> Result<f64, NotPositiveDefinite> {
    let factor = Cholesky::new(covariance)?;
    factor.check_length(estimates.len())?;
    Ok(factor.whiten(estimates).iter().map(|x| x * x).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{arr1, arr2};

    #[test]
    fn a_wald_statistic_in_whole_numbers() {
        // [4 2; 2 3] has inverse [3 −2; −2 4] / 8.
        let v = arr2(&[[4.0, 2.0], [2.0, 3.0]]);
        let b = arr1(&[1.0, 3.0]);
        let got = wald_statistic(b.view(), v.view()).unwrap();
        assert!((got - 27.0 / 8.0).abs() < 1e-14, "{got}");
        let x = solve_symmetric(v.view(), b.view()).unwrap();
        assert!((&x - &arr1(&[-3.0 / 8.0, 10.0 / 8.0])).iter().all(|d| d.abs() < 1e-15), "{x}");
        let inverse = Cholesky::new(v.view()).unwrap().inverse();
        let want = arr2(&[[3.0, -2.0], [-2.0, 4.0]]) / 8.0;
        assert!((inverse - want).iter().all(|d| d.abs() < 1e-15));
    }

    #[test]
    fn singular_indefinite_and_misshapen_are_refused() {
        let refuse = |m: &[[f64; 2]; 2]| Cholesky::new(arr2(m).view()).map(|_| ()).unwrap_err();
        assert_eq!(refuse(&[[1.0, 2.0], [2.0, 4.0]]), NotPositiveDefinite::Row { row: 1 });
        assert_eq!(refuse(&[[1.0, 2.0], [2.0, 1.0]]), NotPositiveDefinite::Row { row: 1 });
        assert_eq!(refuse(&[[0.0, 0.0], [0.0, 1.0]]), NotPositiveDefinite::Row { row: 0 });
        assert_eq!(
            refuse(&[[1.0, f64::NAN], [f64::NAN, 1.0]]),
            NotPositiveDefinite::Row { row: 1 }
        );
        let wide = Array2::<f64>::zeros((2, 3));
        assert!(matches!(Cholesky::new(wide.view()), Err(NotPositiveDefinite::Shape { .. })));
        let unit = Array2::<f64>::eye(2);
        assert!(wald_statistic(arr1(&[1.0]).view(), unit.view()).is_err());
    }

    #[test]
    fn units_do_not_decide_definiteness() {
        let v = arr2(&[[1e-40, 0.0], [0.0, 1e40]]);
        let got = wald_statistic(arr1(&[1e-20, 1e20]).view(), v.view()).unwrap();
        assert!((got - 2.0).abs() < 1e-14);
    }
}
