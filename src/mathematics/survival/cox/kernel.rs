//! The loops over all rows, compiled for each small number of covariates.

use crate::numeric::elementary::exp;

/// Writes w exp(x β − shift) of each row to `risks`, and adds their sum and the sum of risk × x
/// to `sums` (1 + p).
pub(super) type RiskSums =
    fn(x: &[f64], weights: &[f64], at: (&[f64], f64), risks: &mut [f64], sums: &mut [f64]);

/// The loop for that many covariates.
pub(super) fn risk_sums_of(p: usize) -> RiskSums {
    match p {
        1 => risk_sums::<1>,
        2 => risk_sums::<2>,
        3 => risk_sums::<3>,
        4 => risk_sums::<4>,
        5 => risk_sums::<5>,
        6 => risk_sums::<6>,
        _ => risk_sums_any,
    }
}

fn risk_sums<const P: usize>(
    x: &[f64],
    weights: &[f64],
    (beta, shift): (&[f64], f64),
    risks: &mut [f64],
    sums: &mut [f64],
) {
    let mut b = [0.0; P];
    b.copy_from_slice(&beta[..P]);
    let (mut total, mut sum) = (0.0, [0.0; P]);
    for ((x, w), risk) in x.as_chunks::<P>().0.iter().zip(weights).zip(risks) {
        let mut eta = -shift;
        for k in 0..P {
            eta += b[k] * x[k];
        }
        let r = w * exp(eta);
        *risk = r;
        total += r;
        for k in 0..P {
            sum[k] += r * x[k];
        }
    }
    sums[0] += total;
    for k in 0..P {
        sums[k + 1] += sum[k];
    }
}

fn risk_sums_any(
    x: &[f64],
    weights: &[f64],
    (beta, shift): (&[f64], f64),
    risks: &mut [f64],
    sums: &mut [f64],
) {
    for ((x, w), risk) in x.chunks_exact(beta.len()).zip(weights).zip(risks) {
        let eta: f64 = x.iter().zip(beta).map(|(x, b)| x * b).sum();
        *risk = w * exp(eta - shift);
        sums[0] += *risk;
        for (sum, x) in sums[1..].iter_mut().zip(x) {
            *sum += *risk * x;
        }
    }
}

/// Rows whose columns are laid side by side, and summed before they are added to the rest.
const BLOCK: usize = 256;

/// Sums that run beside each other: as many as a processor adds at once, and in an order of their
/// own.
const LANES: usize = 8;

/// Adds Σ v x xᵀ to the lower triangle of `gram` (p × p).
///
/// `columns` is room for p + 1 blocks. One accumulator a product would be fewer lines, but a square
/// of them known at compile time takes the optimiser minutes.
pub(super) fn add_gram(
    p: usize,
    (x, v): (&[f64], &[f64]),
    columns: &mut Vec<f64>,
    gram: &mut [f64],
) {
    columns.clear();
    columns.resize((p + 1) * BLOCK, 0.0);
    let (weighted, columns) = columns.split_at_mut(BLOCK);
    for (rows, v) in x.chunks(BLOCK * p).zip(v.chunks(BLOCK)) {
        let n = v.len();
        for (i, row) in rows.chunks_exact(p).enumerate() {
            for (k, x) in row.iter().enumerate() {
                columns[k * BLOCK + i] = *x;
            }
        }
        for j in 0..p {
            let own = &columns[j * BLOCK..j * BLOCK + n];
            for ((to, x), v) in weighted.iter_mut().zip(own).zip(v) {
                *to = x * v;
            }
            for k in 0..=j {
                gram[j * p + k] += dot(&weighted[..n], &columns[k * BLOCK..k * BLOCK + n]);
            }
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (a, b) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.0.iter().zip(b.0) {
        for k in 0..LANES {
            lanes[k] += a[k] * b[k];
        }
    }
    let rest: f64 = a.1.iter().zip(b.1).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f64>() + rest
}
