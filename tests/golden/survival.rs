//! Reference values of the survival room: R's survival and cmprsk.

use ips_eval::numeric::chi_squared_test::ChiSquaredTest;
use ips_eval::numeric::interval::{ConfidenceLevel, Interval};
use ips_eval::numeric::weights::FrequencyWeights;
use ips_eval::survival::aalen_johansen::{CumulativeIncidence, risk_difference};
use ips_eval::survival::curve::{CurveEstimate, Difference, log_log_limits};
use ips_eval::survival::ending::{Cause, Ending};
use ips_eval::survival::event_table::EventTable;
use ips_eval::survival::influence::incidence_influence;
use ips_eval::survival::kaplan_meier::KaplanMeier;
use ips_eval::survival::log_rank::{log_rank, log_rank_stratified, peto_peto};
use ips_eval::survival::not_estimable::NotEstimable;
use ips_eval::survival::quantile::quantile;
use ips_eval::survival::restricted_mean::{restricted_mean, restricted_mean_difference};
use ips_eval::trial::arm::{Arm, TwoArm};
use serde_json::Value;

use super::{Reference, numbers};

/// The participants of a case, or of a part of it.
#[derive(Default)]
struct Group {
    days: Vec<i32>,
    endings: Vec<Ending>,
    weights: Vec<u32>,
}

impl Group {
    fn of(case: &Value, belongs: impl Fn(usize) -> bool) -> Self {
        let days = whole(&case["days"]);
        let endings = whole(&case["endings"]);
        let weights = &case["weights"];
        let weights = if weights.is_null() { vec![1; days.len()] } else { whole(weights) };
        let mut group = Self::default();
        for i in (0..days.len()).filter(|&i| belongs(i)) {
            group.days.push(i32::try_from(days[i]).expect("a day"));
            group.endings.push(match endings[i] {
                0 => Ending::Censored,
                1 => Ending::Event,
                2 => Ending::Competing,
                other => panic!("no ending: {other}"),
            });
            group.weights.push(u32::try_from(weights[i]).expect("a weight"));
        }
        group
    }

    fn weights(&self) -> FrequencyWeights<'_> {
        FrequencyWeights(&self.weights)
    }

    fn table(&self) -> EventTable {
        EventTable::new(&self.days, &self.endings, Some(self.weights()))
    }
}

fn whole(value: &Value) -> Vec<i64> {
    let items = value.as_array().expect("a list").iter();
    items.map(|item| item.as_i64().expect("a whole number")).collect()
}

fn arm_of(case: &Value) -> Vec<Arm> {
    let code = |&z: &i64| if z == 1 { Arm::Intervention } else { Arm::Control };
    whole(&case["arm"]).iter().map(code).collect()
}

fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

/// Calls `check` for each arm of each case, with R's values for it; returns how often.
fn for_each_arm(reference: &Reference, mut check: impl FnMut(&str, &Group, &Value)) -> usize {
    let mut n_arms = 0;
    for case in &reference.cases {
        let arms = arm_of(case);
        for (arm, key) in [(Arm::Intervention, "intervention"), (Arm::Control, "control")] {
            if case[key].is_null() {
                continue;
            }
            let group = Group::of(case, |i| arms[i] == arm);
            let what = format!("{}, {key}", case["name"].as_str().expect("a name"));
            check(&what, &group, &case[key]);
            n_arms += 1;
        }
    }
    n_arms
}

/// Not estimable is R's NA or NaN.
fn or_nan(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

fn assert_limits(
    reference: &Reference,
    what: &str,
    got: Option<Interval>,
    (lower, upper): (&Value, &Value),
) {
    reference.assert_close(&format!("{what}: lower"), or_nan(got.map(|i| i.lower)), lower);
    reference.assert_close(&format!("{what}: upper"), or_nan(got.map(|i| i.upper)), upper);
}

#[test]
fn kaplan_meier_is_survfits() {
    let reference = Reference::read("survival");
    let n_arms = for_each_arm(&reference, |what, group, want| {
        let table = group.table();
        let curve = KaplanMeier::new(&table, level());
        let km = &want["kaplan_meier"];
        let check = |what: &str, got: CurveEstimate, want: &Value, i: usize| {
            let close = |name: &str, got| {
                reference.assert_close(&format!("{what}: {name}"), got, &want[name][i]);
            };
            close("survival", got.estimate);
            close("std_error", or_nan(got.std_error));
            close("n_at_risk", got.n_at_risk);
            assert_limits(&reference, what, got.limits, (&want["lower"][i], &want["upper"][i]));
        };
        for (i, time) in numbers(&want["times"]).into_iter().enumerate() {
            let got = curve.at(time).expect("R has an estimate");
            check(&format!("{what}, day {time}"), got, km, i);
        }
        let points = &km["curve"];
        let days = numbers(&points["day"]);
        assert_eq!(curve.points().len(), days.len(), "{what}");
        for (i, (point, day)) in curve.points().iter().zip(days).enumerate() {
            let what = format!("{what}, point {day}");
            reference.assert_close(&what, f64::from(point.day), &points["day"][i]);
            check(&what, point.value, points, i);
        }
        for past in numbers(&want["past"]) {
            let last_day = table.last_day().expect("someone");
            let reason = NotEstimable::PastLastFollowUp { time_days: past, last_day };
            assert_eq!(curve.at(past), Err(reason), "{what}");
        }
    });
    assert!(n_arms > 40);
}

#[test]
fn quantiles_are_survfits() {
    let reference = Reference::read("survival");
    for_each_arm(&reference, |what, group, want| {
        let table = group.table();
        let curve = KaplanMeier::new(&table, level());
        let want = &want["kaplan_meier"]["quantiles"];
        for (i, p) in numbers(&want["p"]).into_iter().enumerate() {
            let got = quantile(&curve, p).expect("a group");
            let what = format!("{what}, quantile {p}");
            reference.assert_close(&what, or_nan(got.estimate), &want["estimate"][i]);
            let wants = (&want["lower"][i], &want["upper"][i]);
            reference.assert_close(&format!("{what}: lower"), or_nan(got.lower), wants.0);
            reference.assert_close(&format!("{what}: upper"), or_nan(got.upper), wants.1);
        }
    });
}

#[test]
fn restricted_means_are_survfits() {
    let reference = Reference::read("survival");
    for_each_arm(&reference, |what, group, want| {
        let want = &want["restricted_mean"];
        if want.is_null() {
            return;
        }
        for (i, tau) in numbers(&want["tau"]).into_iter().enumerate() {
            let got = restricted_mean(&group.table(), tau).expect("R has an estimate");
            let what = format!("{what}, τ {tau}");
            reference.assert_close(&what, got.estimate_days, &want["estimate"][i]);
            let what = format!("{what}: standard error");
            reference.assert_close(&what, got.std_error_days, &want["std_error"][i]);
        }
    });
}

#[test]
fn log_rank_tests_are_survdiffs() {
    let reference = Reference::read("survival");
    let mut n_tests = 0;
    for case in &reference.cases {
        if case["tests"].is_null() {
            continue;
        }
        let arms = arm_of(case);
        let pair = |belongs: &dyn Fn(usize) -> bool| {
            TwoArm::from_fn(|arm| Group::of(case, |i| arms[i] == arm && belongs(i)).table())
        };
        let mut check = |test: &str, got: Result<ChiSquaredTest, NotEstimable>| {
            let what = format!("{}, {test}", case["name"].as_str().expect("a name"));
            let want = &case["tests"][test];
            if want.is_null() {
                let reason = got.expect_err(&what);
                assert!(matches!(reason, NotEstimable::NoEvents | NotEstimable::NoVariance));
                return;
            }
            let got = got.expect(&what);
            reference.assert_close(&what, got.statistic, &want["statistic"]);
            reference.assert_close(&format!("{what}: p"), got.p_value, &want["p_value"]);
            n_tests += 1;
        };
        let tables = pair(&|_| true);
        check("log_rank", log_rank(tables.as_ref()));
        check("peto_peto", peto_peto(tables.as_ref()));
        if !case["stratum"].is_null() {
            let stratum = whole(&case["stratum"]);
            let labels: std::collections::BTreeSet<i64> = stratum.iter().copied().collect();
            let strata: Vec<_> = labels.iter().map(|&s| pair(&|i| stratum[i] == s)).collect();
            let strata: Vec<_> = strata.iter().map(TwoArm::as_ref).collect();
            check("log_rank_stratified", log_rank_stratified(&strata));
        }
    }
    assert!(n_tests > 40);
}

#[test]
fn cumulative_incidence_is_cumincs() {
    let reference = Reference::read("survival");
    let mut n_causes = 0;
    for_each_arm(&reference, |what, group, want| {
        let table = group.table();
        for (cause, key) in [(Cause::Event, "event"), (Cause::Competing, "competing")] {
            let curve = CumulativeIncidence::new(&table, cause, level());
            for past in numbers(&want["past"]) {
                assert!(curve.at(past).is_err(), "{what}");
            }
            let cuminc = &want["incidence"][key];
            for (i, time) in numbers(&want["times"]).into_iter().enumerate() {
                let what = format!("{what}, {key} by day {time}");
                let got = curve.at(time).expect("R has an estimate");
                // The multi-state curve of the other package has every cause.
                reference.assert_close(&what, got.estimate, &want["multi_state"][key][i]);
                if cuminc.is_null() {
                    continue;
                }
                reference.assert_close(&what, got.estimate, &cuminc["estimate"][i]);
                let error = or_nan(got.std_error);
                reference.assert_close(&format!("{what}: se"), error, &cuminc["std_error"][i]);
                let first_day = f64::from(table.rows()[0].day);
                if time >= first_day {
                    let want = (&cuminc["lower"][i], &cuminc["upper"][i]);
                    assert_limits(&reference, &what, got.limits, want);
                }
                n_causes += 1;
            }
        }
    });
    assert!(n_causes > 300);
}

#[test]
fn limits_of_a_cumulative_incidence_are_survfits_formula() {
    let reference = Reference::read("survival");
    for_each_arm(&reference, |what, group, want| {
        let table = group.table();
        let curve = CumulativeIncidence::new(&table, Cause::Event, level());
        let want = &want["multi_state"];
        let (estimates, errors) = (numbers(&want["event"]), numbers(&want["std_error"]));
        let times = numbers(&want["times"]);
        for (i, time) in times.into_iter().enumerate() {
            let what = format!("{what}, limits on day {time}");
            let limits = (&want["lower"][i], &want["upper"][i]);
            let before_anything = time < f64::from(table.rows()[0].day);
            let got = if before_anything {
                curve.at(time).expect("R has an estimate").limits
            } else {
                log_log_limits(estimates[i], errors[i], level())
            };
            assert_limits(&reference, &what, got, limits);
        }
    });
}

#[test]
fn influence_is_survfits() {
    let reference = Reference::read("survival");
    let mut n_values = 0;
    for_each_arm(&reference, |what, group, want| {
        let want = &want["multi_state"];
        if want["influence"].is_null() {
            return;
        }
        for (time, want) in numbers(&want["influence_times"])
            .into_iter()
            .zip(want["influence"].as_array().expect("a list a time"))
        {
            let weights = Some(group.weights());
            let (days, endings) = (&group.days, &group.endings);
            let got = incidence_influence(days, endings, weights, Cause::Event, time)
                .expect("R has an estimate");
            for (i, got) in got.into_iter().enumerate() {
                let what = format!("{what}, influence of {i} by day {time}");
                if group.weights[i] > 0 {
                    reference.assert_close(&what, got, &want[i]);
                    n_values += 1;
                }
            }
        }
    });
    assert!(n_values > 1000);
}

#[test]
fn differences_add_variances() {
    let reference = Reference::read("survival");
    let mut n_differences = 0;
    for case in &reference.cases {
        let wants = &case["differences"];
        if wants.is_null() {
            continue;
        }
        let arms = arm_of(case);
        let tables = TwoArm::from_fn(|arm| Group::of(case, |i| arms[i] == arm).table());
        let name = case["name"].as_str().expect("a name");
        let mut check = |what: &str, i: usize, got: Difference| {
            let want = &wants[what];
            let what = format!("{name}, difference of {what} {i}");
            reference.assert_close(&what, got.estimate, &want["estimate"][i]);
            reference.assert_close(&what, got.std_error, &want["std_error"][i]);
            reference.assert_close(&what, or_nan(got.p_value), &want["p_value"][i]);
            let limits = (&want["lower"][i], &want["upper"][i]);
            assert_limits(&reference, &what, Some(got.limits), limits);
            n_differences += 1;
        };
        for (i, time) in numbers(&wants["times"]).into_iter().enumerate() {
            let means = tables.as_ref().map(|t| restricted_mean(t, time).expect("an estimate"));
            check("restricted_mean", i, restricted_mean_difference(means, level()));
            if !wants["incidence"].is_null() {
                let risks = tables.as_ref().map(|table| {
                    let curve = CumulativeIncidence::new(table, Cause::Event, level());
                    curve.at(time).expect("an estimate")
                });
                check("incidence", i, risk_difference(risks, level()));
            }
        }
    }
    assert!(n_differences > 40);
}
