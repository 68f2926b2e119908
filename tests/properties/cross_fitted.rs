//! Properties of the lasso, of effects cross-fitted on it, and of augmented weighting.

use ips_eval::estimate::aipw::{AugmentedEffect, OutcomeModel, aipw_cross_fitted};
use ips_eval::estimate::elastic_net::Partialled;
use ips_eval::estimate::lasso::{CrossFittedEffect, lasso_at, lasso_cross_fitted};
use ips_eval::numeric::least_squares::LeastSquares;
use ips_eval::trial::arm::Arm;
use ndarray::{Array1, Array2};
use proptest::prelude::*;

use super::trials::{People, close, level, people, shuffled, twice};

fn crossed(people: &People) -> CrossFittedEffect {
    lasso_cross_fitted(&people.sample(), people.covariates.view(), &people.folds, level())
        .expect("an effect")
}

fn augmented(people: &People, model: OutcomeModel) -> AugmentedEffect {
    aipw_cross_fitted(&people.sample(), people.covariates.view(), &people.folds, model, level())
        .expect("an effect")
}

/// Worked at all, with the sign of the outcome.
fn binary(people: &People) -> People {
    people.with_outcomes(|i| f64::from(u8::from(people.outcomes[i] > 0.0)))
}

fn rescaled(people: &People) -> People {
    let covariates = &people.covariates * 2.0 + 64.0;
    People { covariates, ..people.clone() }
}

/// Ones, arm and strata.
fn design(people: &People) -> Array2<f64> {
    Array2::from_shape_fn((people.arms.len(), 1 + people.n_strata), |(i, j)| match j {
        0 => 1.0,
        1 => f64::from(u8::from(people.arms[i] == Arm::Intervention)),
        _ => f64::from(u8::from(people.strata[i] == j - 1)),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Karush, Kuhn and Tucker: the gradient is the penalty where a covariate is selected, and
    /// within it elsewhere.
    #[test]
    fn the_lasso_meets_the_conditions_of_its_minimum(people in people(), share in 0.01..1.2_f64) {
        let (x, y) = (&people.covariates, Array1::from(people.outcomes.clone()));
        let z = design(&people);
        let partialled = Partialled::new(z.view(), x.view(), y.view()).unwrap();
        let penalty = share * partialled.largest_penalty();
        let fit = lasso_at(&people.sample(), x.view(), penalty).unwrap();
        let own = |v: &Array1<f64>| LeastSquares::fit(z.view(), v.view()).unwrap().residuals;
        let left = own(&(&y - &x.dot(&fit.coefficients)));
        let n = y.len() as f64;
        for (column, b) in x.columns().into_iter().zip(&fit.coefficients) {
            let u = own(&column.to_owned());
            let gradient = u.dot(&left) / n / (u.dot(&u) / n).sqrt();
            prop_assert!(gradient.abs() <= penalty * (1.0 + 1e-9));
            if b.abs() > 0.0 {
                close(gradient / penalty, b.signum(), 1e-9)?;
            }
        }
        if share >= 1.0 + 1e-9 {
            prop_assert_eq!(fit.selected(), 0);
        }
    }

    #[test]
    fn cross_fitted_effects_do_not_depend_on_order_names_or_units((people, order) in shuffled()) {
        let got = crossed(&people);
        let error = got.effect.inference.unwrap().std_error;
        for other in [people.taken(&order), people.strata_renamed(), rescaled(&people)] {
            let other = crossed(&other);
            close(other.effect.estimate, got.effect.estimate, 1e-7)?;
            close(other.effect.inference.unwrap().std_error, error, 1e-7)?;
            prop_assert_eq!(other.most_selected, got.most_selected);
        }
        close(crossed(&people.swapped()).effect.estimate, -got.effect.estimate, 1e-7)?;
        let moved = people.with_outcomes(|i| 30.0 + 4.0 * people.outcomes[i]);
        close(crossed(&moved).effect.estimate, 4.0 * got.effect.estimate, 1e-7)?;
        close(crossed(&twice(&people)).effect.estimate, got.effect.estimate, 1e-7)?;
    }

    #[test]
    fn augmented_effects_do_not_depend_on_order_names_or_units((people, order) in shuffled()) {
        for (people, model) in [(people.clone(), OutcomeModel::Lasso), (binary(&people), OutcomeModel::Logistic)] {
            let Ok(got) = aipw_cross_fitted(
                &people.sample(), people.covariates.view(), &people.folds, model, level(),
            ) else { continue };
            let renamed = people.strata_renamed();
            // The prior of separated coefficients depends on which stratum is the reference.
            let renamed = if got.separated == 0 { renamed } else { people.clone() };
            for other in [people.taken(&order), renamed, rescaled(&people)] {
                let other = augmented(&other, model);
                close(other.estimate, got.estimate, 1e-6)?;
                close(other.std_error, got.std_error, 1e-6)?;
            }
            close(augmented(&people.swapped(), model).estimate, -got.estimate, 1e-6)?;
            let again = augmented(&people.taken(&order), model);
            for (place, &i) in order.iter().enumerate() {
                close(again.influence[place], got.influence[i], 1e-6)?;
            }
            let total: f64 = got.influence.iter().sum();
            close(total, 0.0, 1e-9 * people.arms.len() as f64)?;
            // The prior counts for less among twice as many.
            if got.separated == 0 {
                let doubled = augmented(&twice(&people), model);
                let n = people.arms.len() as f64;
                close(doubled.estimate, got.estimate, 1e-6)?;
                close(doubled.std_error, got.std_error * ((n - 1.0) / (2.0 * n - 1.0)).sqrt(), 1e-6)?;
            }
        }
    }
}
