//! Logistic regression by maximum likelihood.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use thiserror::Error;

use crate::numeric::elementary::{exp, ln_1p};
use crate::numeric::gram::weighted_gram;
use crate::numeric::sum::sum;
use crate::numeric::symmetric::{Cholesky, NotPositiveDefinite};
use crate::numeric::weights::{FrequencyWeights, SamplingWeights};

/// Newton's steps before the search is given up; eight are usual.
const MOST_STEPS: usize = 60;

/// A step that moves no linear predictor by more than this is the last. The next would be of the
/// size of its square.
const LAST_STEP: f64 = 1e-9;

/// Steps after which a search that still moves is held to be on its way to infinity, if its
/// direction says so.
const SUSPICIOUS: usize = 12;

/// How exactly that direction must separate the outcomes. Newton's steps come closer to it by a
/// factor e each.
const SEPARATING: f64 = 1e-7;

/// How often a step is halved before the search is given up.
const MOST_HALVINGS: usize = 30;

/// How much each participant counts.
#[derive(Clone, Copy, Debug)]
pub enum Counting<'a> {
    /// Everyone once.
    Once,
    /// As many people as each stands for.
    Sampling(SamplingWeights<'a>),
    /// As often as a replicate draws each; 0 is not at all.
    Frequency(FrequencyWeights<'a>),
}

impl Counting<'_> {
    fn get(&self, row: usize) -> f64 {
        match self {
            Self::Once => 1.0,
            Self::Sampling(weights) => weights.values()[row],
            Self::Frequency(weights) => f64::from(weights.get(row)),
        }
    }

    fn len(&self) -> Option<usize> {
        match self {
            Self::Once => None,
            Self::Sampling(weights) => Some(weights.values().len()),
            Self::Frequency(weights) => Some(weights.0.len()),
        }
    }
}

/// A logistic regression log(μ/(1 − μ)) = X β at the maximum of its likelihood.
#[derive(Clone, Debug)]
pub struct Logistic {
    /// β̂, one a column of the design.
    pub coefficients: Array1<f64>,
    /// μ̂ᵢ, also of those who count nothing.
    pub fitted: Array1<f64>,
    /// Xᵀ diag(wᵢ μ̂ᵢ (1 − μ̂ᵢ)) X, the inverse of the model's covariance.
    pub information: Array2<f64>,
    /// Σ wᵢ log P(yᵢ).
    pub log_likelihood: f64,
    /// Newton's steps taken.
    pub steps: usize,
}

/// Why there is no logistic regression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LogisticError {
    /// Design, outcomes, weights or start do not belong together.
    #[error("{expected} values are needed and {found} given")]
    Lengths {
        /// Values needed.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// Outcomes are 0 or 1.
    #[error("the outcome in row {row} is neither 0 nor 1")]
    NotBinary {
        /// The first such row, from 0.
        row: usize,
    },
    /// A missing or infinite value.
    #[error("row {row} of the design is not finite")]
    NotFinite {
        /// The first such row, from 0.
        row: usize,
    },
    /// The columns before it and this one predict some outcomes without error: the likelihood grows
    /// for ever as coefficients go to infinity.
    #[error("columns 0 to {column} of the design separate the outcomes")]
    Separated {
        /// The first column with which it is so.
        column: usize,
    },
    /// A column is a linear combination of those before it, among those who count.
    #[error("column {column} of the design is a linear combination of the columns before it")]
    Singular {
        /// The first such column.
        column: usize,
    },
    /// The search ended without a maximum, and without separation.
    #[error("no maximum of the likelihood was found in {steps} steps")]
    Diverged {
        /// Steps taken.
        steps: usize,
    },
}

/// Outcomes, design and weights.
#[derive(Clone, Copy, Debug)]
pub struct LogisticData<'a> {
    /// n × p, a row a participant, with its column of ones if there is an intercept. Fastest with
    /// each column together in memory.
    pub design: ArrayView2<'a, f64>,
    /// 0 or 1, n of them.
    pub outcomes: ArrayView1<'a, f64>,
    /// How much each participant counts.
    pub counting: Counting<'a>,
}

impl Logistic {
    /// Fits by Newton's method (iteratively reweighted least squares), to full convergence: until a
    /// step moves no linear predictor by more than 1e-9, so that the next would be of the order of
    /// 1e-18.
    ///
    /// ```text
    /// maximise Σ wᵢ [yᵢ ηᵢ − log(1 + exp ηᵢ)],  η = X β
    /// ```
    ///
    /// `start` is where the search begins, such as the coefficients of another replicate; without
    /// one it begins at 0. A step that lowers the likelihood is halved.
    ///
    /// Separation is found by its certificate, not by failure: after twelve steps the direction d of
    /// a search that still moves is tried, and where Xd ≥ 0 for every y = 1 and Xd ≤ 0 for every
    /// y = 0, to one part in ten million, the likelihood has no maximum. The column named is the
    /// first with which, beside those before it, this is so.
    ///
    /// # Errors
    ///
    /// See [`LogisticError`].
    ///
    /// # References
    ///
    /// - Albert A, Anderson JA (1984). *Biometrika* 71:1–10, on separation.
    /// - Agrees with R's `glm(family = binomial)` at `epsilon = 1e-15`; see
    ///   `tests/reference/r/adjusted.R`.
    pub fn fit(
        data: LogisticData<'_>,
        start: Option<ArrayView1<f64>>,
    ) -> Result<Self, LogisticError> {
        check(&data, start)?;
        match Search::run(data, start) {
            Err(Stopped::Separated) => {
                Err(LogisticError::Separated { column: first_separating(data) })
            }
            Err(Stopped::Singular(column)) => Err(LogisticError::Singular { column }),
            Err(Stopped::Diverged(steps)) => Err(LogisticError::Diverged { steps }),
            Ok(fit) => Ok(fit),
        }
    }
}

fn check(data: &LogisticData<'_>, start: Option<ArrayView1<f64>>) -> Result<(), LogisticError> {
    let (expected, p) = data.design.dim();
    let lengths = [
        (expected, data.outcomes.len()),
        (expected, data.counting.len().unwrap_or(expected)),
        (p, start.map_or(p, |start| start.len())),
    ];
    for (expected, found) in lengths {
        if expected != found {
            return Err(LogisticError::Lengths { expected, found });
        }
    }
    let binary = |y: &f64| y.to_bits() == 0.0_f64.to_bits() || y.to_bits() == 1.0_f64.to_bits();
    if let Some(row) = data.outcomes.iter().position(|y| !binary(y)) {
        return Err(LogisticError::NotBinary { row });
    }
    let finite = |row: &ArrayView1<f64>| row.iter().all(|x| x.is_finite());
    match data.design.rows().into_iter().position(|row| !finite(&row)) {
        Some(row) => Err(LogisticError::NotFinite { row }),
        None => Ok(()),
    }
}

/// The first column with which those before it separate the outcomes. More columns never undo a
/// separation, so the range is halved.
fn first_separating(data: LogisticData<'_>) -> usize {
    let (mut within, mut beyond) = (0, data.design.ncols() - 1);
    while within < beyond {
        let middle = usize::midpoint(within, beyond);
        let (design, _) = data.design.split_at(Axis(1), middle + 1);
        if matches!(Search::run(LogisticData { design, ..data }, None), Err(Stopped::Separated)) {
            beyond = middle;
        } else {
            within = middle + 1;
        }
    }
    within
}

enum Stopped {
    Separated,
    Singular(usize),
    Diverged(usize),
}

/// A point of the search.
struct Search<'a> {
    data: LogisticData<'a>,
    coefficients: Array1<f64>,
    linear: Array1<f64>,
    log_likelihood: f64,
    /// wᵢ μᵢ (1 − μᵢ).
    variances: Vec<f64>,
}

impl<'a> Search<'a> {
    fn run(data: LogisticData<'a>, start: Option<ArrayView1<f64>>) -> Result<Logistic, Stopped> {
        let p = data.design.ncols();
        let coefficients = start.map_or_else(|| Array1::zeros(p), |start| start.to_owned());
        let linear = data.design.dot(&coefficients);
        let log_likelihood = data.log_likelihood(&linear);
        let variances = vec![0.0; linear.len()];
        let mut search = Self { data, coefficients, linear, log_likelihood, variances };
        for taken in 0..MOST_STEPS {
            let step = search.step(taken)?;
            let moves = data.design.dot(&step);
            let largest = moves.iter().fold(0.0_f64, |most, z| most.max(z.abs()));
            if taken >= SUSPICIOUS && data.separates(&moves, largest) {
                return Err(Stopped::Separated);
            }
            let last = largest <= LAST_STEP;
            if !search.advance(&step, &moves) && !last {
                return Err(Stopped::Diverged(taken));
            }
            if last {
                return Ok(search.finish(taken + 1));
            }
        }
        Err(Stopped::Diverged(MOST_STEPS))
    }

    /// I⁻¹ Xᵀ w (y − μ).
    fn step(&mut self, taken: usize) -> Result<Array1<f64>, Stopped> {
        let mut scores = Array1::zeros(self.linear.len());
        for (row, (eta, y)) in self.linear.iter().zip(self.data.outcomes).enumerate() {
            let weight = self.data.counting.get(row);
            let (mean, other) = both(*eta);
            self.variances[row] = weight * mean * other;
            scores[row] = weight * if *y > 0.5 { other } else { -mean };
        }
        let score = self.data.design.t().dot(&scores);
        let information = weighted_gram(self.data.design, &self.variances);
        let solved = Cholesky::new(information.view()).and_then(|root| root.solve(score.view()));
        solved.map_err(|reason| match reason {
            NotPositiveDefinite::Row { row } if taken < SUSPICIOUS => Stopped::Singular(row),
            _ => Stopped::Diverged(taken),
        })
    }

    /// Takes the step, or the largest half, quarter … that does not lower the likelihood.
    fn advance(&mut self, step: &Array1<f64>, moves: &Array1<f64>) -> bool {
        let allowed = 1e-14 * self.log_likelihood.abs();
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let linear = &self.linear + &(moves * share);
            let log_likelihood = self.data.log_likelihood(&linear);
            if log_likelihood >= self.log_likelihood - allowed {
                self.coefficients.scaled_add(share, step);
                (self.linear, self.log_likelihood) = (linear, log_likelihood);
                return true;
            }
            share *= 0.5;
        }
        false
    }

    fn finish(mut self, steps: usize) -> Logistic {
        let fitted = self.linear.mapv(|eta| both(eta).0);
        for (row, (to, eta)) in self.variances.iter_mut().zip(&self.linear).enumerate() {
            let (mean, other) = both(*eta);
            *to = self.data.counting.get(row) * mean * other;
        }
        let information = weighted_gram(self.data.design, &self.variances);
        Logistic {
            coefficients: self.coefficients,
            fitted,
            information,
            log_likelihood: self.log_likelihood,
            steps,
        }
    }
}

impl LogisticData<'_> {
    fn log_likelihood(&self, linear: &Array1<f64>) -> f64 {
        sum(linear.iter().zip(self.outcomes).enumerate().map(|(row, (eta, y))| {
            let against = if *y > 0.5 { -eta } else { *eta };
            -self.counting.get(row) * (against.max(0.0) + ln_1p(exp(-against.abs())))
        }))
    }

    /// Whether these moves bring every outcome that counts nearer, or leave it where it is.
    fn separates(&self, moves: &Array1<f64>, largest: f64) -> bool {
        let allowed = SEPARATING * largest;
        largest > 0.01
            && moves.iter().zip(self.outcomes).enumerate().all(|(row, (z, y))| {
                let nearer = if *y > 0.5 { *z } else { -z };
                nearer >= -allowed || self.counting.get(row) <= 0.0
            })
    }
}

/// μ and 1 − μ of a linear predictor, each with all its digits.
pub(super) fn both(eta: f64) -> (f64, f64) {
    let small = exp(-eta.abs());
    let (near, far) = (1.0 / (1.0 + small), small / (1.0 + small));
    if eta >= 0.0 { (near, far) } else { (far, near) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{arr1, arr2};

    fn fit(x: &Array2<f64>, y: &[f64]) -> Result<Logistic, LogisticError> {
        let (design, outcomes) = (x.view(), ArrayView1::from(y));
        Logistic::fit(LogisticData { design, outcomes, counting: Counting::Once }, None)
    }

    #[test]
    fn two_groups_have_their_log_odds() {
        let x = arr2(&[[1., 1.], [1., 1.], [1., 1.], [1., 0.], [1., 0.], [1., 0.], [1., 0.]]);
        let got = fit(&x, &[1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]).unwrap();
        let ln = crate::numeric::elementary::ln;
        assert!((got.coefficients[0] + ln(3.0)).abs() < 1e-14);
        assert!((got.coefficients[1] - ln(6.0)).abs() < 1e-14);
        assert!((got.fitted[0] - 2.0 / 3.0).abs() < 1e-15);
        assert!((got.information[[1, 1]] - 2.0 / 3.0).abs() < 1e-14);
    }

    #[test]
    fn separation_is_named_by_its_column() {
        let x = arr2(&[
            [1.0, 0.3, 1.0],
            [1.0, -0.2, 2.0],
            [1.0, 0.9, 3.0],
            [1.0, 0.1, 4.0],
            [1.0, 0.5, 5.0],
            [1.0, -0.7, 6.0],
        ]);
        let separated = |column| LogisticError::Separated { column };
        assert_eq!(fit(&x, &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]).unwrap_err(), separated(2));
        assert_eq!(fit(&x, &[0.0; 6]).unwrap_err(), separated(0));
        // The fourth lies within the triangle of the second, fifth and sixth.
        assert!(fit(&x, &[0.0, 1.0, 0.0, 0.0, 1.0, 1.0]).is_ok());
        // Quasi-complete: the third and fourth share a value and differ in outcome.
        let mut ties = x.clone();
        ties[[2, 2]] = 4.0;
        assert_eq!(fit(&ties, &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]).unwrap_err(), separated(2));
    }

    #[test]
    fn those_who_count_nothing_do_not_count() {
        let x = arr2(&[[1.0, 1.0], [1.0, 2.0], [1.0, 3.0], [1.0, 4.0], [1.0, 2.5]]);
        let y = arr1(&[0.0, 1.0, 0.0, 1.0, 1.0]);
        let frequency = [1, 2, 2, 1, 0];
        let counting = Counting::Frequency(FrequencyWeights(&frequency));
        let data = LogisticData { design: x.view(), outcomes: y.view(), counting };
        let got = Logistic::fit(data, None).unwrap();
        let rows = [0, 1, 1, 2, 2, 3];
        let twice = x.select(ndarray::Axis(0), &rows);
        let want = fit(&twice, &rows.map(|i| y[i])).unwrap();
        assert!((&got.coefficients - &want.coefficients).iter().all(|d| d.abs() < 1e-12));
        let warm = Logistic::fit(data, Some(want.coefficients.view())).unwrap();
        assert!(warm.steps <= 2 && (warm.fitted[4] - got.fitted[4]).abs() < 1e-13);
        // Without weights the last is a fifth; without both others of a kind, separated.
        let frequency = [1, 0, 1, 1, 1];
        let counting = Counting::Frequency(FrequencyWeights(&frequency));
        let kept = Logistic::fit(LogisticData { counting, ..data }, None);
        assert!(kept.is_ok());
        let frequency = [1, 0, 0, 1, 1];
        let counting = Counting::Frequency(FrequencyWeights(&frequency));
        let apart = Logistic::fit(LogisticData { counting, ..data }, None);
        assert_eq!(apart.unwrap_err(), LogisticError::Separated { column: 1 });
    }

    #[test]
    fn what_is_no_regression_is_named() {
        let x = arr2(&[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]);
        let y = [0.0, 1.0, 0.0, 1.0];
        assert_eq!(fit(&x, &y).unwrap_err(), LogisticError::Singular { column: 1 });
        let half = fit(&x, &[0.0, 0.5, 0.0, 1.0]).unwrap_err();
        assert_eq!(half, LogisticError::NotBinary { row: 1 });
        let short = fit(&x, &y[..3]).unwrap_err();
        assert_eq!(short, LogisticError::Lengths { expected: 4, found: 3 });
    }
}
