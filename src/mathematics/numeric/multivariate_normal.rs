//! The largest of several correlated standard normal variables, in absolute value.

use std::f64::consts::PI;

use ndarray::ArrayView2;
use thiserror::Error;

use super::distribution::normal;
use super::elementary::exp;
use super::quadrature::integrate;

/// Of the variance of a variable, what must remain given others for it to have a direction of its
/// own. Below, rounding decides.
const SMALLEST_SHARE: f64 = 1e-13;

/// Of the normal's tail, what an integral may be wrong by.
const TOLERANCE: f64 = 1e-14;

/// Why there is no distribution of the largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LargestError {
    /// Not square, or without rows.
    #[error("a covariance of {rows} rows and {columns} columns")]
    Shape {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
    },
    /// A variance that is zero, negative or not finite.
    #[error("variable {variable} has no variance")]
    NoVariance {
        /// The first such variable, from 0.
        variable: usize,
    },
    /// The variables span more than three dimensions.
    #[error("the variables span more than three dimensions")]
    TooManyDimensions,
}

/// P(maxₖ |xₖ| > z), x normal with mean 0 and that covariance, each xₖ in units of its standard
/// deviation.
///
/// The covariance may be singular; its rank r is at most 3. With xₖ = aₖ·y, aₖ unit vectors of
/// r dimensions and y standard normal, the outside of the body |aₖ·y| ≤ z falls apart into the
/// cones over its faces, two for each k (those of variables equal but for their sign are one):
///
/// ```text
/// P = 2 Σₖ ∫_z^∞ φ(t) P(w ∈ t Pₖ) dt,   Pₖ = {w ⟂ aₖ: |aⱼ·(aₖ + w)| ≤ 1 for all j}
/// ```
///
/// The dimensions within a face and t are integrated analytically up to one, along each edge of
/// Pₖ: with d the distance of the edge from aₖ and s the place on it,
///
/// ```text
/// r = 1   P = 2 Φ̄(z)
/// r = 2   2 (2π)⁻¹ ∫₀^d e^(−z² (1 + s²) / 2) / (1 + s²) ds          a side (Owen's T)
/// r = 3   2 (2π)⁻¹ ∫ {Φ̄(z) − Φ̄(z √(1 + q)) / √(1 + q)} d / q ds,  q = d² + s²   an edge
/// ```
///
/// # Accuracy
///
/// No step subtracts from 1: the relative error is below 1e-11, however small P, as long as Φ̄(z)
/// is a normal double (z ≤ 37; beyond, what is below 1e-300 ends at 0). A variable whose variance
/// given others is below 1e-13 of its own counts as determined by them.
///
/// # Errors
///
/// See [`LargestError`].
///
/// # References
///
/// - Owen DB (1956). *Annals of Mathematical Statistics* 27:1075–1090.
/// - Agrees with mvtnorm 1.1-3's `pmvnorm`, and with nested `integrate` of R where mvtnorm has too
///   few digits: `tests/reference/r/weighted_log_rank.R`.
pub fn largest_sf(z: f64, covariance: ArrayView2<f64>) -> Result<f64, LargestError> {
    let Directions { vectors, rank } = Directions::new(covariance)?;
    if z <= 0.0 {
        return Ok(1.0);
    }
    let one_side: f64 = match rank {
        1 => normal::sf(z),
        2 => (0..vectors.len()).map(|k| sector(z, &vectors, k)).sum(),
        _ => (0..vectors.len()).map(|k| cone(z, &vectors, k)).sum(),
    };
    Ok((2.0 * one_side).min(1.0))
}

/// A vector of up to three dimensions, zeros in those that are not there.
type Vector = [f64; 3];

fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn plus(a: Vector, factor: f64, b: Vector) -> Vector {
    [a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]]
}

fn length(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

fn unit(a: Vector) -> Vector {
    a.map(|x| x / length(a))
}

/// The variables as unit vectors, of those equal but for their sign the first.
struct Directions {
    vectors: Vec<Vector>,
    rank: usize,
}

impl Directions {
    /// Cholesky's factorization of the correlations, the largest remaining variance first.
    fn new(covariance: ArrayView2<f64>) -> Result<Self, LargestError> {
        let (rows, columns) = covariance.dim();
        if rows != columns || rows == 0 {
            return Err(LargestError::Shape { rows, columns });
        }
        let scale: Vec<f64> = covariance.diag().iter().map(|v| v.sqrt()).collect();
        if let Some(variable) = scale.iter().position(|s| !(s.is_finite() && *s > 0.0)) {
            return Err(LargestError::NoVariance { variable });
        }
        let mut vectors = vec![[0.0; 3]; rows];
        let mut left = vec![1.0_f64; rows];
        let mut rank = 0;
        loop {
            let (pivot, most) =
                left.iter().copied().enumerate().fold((0, 0.0), |best: (usize, f64), next| {
                    if next.1 > best.1 { next } else { best }
                });
            if most <= SMALLEST_SHARE {
                break;
            }
            if rank == 3 {
                return Err(LargestError::TooManyDimensions);
            }
            let root = most.sqrt();
            for i in 0..rows {
                let correlation = covariance[[i, pivot]] / scale[i] / scale[pivot];
                let rest =
                    if i == pivot { most } else { correlation - dot(vectors[i], vectors[pivot]) };
                left[i] -= (rest / root) * (rest / root);
                vectors[i][rank] = rest / root;
            }
            left[pivot] = 0.0;
            rank += 1;
        }
        let mut distinct: Vec<Vector> = Vec::new();
        for vector in vectors.into_iter().map(unit) {
            let apart = |other: &Vector| {
                let gap = length(plus(vector, -1.0, *other)).min(length(plus(vector, 1.0, *other)));
                gap * gap > SMALLEST_SHARE
            };
            if distinct.iter().all(apart) {
                distinct.push(vector);
            }
        }
        Ok(Self { vectors: distinct, rank })
    }
}

/// The distances from aₖ of the two lines aⱼ·(aₖ + w) = ±1: √((1 ∓ ρ) / (1 ± ρ)).
fn distances(a_k: Vector, a_j: Vector) -> [f64; 2] {
    let near = length(plus(a_k, -1.0, a_j)) / length(plus(a_k, 1.0, a_j));
    [near, 1.0 / near]
}

/// In two dimensions: the mass beyond z in the cone over one side with direction k.
fn sector(z: f64, vectors: &[Vector], k: usize) -> f64 {
    let a = vectors[k];
    let along = [-a[1], a[0], 0.0];
    let mut ends = [f64::INFINITY; 2];
    for (_, &other) in vectors.iter().enumerate().filter(|&(j, _)| j != k) {
        let [ahead, behind] = distances(a, other);
        let sides = if dot(along, other) > 0.0 { [ahead, behind] } else { [behind, ahead] };
        ends = [ends[0].min(sides[0]), ends[1].min(sides[1])];
    }
    let density = |s: f64| exp(-0.5 * z * z * (1.0 + s * s)) / (1.0 + s * s) / (2.0 * PI);
    let tolerance = TOLERANCE * normal::sf(z);
    ends.map(|end| over_half_line(&density, 1.0, end, tolerance)).iter().sum()
}

/// In three dimensions: the mass beyond z in the cone over one face with direction k.
fn cone(z: f64, vectors: &[Vector], k: usize) -> f64 {
    let a = vectors[k];
    let others = vectors.iter().enumerate().filter(|&(j, _)| j != k);
    let lines: Vec<(Vector, f64)> = others
        .flat_map(|(_, &other)| {
            let normal = unit(plus(other, -dot(other, a), a));
            let [ahead, behind] = distances(a, other);
            [(normal, ahead), (normal.map(|x| -x), behind)]
        })
        .collect();
    let tail = normal::sf(z);
    let edges = lines.iter().enumerate().map(|(i, &(normal, distance))| {
        let along = cross(a, normal);
        let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
        for (_, &(other, other_distance)) in lines.iter().enumerate().filter(|&(j, _)| j != i) {
            let (slope, room) = (dot(other, along), other_distance - distance * dot(other, normal));
            if slope.abs() > f64::EPSILON {
                let end = room / slope;
                if slope > 0.0 { to = to.min(end) } else { from = from.max(end) }
            } else if room < 0.0 {
                return 0.0;
            }
        }
        if to <= from {
            return 0.0;
        }
        let density = |s: f64| {
            let q = distance * distance + s * s;
            let root = (1.0 + q).sqrt();
            (tail - normal::sf(z * root) / root) * distance / q / (2.0 * PI)
        };
        let scale = (1.0 + distance * distance).sqrt();
        let part =
            |end: f64| over_half_line(&density, scale, end.abs(), TOLERANCE * tail) * end.signum();
        part(to) - part(from)
    });
    edges.sum()
}

/// ∫₀^`end` f, `end` possibly infinite, f even and falling as s⁻² at least far beyond `scale`.
fn over_half_line(f: &impl Fn(f64) -> f64, scale: f64, end: f64, tolerance: f64) -> f64 {
    let last = if end.is_finite() { end / (scale + end) } else { 1.0 };
    let g = |u: f64| f(scale * u / (1.0 - u)) * scale / ((1.0 - u) * (1.0 - u));
    integrate(&g, 0.0, last, tolerance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, arr2};

    fn close(got: f64, want: f64) {
        assert!((got / want - 1.0).abs() < 1e-12, "{got:e} is not {want:e}");
    }

    #[test]
    fn independent_variables_and_copies_have_closed_forms() {
        for z in [0.01, 0.5, 1.96, 5.0, 12.0, 36.0] {
            let p = normal::two_sided_p(z);
            // 1 − (1 − p)ᵏ without cancellation.
            let of_two = p * (2.0 - p);
            let of_three = p * (3.0 - 3.0 * p + p * p);
            for (n, want) in [(1, p), (2, of_two), (3, of_three)] {
                let covariance = Array2::from_diag_elem(n, 2.5);
                close(largest_sf(z, covariance.view()).unwrap(), want);
            }
            let copies = arr2(&[[1.0, -2.0, 1.0], [-2.0, 4.0, -2.0], [1.0, -2.0, 1.0]]);
            close(largest_sf(z, copies.view()).unwrap(), p);
            let with_copies = arr2(&[[1.0, 0.0, -3.0], [0.0, 1.0, 0.0], [-3.0, 0.0, 9.0]]);
            close(largest_sf(z, with_copies.view()).unwrap(), of_two);
        }
    }

    #[test]
    fn everything_is_beyond_zero() {
        // As many faces as there are: the cones fill the whole.
        let r = |x: f64, y: f64, z: f64| [x, y, z];
        let a = [r(1.0, 0.2, 0.1), r(0.3, 1.0, -0.5), r(0.1, 0.4, 2.0), r(1.4, 1.6, 1.6)];
        let covariance = Array2::from_shape_fn((4, 4), |(i, j)| dot(a[i], a[j]));
        close(largest_sf(1e-9, covariance.view()).unwrap(), 1.0);
        close(largest_sf(-1.0, covariance.view()).unwrap(), 1.0);
    }

    #[test]
    fn what_has_no_distribution_is_named() {
        let error = |matrix: Array2<f64>| largest_sf(1.0, matrix.view()).unwrap_err();
        assert_eq!(error(Array2::zeros((0, 0))), LargestError::Shape { rows: 0, columns: 0 });
        assert_eq!(error(Array2::zeros((2, 1))), LargestError::Shape { rows: 2, columns: 1 });
        let none = arr2(&[[1.0, 0.0], [0.0, 0.0]]);
        assert_eq!(error(none), LargestError::NoVariance { variable: 1 });
        assert_eq!(error(Array2::eye(4)), LargestError::TooManyDimensions);
    }
}
