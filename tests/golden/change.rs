//! Reference values of a questionnaire score: level, change, and level adjusted for the baseline.

use ips_eval::estimate::adjusted::ols_adjusted;
use ips_eval::estimate::covariates::{AdjustedSample, Covariate};
use ips_eval::estimate::regression::{ArmInference, arm_and_strata};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::numeric::robust::Robust;
use ips_eval::trial::arm::Arm;

use super::case::{Case, each_case, position};
use super::{number, numbers};

fn check(case: &Case<'_>, method: &str, estimate: f64, df: f64, inference: ArmInference) {
    let want = case.want(method);
    let assert = |what: &str, got| case.assert_is(&format!("{method} {what}"), got, &want[what]);
    assert("estimate", estimate);
    assert("df", df);
    assert("std_error", inference.std_error);
    assert("lower", inference.interval.lower);
    assert("upper", inference.interval.upper);
    assert("p_value", inference.p_value);
}

#[test]
fn level_change_and_covariance_agree_with_estimatr() {
    each_case("change", "change", |case| {
        let (y, baseline) = (numbers(case.input("y")), numbers(case.input("baseline")));
        let arm = |z: f64| if z > 0.5 { Arm::Intervention } else { Arm::Control };
        let arms: Vec<Arm> = numbers(case.input("intervention")).into_iter().map(arm).collect();
        let strata = case.positions("strata");
        let n_strata = position(number(case.input("n_strata")));
        let everybody = StratifiedSample::new(&y, &arms, &strata, n_strata).unwrap();
        let got = arm_and_strata(&everybody, case.level()).unwrap();
        check(case, "level", got.estimate, got.df as f64, got.inference.unwrap());

        // Those with a baseline answer.
        let there: Vec<usize> = (0..y.len()).filter(|&i| !baseline[i].is_nan()).collect();
        let of = |values: &[f64]| there.iter().map(|&i| values[i]).collect::<Vec<f64>>();
        let (after, before) = (of(&y), of(&baseline));
        let arms: Vec<Arm> = there.iter().map(|&i| arms[i]).collect();
        let strata: Vec<usize> = there.iter().map(|&i| strata[i]).collect();
        let change: Vec<f64> = after.iter().zip(&before).map(|(y, b)| y - b).collect();
        let sample = StratifiedSample::new(&change, &arms, &strata, n_strata).unwrap();
        let got = arm_and_strata(&sample, case.level()).unwrap();
        check(case, "change", got.estimate, got.df as f64, got.inference.unwrap());
        let sample = StratifiedSample::new(&after, &arms, &strata, n_strata).unwrap();
        let covariates = [Covariate::Numeric(&before)];
        let data = AdjustedSample::new(sample, &covariates, None).unwrap();
        let got = ols_adjusted(&data, Robust::Hc2, case.level()).unwrap();
        check(case, "ancova", got.estimate, got.df, got.inference.unwrap());
    });
}
