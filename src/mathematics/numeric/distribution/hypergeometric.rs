//! The hypergeometric distribution and Fisher's exact test.

use std::f64::consts::PI;

use crate::numeric::elementary::{exp, ln, ln_1p};
use crate::numeric::special::stirling::{deviance, stirling_error};

/// Counts of a two-by-two table: rows by columns, such as arm by outcome.
pub type TwoByTwo = [[u64; 2]; 2];

/// Probability of a table given its margins, when rows and columns are independent.
///
/// r₁! r₂! c₁! c₂! / (N! Π oᵢⱼ!), with rows rᵢ, columns cⱼ, cells oᵢⱼ and total N. Written as
/// √(r₁ r₂ c₁ c₂ / (2π N Π oᵢⱼ)) · exp(S − Σ D(oᵢⱼ, rᵢ cⱼ / N)), S the Stirling errors and D the
/// deviances, with each difference from the mean a quotient of whole numbers.
///
/// Counts up to about 1e18. Relative error below 3e-14 down to 1e-20 and 2e-13 down to 1e-300,
/// for totals to 1e7 (mpmath, `tests/reference/python/distributions.py`).
/// Agrees with R's `dhyper`.
pub fn pmf(table: TwoByTwo) -> f64 {
    let (factor, exponent) = factor_and_exponent(table);
    factor * exp(exponent)
}

/// Natural logarithm of [`pmf`], also where that is below 1e-308.
pub fn ln_pmf(table: TwoByTwo) -> f64 {
    let (factor, exponent) = factor_and_exponent(table);
    ln(factor) + exponent
}

/// The square root and the exponent in the formula of [`pmf`].
fn factor_and_exponent(table: TwoByTwo) -> (f64, f64) {
    const TWO_PI: f64 = 2.0 * PI;
    let (rows, columns, total) = margins(table);
    if rows.contains(&0) || columns.contains(&0) {
        return (1.0, 0.0);
    }
    let n = total as f64;
    // In every cell, what the mean exceeds the count by is this or its opposite.
    let whole =
        i128::from(rows[0]) * i128::from(columns[0]) - i128::from(total) * i128::from(table[0][0]);
    let difference = whole as f64 / n;
    let (mut square, mut exponent) = (1.0 / n / TWO_PI, -stirling_error(n));
    for margin in rows.into_iter().chain(columns) {
        square *= margin as f64 * TWO_PI;
        exponent += stirling_error(margin as f64);
    }
    for (i, j, sign) in [(0, 0, 1.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 1.0)] {
        let count = table[i][j] as f64;
        let mean = rows[i] as f64 * (columns[j] as f64 / n);
        exponent -= deviance(count, mean, sign * difference);
        // 0! needs no Stirling.
        if table[i][j] > 0 {
            square /= count * TWO_PI;
            exponent -= stirling_error(count);
        }
    }
    (square.sqrt(), exponent)
}

/// Row totals, column totals, and the total.
fn margins([[a, b], [c, d]]: TwoByTwo) -> ([u64; 2], [u64; 2], u64) {
    ([a + b, c + d], [a + c, b + d], a + b + c + d)
}

/// Two-sided p-value of Fisher's exact test: the probability of all tables with these margins that
/// are no more probable than this one.
///
/// Tables up to 1 + 1e-7 times as probable count as equally probable, as in R's `fisher.test`,
/// with which this agrees. 1 where a margin is 0: there is but one table.
///
/// Fisher RA (1935), *Journal of the Royal Statistical Society* 98:39–82, doi:10.2307/2342435.
pub fn fisher_exact_two_sided(table: TwoByTwo) -> f64 {
    let (rows, columns, total) = margins(table);
    let least = (rows[0] + columns[0]).saturating_sub(total);
    let most = rows[0].min(columns[0]);
    let with = |a: u64| [[a, rows[0] - a], [columns[0] - a, total + a - rows[0] - columns[0]]];
    let limit = ln_pmf(table) + ln_1p(1e-7);
    let counts = |a: u64| ln_pmf(with(a)) <= limit;
    let mode = most_probable(rows[0], columns[0], total).clamp(least, most);
    if counts(mode) {
        return 1.0;
    }
    // Probabilities rise to the mode and fall from it, so what counts are the two ends.
    let below = last_of(least, mode, counts).map_or(0.0, |a| lower_tail(with(a)));
    let above = last_of(0, most - mode, |steps| counts(most - steps))
        .map_or(0.0, |steps| lower_tail(with(most - steps).map(|[x, y]| [y, x])));
    (below + above).min(1.0)
}

/// The first cell of the most probable table, ⌊(r₁ + 1)(c₁ + 1) / (N + 2)⌋.
fn most_probable(row: u64, column: u64, total: u64) -> u64 {
    let mode = (u128::from(row) + 1) * (u128::from(column) + 1) / (u128::from(total) + 2);
    u64::try_from(mode).unwrap_or(u64::MAX)
}

/// The last number from `first` on for which `holds`, which holds up to some number below `end`
/// and not from there.
fn last_of(first: u64, end: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    if first >= end || !holds(first) {
        return None;
    }
    let (mut yes, mut no) = (first, end);
    while no - yes > 1 {
        let middle = yes + (no - yes) / 2;
        if holds(middle) { yes = middle } else { no = middle }
    }
    Some(yes)
}

/// Probability of this first cell or a smaller one, given the margins, for one below the mode.
fn lower_tail(table: TwoByTwo) -> f64 {
    let [[mut a, mut b], [mut c, mut d]] = table.map(|row| row.map(|count| count as f64));
    let (mut term, mut sum) = (1.0, 1.0);
    while a > 0.0 && d > 0.0 {
        let ratio = a * d / ((b + 1.0) * (c + 1.0));
        term *= ratio;
        sum += term;
        // The ratio falls from here on, so the rest is below term · r / (1 − r).
        if ratio < 1.0 && term < sum * f64::EPSILON * 0.25 * (1.0 - ratio) {
            break;
        }
        (a, b, c, d) = (a - 1.0, b + 1.0, c + 1.0, d - 1.0);
    }
    pmf(table) * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lady_tasting_tea() {
        // 1, 16, 36, 16 and 1 of 70 ways.
        assert!((pmf([[3, 1], [1, 3]]) - 16.0 / 70.0).abs() < 1e-15);
        assert!((fisher_exact_two_sided([[3, 1], [1, 3]]) - 34.0 / 70.0).abs() < 1e-15);
        assert!((fisher_exact_two_sided([[4, 0], [0, 4]]) - 2.0 / 70.0).abs() < 1e-15);
        assert!((fisher_exact_two_sided([[2, 2], [2, 2]]) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn one_possible_table_is_certain() {
        for table in [[[0, 0], [0, 0]], [[5, 0], [7, 0]], [[0, 0], [3, 4]], [[0, 9], [0, 0]]] {
            assert!((pmf(table) - 1.0).abs() < 1e-300, "{table:?}");
            assert!((fisher_exact_two_sided(table) - 1.0).abs() < 1e-300, "{table:?}");
        }
    }

    #[test]
    fn what_no_double_holds_is_zero() {
        let table = [[5_000_000, 0], [0, 5_000_000]];
        assert!(ln_pmf(table) < -6.9e6 && pmf(table) < 1e-300);
        assert!(fisher_exact_two_sided(table) < 1e-300);
    }
}
