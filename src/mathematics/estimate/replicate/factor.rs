//! Cholesky's factorization of a Gram matrix, skipping columns that say nothing of their own.

/// A column is skipped when less than this share of its length is its own, as in
/// [`Terms`](crate::estimate::covariates).
const OWN_SHARE: f64 = 1e-6;

/// L with G = L Lᵀ, and its inverse M, so that rows M x are orthonormal.
///
/// A skipped column has a row and a column of zeros in both: its coefficient is 0, as if it were
/// not there.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    p: usize,
    /// By rows.
    lower: Vec<f64>,
    /// By rows.
    inverse: Vec<f64>,
}

impl Factor {
    /// Room for `p` columns.
    pub(super) fn new(p: usize) -> Self {
        Self { p, lower: vec![0.0; p * p], inverse: vec![0.0; p * p] }
    }

    /// Row j of M, of which the first j + 1 are not 0.
    pub(super) fn row(&self, j: usize) -> &[f64] {
        &self.inverse[j * self.p..][..=j]
    }

    /// Factorizes the Gram matrix (by rows, lower triangle read), skipping the columns that are
    /// marked in `skipped`, and marking those that those before them determine.
    pub(super) fn factorize(&mut self, gram: &[f64], skipped: &mut [bool]) {
        let p = self.p;
        for j in 0..p {
            let (before, row) = self.lower.split_at_mut(j * p);
            let row = &mut row[..p];
            row.fill(0.0);
            let gram = &gram[j * p..][..p];
            let mut own = gram[j];
            for k in 0..j {
                if skipped[k] {
                    continue;
                }
                let other = &before[k * p..][..p];
                let along: f64 = row[..k].iter().zip(other).map(|(a, b)| a * b).sum();
                row[k] = (gram[k] - along) / other[k];
                own -= row[k] * row[k];
            }
            let vanishes = !(own > OWN_SHARE * OWN_SHARE * gram[j] && own.is_finite());
            skipped[j] |= vanishes;
            if skipped[j] {
                row.fill(0.0);
            } else {
                row[j] = own.sqrt();
            }
        }
        self.invert(skipped);
    }

    fn invert(&mut self, skipped: &[bool]) {
        let p = self.p;
        for j in 0..p {
            let (before, row) = self.inverse.split_at_mut(j * p);
            let row = &mut row[..p];
            row.fill(0.0);
            if skipped[j] {
                continue;
            }
            let lower = &self.lower[j * p..][..p];
            for (l, other) in before.chunks(p).enumerate() {
                for (to, from) in row[..=l].iter_mut().zip(other) {
                    *to -= lower[l] * from;
                }
            }
            let own = 1.0 / lower[j];
            row[..j].iter_mut().for_each(|value| *value *= own);
            row[j] = own;
        }
    }

    /// M `right`.
    pub(super) fn whiten(&self, right: &[f64], out: &mut [f64]) {
        for (j, place) in out.iter_mut().enumerate() {
            *place = self.row(j).iter().zip(right).map(|(m, x)| m * x).sum();
        }
    }

    /// Mᵀ `white`: the coefficients, where `white` is M Xᵀ W y.
    pub(super) fn colour(&self, white: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (j, &value) in white.iter().enumerate() {
            for (place, m) in out.iter_mut().zip(self.row(j)) {
                *place += m * value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_others_determine_is_skipped() {
        // Columns 1, x, 1 + x, z.
        let columns = [
            [1.0, 1.0, 1.0, 1.0],
            [0.0, 1.0, 2.0, 5.0],
            [1.0, 2.0, 3.0, 6.0],
            [1.0, 0.0, 3.0, 1.0],
        ];
        let gram: Vec<f64> = (0..16)
            .map(|at| columns[at / 4].iter().zip(&columns[at % 4]).map(|(a, b)| a * b).sum())
            .collect();
        let mut skipped = [false; 4];
        let mut factor = Factor::new(4);
        factor.factorize(&gram, &mut skipped);
        assert_eq!(skipped, [false, false, true, false]);
        let (mut white, mut solved) = ([0.0; 4], [0.0; 4]);
        // The right side of y = 2 + x − z.
        let right: Vec<f64> =
            (0..4).map(|j| 2.0 * gram[j * 4] + gram[j * 4 + 1] - gram[j * 4 + 3]).collect();
        factor.whiten(&right, &mut white);
        factor.colour(&white, &mut solved);
        for (got, want) in solved.iter().zip([2.0, 1.0, 0.0, -1.0]) {
            assert!((got - want).abs() < 1e-13, "{solved:?}");
        }
    }
}
