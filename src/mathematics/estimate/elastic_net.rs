//! The lasso with some columns never penalised: linfa's coordinate descent inside a standardising
//! wrapper.

use linfa::DatasetBase;
use linfa::traits::Fit as _;
use linfa_elasticnet::ElasticNetParams;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use thiserror::Error;

use crate::numeric::elementary::{exp, ln};
use crate::numeric::least_squares::{COLLINEAR, LeastSquares, LeastSquaresError};
use crate::numeric::sum::sum;
use crate::numeric::symmetric::solve_symmetric;
use crate::numeric::triangle::triangle;

/// Penalties tried, from the smallest that selects nothing down to [`SMALLEST`] of it.
const STEPS: usize = 60;

/// Last penalty of the path, as a share of the first.
const SMALLEST: f64 = 1e-3;

/// Where coordinate descent stops: duality gap as a share of the outcome's sum of squares, and the
/// largest move of a coefficient as a share of the largest coefficient. It only has to find which
/// coefficients are not 0, and is tried again with the next where it did not.
const TOLERANCES: [f64; 3] = [1e-3, 1e-6, 1e-9];

/// Rounds of coordinate descent after which it stops in any case.
const MOST_ROUNDS: u32 = 10_000;

/// By how much a gradient may exceed the penalty at the minimum, as a share of the penalty.
const SLACK: f64 = 1e-10;

/// The same, as a share of the gradient where all coefficients are 0: rounding.
const ROUNDING: f64 = 1e-13;

/// Why there is no penalised fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PenalisedError {
    /// The columns that are never penalised are collinear, or a value is not finite.
    #[error(transparent)]
    Unpenalised(#[from] LeastSquaresError),
    /// The covariates have another number of rows than the outcome.
    #[error("{covariates} rows of covariates and {outcomes} outcomes")]
    Lengths {
        /// Rows of the covariates, or fold numbers.
        covariates: usize,
        /// Outcomes.
        outcomes: usize,
    },
    /// The penalty is negative or not finite.
    #[error("the penalty is not a number from 0 up")]
    Penalty,
    /// Cross-validation needs two folds with people.
    #[error("fewer than two folds have participants")]
    FewerThanTwoFolds,
    /// Coordinate descent refused.
    #[error("coordinate descent did not run")]
    Descent,
}

/// Outcome and covariates after the columns that are never penalised are partialled out.
///
/// By Frisch, Waugh and Lovell the penalised coefficients of the residuals' regression are those
/// of the whole, in which the other columns have no penalty.
#[derive(Clone, Debug)]
pub struct Partialled {
    /// Residuals of the outcome, divided by `outcome_scale`.
    outcome: Array1<f64>,
    outcome_scale: f64,
    /// Residuals of the covariates, each of mean square 1; those without a variance of their own
    /// are 0.
    covariates: Array2<f64>,
    /// Root mean squares of the residuals; 0 for covariates without a variance of their own.
    scales: Array1<f64>,
}

/// A penalised fit.
#[derive(Clone, Debug, PartialEq)]
pub struct PenalisedFit {
    /// Coefficients in the outcome's unit per unit of the covariate; exactly 0 where not selected.
    pub coefficients: Array1<f64>,
    /// The penalty λ, in the outcome's unit.
    pub penalty: f64,
}

impl PenalisedFit {
    /// Covariates whose coefficient is not 0.
    pub fn selected(&self) -> usize {
        self.coefficients.iter().filter(|b| b.abs() > 0.0).count()
    }
}

impl Partialled {
    /// Takes the columns of `unpenalised` out of outcome and covariates, and standardises.
    ///
    /// # Shapes
    ///
    /// `unpenalised`: n × q, with its column of ones. `covariates`: n × p. `outcome`: n.
    ///
    /// # Errors
    ///
    /// [`PenalisedError::Lengths`] and [`PenalisedError::Unpenalised`].
    pub fn new(
        unpenalised: ArrayView2<f64>,
        covariates: ArrayView2<f64>,
        outcome: ArrayView1<f64>,
    ) -> Result<Self, PenalisedError> {
        if covariates.nrows() != outcome.len() {
            let (covariates, outcomes) = (covariates.nrows(), outcome.len());
            return Err(PenalisedError::Lengths { covariates, outcomes });
        }
        let design = LeastSquares::fit(unpenalised, outcome)?;
        let (outcome, outcome_scale) = residual(&design, outcome)?;
        let mut residuals = Array2::zeros(covariates.dim());
        let mut scales = Array1::zeros(covariates.ncols());
        for (j, column) in covariates.columns().into_iter().enumerate() {
            let (own, scale) = residual(&design, column)?;
            residuals.column_mut(j).assign(&own);
            scales[j] = scale;
        }
        Ok(Self { outcome, outcome_scale, covariates: residuals, scales })
    }

    /// The smallest penalty that selects nothing: the largest |xⱼ'y|/n.
    pub fn largest_penalty(&self) -> f64 {
        let n = self.outcome.len() as f64;
        let moments = self.covariates.t().dot(&self.outcome);
        moments.iter().fold(0.0_f64, |most, m| most.max(m.abs() / n)) * self.outcome_scale
    }

    /// The lasso at one penalty λ:
    ///
    /// ```text
    /// minimise   Σ (yᵢ − xᵢ'b)² / 2n + λ Σ |bⱼ|
    /// ```
    ///
    /// over the coefficients b of covariates standardised to mean square 1, y and x being
    /// residuals. At the minimum |xⱼ'e|/n ≤ λ, with equality for those selected.
    ///
    /// # Errors
    ///
    /// [`PenalisedError::Penalty`].
    ///
    /// linfa's coordinate descent finds which coefficients are not 0, on the p rows of R in
    /// \[X y\] = Q R instead of the n of X: the sum of squares is the same for every b but for a
    /// constant, and its penalty, which counts rows, is n λ / p. Given the signs s of what is not 0
    /// the minimum solves X'X b = X'y − n λ s, and the condition on |xⱼ'e| proves it.
    ///
    /// # References
    ///
    /// - Tibshirani R (1996). *Journal of the Royal Statistical Society B* 58:267–288.
    /// - Agrees with R's `glmnet` whose penalty factor is 0 for arm and strata; see
    ///   `tests/reference/r/lasso.R`.
    pub fn fit(&self, penalty: f64) -> Result<PenalisedFit, PenalisedError> {
        if !(penalty.is_finite() && penalty >= 0.0) {
            return Err(PenalisedError::Penalty);
        }
        let everyone: Vec<usize> = (0..self.outcome.len()).collect();
        self.minimum(&Problem::new(&self.rows(&everyone), everyone.len()), penalty)
    }

    fn minimum(&self, problem: &Problem, penalty: f64) -> Result<PenalisedFit, PenalisedError> {
        let none = Array1::zeros(self.scales.len());
        let b = problem.minimum(self.scaled(penalty), &none)?;
        let in_units = |(b, scale): (f64, &f64)| {
            if *scale > 0.0 { b * self.outcome_scale / scale } else { 0.0 }
        };
        let coefficients = b.into_iter().zip(&self.scales).map(in_units).collect();
        Ok(PenalisedFit { coefficients, penalty })
    }

    /// The penalty for the outcome of mean square 1.
    fn scaled(&self, penalty: f64) -> f64 {
        if self.outcome_scale > 0.0 { penalty / self.outcome_scale } else { penalty }
    }

    /// R of these people's covariates and outcome: at most p + 1 rows and p + 1 columns.
    fn rows(&self, people: &[usize]) -> Array2<f64> {
        let p = self.covariates.ncols();
        let own = Array2::from_shape_fn((people.len(), p + 1), |(row, j)| {
            let i = people[row];
            if j < p { self.covariates[[i, j]] } else { self.outcome[i] }
        });
        triangle(own.view())
    }

    /// The lasso at the penalty with the least cross-validated squared error.
    ///
    /// The path has 60 penalties in geometric progression, from the smallest that selects nothing
    /// down to a thousandth of it. Each fold is predicted from the others; of two equal errors the
    /// larger penalty wins. Partialling out and standardising are done once, before the folds.
    ///
    /// # Errors
    ///
    /// [`PenalisedError::FewerThanTwoFolds`] and [`PenalisedError::Lengths`].
    pub fn cross_validated(&self, folds: &[usize]) -> Result<PenalisedFit, PenalisedError> {
        if folds.len() != self.outcome.len() {
            let (covariates, outcomes) = (folds.len(), self.outcome.len());
            return Err(PenalisedError::Lengths { covariates, outcomes });
        }
        let mut labels = folds.to_vec();
        labels.sort_unstable();
        labels.dedup();
        if labels.len() < 2 {
            return Err(PenalisedError::FewerThanTwoFolds);
        }
        let of = |label| (0..folds.len()).filter(|&i| folds[i] == label).collect::<Vec<usize>>();
        let members: Vec<Vec<usize>> = labels.into_iter().map(of).collect();
        let parts: Vec<Array2<f64>> = members.iter().map(|people| self.rows(people)).collect();
        let largest = self.largest_penalty();
        let path: Vec<f64> = (0..STEPS).map(|step| largest * share(step)).collect();
        let mut errors = vec![Vec::new(); STEPS];
        for (held, part) in parts.iter().enumerate() {
            let others = parts.iter().enumerate().filter(|(fold, _)| *fold != held);
            let n = folds.len() - members[held].len();
            let problem = Problem::new(&stacked(others.map(|(_, part)| part)), n);
            let (held_x, held_y) = outcome_apart(part);
            // From the largest penalty down, each minimum is the next one's neighbour.
            let mut b = Array1::zeros(self.scales.len());
            for (penalty, errors) in path.iter().zip(&mut errors) {
                b = problem.minimum(self.scaled(*penalty), &b)?;
                let off = &held_y - &held_x.dot(&b);
                errors.push(off.dot(&off));
            }
        }
        let mut best = (f64::INFINITY, largest);
        for (penalty, errors) in path.into_iter().zip(errors) {
            let total = sum(errors);
            if total < best.0 {
                best = (total, penalty);
            }
        }
        self.minimum(&Problem::new(&stacked(parts.iter()), folds.len()), best.1)
    }
}

/// The triangle of these, one above the other.
fn stacked<'a>(parts: impl Iterator<Item = &'a Array2<f64>>) -> Array2<f64> {
    let rows: Vec<ArrayView1<f64>> = parts.flat_map(|part| part.rows()).collect();
    let columns = rows.first().map_or(1, ArrayView1::len);
    triangle(Array2::from_shape_fn((rows.len(), columns), |(i, j)| rows[i][j]).view())
}

/// Covariates, and the outcome, which is the last column.
fn outcome_apart(rows: &Array2<f64>) -> (ArrayView2<'_, f64>, ArrayView1<'_, f64>) {
    let p = rows.ncols() - 1;
    let (covariates, outcome) = rows.view().split_at(Axis(1), p);
    (covariates, outcome.index_axis_move(Axis(1), 0))
}

/// A lasso on people's triangle.
struct Problem {
    /// X and y of at most p rows: the last of the triangle says only what no b changes.
    x: Array2<f64>,
    y: Array1<f64>,
    /// X'X and X'y.
    gram: Array2<f64>,
    moments: Array1<f64>,
    /// People.
    n: f64,
}

impl Problem {
    fn new(rows: &Array2<f64>, n: usize) -> Self {
        let (x, y) = outcome_apart(rows);
        let few = x.nrows().min(x.ncols());
        let x = x.split_at(Axis(0), few).0.to_owned();
        let y = y.split_at(Axis(0), few).0.to_owned();
        Self { gram: x.t().dot(&x), moments: x.t().dot(&y), x, y, n: n as f64 }
    }

    /// The minimum, first where as much is selected as in `near`.
    fn minimum(&self, penalty: f64, near: &Array1<f64>) -> Result<Array1<f64>, PenalisedError> {
        if let Some(exact) = self.exact(penalty, near) {
            return Ok(exact);
        }
        let mut rough = Array1::zeros(self.moments.len());
        for tolerance in TOLERANCES {
            rough = self.descend(penalty, tolerance)?;
            if let Some(exact) = self.exact(penalty, &rough) {
                return Ok(exact);
            }
        }
        Ok(rough)
    }

    /// The minimum, if the coefficients that are not 0, and their signs, are as in `rough`.
    fn exact(&self, penalty: f64, rough: &Array1<f64>) -> Option<Array1<f64>> {
        let chosen: Vec<usize> = (0..rough.len()).filter(|&j| rough[j].abs() > 0.0).collect();
        let size = chosen.len();
        let limit = self.n * penalty;
        let gram = Array2::from_shape_fn((size, size), |(i, j)| self.gram[[chosen[i], chosen[j]]]);
        let right = Array1::from_shape_fn(size, |i| {
            self.moments[chosen[i]] - limit * rough[chosen[i]].signum()
        });
        let solved = solve_symmetric(gram.view(), right.view()).ok()?;
        let mut b = Array1::zeros(rough.len());
        for (&j, value) in chosen.iter().zip(solved) {
            b[j] = value;
        }
        if chosen.iter().any(|&j| b[j] * rough[j].signum() <= 0.0) {
            return None;
        }
        let most = self.moments.iter().fold(0.0_f64, |most, m| most.max(m.abs()));
        let allowed = limit * (1.0 + SLACK) + ROUNDING * most;
        let gradient = &self.moments - &self.gram.dot(&b);
        gradient.iter().all(|g| g.abs() <= allowed).then_some(b)
    }

    /// Coordinate descent on what is centred and standardised already: linfa centres no covariates,
    /// so that its own intercept would be wrong.
    fn descend(&self, penalty: f64, tolerance: f64) -> Result<Array1<f64>, PenalisedError> {
        let data = DatasetBase::new(self.x.view(), self.y.view());
        let fit = ElasticNetParams::new()
            .l1_ratio(1.0)
            .penalty(penalty * self.n / self.x.nrows() as f64)
            .with_intercept(false)
            .tolerance(tolerance)
            .max_iterations(MOST_ROUNDS)
            .fit(&data)
            .map_err(|_| PenalisedError::Descent)?;
        Ok(fit.hyperplane().clone())
    }
}

/// Where on the path a step stands, from 1 to [`SMALLEST`].
fn share(step: usize) -> f64 {
    exp(ln(SMALLEST) * step as f64 / (STEPS as f64 - 1.0))
}

/// Residuals of mean square 1, and what they were divided by; zeros where the columns of
/// `design` say all there is.
fn residual(
    design: &LeastSquares,
    values: ArrayView1<f64>,
) -> Result<(Array1<f64>, f64), LeastSquaresError> {
    let n = values.len() as f64;
    let centre = sum(values.iter().copied()) / n.max(1.0);
    let centred = values.mapv(|value| value - centre);
    let residuals = design.residuals_of(centred.view())?;
    let scale = (residuals.dot(&residuals) / n).sqrt();
    let raw = (values.dot(&values) / n).sqrt();
    let before = (centred.dot(&centred) / n).sqrt();
    // Nothing of its own, or nothing but the rounding of a constant far from 0.
    if scale.is_nan() || scale <= COLLINEAR * before || before <= 1e-12 * raw {
        return Ok((Array1::zeros(values.len()), 0.0));
    }
    Ok((residuals / scale, scale))
}
