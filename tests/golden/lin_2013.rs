//! The published table of adjusted effects: Lin (2013), Table 2 (doi:10.1214/12-AOAS583).

use ips_eval::estimate::adjusted::{AdjustedEffect, lin, ols_adjusted};
use ips_eval::estimate::covariates::{AdjustedSample, Covariate};
use ips_eval::estimate::regression::ArmEffectError;
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::robust::Robust;

use super::case::{Case, each_case};
use super::{number, numbers};

type Method =
    fn(&AdjustedSample<'_>, Robust, ConfidenceLevel) -> Result<AdjustedEffect, ArmEffectError>;

/// To the three decimals of the table, and beyond them as R says.
fn assert_published(case: &Case<'_>, grades_at_school: &[Covariate<'_>], method: Method) {
    let drawn = case.drawn();
    let data = AdjustedSample::new(drawn.sample(), grades_at_school, None).expect("a sample");
    let got = method(&data, Robust::Hc0, case.level()).expect("an effect");
    let std_error = got.inference.expect("a standard error").std_error;
    let printed = |name: &str| format!("{:.3}", number(case.want(name)));
    assert_eq!(format!("{:.3}", got.estimate), printed("printed_estimate"), "{}", case.name());
    assert_eq!(format!("{std_error:.3}"), printed("printed_std_error"), "{}", case.name());
    case.assert("estimate", got.estimate);
    case.assert("std_error", std_error);
}

#[test]
fn the_unadjusted_effect_is_the_published_one() {
    each_case("lin_2013", "unadjusted", |case| assert_published(case, &[], ols_adjusted));
}

#[test]
fn the_adjusted_effects_are_the_published_ones() {
    for (kind, method) in [("ols", ols_adjusted as Method), ("lin", lin)] {
        each_case("lin_2013", kind, |case| {
            let grades = numbers(case.input("gpa0"));
            assert_published(case, &[Covariate::Numeric(&grades)], method);
        });
    }
}
