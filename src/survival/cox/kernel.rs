//! The loops over all rows, compiled for each small number of covariates.

use crate::numeric::elementary::exp;

/// Writes w exp(x β − shift) of each row to `risks`, and adds their sum and the sum of risk × x
/// to `sums` (1 + p).
pub(super) type RiskSums =
    fn(x: &[f64], weights: &[f64], at: (&[f64], f64), risks: &mut [f64], sums: &mut [f64]);

/// Adds Σ v x xᵀ to the lower triangle of `gram` (p × p).
pub(super) type Gram = fn(x: &[f64], v: &[f64], gram: &mut [f64]);

/// The two loops for that many covariates.
pub(super) fn loops(p: usize) -> (RiskSums, Gram) {
    match p {
        1 => (risk_sums::<1>, gram::<1>),
        2 => (risk_sums::<2>, gram::<2>),
        3 => (risk_sums::<3>, gram::<3>),
        4 => (risk_sums::<4>, gram::<4>),
        5 => (risk_sums::<5>, gram::<5>),
        6 => (risk_sums::<6>, gram::<6>),
        7 => (risk_sums::<7>, gram::<7>),
        8 => (risk_sums::<8>, gram::<8>),
        _ => (risk_sums_any, gram_any),
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

/// Rows that are summed before they are added to the rest.
const BLOCK: usize = 1024;

fn gram<const P: usize>(x: &[f64], v: &[f64], gram: &mut [f64]) {
    let rows = x.as_chunks::<P>().0;
    for (rows, v) in rows.chunks(BLOCK).zip(v.chunks(BLOCK)) {
        let mut sum = [[0.0; P]; P];
        for (x, v) in rows.iter().zip(v) {
            for j in 0..P {
                let weighted = v * x[j];
                for k in 0..=j {
                    sum[j][k] += weighted * x[k];
                }
            }
        }
        for j in 0..P {
            for k in 0..=j {
                gram[j * P + k] += sum[j][k];
            }
        }
    }
}

fn gram_any(x: &[f64], v: &[f64], gram: &mut [f64]) {
    let mut p = 0;
    while p * p < gram.len() {
        p += 1;
    }
    for (x, v) in x.chunks_exact(p).zip(v) {
        for j in 0..p {
            let weighted = v * x[j];
            for k in 0..=j {
                gram[j * p + k] += weighted * x[k];
            }
        }
    }
}
