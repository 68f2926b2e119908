//! Reference values of the estimate room.

use ips_eval::estimate::mean::arm_mean;
use ips_eval::estimate::proportion::{Count, wilson};
use ips_eval::estimate::ratio::{RatioError, RatioEstimate, odds_ratio, risk_ratio};
use ips_eval::estimate::regression::{arm_and_strata, arm_by_stratum_wald};
use ips_eval::estimate::risk_difference::{mantel_haenszel, newcombe, wald};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::estimate::two_by_two::{fisher_exact, pearson_chi_squared};
use ips_eval::numeric::interval::{ConfidenceLevel, Interval};
use ips_eval::trial::arm::{Arm, TwoArm};
use serde_json::Value;

use super::{Reference, number, numbers};

/// Runs `check` on the cases of that kind; there must be some.
fn each_case(kind: &str, check: impl Fn(&Case<'_>)) {
    let reference = Reference::read("estimate");
    for case in reference.of_kind(kind) {
        check(&Case { reference: &reference, case });
    }
}

struct Case<'a> {
    reference: &'a Reference,
    case: &'a Value,
}

impl Case<'_> {
    #[track_caller]
    fn assert(&self, statistic: &str, got: f64) {
        let what = format!("{} {}: {statistic}", self.case["kind"], self.case["name"]);
        self.reference.assert_close(&what, got, &self.case["want"][statistic]);
    }

    #[track_caller]
    fn assert_limits(&self, interval: Interval) {
        self.assert("lower", interval.lower);
        self.assert("upper", interval.upper);
    }

    fn input(&self, name: &str) -> &Value {
        &self.case["input"][name]
    }

    fn level(&self) -> ConfidenceLevel {
        ConfidenceLevel::new(number(self.input("level"))).expect("a level")
    }

    fn arms(&self) -> TwoArm<Count> {
        let of = |arm| count(self.input(&format!("{arm}_events")), self.input(&format!("{arm}_n")));
        TwoArm { intervention: of("intervention"), control: of("control") }
    }

    fn strata(&self) -> Vec<TwoArm<Count>> {
        let list = |name: &str| self.input(name).as_array().expect("a list").clone();
        let of = |arm: &str| {
            let pairs = list(&format!("{arm}_events")).into_iter().zip(list(&format!("{arm}_n")));
            pairs.map(|(events, n)| count(&events, &n)).collect::<Vec<_>>()
        };
        let both = of("intervention").into_iter().zip(of("control"));
        both.map(|(intervention, control)| TwoArm { intervention, control }).collect()
    }
}

fn whole(value: &Value) -> u64 {
    let number = number(value);
    assert!(number >= 0.0 && number.fract() == 0.0 && number < 1e15, "{number} is no count");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "just checked")]
    let whole = number as u64;
    whole
}

fn position(value: &Value) -> usize {
    usize::try_from(whole(value)).expect("a position")
}

fn count(events: &Value, n: &Value) -> Count {
    Count::new(whole(n), whole(events)).expect("events among participants")
}

#[test]
fn wilson_agrees_with_prop_test() {
    each_case("wilson", |case| {
        let got = wilson(count(case.input("events"), case.input("n")), case.level()).unwrap();
        case.assert("estimate", got.estimate);
        case.assert_limits(got.interval);
    });
}

#[test]
fn newcombe_agrees_with_the_published_formula() {
    each_case("newcombe", |case| {
        let got = newcombe(case.arms(), case.level()).unwrap();
        case.assert("estimate", got.estimate);
        case.assert_limits(got.interval);
    });
}

#[test]
fn wald_agrees_with_prop_test() {
    each_case("wald", |case| {
        let got = wald(case.arms(), case.level()).unwrap();
        case.assert("estimate", got.estimate);
        case.assert("std_error", got.std_error);
        case.assert_limits(got.interval);
    });
}

#[test]
fn mantel_haenszel_agrees_with_the_published_formula() {
    each_case("mantel_haenszel", |case| {
        let got = mantel_haenszel(&case.strata(), case.level()).unwrap();
        case.assert("estimate", got.difference.estimate);
        case.assert("std_error", got.difference.std_error);
        case.assert_limits(got.difference.interval);
        case.assert("strata_used", got.strata_used as f64);
        case.assert("strata_without_both_arms", got.strata_without_both_arms as f64);
    });
}

fn check_ratio(
    kind: &str,
    estimator: fn(TwoArm<Count>, ConfidenceLevel) -> Result<RatioEstimate, RatioError>,
) {
    each_case(kind, |case| {
        let got = estimator(case.arms(), case.level()).expect("R has a ratio");
        case.assert("estimate", got.estimate);
        case.assert("log_estimate", got.log_estimate);
        case.assert("log_std_error", got.log_std_error);
        case.assert_limits(got.interval);
    });
}

#[test]
fn risk_ratio_agrees_with_a_log_binomial_regression() {
    check_ratio("risk_ratio", risk_ratio);
}

#[test]
fn odds_ratio_agrees_with_a_logistic_regression() {
    check_ratio("odds_ratio", odds_ratio);
}

#[test]
fn pearson_agrees_with_chisq_test() {
    each_case("pearson_chi_squared", |case| {
        let got = pearson_chi_squared(case.arms()).unwrap();
        case.assert("statistic", got.statistic);
        case.assert("df", got.df as f64);
        case.assert("p_value", got.p_value);
    });
}

#[test]
fn fisher_agrees_with_fisher_test() {
    each_case("fisher_exact", |case| case.assert("p_value", fisher_exact(case.arms()).unwrap()));
}

/// Outcomes, arms and strata of a case, owned.
struct Drawn {
    outcomes: Vec<f64>,
    arms: Vec<Arm>,
    strata: Vec<usize>,
    n_strata: usize,
}

impl Drawn {
    fn of(case: &Case<'_>) -> Self {
        let list = |name: &str| case.input(name).as_array().expect("a list").clone();
        let arm = |z: &Value| if whole(z) == 1 { Arm::Intervention } else { Arm::Control };
        Self {
            outcomes: numbers(case.input("y")),
            arms: list("intervention").iter().map(arm).collect(),
            strata: list("strata").iter().map(position).collect(),
            n_strata: position(case.input("n_strata")),
        }
    }

    fn sample(&self) -> StratifiedSample<'_> {
        StratifiedSample::new(&self.outcomes, &self.arms, &self.strata, self.n_strata)
            .expect("a sample")
    }
}

#[test]
fn arm_and_strata_agrees_with_estimatr() {
    each_case("ols_arm_and_strata", |case| {
        let got = arm_and_strata(&Drawn::of(case).sample(), case.level()).unwrap();
        case.assert("estimate", got.estimate);
        case.assert("df", got.df as f64);
        let inference = got.inference.unwrap();
        case.assert("std_error", inference.std_error);
        case.assert_limits(inference.interval);
        case.assert("p_value", inference.p_value);
    });
}

#[test]
fn interaction_agrees_with_estimatr() {
    each_case("arm_by_stratum_wald", |case| {
        let got = arm_by_stratum_wald(&Drawn::of(case).sample()).unwrap();
        case.assert("statistic", got.statistic);
        case.assert("df", got.df as f64);
        case.assert("p_value", got.p_value);
    });
}

#[test]
fn means_agree_with_r() {
    each_case("arm_mean", |case| {
        let got = arm_mean(&numbers(case.input("y"))).unwrap();
        case.assert("n", got.n as f64);
        case.assert("mean", got.mean);
        case.assert("std_dev", got.std_dev.unwrap_or(f64::NAN));
    });
}
