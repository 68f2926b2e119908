//! Reference values of least squares.

use ips_eval::numeric::least_squares::LeastSquares;
use ips_eval::numeric::symmetric::wald_statistic;
use linfa::traits::Fit as _;
use ndarray::{Array1, Array2, Axis, Slice};
use serde_json::{Value, json};

use super::{Reference, number, numbers};

fn vector(value: &Value) -> Array1<f64> {
    Array1::from_vec(numbers(value))
}

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().expect("rows").iter().map(numbers).collect();
    let shape = (rows.len(), rows[0].len());
    Array2::from_shape_vec(shape, rows.concat()).expect("rows of one length")
}

fn fit(case: &Value) -> LeastSquares {
    let (x, y) = (matrix(&case["x"]), vector(&case["y"]));
    LeastSquares::fit(x.view(), y.view()).expect("a design of full rank")
}

/// Compares numbers in units of `scale`, so that one tolerance serves coefficients of any size.
fn assert_close_in(reference: &Reference, what: &str, pairs: (f64, f64), scale: f64) {
    reference.assert_close(what, pairs.0 / scale, &json!(pairs.1 / scale));
}

fn check_coefficients(reference: &Reference, case: &Value, fit: &LeastSquares) {
    let name = &case["name"];
    let (coefficients, gram) = (vector(&case["coefficients"]), matrix(&case["inverse_gram"]));
    let variance = number(&case["residual_variance"]);
    let error = gram.diag().mapv(|v| (v * variance).sqrt());
    for j in 0..coefficients.len() {
        let pair = (fit.coefficients[j], coefficients[j]);
        assert_close_in(reference, &format!("{name} coefficient {j}"), pair, error[j]);
    }
    let (residuals, leverages) = (vector(&case["residuals"]), vector(&case["leverages"]));
    for i in 0..residuals.len() {
        let pair = (fit.residuals[i], residuals[i]);
        assert_close_in(reference, &format!("{name} residual {i}"), pair, variance.sqrt());
        let pair = (fit.leverages[i], leverages[i]);
        assert_close_in(reference, &format!("{name} leverage {i}"), pair, 1.0);
    }
    let got = fit.residual_variance().expect("degrees of freedom are left");
    assert_close_in(reference, &format!("{name} variance"), (got, variance), variance);
    assert_eq!(json!(fit.residual_df), case["residual_df"], "{name}");
}

fn check_covariances(reference: &Reference, case: &Value, fit: &LeastSquares) {
    let name = &case["name"];
    let hc2 = fit.hc2_covariance();
    for (what, got, want) in [
        ("inverse gram", &fit.inverse_gram, matrix(&case["inverse_gram"])),
        ("HC2", &hc2, matrix(&case["hc2"])),
    ] {
        for ((j, k), &want_jk) in want.indexed_iter() {
            let scale = (want[[j, j]] * want[[k, k]]).sqrt();
            let what = format!("{name} {what} {j} {k}");
            assert_close_in(reference, &what, (got[[j, k]], want_jk), scale);
        }
    }
    let tested: Vec<usize> = numbers(&case["tested"])
        .iter()
        .map(|&j| (0..fit.coefficients.len()).find(|&i| i as f64 >= j).expect("a coefficient"))
        .collect();
    let estimates = fit.coefficients.select(Axis(0), &tested);
    let covariance = hc2.select(Axis(0), &tested).select(Axis(1), &tested);
    let wald = wald_statistic(estimates.view(), covariance.view()).expect("a covariance");
    reference.assert_close(&format!("{name} Wald"), wald, &case["wald"]);
}

fn agree_with(name: &str) {
    let reference = Reference::read(name);
    for case in &reference.cases {
        let fit = fit(case);
        check_coefficients(&reference, case, &fit);
        check_covariances(&reference, case, &fit);
    }
}

#[test]
fn least_squares_agree_with_lm_and_estimatr() {
    agree_with("least_squares_r");
    agree_with("least_squares_hard_r");
}

#[test]
fn least_squares_agree_with_exact_arithmetic() {
    agree_with("least_squares_exact");
}

#[test]
fn coefficients_agree_with_linfa() {
    let reference = Reference::read("least_squares_exact");
    for case in &reference.cases {
        // linfa solves badly scaled and almost collinear designs without a word, so not those.
        let name = case["name"].as_str().expect("a name");
        if ["badly scaled", "almost collinear", "longley"].contains(&name) {
            continue;
        }
        let (x, y) = (matrix(&case["x"]), vector(&case["y"]));
        let ours = fit(case).coefficients;
        // The first column is ones, which linfa adds itself.
        let data = linfa::Dataset::new(x.slice_axis(Axis(1), Slice::from(1..)).to_owned(), y);
        let theirs = linfa_linear::LinearRegression::new().fit(&data).expect("linfa fits");
        assert!((ours[0] - theirs.intercept()).abs() < 1e-9 * ours[0].abs().max(1.0), "{name}");
        for (ours, theirs) in ours.iter().skip(1).zip(theirs.params()) {
            assert!((ours - theirs).abs() < 1e-9 * ours.abs().max(1.0), "{name}");
        }
    }
}

#[test]
fn the_variance_of_a_stratum_of_one_is_marked() {
    let reference = Reference::read("least_squares_exact");
    for case in &reference.cases {
        let alone = fit(case).determined_by_one();
        if case["name"] == "a stratum of one" {
            // Columns: ones, arm, two strata, and the stratum of one. The arm's effect is safe.
            assert_eq!(alone, [4]);
        } else {
            assert!(alone.is_empty(), "{}: {alone:?}", case["name"]);
        }
    }
}
