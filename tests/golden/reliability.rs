//! Reference values of alpha, omega and the F distribution.

use ips_eval::estimate::reliability::{ReliabilityError, cronbach_alpha, mcdonald_omega};
use ips_eval::numeric::distribution::fisher_f;
use ndarray::Array2;

use super::case::{Case, each_case, position};
use super::{number, numbers};

fn items(case: &Case<'_>) -> Array2<f64> {
    let rows: Vec<Vec<f64>> =
        case.input("items").as_array().expect("people").iter().map(numbers).collect();
    let shape = (rows.len(), rows[0].len());
    Array2::from_shape_vec(shape, rows.concat()).expect("as many items each")
}

#[test]
fn alpha_agrees_with_psych() {
    each_case("reliability", "alpha", |case| {
        let got = cronbach_alpha(items(case).view(), case.level()).unwrap();
        case.assert("estimate", got.estimate);
        case.assert_limits(got.interval);
    });
}

#[test]
fn omega_agrees_with_factanal() {
    each_case("reliability", "omega", |case| {
        let got = mcdonald_omega(items(case).view()).unwrap();
        case.assert("estimate", got.estimate);
        case.assert("standardised", got.standardised);
        case.assert_each("loadings", &got.loadings);
        case.assert_each("uniquenesses", &got.uniquenesses);
    });
}

#[test]
fn a_factor_that_is_one_item_gives_no_omega() {
    each_case("reliability", "heywood", |case| {
        let item = position(number(case.want("item")));
        let got = mcdonald_omega(items(case).view());
        assert_eq!(got.unwrap_err(), ReliabilityError::Heywood { item });
    });
}

#[test]
fn the_f_distribution_agrees_with_r() {
    each_case("reliability", "fisher_f", |case| {
        let (d1, d2) = (number(case.input("d1")), number(case.input("d2")));
        let quantiles = numbers(case.input("p")).into_iter();
        let quantiles: Vec<f64> = quantiles.map(|p| fisher_f::quantile(p, d1, d2)).collect();
        case.assert_each("quantile", &quantiles);
        let points = [0.01, 0.5, 1.0, 2.0, 40.0];
        case.assert_each("cdf", &points.map(|x| fisher_f::cdf(x, d1, d2)));
        case.assert_each("sf", &points.map(|x| fisher_f::sf(x, d1, d2)));
    });
}
