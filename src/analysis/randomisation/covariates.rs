//! The characteristics that the test of balance looks at, nothing missing.

use ndarray::Array2;

use super::super::adjusted::Adjusted;
use super::super::cohort::indicator;
use super::super::covariates::{CovariateValues, NamedCovariate};

/// A row a participant: numbers, then whether they are missing; a column a level, the missing as
/// one more. A missing number stands as the mean of the others, so that it counts by its absence
/// alone. None without variables.
pub(super) fn balance_columns(adjusted: Adjusted<'_>) -> Option<Array2<f64>> {
    let (plan, cohort) = (adjusted.setting.plan, adjusted.cohort);
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for name in plan.baseline_variables() {
        let Some(variable) = NamedCovariate::new(plan, cohort, &name) else { continue };
        match variable.values {
            CovariateValues::Numbers(numbers) => add_numbers(&mut columns, &numbers),
            CovariateValues::Categories { levels, codes } => {
                for level in (0..levels.len()).map(Some).chain([None]) {
                    columns.push(codes.iter().map(|own| indicator(*own == level)).collect());
                }
            }
        }
    }
    let n = cohort.outcomes.len();
    (!columns.is_empty()).then(|| Array2::from_shape_fn((n, columns.len()), |(i, j)| columns[j][i]))
}

fn add_numbers(columns: &mut Vec<Vec<f64>>, numbers: &[Option<f64>]) {
    let known: Vec<f64> = numbers.iter().copied().flatten().collect();
    let mean = crate::numeric::sum::mean(&known).unwrap_or(0.0);
    columns.push(numbers.iter().map(|number| number.unwrap_or(mean)).collect());
    if known.len() < numbers.len() {
        columns.push(numbers.iter().map(|number| indicator(number.is_none())).collect());
    }
}
