//! A matrix rotated into as few rows as it has columns.

use ndarray::{Array2, ArrayView2, ShapeBuilder as _};

use super::least_squares::Reflected;

/// R of X = Q R, by Householder's reflections: upper triangular, with min(n, p) rows and p columns.
///
/// The columns of Q are orthonormal, so that ‖X c‖ = ‖R c‖ for every c: whatever least squares asks
/// of the n rows of X, it can ask of those of R. Where X is several matrices one above the other, R is also that of their own
/// triangles one above the other. No rank is needed. Values that are not finite stay so.
pub fn triangle(x: ArrayView2<f64>) -> Array2<f64> {
    let (n, p) = x.dim();
    let mut by_column = Array2::zeros((n, p).f());
    by_column.assign(&x);
    let packed = Reflected::new(by_column).packed;
    Array2::from_shape_fn((n.min(p), p), |(i, j)| if i <= j { packed[[i, j]] } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Axis, array, concatenate};

    fn gram(x: &Array2<f64>) -> Array2<f64> {
        x.t().dot(x)
    }

    #[test]
    fn a_triangle_has_the_lengths_and_angles_of_its_matrix() {
        let x = array![[1.0, 2.0, 0.0], [3.0, -4.0, 0.0], [5.0, 6.0, 0.0], [0.5, 8.0, 0.0]];
        let r = triangle(x.view());
        assert_eq!(r.dim(), (3, 3));
        assert!(r[[1, 0]].abs() <= 0.0 && r[[2, 1]].abs() <= 0.0);
        assert!((gram(&r) - gram(&x)).iter().all(|d| d.abs() < 1e-13));
        let (above, below) = x.view().split_at(Axis(0), 2);
        let parts = [triangle(above), triangle(below)];
        let stacked = concatenate(Axis(0), &[parts[0].view(), parts[1].view()]).unwrap();
        assert!((gram(&triangle(stacked.view())) - gram(&x)).iter().all(|d| d.abs() < 1e-13));
        assert_eq!(triangle(above).dim(), (2, 3));
        assert_eq!(triangle(Array2::zeros((0, 3)).view()).dim(), (0, 3));
    }
}
