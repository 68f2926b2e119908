//! Reference values of the lasso and of the effect cross-fitted on it.

use ips_eval::estimate::elastic_net::Partialled;
use ips_eval::estimate::lasso::{lasso_at, lasso_cross_fitted, outside_each_fold};
use ndarray::{Array1, Array2};

use super::case::{Case, each_case, position};
use super::{number, numbers};

pub(super) fn covariates(case: &Case<'_>) -> Array2<f64> {
    let columns = position(number(case.input("columns")));
    let cells = numbers(case.input("x"));
    Array2::from_shape_vec((cells.len() / columns, columns), cells).expect("rows of one length")
}

#[test]
fn the_lasso_agrees_with_glmnet() {
    each_case("lasso", "fixed", |case| {
        let drawn = case.drawn();
        let penalty = number(case.input("penalty"));
        let fit = lasso_at(&drawn.sample(), covariates(case).view(), penalty).unwrap();
        case.assert_each("coefficients", fit.coefficients.as_slice().unwrap());
    });
}

#[test]
fn the_largest_penalty_selects_nothing() {
    each_case("lasso", "fixed", |case| {
        let (drawn, x) = (case.drawn(), covariates(case));
        let sample = drawn.sample();
        let strata = case.positions("strata");
        let n_strata = position(number(case.input("n_strata")));
        let arms = numbers(case.input("intervention"));
        let design = Array2::from_shape_fn((sample.n(), 1 + n_strata), |(i, j)| match j {
            0 => 1.0,
            1 => arms[i],
            _ => f64::from(u8::from(strata[i] == j - 1)),
        });
        let y = Array1::from(sample.outcomes().to_vec());
        let partialled = Partialled::new(design.view(), x.view(), y.view()).unwrap();
        let largest = partialled.largest_penalty();
        case.assert("largest", largest);
        assert_eq!(partialled.fit(largest * (1.0 + 1e-12)).unwrap().selected(), 0);
        assert!(partialled.fit(largest * 0.99).unwrap().selected() > 0);
    });
}

#[test]
fn the_cross_fitted_effect_agrees_with_glmnet_and_estimatr() {
    each_case("lasso", "crossed", |case| {
        let (drawn, x) = (case.drawn(), covariates(case));
        let (sample, folds) = (drawn.sample(), case.positions("folds"));
        let fits = outside_each_fold(&sample, x.view(), &folds).unwrap();
        let penalties: Vec<f64> = fits.iter().map(|(_, fit)| fit.penalty).collect();
        case.assert_each("penalties", &penalties);
        let got = lasso_cross_fitted(&sample, x.view(), &folds, case.level()).unwrap();
        case.assert("fewest", got.fewest_selected as f64);
        case.assert("most", got.most_selected as f64);
        case.assert("estimate", got.effect.estimate);
        case.assert("df", got.effect.df as f64);
        let inference = got.effect.inference.unwrap();
        case.assert("std_error", inference.std_error);
        case.assert("p_value", inference.p_value);
        case.assert_limits(inference.interval);
    });
}
