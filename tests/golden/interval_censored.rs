//! Brackets beside R.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "days, counts and weights of the reference files are small whole numbers"
)]

use ips_eval::numeric::distribution::normal;
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::numeric::weights::FrequencyWeights;
use ips_eval::survival::ending::Ending;
use ips_eval::survival::event_table::EventTable;
use ips_eval::survival::interval_censored::bracket::{Bracket, BracketError};
use ips_eval::survival::interval_censored::bracket_ph::{BracketSample, bracket_ph};
use ips_eval::survival::interval_censored::turnbull::{
    AtTime, BracketSurvival, Turnbull, bracket_risk_difference,
};
use ips_eval::survival::kaplan_meier::KaplanMeier;
use ips_eval::survival::not_estimable::NotEstimable;
use ips_eval::trial::arm::{Arm, TwoArm};
use ndarray::Array2;
use serde_json::Value;

use super::sets::Set;
use super::{Reference, numbers};

fn level() -> ConfidenceLevel {
    ConfidenceLevel::new(0.95).expect("a level")
}

fn brackets(input: &Value) -> Vec<Bracket> {
    let (after, by) = (numbers(&input["after"]), numbers(&input["by"]));
    let bracket = |(after, by): (f64, f64)| Bracket {
        after: after as i32,
        by: by.is_finite().then_some(by as i32),
    };
    after.into_iter().zip(by).map(bracket).collect()
}

fn weights(input: &Value) -> Vec<u32> {
    numbers(&input["weights"]).into_iter().map(|w| w as u32).collect()
}

#[test]
fn turnbulls_curve_is_rs() {
    let reference = Reference::read("interval_censored");
    for case in reference.of_kind("curve") {
        let (input, want) = (&case["input"], &case["want"]);
        let (given, weights) = (brackets(input), weights(input));
        let curve =
            Turnbull::new(&given, Some(FrequencyWeights(&weights)), level()).expect("a curve");
        let name = &case["name"];
        let (after, by) = (numbers(&want["zones"]["after"]), numbers(&want["zones"]["by"]));
        assert_eq!(curve.masses().len(), after.len(), "{name}");
        for (k, mass) in curve.masses().iter().enumerate() {
            let zone =
                Bracket { after: after[k] as i32, by: by[k].is_finite().then_some(by[k] as i32) };
            assert_eq!(mass.zone, zone, "{name}");
            let what = format!("{name}: mass {k}");
            reference.assert_close(&what, mass.probability, &want["zones"]["mass"][k]);
        }
        let what = format!("{name}: log-likelihood");
        reference.assert_close(&what, curve.log_likelihood(), &want["log_likelihood"]);
        for (k, time) in numbers(&want["times"]).into_iter().enumerate() {
            let what = format!("{name}, {time}");
            let (least, got) = match curve.at(time).expect("followed") {
                AtTime::Known(got) => (got, got),
                AtTime::Between { least, most, zone } => {
                    let reason = BracketError::NotIdentified {
                        after: zone.after,
                        by: zone.by.expect("an end"),
                    };
                    assert_eq!(curve.known_at(time), Err(reason), "{what}");
                    (least, most)
                }
            };
            let close = |what: String, got: f64, key: &str| {
                reference.assert_close(&what, got, &want[key][k]);
            };
            close(format!("{what}: least"), least.estimate, "least");
            close(format!("{what}: survival"), got.estimate, "survival");
            close(format!("{what}: std_error"), got.std_error.unwrap_or(f64::NAN), "std_error");
            close(format!("{what}: lower"), got.limits.map_or(f64::NAN, |l| l.lower), "lower");
            close(format!("{what}: upper"), got.limits.map_or(f64::NAN, |l| l.upper), "upper");
        }
    }
}

#[test]
fn days_that_are_known_give_kaplan_and_meiers_curve() {
    let set = Set::read("veteran");
    let (days, status) = (set.whole("time"), set.whole("status"));
    let weights: Vec<u32> = (0..days.len()).map(|i| (i % 4) as u32).collect();
    let weights = Some(FrequencyWeights(&weights));
    let seen = |i: usize| status[i] == 1;
    let given: Vec<Bracket> = (0..days.len())
        .map(|i| if seen(i) { Bracket::exact(days[i]) } else { Bracket::censored(days[i]) })
        .collect();
    let endings: Vec<Ending> =
        (0..days.len()).map(|i| if seen(i) { Ending::Event } else { Ending::Censored }).collect();
    let table = EventTable::new(&days, &endings, weights);
    let km = KaplanMeier::new(&table, level());
    let curve = Turnbull::new(&given, weights, level()).expect("a curve");
    for time in [0.0, 1.0, 20.5, 100.0, 250.0, 500.0] {
        let (got, want) = (curve.known_at(time).expect("known"), km.at(time).expect("followed"));
        assert!((got.estimate - want.estimate).abs() < 1e-9, "{time}");
        let errors = (got.std_error.expect("one"), want.std_error.expect("one"));
        assert!((errors.0 - errors.1).abs() < 1e-8, "{time}: {errors:?}");
    }
}

#[test]
fn differences_add_variances_and_turn_with_the_arms() {
    let reference = Reference::read("interval_censored");
    let curve = |name: &str| {
        let cases = reference.of_kind("curve");
        let input = &cases.iter().find(|case| case["name"] == name).expect("the case")["input"];
        Turnbull::new(&brackets(input), None, level()).expect("a curve")
    };
    let one = curve("veteran: visits every 30 days, some missed");
    let other = curve("lung: visits every 60 days, many missed");
    let arms = TwoArm { intervention: &one, control: &other };
    let got = bracket_risk_difference(arms, 120.0).expect("known");
    let [a, b]: [BracketSurvival; 2] = [&one, &other].map(|c| c.known_at(120.0).expect("known"));
    let squares = [a, b].map(|s| s.std_error.expect("one")).map(|e| e * e);
    assert!((got.estimate - (b.estimate - a.estimate)).abs() < 1e-15);
    assert!((got.std_error * got.std_error - squares[0] - squares[1]).abs() < 1e-15);
    assert!(
        (got.p_value.expect("one") - normal::two_sided_p(got.estimate / got.std_error)).abs()
            < 1e-15
    );
    let turned = bracket_risk_difference(TwoArm { intervention: &other, control: &one }, 120.0)
        .expect("known");
    assert!((got.estimate + turned.estimate).abs() < 1e-15);
}

#[test]
fn everyone_twice_halves_the_variance() {
    let reference = Reference::read("interval_censored");
    for case in reference.of_kind("curve") {
        let (given, once) = (brackets(&case["input"]), weights(&case["input"]));
        let twice: Vec<u32> = once.iter().map(|w| 2 * w).collect();
        let expanded: Vec<Bracket> = (0..given.len())
            .flat_map(|i| std::iter::repeat_n(given[i], once[i] as usize))
            .collect();
        let curve =
            |weights| Turnbull::new(&given, Some(FrequencyWeights(weights)), level()).expect("one");
        let (once, twice) = (curve(&once), curve(&twice));
        let expanded = Turnbull::new(&expanded, None, level()).expect("one");
        assert_eq!(once, expanded, "{}", case["name"]);
        for time in numbers(&case["want"]["times"]) {
            let (Ok(once), Ok(twice)) = (once.known_at(time), twice.known_at(time)) else {
                continue;
            };
            assert!((once.estimate - twice.estimate).abs() < 1e-9);
            if let (Some(a), Some(b)) = (once.std_error, twice.std_error) {
                assert!(
                    (a * a - 2.0 * b * b).abs() < 1e-8 * (1e-3 + a * a),
                    "{}, {time}",
                    case["name"]
                );
            }
        }
    }
}

/// Brackets, arms, covariates without the arm, weights.
type Sample = (Vec<Bracket>, Vec<Arm>, Array2<f64>, Vec<u32>);

fn sample(input: &Value) -> Sample {
    let columns: Vec<Vec<f64>> =
        input["x"].as_array().expect("columns").iter().map(numbers).collect();
    let arm = |&z: &f64| if z > 0.5 { Arm::Intervention } else { Arm::Control };
    let n = columns[0].len();
    let covariates = Array2::from_shape_fn((n, columns.len() - 1), |(i, j)| columns[j + 1][i]);
    (brackets(input), columns[0].iter().map(arm).collect(), covariates, weights(input))
}

fn borrowed((brackets, arms, covariates, weights): &Sample) -> BracketSample<'_> {
    let weights = Some(FrequencyWeights(weights));
    BracketSample { brackets, arms, covariates: covariates.view(), weights }
}

#[test]
fn hazard_ratios_are_rs() {
    let reference = Reference::read("interval_censored");
    for kind in ["grouped", "ph"] {
        for case in reference.of_kind(kind) {
            let (name, want) = (&case["name"], &case["want"]);
            let fit = bracket_ph(&borrowed(&sample(&case["input"]))).expect("a fit");
            for (j, beta) in fit.log_hazard_ratios.iter().enumerate() {
                reference.assert_close(&format!("{name}: beta {j}"), *beta, &want["beta"][j]);
                // glm's own digits, where it is the witness.
                let off = (beta - numbers(&want["beta"])[j]).abs();
                assert!(kind != "grouped" || off < 1e-8, "{name}: beta {j}: off by {off:e}");
            }
            for (j, value) in fit.covariance.iter().enumerate() {
                reference.assert_close(
                    &format!("{name}: covariance {j}"),
                    *value,
                    &want["covariance"][j],
                );
            }
            let close = |what: &str, got: f64| {
                reference.assert_close(&format!("{name}: {what}"), got, &want[what]);
            };
            close("log_likelihood", fit.log_likelihood);
            close("statistic", fit.arm_test.statistic);
            let baseline = numbers(&want["baseline"]);
            assert_eq!(fit.baseline.len(), baseline.len(), "{name}");
            for (k, step) in fit.baseline.iter().enumerate() {
                let what = format!("{name}: baseline {k}");
                reference.assert_close(&what, step.cumulative_hazard, &want["baseline"][k]);
            }
        }
    }
}

#[test]
fn relabelling_the_arms_turns_the_log_hazard_ratio() {
    let reference = Reference::read("interval_censored");
    for case in reference.of_kind("ph") {
        let mut given = sample(&case["input"]);
        let fit = bracket_ph(&borrowed(&given)).expect("a fit");
        for arm in &mut given.1 {
            *arm = if *arm == Arm::Control { Arm::Intervention } else { Arm::Control };
        }
        let turned = bracket_ph(&borrowed(&given)).expect("a fit");
        let (one, other) = (fit.arm(level()), turned.arm(level()));
        assert!((one.estimate + other.estimate).abs() < 1e-7, "{}", case["name"]);
        assert!((one.std_error - other.std_error).abs() < 1e-7);
        assert!((fit.arm_test.statistic - turned.arm_test.statistic).abs() < 1e-7);
        assert!((one.limits.lower + other.limits.upper).abs() < 1e-6);
    }
}

#[test]
fn what_cannot_be_fitted_is_named() {
    let b = |after, by| Bracket { after, by: Some(by) };
    let c = Bracket::censored;
    let arms = [Arm::Intervention, Arm::Intervention, Arm::Control, Arm::Control];
    let none = Array2::<f64>::zeros((4, 0));
    let fit = |brackets: &[Bracket], covariates: &Array2<f64>| {
        let covariates = covariates.view();
        bracket_ph(&BracketSample { brackets, arms: &arms, covariates, weights: None }).unwrap_err()
    };
    assert_eq!(fit(&[c(1), c(2), c(3), c(3)], &none), NotEstimable::NoEvents.into());
    assert_eq!(fit(&[b(0, 3), b(1, 5), c(1), b(2, 4)], &none), BracketError::NoOrder);
    // An arm without events, either one.
    let monotone = BracketError::Monotone { column: 0 };
    assert_eq!(fit(&[c(6), c(6), b(0, 3), b(3, 6)], &none), monotone);
    assert_eq!(fit(&[b(0, 3), b(3, 6), c(6), c(6)], &none), monotone);
    let ordinary = [b(0, 3), c(6), b(3, 6), c(6)];
    let constant = Array2::ones((4, 1));
    assert_eq!(fit(&ordinary, &constant), BracketError::Collinear { column: 1 });
    let unknown = Array2::from_elem((4, 1), f64::NAN);
    assert_eq!(fit(&ordinary, &unknown), BracketError::Collinear { column: 1 });
    assert_eq!(fit(&[b(3, 3), c(6), c(6), c(6)], &none), BracketError::NoDay { position: 0 });
    let weights = Some(FrequencyWeights(&[0, 0, 1, 1]));
    let covariates = none.view();
    let lonely =
        bracket_ph(&BracketSample { brackets: &ordinary, arms: &arms, covariates, weights });
    assert_eq!(lonely.unwrap_err(), NotEstimable::NoParticipants.into());
    let curve = Turnbull::new(&[b(0, 4), c(6)], None, level()).expect("a curve");
    let past = NotEstimable::PastLastFollowUp { time_days: 6.5, last_day: 6 };
    assert_eq!(curve.at(6.5), Err(past.into()));
    assert_eq!(curve.known_at(2.0), Err(BracketError::NotIdentified { after: 0, by: 4 }));
}
