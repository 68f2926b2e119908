//! Reference values of complier average effects.

use ips_eval::estimate::instrument::{AndersonRubinSet, complier_effect, complier_mean};
use ips_eval::estimate::mean::ArmMean;
use ips_eval::estimate::regression::ArmInference;

use super::case::{Case, each_case};
use super::{number, numbers};

fn take_up(case: &Case<'_>) -> Vec<bool> {
    numbers(case.input("d")).into_iter().map(|d| d > 0.5).collect()
}

fn check_inference(case: &Case<'_>, estimate: f64, got: ArmInference) {
    case.assert("estimate", estimate);
    case.assert("std_error", got.std_error);
    case.assert("p_value", got.p_value);
    case.assert_limits(got.interval);
}

#[test]
fn complier_effects_agree_with_iv_robust() {
    each_case("instrument", "complier_effect", |case| {
        let drawn = case.drawn();
        let got = complier_effect(&drawn.sample(), &take_up(case), case.level()).unwrap();
        check_inference(case, got.estimate, got.inference.unwrap());
        case.assert("df", got.df as f64);
        let first = got.first_stage;
        case.assert("complier_share", first.complier_share);
        case.assert("first_std_error", first.inference.unwrap().std_error);
        case.assert("f_statistic", first.f_statistic.unwrap());
        let anderson_rubin = got.anderson_rubin.unwrap();
        case.assert("ar_p_value", anderson_rubin.p_value);
        let (shape, ends) = match anderson_rubin.set {
            AndersonRubinSet::Interval(set) => ("interval", Some((set.lower, set.upper))),
            AndersonRubinSet::Rays { below, above } => ("rays", Some((below, above))),
            AndersonRubinSet::WholeLine => ("whole_line", None),
        };
        assert_eq!(case.want("ar_shape"), shape, "{}", case.name());
        if let Some((below, above)) = ends {
            case.assert("below", below);
            case.assert("above", above);
        }
    });
}

/// Every shape of the set is among the cases.
#[test]
fn the_cases_have_sets_of_every_shape() {
    for shape in ["interval", "rays", "whole_line"] {
        let seen = std::cell::Cell::new(0);
        each_case("instrument", "complier_effect", |case| {
            seen.set(seen.get() + usize::from(case.want("ar_shape") == shape));
        });
        assert!(seen.get() > 0, "{shape}");
    }
}

#[test]
fn complier_means_agree_with_iv_robust() {
    each_case("instrument", "complier_mean", |case| {
        let drawn = case.drawn();
        let got = complier_mean(&drawn.sample(), &take_up(case), case.level()).unwrap();
        check_inference(case, got.estimate, got.inference.unwrap());
        case.assert("everyone", got.everyone.mean);
        let group = |name: &str, got: Option<ArmMean>| {
            let n = got.map_or(0.0, |mean| mean.n as f64);
            case.assert(&format!("{name}_n"), n);
            assert_eq!(got.is_none(), number(case.want(&format!("{name}_mean"))).is_nan());
            if let Some(mean) = got {
                case.assert(&format!("{name}_mean"), mean.mean);
            }
        };
        group("always", got.always_takers);
        group("never", got.never_takers);
    });
}
