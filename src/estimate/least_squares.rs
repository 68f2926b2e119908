//! Least squares by orthogonalisation.

use ndarray::{Array1, Array2, ArrayView1, Axis};

/// A column whose norm falls below this share under orthogonalisation depends on the others.
const DEPENDENT: f64 = 1e-10;

/// Coefficients, residuals, leverages and what the covariance needs.
pub(super) struct Fit {
    pub(super) coefficients: Vec<f64>,
    residuals: Vec<f64>,
    leverages: Vec<f64>,
    q: Array2<f64>,
    r: Array2<f64>,
}

impl Fit {
    /// Fits y on the columns of x; none where they are linearly dependent.
    pub(super) fn new(x: &Array2<f64>, y: &[f64]) -> Option<Self> {
        let p = x.ncols();
        let mut q = x.clone();
        let mut r = Array2::zeros((p, p));
        for j in 0..p {
            let norm = x.column(j).dot(&x.column(j)).sqrt();
            // Twice is enough for orthogonality to rounding.
            for _ in 0..2 {
                for k in 0..j {
                    let along = q.column(k).dot(&q.column(j));
                    let projection = &q.column(k) * along;
                    q.column_mut(j).zip_mut_with(&projection, |a, b| *a -= b);
                    r[[k, j]] += along;
                }
            }
            let left = q.column(j).dot(&q.column(j)).sqrt();
            if left <= DEPENDENT * norm {
                return None;
            }
            q.column_mut(j).mapv_inplace(|a| a / left);
            r[[j, j]] = left;
        }
        let y = ArrayView1::from(y);
        let along = q.t().dot(&y);
        let residuals = (&y - &q.dot(&along)).to_vec();
        let leverages = q.map_axis(Axis(1), |row| row.dot(&row)).to_vec();
        let coefficients = back_substitute(&r, along).to_vec();
        Some(Self { coefficients, residuals, leverages, q, r })
    }

    /// The HC2 covariance of the coefficients; none where a leverage is 1.
    pub(super) fn hc2(&self) -> Option<Array2<f64>> {
        let mut scaled = self.q.clone();
        for (mut row, (e, h)) in
            scaled.rows_mut().into_iter().zip(self.residuals.iter().zip(&self.leverages))
        {
            if *h > 1.0 - DEPENDENT {
                return None;
            }
            row.mapv_inplace(|a| a * e / (1.0 - h).sqrt());
        }
        // R⁻¹ applied to the columns of scaled': each participant's share in each coefficient.
        let mut shares = Array2::zeros((self.r.ncols(), scaled.nrows()));
        for (i, row) in scaled.rows().into_iter().enumerate() {
            shares.column_mut(i).assign(&back_substitute(&self.r, row.to_owned()));
        }
        Some(shares.dot(&shares.t()))
    }
}

fn back_substitute(r: &Array2<f64>, mut b: Array1<f64>) -> Array1<f64> {
    for i in (0..b.len()).rev() {
        for j in i + 1..b.len() {
            b[i] -= r[[i, j]] * b[j];
        }
        b[i] /= r[[i, i]];
    }
    b
}

/// b' A⁻¹ b for a symmetric positive definite A; none where it is not.
pub(super) fn quadratic_form(mut a: Array2<f64>, b: &[f64]) -> Option<f64> {
    let mut whitened = b.to_vec();
    for j in 0..b.len() {
        let before = a[[j, j]];
        for k in 0..j {
            a[[j, j]] -= a[[j, k]] * a[[j, k]];
            whitened[j] -= a[[j, k]] * whitened[k];
        }
        if a[[j, j]] <= DEPENDENT * before {
            return None;
        }
        a[[j, j]] = a[[j, j]].sqrt();
        whitened[j] /= a[[j, j]];
        for i in j + 1..b.len() {
            for k in 0..j {
                a[[i, j]] -= a[[i, k]] * a[[j, k]];
            }
            a[[i, j]] /= a[[j, j]];
        }
    }
    Some(whitened.iter().map(|w| w * w).sum())
}
