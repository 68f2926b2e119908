//! Variance of a coefficient when participants of one cluster are alike: CR2.

use faer::{Mat, Side};
use ndarray::{Array1, Array2, ArrayView1, Axis, ShapeBuilder as _};

use super::least_squares::{LeastSquares, Reflected};

/// Eigenvalues of Bᵍ below this are 0: directions that the fit leaves no residual in.
const NO_LEEWAY: f64 = 1e-10;

/// A squared share of the coefficient's movement below this is rounding.
const NO_SHARE: f64 = 1e-16;

/// The variance of one coefficient, and how sure that variance is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterRobust {
    /// CR2 variance.
    pub variance: f64,
    /// Satterthwaite's degrees of freedom; 0 where the variance is 0 for any outcome.
    pub df: f64,
    /// Clusters, those of one participant included.
    pub n_clusters: usize,
    /// Whether the coefficient moves with a cluster in a direction in which it leaves no residual,
    /// so that the variance is too small.
    pub determined_by_one: bool,
}

impl LeastSquares {
    /// CR2 variance of one coefficient with Satterthwaite's degrees of freedom.
    ///
    /// With g the clusters, M = (X'WX)⁻¹, c the coefficient's unit vector, H = X M X'W:
    ///
    /// ```text
    /// V  = c' M [Σ Xᵍ' Wᵍ Aᵍ eᵍ eᵍ' Aᵍ Wᵍ Xᵍ] M c,        Aᵍ = (Bᵍ)^(−1/2) symmetric
    /// Bᵍ = (I − H)ᵍ (I − H)ᵍ',                            the rows of cluster g
    /// df = (Σ Pᵍᵍ)² / Σ Σ (Pᵍʰ)²,                         Pᵍʰ = pᵍ · pʰ
    /// pᵍ = (I − H)ᵍ' Aᵍ Wᵍ Xᵍ M c
    /// ```
    ///
    /// The working model, under which V is unbiased and df is right, is independent errors of equal
    /// variance, with weights too: Φ = I, as in estimatr and as clubSandwich has it by default for
    /// `lm`. Where Bᵍ is singular its generalised inverse is taken, as there.
    ///
    /// Memory and time grow with n p², whatever the size of the clusters: Bᵍ is the unit matrix and
    /// a matrix of rank 2p at most (p without weights), and is never formed.
    ///
    /// `clusters` has a number for each participant, any numbers.
    ///
    /// # References
    ///
    /// - Bell RM, `McCaffrey` DF (2002). *Survey Methodology* 28:169–181.
    /// - Pustejovsky JE, Tipton E (2018). *Journal of Business & Economic Statistics* 36:672–683.
    /// - Agrees with `estimatr::lm_robust(se_type = "CR2")` and `clubSandwich::vcovCR`; see
    ///   `tests/reference/r/adjusted.R`.
    ///
    /// # Panics
    ///
    /// If there are not as many clusters as participants.
    pub fn cluster_robust(&self, clusters: &[usize], coefficient: usize) -> ClusterRobust {
        let working = Working::new(self, coefficient);
        let mut order: Vec<(usize, usize)> =
            (0..self.basis.nrows()).map(|i| (clusters[i], i)).collect();
        order.sort_unstable();
        let mut sums = Sums::new(working.inner.nrows());
        for members in order.chunk_by(|a, b| a.0 == b.0) {
            sums.add(&working.adjusted(members), &working);
        }
        sums.result(&working)
    }
}

/// What all clusters share, in the basis Q of √W X.
struct Working<'a> {
    fit: &'a LeastSquares,
    /// √wᵢ with mean weight 1; none where all weigh the same.
    roots: Option<Array1<f64>>,
    /// sᵢ, by how much the coefficient moves with each outcome.
    moves: Array1<f64>,
    /// S of Bᵍ = I + Fᵍ S Fᵍ'. Without weights F = Q and S = −I; with them F = [W^(−½)Q, W^½Q] and
    /// S = [Q'WQ, −I; −I, 0].
    inner: Array2<f64>,
    /// Σ sᵢ².
    all_moves: f64,
}

/// What a cluster adds.
struct Adjusted {
    /// aᵍ · eᵍ, with aᵍ = Aᵍ Wᵍ Xᵍ M c.
    score: f64,
    /// aᵍ · aᵍ.
    square: f64,
    /// Fᵍ' aᵍ: Pᵍʰ = [g = h] aᵍ · aᵍ + zᵍ' S zʰ.
    image: Array1<f64>,
    determined: bool,
}

impl<'a> Working<'a> {
    fn new(fit: &'a LeastSquares, coefficient: usize) -> Self {
        let p = fit.basis.ncols();
        let moves = fit.sensitivities(coefficient);
        let roots = fit.root_weights.as_ref().map(|roots| {
            let mean = roots.dot(roots) / roots.len() as f64;
            roots / mean.sqrt()
        });
        let inner = match &roots {
            None => -Array2::eye(p),
            Some(roots) => {
                let rooted = &fit.basis * &roots.view().insert_axis(Axis(1));
                let crossed = rooted.t().dot(&rooted);
                Array2::from_shape_fn((2 * p, 2 * p), |(i, j)| match (i < p, j < p) {
                    (true, true) => crossed[[i, j]],
                    (false, false) => 0.0,
                    _ if i.abs_diff(j) == p => -1.0,
                    _ => 0.0,
                })
            }
        };
        let all_moves = moves.dot(&moves);
        Self { fit, roots, moves, inner, all_moves }
    }

    /// Fᵍ.
    fn factor(&self, members: &[(usize, usize)]) -> Array2<f64> {
        let p = self.fit.basis.ncols();
        let mut factor = Array2::zeros((members.len(), self.inner.nrows()).f());
        for (mut to, &(_, i)) in factor.rows_mut().into_iter().zip(members) {
            for (j, q) in self.fit.basis.row(i).iter().enumerate() {
                match &self.roots {
                    None => to[j] = *q,
                    Some(roots) => (to[j], to[p + j]) = (q / roots[i], q * roots[i]),
                }
            }
        }
        factor
    }

    fn adjusted(&self, members: &[(usize, usize)]) -> Adjusted {
        let factor = self.factor(members);
        let mut a: Array1<f64> = members.iter().map(|&(_, i)| self.moves[i]).collect();
        let determined = if members.len() == 1 {
            let row = factor.row(0);
            self.scale_one(&mut a, 1.0 + row.dot(&self.inner.dot(&row)))
        } else {
            self.scale(&mut a, factor.clone())
        };
        let score = members.iter().zip(&a).map(|(&(_, i), a)| a * self.fit.residuals[i]).sum();
        Adjusted { score, square: a.dot(&a), image: factor.t().dot(&a), determined }
    }

    /// Aᵍ a for one participant, of whom B is a number.
    fn scale_one(&self, a: &mut Array1<f64>, b: f64) -> bool {
        if b > NO_LEEWAY {
            *a /= b.sqrt();
            return false;
        }
        let determined = a[0] * a[0] > NO_SHARE * self.all_moves;
        a.fill(0.0);
        determined
    }

    /// Aᵍ a = a + Q E (Λ^(−½) − 1) E'Q' a, where F = Q R and I + R S R' = E Λ E'.
    fn scale(&self, a: &mut Array1<f64>, factor: Array2<f64>) -> bool {
        let (rows, columns) = factor.dim();
        let size = rows.min(columns);
        let reflected = Reflected::new(factor);
        let r = Array2::from_shape_fn((size, columns), |(i, j)| {
            if i <= j { reflected.packed[[i, j]] } else { 0.0 }
        });
        let basis = reflected.basis(size);
        let b = Array2::<f64>::eye(size) + r.dot(&self.inner).dot(&r.t());
        let Some((values, vectors)) = eigen(&b) else { return true };
        let mut within = vectors.t().dot(&basis.t().dot(a));
        let mut lost = 0.0;
        for (value, part) in values.iter().zip(within.iter_mut()) {
            let change = if *value > NO_LEEWAY {
                1.0 / value.sqrt() - 1.0
            } else {
                lost += *part * *part;
                -1.0
            };
            *part *= change;
        }
        *a += &basis.dot(&vectors.dot(&within));
        lost > NO_SHARE * self.all_moves
    }
}

/// Eigenvalues and eigenvectors, in columns, of a symmetric matrix; none if it is not finite.
fn eigen(matrix: &Array2<f64>) -> Option<(Vec<f64>, Array2<f64>)> {
    let size = matrix.nrows();
    let copy = Mat::from_fn(size, size, |i, j| matrix[[i, j]]);
    let found = copy.self_adjoint_eigen(Side::Lower).ok()?;
    let values = (0..size).map(|i| found.S()[i]).collect();
    Some((values, Array2::from_shape_fn((size, size), |(i, j)| found.U()[(i, j)])))
}

/// Sums over clusters.
struct Sums {
    n_clusters: usize,
    variance: f64,
    /// Σ dᵍ², Σ dᵍ zᵍ'Szᵍ and Σ Pᵍᵍ, with dᵍ = aᵍ · aᵍ.
    squares: f64,
    crossed: f64,
    trace: f64,
    /// Σ zᵍ zᵍ'.
    images: Array2<f64>,
    determined_by_one: bool,
}

impl Sums {
    fn new(size: usize) -> Self {
        let images = Array2::zeros((size, size));
        let (squares, crossed, trace) = (0.0, 0.0, 0.0);
        Self {
            n_clusters: 0,
            variance: 0.0,
            squares,
            crossed,
            trace,
            images,
            determined_by_one: false,
        }
    }

    fn add(&mut self, cluster: &Adjusted, working: &Working<'_>) {
        let z: ArrayView1<f64> = cluster.image.view();
        let own = z.dot(&working.inner.dot(&z));
        self.n_clusters += 1;
        self.variance += cluster.score * cluster.score;
        self.squares += cluster.square * cluster.square;
        self.crossed += cluster.square * own;
        self.trace += cluster.square + own;
        for (i, mut row) in self.images.rows_mut().into_iter().enumerate() {
            row.scaled_add(z[i], &z);
        }
        self.determined_by_one |= cluster.determined;
    }

    fn result(self, working: &Working<'_>) -> ClusterRobust {
        let product = working.inner.dot(&self.images);
        let between = (&product * &product.t()).sum();
        let all = self.squares + 2.0 * self.crossed + between;
        let df = if all > 0.0 { self.trace * self.trace / all } else { 0.0 };
        ClusterRobust {
            variance: self.variance,
            df,
            n_clusters: self.n_clusters,
            determined_by_one: self.determined_by_one,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{arr1, arr2};

    #[test]
    fn clusters_of_one_are_hc2() {
        let x = arr2(&[[1.0, 1.0], [1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]);
        let fit = LeastSquares::fit(x.view(), arr1(&[3.0, 5.0, 0.0, 1.0, 5.0]).view()).unwrap();
        let got = fit.cluster_robust(&[7, 1, 0, 9, 3], 1);
        assert!((got.variance - fit.hc2_covariance()[[1, 1]]).abs() < 1e-14, "{got:?}");
        // Welch's degrees of freedom with equal variances: (1/2 + 1/3)² / (1/4 + 1/18).
        assert!((got.df - (25.0 / 36.0) / (11.0 / 36.0)).abs() < 1e-12, "{got:?}");
        assert_eq!((got.n_clusters, got.determined_by_one), (5, false));
    }

    #[test]
    fn an_arm_of_one_cluster_is_marked() {
        let x = arr2(&[[1.0, 1.0], [1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]);
        let fit = LeastSquares::fit(x.view(), arr1(&[3.0, 5.0, 0.0, 1.0, 5.0]).view()).unwrap();
        assert!(fit.cluster_robust(&[0, 0, 1, 2, 3], 1).determined_by_one);
        assert!(!fit.cluster_robust(&[0, 0, 1, 2, 3], 1).df.is_nan());
    }
}
