//! Reference values of shrunken estimates.

use ips_eval::estimate::shrinkage::{GroupEstimate, Shrunken, shrink};

use super::case::each_case;
use super::numbers;

#[test]
fn shrinkage_agrees_with_metafor() {
    each_case("shrinkage", "shrink", |case| {
        let pairs =
            numbers(case.input("estimates")).into_iter().zip(numbers(case.input("std_errors")));
        let groups: Vec<GroupEstimate> =
            pairs.map(|(estimate, std_error)| GroupEstimate { estimate, std_error }).collect();
        let got = shrink(&groups, case.level()).unwrap();
        case.assert("mean", got.mean);
        case.assert("mean_std_error", got.mean_std_error);
        case.assert("tau_squared", got.tau_squared);
        case.assert("q", got.heterogeneity.statistic);
        case.assert("df", got.heterogeneity.df as f64);
        case.assert("p_value", got.heterogeneity.p_value);
        let each = |of: fn(&Shrunken) -> f64| got.groups.iter().map(of).collect::<Vec<f64>>();
        case.assert_each("estimate", &each(|group| group.estimate));
        case.assert_each("std_error", &each(|group| group.std_error));
        case.assert_each("lower", &each(|group| group.interval.lower));
        case.assert_each("upper", &each(|group| group.interval.upper));
        case.assert_each("own_weight", &each(|group| group.own_weight));
    });
}
