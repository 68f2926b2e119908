//! Newton's method from a start near the maximum, without memory of its own.

use super::factor::Factor;
use super::vector::{add_scaled, dot, largest as largest_of, sum};
use crate::numeric::elementary::exp;

/// Steps before a search is given up: one that separates outcomes takes steps of 1 for ever, and
/// others take four.
const MOST_STEPS: usize = 25;

/// No step moves a linear predictor further than this.
const LONGEST: f64 = 3.0;

/// A search ends where what is left, by the size of its last step, is of this order.
const LEFT: f64 = 1e-12;

/// The Gram matrix of an earlier step serves while linear predictors have moved less than this.
const STILL: f64 = 2e-3;

/// Rows of a logistic regression, drawn, and where its search stands.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// Rows drawn.
    pub(super) kept: usize,
    /// Rows with padding, whose weights are 0.
    pub(super) length: usize,
    /// All columns but that of ones, the arm's last, each `stride` apart.
    pub(super) columns: Vec<f64>,
    pub(super) stride: usize,
    /// People of a row, and those of them with the event.
    pub(super) people: Vec<f64>,
    pub(super) events: Vec<f64>,
    /// exp η.
    pub(super) odds: Vec<f64>,
    pub(super) coefficients: Vec<f64>,
    pub(super) factor: Factor,
    pub(super) skipped: Vec<bool>,
    moves: Vec<f64>,
    variances: Vec<f64>,
    residuals: Vec<f64>,
    weighted: Vec<f64>,
    gram: Vec<f64>,
    score: Vec<f64>,
    white: Vec<f64>,
    step: Vec<f64>,
}

impl Search {
    /// Room for as many rows as `stride`, a multiple of eight, and `p` columns with that of ones.
    pub(super) fn new(stride: usize, p: usize) -> Self {
        Self {
            kept: 0,
            length: 0,
            columns: vec![0.0; (p - 1) * stride],
            stride,
            people: vec![0.0; stride],
            events: vec![0.0; stride],
            odds: vec![0.0; stride],
            coefficients: vec![0.0; p],
            factor: Factor::new(p),
            skipped: vec![false; p],
            moves: vec![0.0; stride],
            variances: vec![0.0; stride],
            residuals: vec![0.0; stride],
            weighted: vec![0.0; stride],
            gram: vec![0.0; p * p],
            score: vec![0.0; p],
            white: vec![0.0; p],
            step: vec![0.0; p],
        }
    }

    /// Goes from `odds` and `coefficients` to the maximum of the likelihood; whether there is one.
    ///
    /// A column that says nothing of its own at the start keeps its coefficient: others say it.
    /// There is no maximum where the arm or the column of ones is so, or the outcomes are
    /// separated.
    pub(super) fn run(&mut self) -> bool {
        let last = self.coefficients.len() - 1;
        self.skipped.fill(false);
        let mut moved = f64::INFINITY;
        for taken in 0..MOST_STEPS {
            self.expect();
            if moved > STILL {
                let before = self.n_skipped();
                self.factorize();
                if self.skipped[0] || self.skipped[last] {
                    return false;
                }
                if taken > 0 && self.n_skipped() > before {
                    return false;
                }
                moved = 0.0;
            }
            let largest = self.advance();
            moved += largest;
            if !largest.is_finite() {
                return false;
            }
            if largest * moved <= LEFT {
                return true;
            }
        }
        false
    }

    fn n_skipped(&self) -> usize {
        self.skipped.iter().filter(|skipped| **skipped).count()
    }

    /// The factor of the information where the search has ended.
    pub(super) fn factorize_here(&mut self) {
        self.expect();
        self.factorize();
    }

    /// Variances w μ (1 − μ) and residuals w (y − μ).
    fn expect(&mut self) {
        let length = self.length;
        let rows = self.people[..length].iter().zip(&self.events[..length]);
        let rows = rows.zip(&self.odds[..length]);
        let places = self.variances[..length].iter_mut().zip(&mut self.residuals[..length]);
        for ((variance, residual), ((people, events), odds)) in places.zip(rows) {
            let other = 1.0 / (1.0 + odds);
            let expected = people * (odds * other);
            *variance = expected * other;
            *residual = events - expected;
        }
    }

    /// The factor of Xᵀ diag(w μ (1 − μ)) X, variances being up to date.
    fn factorize(&mut self) {
        let (p, length) = (self.coefficients.len(), self.length);
        let column = |k: usize| &self.columns[k * self.stride..][..length];
        let weighted = &mut self.weighted[..length];
        for j in 0..p {
            weighted.copy_from_slice(&self.variances[..length]);
            if j > 0 {
                weighted.iter_mut().zip(column(j - 1)).for_each(|(w, x)| *w *= x);
            }
            let row = &mut self.gram[j * p..][..=j];
            row[0] = sum(weighted);
            for (k, place) in row.iter_mut().enumerate().skip(1) {
                *place = dot(weighted, column(k - 1));
            }
        }
        self.factor.factorize(&self.gram, &mut self.skipped);
    }

    /// One step; how far it moves the linear predictor that it moves furthest.
    fn advance(&mut self) -> f64 {
        let length = self.length;
        let column = |k: usize| &self.columns[k * self.stride..][..length];
        let residuals = &self.residuals[..length];
        for (j, place) in self.score.iter_mut().enumerate() {
            *place = if j == 0 { sum(residuals) } else { dot(residuals, column(j - 1)) };
        }
        self.factor.whiten(&self.score, &mut self.white);
        self.factor.colour(&self.white, &mut self.step);
        let moves = &mut self.moves[..length];
        moves.fill(self.step[0]);
        for (k, step) in self.step.iter().enumerate().skip(1) {
            add_scaled(moves, *step, column(k - 1));
        }
        moves[self.kept..].fill(0.0);
        let furthest = largest_of(moves);
        let share = if furthest > LONGEST { LONGEST / furthest } else { 1.0 };
        if share < 1.0 {
            for z in moves.iter_mut() {
                *z *= share;
            }
        }
        add_scaled(&mut self.coefficients, share, &self.step);
        let largest = furthest * share;
        times_exp(&mut self.odds[..length], moves, largest);
        // NaN is lost in a maximum.
        if self.step.iter().all(|step| step.is_finite()) { largest } else { f64::NAN }
    }
}

/// Multiplies each of the odds by exp of its move, none of which is larger than `largest`.
///
/// By Taylor's series with as many terms as full precision needs, in the loop over rows; large
/// moves by exp itself.
fn times_exp(odds: &mut [f64], moves: &[f64], largest: f64) {
    if largest <= 1e-3 {
        times_series::<5>(odds, moves);
    } else if largest <= 0.05 {
        times_series::<8>(odds, moves);
    } else if largest <= 0.7 {
        times_series::<16>(odds, moves);
    } else {
        odds.iter_mut().zip(moves).for_each(|(odds, z)| *odds *= exp(*z));
    }
}

/// 1 + z (1 + z/2 (1 + z/3 (…))), to z to the power `TERMS`.
fn times_series<const TERMS: usize>(odds: &mut [f64], moves: &[f64]) {
    const INVERSE: [f64; 17] = [
        1.0,
        1.0,
        1.0 / 2.0,
        1.0 / 3.0,
        1.0 / 4.0,
        1.0 / 5.0,
        1.0 / 6.0,
        1.0 / 7.0,
        1.0 / 8.0,
        1.0 / 9.0,
        1.0 / 10.0,
        1.0 / 11.0,
        1.0 / 12.0,
        1.0 / 13.0,
        1.0 / 14.0,
        1.0 / 15.0,
        1.0 / 16.0,
    ];
    for (odds, z) in odds.iter_mut().zip(moves) {
        let mut series = 1.0;
        for inverse in INVERSE[1..=TERMS].iter().rev() {
            series = 1.0 + z * inverse * series;
        }
        *odds *= series;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_is_exp() {
        for largest in [1e-12, 1e-3, 0.05, 0.7, 3.0] {
            for z in [-largest, -0.3 * largest, 0.0, 0.7 * largest, largest] {
                let mut odds = [1.5];
                times_exp(&mut odds, &[z], largest);
                let want = 1.5 * libm::exp(z);
                assert!((odds[0] / want - 1.0).abs() < 5e-16, "{z}: {} {want}", odds[0]);
            }
        }
    }
}
