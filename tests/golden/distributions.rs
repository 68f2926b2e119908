//! Reference values of the distributions room.

use ips_eval::numeric::distribution::hypergeometric::{
    TwoByTwo, fisher_exact_two_sided, ln_pmf, pmf,
};
use ips_eval::numeric::distribution::{binomial, chi_squared, normal, student_t};
use ips_eval::numeric::special::stirling::stirling_error;
use ips_eval::numeric::sum::{mean, sample_variance};
use serde_json::Value;

use super::{Reference, number, numbers};

/// Whole numbers written as doubles: 12 or 12.0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts in the reference files are small whole numbers"
)]
fn count(value: &Value) -> u64 {
    number(value) as u64
}

fn table(arguments: &Value) -> TwoByTwo {
    let cell = |i: usize, j: usize| count(&arguments[i][j]);
    [[cell(0, 0), cell(0, 1)], [cell(1, 0), cell(1, 1)]]
}

/// Calls the function that a case names.
fn compute(function: &str, arguments: &Value) -> f64 {
    let x = |i: usize| number(&arguments[i]);
    let n = |i: usize| count(&arguments[i]);
    match function {
        "normal_pdf" => normal::pdf(x(0)),
        "normal_cdf" => normal::cdf(x(0)),
        "normal_sf" => normal::sf(x(0)),
        "normal_quantile" => normal::quantile(x(0)),
        "chi_squared_cdf" => chi_squared::cdf(x(0), x(1)),
        "chi_squared_sf" => chi_squared::sf(x(0), x(1)),
        "t_cdf" => student_t::cdf(x(0), x(1)),
        "t_sf" => student_t::sf(x(0), x(1)),
        "t_quantile" => student_t::quantile(x(0), x(1)),
        "binomial_cdf" => binomial::cdf(n(0), n(1), x(2)),
        "binomial_sf" => binomial::sf(n(0), n(1), x(2)),
        "hypergeometric_pmf" => pmf(table(arguments)),
        "hypergeometric_ln_pmf" => ln_pmf(table(arguments)),
        "fisher_exact_two_sided" => fisher_exact_two_sided(table(arguments)),
        "stirling_error" => stirling_error(x(0)),
        "mean" => mean(&numbers(arguments)).expect("there are values"),
        "sample_variance" => sample_variance(&numbers(arguments)).expect("there are values"),
        other => panic!("no function for {other}"),
    }
}

fn agree_with(name: &str) {
    let reference = Reference::read(name);
    for case in &reference.cases {
        let function = case["function"].as_str().expect("a function's name");
        let got = compute(function, &case["arguments"]);
        reference.assert_close(&format!("{function}{}", case["arguments"]), got, &case["value"]);
    }
}

#[test]
fn distributions_agree_with_r() {
    agree_with("distributions_r");
}

#[test]
fn the_normal_agrees_with_mpmath_to_the_last_digits() {
    agree_with("normal_mpmath");
}

#[test]
fn distributions_agree_with_mpmath() {
    agree_with("distributions_mpmath");
}

#[test]
fn tails_agree_with_mpmath_down_to_1e_300() {
    agree_with("distributions_tails_mpmath");
}
