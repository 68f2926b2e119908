//! Randomisation tests against enumeration and brute force in R, draws against Python.

use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::random::Seed;
use ips_eval::resample::randomisation::attributable::attributable_effect;
use ips_eval::resample::randomisation::balance::{OmnibusBalance, covariance_under_design};
use ips_eval::resample::randomisation::design::{Assignment, RandomisationDesign};
use ips_eval::resample::randomisation::distribution::RandomisationDistribution;
use ips_eval::resample::randomisation::interval::{shift_interval, studentised_shift_interval};
use ips_eval::resample::randomisation::linear::{LinearEffect, LinearScratch, Observed};
use ips_eval::resample::randomisation::statistics::ScoreSum;
use ips_eval::resample::randomisation::test::{
    Randomisation, RandomisationSettings, randomisation_test,
};
use ips_eval::survival::assigned_arms::AssignedArms;
use ips_eval::survival::ending::Ending;
use ips_eval::survival::log_rank_scores::{AssignedLogRank, log_rank_scores};
use ips_eval::trial::arm::Arm;
use ndarray::Array2;
use serde_json::Value;

use super::{Reference, number, numbers, whole, wholes};

fn arms(treated: &Value) -> Vec<Arm> {
    let arm = |treated: u64| if treated == 1 { Arm::Intervention } else { Arm::Control };
    wholes(treated).into_iter().map(arm).collect()
}

fn days(value: &Value) -> Vec<i32> {
    wholes(value)
}

fn endings(value: &Value) -> Vec<Ending> {
    let ending = |event: u64| if event == 1 { Ending::Event } else { Ending::Censored };
    wholes(value).into_iter().map(ending).collect()
}

fn level(value: &Value) -> ConfidenceLevel {
    ConfidenceLevel::new(number(value)).expect("a level")
}

#[test]
fn draws_are_those_of_the_documented_rule() {
    let reference = Reference::read("randomisation_draws");
    for case in reference.of_kind("draws") {
        let design = RandomisationDesign::new(&wholes(&case["groups"]), &arms(&case["treated"]))
            .expect("a design");
        let mut assignment = design.observed().clone();
        let (seed, first) = (Seed(whole(&case["seed"])), whole(&case["first"]));
        for (r, want) in case["draws"].as_array().expect("draws").iter().enumerate() {
            design.draw_number(seed, first + r as u64, &mut assignment);
            let got: Vec<usize> = assignment.treated().iter().map(|&i| i as usize).collect();
            assert_eq!(got, wholes::<usize>(want), "{} {r}", case["name"]);
        }
    }
}

/// The columns of the reference, in the order in which [`Kernels`] writes them.
const COLUMNS: [&str; 11] = [
    "means",
    "means_t",
    "strata",
    "strata_t",
    "adjusted",
    "adjusted_t",
    "log_rank",
    "log_rank_t",
    "rmst",
    "rmst_t",
    "balance",
];

/// Every statistic of a case.
struct Kernels {
    linear: [LinearEffect; 3],
    /// Which of them the case inverts.
    inverted: usize,
    scores: ScoreSum,
    log_rank: AssignedLogRank,
    arms: AssignedArms,
    balance: OmnibusBalance,
}

impl Kernels {
    fn new(design: &RandomisationDesign, input: &Value, covariates: &Array2<f64>) -> Self {
        let n = design.n_participants();
        let (seen, strata) = (wholes(&input["seen"]), wholes(&input["stratum"]));
        let all: Vec<usize> = (0..n).collect();
        let y = numbers(&input["y"]);
        let outcomes: Vec<f64> = seen.iter().map(|&i| y[i]).collect();
        let observed = Observed { positions: &seen, outcomes: &outcomes };
        let of_seen: Vec<usize> = seen.iter().map(|&i| strata[i]).collect();
        // The covariates before the strata: their order must not matter.
        let columns = Array2::from_shape_fn((seen.len(), 4), |(k, j)| match j {
            0 | 1 => covariates[[seen[k], j]],
            _ => f64::from(u8::from(of_seen[k] == j - 2)),
        });
        let linear = [
            LinearEffect::of_means(design, observed),
            LinearEffect::within_strata(design, observed, &of_seen),
            LinearEffect::new(design, observed, columns.view()),
        ]
        .map(|effect| effect.expect("an effect"));
        let (days, endings) = (days(&input["day"]), endings(&input["event"]));
        let scores = log_rank_scores(&days, &endings, &strata);
        Self {
            linear,
            inverted: usize::try_from(whole(&input["inverted"])).expect("small"),
            scores: ScoreSum::new(design, &all, &scores),
            log_rank: AssignedLogRank::new(&all, &days, &endings, &strata),
            arms: AssignedArms::new(&all, &days, &endings, number(&input["horizon"])),
            balance: OmnibusBalance::new(design, covariates.view()).expect("a balance"),
        }
    }

    fn scratch(&self) -> ([LinearScratch; 3], Vec<f64>) {
        (self.linear.each_ref().map(LinearEffect::scratch), self.balance.scratch())
    }

    /// The eleven columns, then a and b, then the five numbers of the studentised shift.
    fn evaluate(
        &self,
        assignment: &Assignment,
        (linear, balance): &mut ([LinearScratch; 3], Vec<f64>),
        out: &mut [f64],
    ) {
        for (k, (effect, scratch)) in self.linear.iter().zip(linear.iter_mut()).enumerate() {
            let got = effect.effect(assignment, scratch);
            out[2 * k] = effect.estimate(assignment, scratch);
            out[2 * k + 1] = got.estimate / got.std_error;
        }
        let test = self.log_rank.evaluate(assignment.is_treated());
        out[6] = self.scores.evaluate(assignment);
        assert!((out[6] - test.excess).abs() < 1e-11);
        out[7] = test.excess / test.variance.sqrt();
        let means = self.arms.restricted_means(assignment.is_treated());
        out[8] = means.intervention.mean_days - means.control.mean_days;
        out[9] = out[8] / (means.intervention.variance + means.control.variance).sqrt();
        out[10] = self.balance.evaluate(assignment, balance);
        let (effect, scratch) = (&self.linear[self.inverted], &mut linear[self.inverted]);
        out[11..13].copy_from_slice(&effect.shift(assignment, scratch));
        let shifted = effect.studentised_shift(assignment, scratch);
        out[13..15].copy_from_slice(&shifted.effect);
        out[15..18].copy_from_slice(&shifted.variance);
    }
}

fn distribution(
    design: &RandomisationDesign,
    case: &Value,
    kernels: &Kernels,
) -> RandomisationDistribution {
    let input = &case["input"];
    let is_exact = number(&input["exact"]) > 0.5;
    let settings = RandomisationSettings {
        seed: Seed(input["seed"].as_u64().unwrap_or(0)),
        draws: 50,
        exact_limit: if is_exact { 200 } else { 199 },
        level: ConfidenceLevel::new(0.95).expect("a level"),
    };
    let randomisation = Randomisation { settings, design, progress: &|_| {} };
    let distribution = randomisation_test(
        &randomisation,
        18,
        || kernels.scratch(),
        |assignment, scratch, out| kernels.evaluate(assignment, scratch, out),
    );
    let distribution = distribution.expect("a distribution");
    assert_eq!(distribution.is_exact(), is_exact);
    distribution
}

#[test]
fn statistics_and_p_values_are_those_of_packages_under_every_assignment() {
    let reference = Reference::read("randomisation");
    for case in reference.of_kind("randomisation") {
        let (input, want, name) = (&case["input"], &case["want"], &case["name"]);
        let design = RandomisationDesign::new(&wholes(&input["group"]), &arms(&input["treated"]))
            .expect("a design");
        let (x1, x2) = (numbers(&input["x1"]), numbers(&input["x2"]));
        let x = Array2::from_shape_fn((x1.len(), 2), |(i, j)| if j == 0 { x1[i] } else { x2[i] });
        let kernels = Kernels::new(&design, input, &x);
        let got = distribution(&design, case, &kernels);
        for (k, column) in COLUMNS.into_iter().enumerate() {
            let want = &want["columns"][column];
            let what = format!("{name} {column}");
            reference.assert_close(&what, got.observed(k).expect("observed"), &want["observed"]);
            let values = want["values"].as_array().expect("values");
            assert_eq!(got.n_draws(), values.len(), "{what}");
            for (r, (value, want)) in got.column(k).zip(values).enumerate() {
                reference.assert_close(&format!("{what} {r}"), value, want);
            }
            let p = [got.two_sided(k), got.greater(k), got.less(k)].map(|p| p.expect("a p-value"));
            for (p, want) in p.iter().zip(want["p"].as_array().expect("three")) {
                assert!((p.p_value - number(want)).abs() < 1e-12, "{what}: {p:?}, {want}");
            }
            assert_eq!(p[0].failed as u64, whole(&want["failed"]), "{what}");
        }
        let covariance = covariance_under_design(&design, x.view());
        for (got, want) in covariance.iter().zip(want["covariance"].as_array().expect("four")) {
            reference.assert_close(&format!("{name} covariance"), *got, want);
        }
        let p = kernels.balance.chi_squared(&design).p_value;
        reference.assert_close(&format!("{name} χ²"), p, &want["chi_squared"]);
        let level = level(&input["level"]);
        for (key, interval) in [
            ("shift", shift_interval(&got, 11, level)),
            ("studentised", studentised_shift_interval(&got, 13, level)),
        ] {
            let limits = interval.expect("an interval").limits;
            for (side, limit) in [limits.lower, limits.upper].into_iter().enumerate() {
                reference.assert_close(&format!("{name} {key} {side}"), limit, &want[key][side]);
            }
        }
    }
}

#[test]
fn log_rank_scores_are_martingale_residuals_and_permute_as_in_coin() {
    let reference = Reference::read("randomisation");
    for case in reference.of_kind("scores") {
        let (input, want, name) = (&case["input"], &case["want"], &case["name"]);
        let (strata, by) = (wholes(&input["stratum"]), wholes(&input["by"]));
        let design = RandomisationDesign::new(&strata, &arms(&input["treated"])).expect("a design");
        let (days, endings) = (days(&input["day"]), endings(&input["event"]));
        let scores = log_rank_scores(&days, &endings, &by);
        for (got, want) in scores.iter().zip(want["scores"].as_array().expect("scores")) {
            reference.assert_close(&format!("{name} score"), *got, want);
        }
        let all: Vec<usize> = (0..days.len()).collect();
        let sum = ScoreSum::new(&design, &all, &scores);
        let walk = AssignedLogRank::new(&all, &days, &endings, &by);
        let observed = walk.evaluate(design.observed().is_treated());
        for (what, got) in [
            ("excess", sum.evaluate(design.observed())),
            ("excess", observed.excess),
            ("hypergeometric", observed.variance),
            ("expected", sum.expected()),
            ("variance", sum.variance()),
        ] {
            reference.assert_close(&format!("{name} {what}"), got, &want[what]);
        }
        let settings = RandomisationSettings {
            seed: Seed(1),
            draws: 20_000,
            exact_limit: 0,
            level: ConfidenceLevel::new(0.95).expect("a level"),
        };
        let randomisation = Randomisation { settings, design: &design, progress: &|_| {} };
        let distribution = randomisation_test(
            &randomisation,
            1,
            || (),
            |assignment, (), out| {
                out[0] = sum.evaluate(assignment) - sum.expected();
            },
        );
        // coin's is P(|T* − E T| ≥ |T − E T|).
        let distribution = distribution.expect("a distribution");
        let p = distribution.two_sided(0).expect("a p-value");
        let theirs = number(&want["p"]);
        let error = p.monte_carlo.expect("drawn").std_error;
        let both = (error * error + theirs * (1.0 - theirs) / number(&want["resamples"])).sqrt();
        assert!((p.p_value - theirs).abs() < 4.0 * both, "{name}: {p:?}, coin {theirs}");
    }
}

fn one_group(t1: u64, n1: u64, t0: u64, n0: u64) -> (RandomisationDesign, Vec<bool>) {
    let arms: Vec<Arm> =
        (0..n1 + n0).map(|i| if i < n1 { Arm::Intervention } else { Arm::Control }).collect();
    let events = (0..n1).map(|i| i < t1).chain((0..n0).map(|i| i < t0)).collect();
    (RandomisationDesign::new(&vec![0; arms.len()], &arms).expect("a design"), events)
}

#[test]
fn attributable_events_are_those_that_no_test_rejects() {
    let reference = Reference::read("randomisation");
    for case in reference.of_kind("attributable") {
        let of = |key: &str| whole(&case["input"][key]);
        let (design, events) = one_group(of("t1"), of("n1"), of("t0"), of("n0"));
        let level = level(&case["input"]["level"]);
        let got = attributable_effect(&design, &events, level).expect("one group");
        let (treated, controls) = (got.among_treated, got.among_controls);
        let got = [treated.fewest, treated.most, controls.fewest, controls.most];
        let want: Vec<i64> = case["want"]
            .as_array()
            .expect("four")
            .iter()
            .map(|v| v.as_i64().expect("whole"))
            .collect();
        assert_eq!(got[..], want[..], "{}", case["name"]);
    }
}
