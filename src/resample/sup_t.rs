//! The critical value of a simultaneous band.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use thiserror::Error;

use super::monte_carlo::{fixed_level_error, quantile_error};
use super::order_statistics::normal_scale_quantile;
use crate::numeric::distribution::normal;
use crate::numeric::interval::ConfidenceLevel;
use crate::random::{Purpose, Seed, Stream};

/// Draws that share a stream. It fixes the draws of a seed.
const BLOCK: usize = 1024;

/// What remains of an estimate's variance given others, below which it is rounding: 1e-12 an
/// estimate.
const SMALLEST_SHARE: f64 = 1e-12;

/// How far a correlation may be from being one.
const ROUNDING: f64 = 1e-8;

/// How often to draw, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SupTSettings {
    /// The seed of all draws.
    pub seed: Seed,
    /// The number of draws.
    pub draws: usize,
}

/// Why there is no critical value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SupTError {
    /// There are no estimates, or none with a variance.
    #[error("there are no estimates with a variance")]
    NoEstimates,
    /// Too few draws to tell the Monte Carlo error.
    #[error("too few draws to tell the Monte Carlo error")]
    TooFewDraws,
    /// Not square and symmetric with 1 on the diagonal, or 0 in a row of zeros.
    #[error("row {row} is no row of a correlation matrix")]
    NotACorrelation {
        /// The first such row, from 0.
        row: usize,
    },
    /// Correlations that no estimates can have.
    #[error("the correlation matrix has a negative variance in it")]
    NotPositiveSemidefinite,
}

/// The critical value of the largest of several estimates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CriticalValue {
    /// c, never below the normal's quantile.
    pub value: f64,
    /// How far c would move in another run with another seed: one standard deviation.
    pub monte_carlo_error: f64,
}

/// The c with P(maxₖ |Zₖ| ≤ c) = `level`, Z normal with mean 0 and that correlation: estimates
/// ± c standard errors hold everywhere at once with that probability.
///
/// c is the `level` quantile of maxₖ |Zₖ| over the draws, Z = L g with R = L Lᵀ by a Cholesky
/// factorization with pivots, which allows R to be singular, and g independent normals, as many as
/// the rank. Where the rank is 1 all |Zₖ| are one, and c is the normal's quantile.
///
/// # Conventions
///
/// A row of zeros, its diagonal too, is an estimate without variance: it is left out. Draw i
/// reads numbers from stream ⌊i / 1024⌋ of the seed, one draw after the other, so that the value
/// does not depend on the number of threads. The Monte Carlo error is half of what c moves between
/// one standard deviation of the proportion below it on either side.
///
/// # Errors
///
/// [`SupTError`].
///
/// # References
///
/// - Montiel Olea JL, Plagborg-Møller M (2019). *Journal of Applied Econometrics* 34:1–17,
///   doi:10.1002/jae.2656.
/// - Agrees within Monte Carlo error with `qmvnorm(level, tail = "both.tails")` of R's mvtnorm
///   1.1-3, `tests/reference/r/competing.R`, and with the closed forms for one estimate and
///   for independent ones.
pub fn sup_t(
    correlation: ArrayView2<f64>,
    level: ConfidenceLevel,
    settings: SupTSettings,
) -> Result<CriticalValue, SupTError> {
    let factor = square_root(correlation)?;
    let z = level.z();
    let rank = factor.ncols();
    match rank {
        0 => return Err(SupTError::NoEstimates),
        1 => return Ok(CriticalValue { value: z, monte_carlo_error: 0.0 }),
        _ => {}
    }
    let mut largest = vec![0.0; settings.draws];
    largest.par_chunks_mut(BLOCK).enumerate().for_each_init(
        || vec![0.0; rank],
        |normals, (block, largest)| {
            let mut stream = Stream::new(settings.seed, Purpose::Band, block as u64);
            for largest in largest {
                normals.fill_with(|| normal::quantile(stream.unit()));
                *largest = largest_of(&factor, normals);
            }
        },
    );
    largest.sort_by(f64::total_cmp);
    let error = fixed_level_error(level.get(), settings.draws.max(1));
    let error =
        if settings.draws < 2 { None } else { quantile_error(&largest, level.get(), error) };
    let monte_carlo_error = error.ok_or(SupTError::TooFewDraws)?;
    let value = normal_scale_quantile(&largest, level.get()).value.max(z);
    Ok(CriticalValue { value, monte_carlo_error })
}

fn largest_of(factor: &Array2<f64>, normals: &[f64]) -> f64 {
    let absolute = |row: ndarray::ArrayView1<f64>| {
        row.iter().zip(normals).map(|(l, g)| l * g).sum::<f64>().abs()
    };
    factor.rows().into_iter().map(absolute).fold(0.0, f64::max)
}

/// L with R = L Lᵀ, as many columns as R has rank: each step takes the row with the largest
/// variance that is left.
fn square_root(correlation: ArrayView2<f64>) -> Result<Array2<f64>, SupTError> {
    check(correlation)?;
    let n = correlation.nrows();
    let mut rest = correlation.to_owned();
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for _ in 0..n {
        let largest = (0..n).max_by(|&j, &k| rest[[j, j]].total_cmp(&rest[[k, k]]));
        let Some(pivot) = largest.filter(|&k| rest[[k, k]] > SMALLEST_SHARE * n as f64) else {
            break;
        };
        let root = rest[[pivot, pivot]].sqrt();
        let column: Vec<f64> = (0..n).map(|k| rest[[k, pivot]] / root).collect();
        for j in 0..n {
            for k in 0..n {
                rest[[j, k]] -= column[j] * column[k];
            }
        }
        columns.push(column);
    }
    if rest.iter().any(|left| left.abs() > ROUNDING) {
        return Err(SupTError::NotPositiveSemidefinite);
    }
    Ok(Array2::from_shape_fn((n, columns.len()), |(k, j)| columns[j][k]))
}

fn check(correlation: ArrayView2<f64>) -> Result<(), SupTError> {
    let (rows, columns) = correlation.dim();
    if rows != columns {
        return Err(SupTError::NotACorrelation { row: rows.min(columns) });
    }
    let is_row = |row: usize| {
        let own = correlation[[row, row]];
        let symmetric = (0..rows).all(|k| {
            let value = correlation[[row, k]];
            value.is_finite() && (value - correlation[[k, row]]).abs() <= ROUNDING
        });
        let empty = correlation.row(row).iter().all(|value| value.abs() <= 0.0);
        symmetric && (empty || (own - 1.0).abs() <= ROUNDING)
    };
    match (0..rows).find(|&row| !is_row(row)) {
        Some(row) => Err(SupTError::NotACorrelation { row }),
        None => Ok(()),
    }
}
