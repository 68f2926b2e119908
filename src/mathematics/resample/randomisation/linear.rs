//! The arm's effect by least squares, under any assignment.

use ndarray::{Array1, Array2, ArrayView2};
use thiserror::Error;

use super::column_sums::ColumnSums;
use super::design::{Assignment, RandomisationDesign};
use super::statistics::spread;
use crate::numeric::least_squares::{LeastSquares, LeastSquaresError};

/// What is left of the arm beside the other columns, as a share of those who get the
/// intervention, below which nothing is left.
const NO_ARM: f64 = 1e-12;

/// 1 − h below which a leverage is 1, as in `crate::numeric::least_squares`.
const NO_LEEWAY: f64 = 1e-12;

/// The squared share of the arm that a participant of leverage 1 may have.
const NO_SHARE: f64 = 1e-16;

/// Standard errors below this share of the outcomes' standard deviation are rounding.
const ROUNDING: f64 = 1e-12;

/// A column whose values within groups of the design differ by less than this share of the largest
/// is the same for all of the group.
const SAME: f64 = 1e-13;

/// Outcomes of those observed.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// Their positions in the design, each once.
    pub positions: &'a [usize],
    /// Their outcomes, in the same order.
    pub outcomes: &'a [f64],
}

/// Why an effect cannot be computed under any assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinearEffectError {
    /// The columns beside the arm are not determined.
    #[error(transparent)]
    LeastSquares(#[from] LeastSquaresError),
}

/// The coefficient β of the arm in a regression on arm and fixed columns, by the theorem of
/// Frisch, Waugh and Lovell.
///
/// ```text
/// β(z) = z' M y / z' M z,   M = I − Q Q',   z = 1 with the intervention, 0 without
/// V(z) = Σᵢ (M z)ᵢ² eᵢ² / (1 − hᵢ) / (z' M z)²
/// eᵢ   = (M y)ᵢ − β (M z)ᵢ,   hᵢ = |Qᵢ|² + (M z)ᵢ² / z' M z
/// ```
///
/// Q is an orthonormal basis of the columns beside the arm, made once. V is the HC2 variance, and
/// t(z) = β / √V the studentised effect. β reads only those who get the intervention, V everybody.
/// With the intercept alone β is the difference of means and V is Neyman's s₁²/n₁ + s₀²/n₀; with a
/// dummy for each stratum β weighs the strata's differences by n₁ₛ n₀ₛ / nₛ.
///
/// # Conventions
///
/// Participants of the design who are not observed take part in its draws and in nothing else.
/// Columns that are the same for all of each group of the design, those not observed counted as 0,
/// have a product with z that never changes and are not added up again.
///
/// β is NaN where nothing of z is left beside the columns (a share of 1e-12); V and what is made
/// of it also where β moves with a participant of leverage 1, and where √V is below 1e-12 of the
/// outcomes' standard deviation. A participant alone in a stratum adds nothing to either.
///
/// # References
///
/// - Lovell MC (1963). *Journal of the American Statistical Association* 58:993–1010.
/// - `MacKinnon` JG, White H (1985). *Journal of Econometrics* 29:305–325.
/// - Zhao A, Ding P (2021). *Journal of Econometrics* 225:278–294: studentised,
///   the test also holds for the average effect, in large samples.
/// - Agrees with R's `lm` and HC2 of sandwich 3.0-2 under every assignment:
///   `tests/reference/r/randomisation.R`.
#[derive(Clone, Debug)]
pub struct LinearEffect {
    /// (M y), then the columns of Q whose product with z changes, then whether each is observed,
    /// unless their number with the intervention never changes. 0 where not observed.
    sums: ColumnSums,
    /// M z of the observed assignment: a column of its own, for inverted tests.
    observed_arm: ColumnSums,
    /// How many columns of Q are among the sums.
    n_changing: usize,
    /// Those observed with the intervention, where that never changes.
    n_treated: Option<f64>,
    /// Σ (q' z)² over the columns of Q that are not among the sums.
    fixed_square: f64,
    people: Vec<Person>,
    outcomes_std_dev: f64,
}

/// What someone observed brings along.
#[derive(Clone, Copy, Debug)]
struct Person {
    position: u32,
    /// (M y)ᵢ.
    residual: f64,
    /// (M z)ᵢ of the observed assignment.
    observed_arm: f64,
    /// |Qᵢ|².
    leverage: f64,
    /// Qᵢ Q' z over the columns of Q whose product with z never changes.
    fixed: f64,
}

/// Working memory of one thread.
#[derive(Clone, Debug)]
pub struct LinearScratch {
    sums: Vec<f64>,
    coefficients: Vec<f64>,
    observed_arm: Vec<f64>,
}

/// β and its standard error; NaN where they do not exist.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RawEffect {
    /// β.
    pub estimate: f64,
    /// √V.
    pub std_error: f64,
}

/// An effect on y − τ z₀, z₀ the observed assignment, for any τ: what an inverted test reads.
///
/// The effect of the assignment z on what outcomes would be without a constant effect τ is
/// β(τ) = a − τ b; its variance is V(τ) = A − 2 τ B + τ² C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShiftedEffect {
    /// a, b.
    pub effect: [f64; 2],
    /// A, B, C.
    pub variance: [f64; 3],
}

/// z' M y and z' M z.
#[derive(Clone, Copy)]
struct Products {
    outcome: f64,
    arm: f64,
}

impl LinearEffect {
    /// Beside the arm, the `columns` (a row for each of those observed, intercept or strata
    /// included).
    ///
    /// # Errors
    ///
    /// [`LinearEffectError`], where the columns are collinear or not finite.
    ///
    /// # Panics
    ///
    /// If outcomes and positions differ in number or a position lies outside the design.
    pub fn new(
        design: &RandomisationDesign,
        observed: Observed<'_>,
        columns: ArrayView2<'_, f64>,
    ) -> Result<Self, LinearEffectError> {
        let Observed { positions, outcomes } = observed;
        assert_eq!(positions.len(), outcomes.len(), "one outcome a position");
        let is_fixed = |column: &[f64]| never_changes(design, &spread(design, positions, column));
        // What never changes comes first, so that its part of the basis does not either.
        let mut order: Vec<usize> = (0..columns.ncols()).collect();
        order.sort_by_key(|&j| !is_fixed(&columns.column(j).to_vec()));
        let n = positions.len();
        let sorted = Array2::from_shape_fn((n, order.len()), |(i, j)| columns[[i, order[j]]]);
        let y = Array1::from(outcomes.to_vec());
        let fit = LeastSquares::fit(sorted.view(), y.view())?;
        let treated = design.observed().is_treated();
        let z: Array1<f64> = positions.iter().map(|&i| f64::from(u8::from(treated[i]))).collect();
        let observed_arm = fit.residuals_of(z.view())?;
        let basis: Vec<Vec<f64>> = fit.basis().columns().into_iter().map(|q| q.to_vec()).collect();
        let (fixed, changing): (Vec<_>, Vec<_>) = basis.into_iter().partition(|q| is_fixed(q));
        let along: Vec<f64> =
            fixed.iter().map(|q| q.iter().zip(&z).map(|(q, z)| q * z).sum()).collect();
        let person = |(k, &position): (usize, &usize)| Person {
            position: u32::try_from(position).expect("a design has fewer people than 2³²"),
            residual: fit.residuals[k],
            observed_arm: observed_arm[k],
            leverage: fit.leverages[k],
            fixed: fixed.iter().zip(&along).map(|(q, along)| q[k] * along).sum(),
        };
        let n_changing = changing.len();
        let everywhere = spread(design, positions, &vec![1.0; n]);
        let n_treated = never_changes(design, &everywhere).then(|| z.sum());
        let mut columns = vec![spread(design, positions, &fit.residuals.to_vec())];
        columns.extend(changing.iter().map(|q| spread(design, positions, q)));
        columns.extend(n_treated.is_none().then_some(everywhere));
        let arm = spread(design, positions, &observed_arm.to_vec());
        Ok(Self {
            sums: ColumnSums::new(design.n_participants(), &columns),
            observed_arm: ColumnSums::new(design.n_participants(), &[arm]),
            n_changing,
            n_treated,
            fixed_square: along.iter().map(|along| along * along).sum(),
            people: positions.iter().enumerate().map(person).collect(),
            outcomes_std_dev: std_dev(outcomes),
        })
    }

    /// Beside the arm, a dummy for each stratum: the number in `strata`, one for each of those
    /// observed.
    ///
    /// # Errors
    ///
    /// [`LinearEffectError`].
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    pub fn within_strata(
        design: &RandomisationDesign,
        observed: Observed<'_>,
        strata: &[usize],
    ) -> Result<Self, LinearEffectError> {
        let mut numbers = strata.to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        let dummies = Array2::from_shape_fn((strata.len(), numbers.len()), |(i, j)| {
            f64::from(u8::from(strata[i] == numbers[j]))
        });
        Self::new(design, observed, dummies.view())
    }

    /// Beside the arm, the intercept: the difference of means.
    ///
    /// # Errors
    ///
    /// [`LinearEffectError`].
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    pub fn of_means(
        design: &RandomisationDesign,
        observed: Observed<'_>,
    ) -> Result<Self, LinearEffectError> {
        Self::new(design, observed, Array2::ones((observed.positions.len(), 1)).view())
    }

    /// Working memory for a thread.
    pub fn scratch(&self) -> LinearScratch {
        let length = self.sums.padded_len();
        LinearScratch {
            sums: vec![0.0; length],
            coefficients: vec![0.0; length],
            observed_arm: vec![0.0; self.observed_arm.padded_len()],
        }
    }

    /// β.
    pub fn estimate(&self, assignment: &Assignment, scratch: &mut LinearScratch) -> f64 {
        let Products { outcome, arm } = self.products(assignment, scratch);
        outcome / arm
    }

    /// β and its standard error; t is their quotient.
    pub fn effect(&self, assignment: &Assignment, scratch: &mut LinearScratch) -> RawEffect {
        let products = self.products(assignment, scratch);
        let estimate = products.outcome / products.arm;
        let square = self.variance(assignment, scratch, products.arm, |person, arm| {
            let residual = person.residual - estimate * arm;
            [residual * residual, 0.0, 0.0]
        });
        let std_error = square[0].sqrt();
        let exists = std_error > ROUNDING * self.outcomes_std_dev;
        RawEffect { estimate, std_error: if exists { std_error } else { f64::NAN } }
    }

    /// a and b of [`ShiftedEffect`].
    pub fn shift(&self, assignment: &Assignment, scratch: &mut LinearScratch) -> [f64; 2] {
        let Products { outcome, arm } = self.products(assignment, scratch);
        self.observed_arm.write(assignment.treated(), &mut scratch.observed_arm);
        [outcome / arm, scratch.observed_arm[0] / arm]
    }

    /// All five numbers of [`ShiftedEffect`].
    pub fn studentised_shift(
        &self,
        assignment: &Assignment,
        scratch: &mut LinearScratch,
    ) -> ShiftedEffect {
        let [a, b] = self.shift(assignment, scratch);
        let arm = self.products(assignment, scratch).arm;
        let variance = self.variance(assignment, scratch, arm, |person, arm| {
            let of_outcome = person.residual - a * arm;
            let of_arm = person.observed_arm - b * arm;
            [of_outcome * of_outcome, of_outcome * of_arm, of_arm * of_arm]
        });
        ShiftedEffect { effect: [a, b], variance }
    }

    fn products(&self, assignment: &Assignment, scratch: &mut LinearScratch) -> Products {
        self.sums.write(assignment.treated(), &mut scratch.sums);
        let changing = &scratch.sums[1..=self.n_changing];
        let square: f64 = changing.iter().map(|along| along * along).sum();
        let n = self.n_treated.unwrap_or_else(|| scratch.sums[self.sums.n_columns() - 1]);
        let arm = n - self.fixed_square - square;
        let exists = arm > NO_ARM * n;
        Products { outcome: scratch.sums[0], arm: if exists { arm } else { f64::NAN } }
    }

    /// Σ (M z)² (…) / (1 − h) / (z' M z)² of products of residuals, after
    /// [`products`](Self::products) of the same assignment.
    fn variance(
        &self,
        assignment: &Assignment,
        scratch: &mut LinearScratch,
        arm_square: f64,
        residuals: impl Fn(&Person, f64) -> [f64; 3],
    ) -> [f64; 3] {
        let LinearScratch { sums, coefficients, .. } = scratch;
        coefficients.fill(0.0);
        coefficients[1..=self.n_changing].copy_from_slice(&sums[1..=self.n_changing]);
        let treated = assignment.is_treated();
        let mut total = [0.0; 3];
        let share = 1.0 / arm_square;
        for person in &self.people {
            let z = f64::from(u8::from(treated[person.position as usize]));
            let arm = z - person.fixed - self.sums.dot(person.position, coefficients);
            let square = arm * arm;
            let leeway = 1.0 - person.leverage - square * share;
            if leeway > NO_LEEWAY {
                let weight = square / leeway;
                for (total, product) in total.iter_mut().zip(residuals(person, arm)) {
                    *total += weight * product;
                }
            } else if leeway.is_nan() || square > NO_SHARE * arm_square {
                return [f64::NAN; 3];
            }
        }
        total.map(|sum| sum / (arm_square * arm_square))
    }
}

/// Whether a column has one value within each group of the design.
fn never_changes(design: &RandomisationDesign, column: &[f64]) -> bool {
    let largest = column.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    design.groups().all(|(members, _)| {
        let first = column[members[0] as usize];
        members.iter().all(|&i| (column[i as usize] - first).abs() <= SAME * largest)
    })
}

fn std_dev(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (squares / (n - 1.0)).sqrt()
}
