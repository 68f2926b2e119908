//! The critical value of a simultaneous band.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use thiserror::Error;

use super::NotEstimable;
use super::column::{Column, Failures};
use super::interval::{BootstrapDistribution, EQUAL_SHARE};
use super::monte_carlo::{fixed_level_error, quantile_error};
use super::order_statistics::normal_scale_quantile;
use super::replicates::Replicates;
use crate::numeric::distribution::normal;
use crate::numeric::failure::Failure;
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
    critical_value(largest, level)
}

/// The quantile at `level` of the largest of each draw.
fn critical_value(
    mut largest: Vec<f64>,
    level: ConfidenceLevel,
) -> Result<CriticalValue, SupTError> {
    if largest.len() < 2 {
        return Err(SupTError::TooFewDraws);
    }
    largest.sort_unstable_by(f64::total_cmp);
    let error = fixed_level_error(level.get(), largest.len());
    let error = quantile_error(&largest, level.get(), error);
    let monte_carlo_error = error.ok_or(SupTError::TooFewDraws)?;
    let value = normal_scale_quantile(&largest, level.get()).value.max(level.z());
    Ok(CriticalValue { value, monte_carlo_error })
}

/// An estimate of a band, and where its replicates are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandMember {
    /// θ̂ₖ from the data themselves.
    pub estimate: f64,
    /// Its standard error; without one the replicates' standard deviation is taken.
    pub std_error: Option<f64>,
    /// The statistic among the replicates.
    pub column: usize,
}

/// A critical value, and what it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicateBand {
    /// c.
    pub critical: CriticalValue,
    /// The standard error of each member, none of those left out: limits are θ̂ₖ ± c seₖ.
    pub std_errors: Vec<Option<f64>>,
    /// Members that are not in the band, from 0, and why.
    pub left_out: Vec<(usize, NotEstimable)>,
    /// Replicates in which some member of the band does not exist, by the reason of the first:
    /// they are not among the draws.
    pub failures: Failures,
}

/// The c that is the `level` quantile of maxₖ |θ*ₖ − θ̂ₖ| / seₖ over replicates: estimates ± c
/// standard errors hold everywhere at once with that probability, by the bootstrap.
///
/// Unlike [`sup_t`] it needs neither influence values nor normality, and reads no random numbers
/// of its own.
///
/// # Conventions
///
/// A member is left out of the band, and named, where its estimate is not finite, more than
/// `allowed_share` of its replicates have failed, or its standard error is not positive (1e-12 of
/// the larger of the estimate and 1 is rounding). Replicates in which a member of the band does
/// not exist are left out for all. The quantile has rank (R + 1) level, interpolated on the normal
/// scale; c is never below the normal's quantile; its Monte Carlo error is as in [`sup_t`], the
/// standard errors taken as known.
///
/// # Errors
///
/// [`SupTError::NoEstimates`] where every member is left out, [`SupTError::TooFewDraws`].
///
/// # Panics
///
/// If there is no such statistic.
///
/// # References
///
/// - Montiel Olea JL, Plagborg-Møller M (2019), algorithm 2 with the bootstrap, as in [`sup_t`].
/// - Agrees with the same rule in R over the same replicates to 1e-10:
///   `tests/reference/r/resample_units_r.R`.
pub fn sup_t_from_replicates(
    replicates: &Replicates,
    members: &[BandMember],
    level: ConfidenceLevel,
    allowed_share: f64,
) -> Result<ReplicateBand, SupTError> {
    let mut std_errors = vec![None; members.len()];
    let mut left_out = Vec::new();
    for (at, member) in members.iter().enumerate() {
        match member_std_error(replicates, member, allowed_share) {
            Ok(std_error) => std_errors[at] = Some(std_error),
            Err(reason) => left_out.push((at, reason)),
        }
    }
    let mut largest = vec![0.0_f64; replicates.n_replicates()];
    for (member, std_error) in members.iter().zip(&std_errors) {
        let Some(std_error) = std_error else { continue };
        for (largest, value) in largest.iter_mut().zip(replicates.raw(member.column)) {
            if largest.is_finite() {
                *largest = match Failure::of(value) {
                    Some(failure) => failure.value(),
                    None => largest.max(((value - member.estimate) / std_error).abs()),
                };
            }
        }
    }
    if left_out.len() == members.len() {
        return Err(SupTError::NoEstimates);
    }
    let draws = Column::new(largest);
    let critical = critical_value(draws.values, level)?;
    Ok(ReplicateBand { critical, std_errors, left_out, failures: draws.failures })
}

/// The standard error by which a member is measured.
fn member_std_error(
    replicates: &Replicates,
    member: &BandMember,
    allowed_share: f64,
) -> Result<f64, NotEstimable> {
    let column = replicates.column(member.column);
    let distribution = BootstrapDistribution::allowing(column, member.estimate, allowed_share)?;
    let std_error = member.std_error.unwrap_or_else(|| distribution.std_error().value);
    let smallest = EQUAL_SHARE * member.estimate.abs().max(1.0);
    // A standard error that is no number is not above it either.
    let is_positive = std_error.is_finite() && std_error > smallest;
    is_positive.then_some(std_error).ok_or(NotEstimable::NoStdError)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn member(column: usize, estimate: f64) -> BandMember {
        BandMember { estimate, std_error: None, column }
    }

    #[test]
    fn members_without_spread_or_too_often_missing_are_named() {
        let level = ConfidenceLevel::new(0.9).unwrap();
        let column =
            |by: usize| -> Vec<f64> { (0..400).map(|b| (b * by % 401) as f64 - 200.0).collect() };
        let mut often = column(3);
        often[..21].fill(f64::NAN);
        let mut seldom = column(7);
        seldom[3] = Failure::NoEvents.value();
        let columns = [column(1), vec![0.1 + 0.2; 400], often, seldom];
        let replicates = Replicates::from_columns(&columns).unwrap();
        let of = |members: &[BandMember]| sup_t_from_replicates(&replicates, members, level, 0.05);
        let members = [member(0, 0.0), member(1, 0.3), member(2, 0.0), member(3, 0.0)];
        let band = of(&members).unwrap();
        let too_many = NotEstimable::TooManyFailures { failed: 21, replicates: 400 };
        assert_eq!(band.left_out, [(1, NotEstimable::NoStdError), (2, too_many)]);
        assert_eq!(band.failures.by_reason(), [(Failure::NoEvents, 1)]);
        assert_eq!(
            band.std_errors.iter().map(Option::is_some).collect::<Vec<_>>(),
            [true, false, false, true]
        );
        assert_eq!(of(&members[1..3]), Err(SupTError::NoEstimates));
        assert_eq!(of(&[]), Err(SupTError::NoEstimates));
        let given = BandMember { std_error: Some(0.0), ..member(0, 0.0) };
        assert_eq!(of(&[given]), Err(SupTError::NoEstimates));
    }
}
