//! Reference values of effects in standard deviations.

use ips_eval::estimate::standardised_effect::{hedges_g, per_standard_deviation};
use ips_eval::numeric::interval::Interval;

use super::case::each_case;
use super::number;

#[test]
fn hedges_g_agrees_with_metafor() {
    each_case("standardised_effect", "hedges_g", |case| {
        let values = case.by_arm();
        let got = hedges_g(values.as_ref().map(Vec::as_slice), case.level()).unwrap();
        case.assert("estimate", got.estimate);
        case.assert("std_error", got.std_error);
        case.assert_limits(got.interval);
        case.assert("uncorrected", got.uncorrected);
        case.assert("correction", got.correction);
        case.assert("pooled_std_dev", got.pooled_std_dev);
    });
}

#[test]
fn an_effect_over_a_standard_deviation_is_that_of_the_divided_outcome() {
    each_case("standardised_effect", "per_standard_deviation", |case| {
        let input = |name: &str| number(case.input(name));
        let interval = Interval { lower: input("lower"), upper: input("upper") };
        let effect = (input("estimate"), input("std_error"));
        let got = per_standard_deviation(effect, interval, input("std_dev")).unwrap();
        case.assert("estimate", got.estimate);
        case.assert("std_error", got.std_error);
        case.assert_limits(got.interval);
    });
}
