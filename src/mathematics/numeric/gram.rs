//! Products of a matrix with itself.

use ndarray::{Array2, ArrayView2, Slice};

/// Rows that are summed before they are added to the rest: they stay in the processor's cache.
const BLOCK: usize = 1024;

/// Xᵀ diag(w) X, in a fixed order.
///
/// `x` is n × p, fastest with each column together in memory; `weights` has n elements.
pub fn weighted_gram(x: ArrayView2<f64>, weights: &[f64]) -> Array2<f64> {
    let (n, p) = x.dim();
    let mut gram = Array2::<f64>::zeros((p, p));
    let mut weighted = [0.0; BLOCK];
    for start in (0..n).step_by(BLOCK) {
        let end = n.min(start + BLOCK);
        let block = x.slice_each_axis(|axis| {
            if axis.axis.index() == 0 { Slice::from(start..end) } else { Slice::from(..) }
        });
        for j in 0..p {
            let column = block.column(j);
            for ((to, x), weight) in weighted.iter_mut().zip(column).zip(&weights[start..end]) {
                *to = x * weight;
            }
            let weighted = ndarray::aview1(&weighted[..end - start]);
            for k in 0..=j {
                gram[[j, k]] += weighted.dot(&block.column(k));
            }
        }
    }
    for j in 0..p {
        for k in 0..j {
            gram[[k, j]] = gram[[j, k]];
        }
    }
    gram
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_add_up() {
        let n = 2 * BLOCK + 7;
        let x = Array2::from_shape_fn((n, 2), |(i, j)| if j == 0 { 1.0 } else { i as f64 });
        let got = weighted_gram(x.view(), &vec![2.0; n]);
        let first = (n * (n - 1)) as f64;
        assert!((got[[0, 1]] - first).abs() < 1e-6 && (got[[0, 0]] - 2.0 * n as f64).abs() < 1e-9);
        assert!((got[[1, 0]] - got[[0, 1]]).abs() < 1e-300);
    }
}
