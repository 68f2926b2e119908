//! Reference values of the tests that effects are equal.

use ips_eval::estimate::heterogeneity::{equal_differences, equal_risk_ratios};
use ips_eval::estimate::proportion::Count;
use ips_eval::numeric::chi_squared_test::ChiSquaredTest;
use ips_eval::trial::arm::{Arm, TwoArm};

use super::case::{Case, each_case};

fn check(case: &Case<'_>, got: ChiSquaredTest) {
    case.assert("statistic", got.statistic);
    case.assert("df", got.df as f64);
    case.assert("p_value", got.p_value);
}

#[test]
fn equal_differences_agree_with_estimatr() {
    each_case("heterogeneity", "differences", |case| {
        check(case, equal_differences(&case.drawn().sample()).unwrap());
    });
}

#[test]
fn equal_ratios_agree_with_metafor() {
    each_case("heterogeneity", "ratios", |case| {
        let of = |arm: Arm| {
            let name = if arm == Arm::Intervention { "intervention" } else { "control" };
            let events = case.positions(&format!("{name}_events"));
            let n = case.positions(&format!("{name}_n"));
            let count = |(n, events)| Count::new(n as u64, events as u64).expect("a count");
            n.into_iter().zip(events).map(count).collect::<Vec<Count>>()
        };
        let pairs = of(Arm::Intervention).into_iter().zip(of(Arm::Control));
        let levels: Vec<TwoArm<Count>> =
            pairs.map(|(intervention, control)| TwoArm { intervention, control }).collect();
        check(case, equal_risk_ratios(&levels).unwrap());
    });
}
