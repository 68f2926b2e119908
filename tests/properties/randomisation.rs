//! Randomisation tests keep their level, whatever the outcomes; inverted tests cover.

use std::array::from_fn;

use ips_eval::numeric::interval::{ConfidenceLevel, Interval};
use ips_eval::random::{Purpose, Seed, Stream};
use ips_eval::resample::randomisation::attributable::attributable_effect;
use ips_eval::resample::randomisation::design::RandomisationDesign;
use ips_eval::resample::randomisation::distribution::RandomisationDistribution;
use ips_eval::resample::randomisation::interval::{shift_interval, studentised_shift_interval};
use ips_eval::resample::randomisation::linear::{LinearEffect, Observed};
use ips_eval::resample::randomisation::test::{
    Randomisation, RandomisationSettings, randomisation_test,
};
use ips_eval::trial::arm::Arm;
use rayon::prelude::*;

/// Simulated trials of each kind, so that the tests take seconds; bounds follow it. They also hold
/// with 10,000.
const TRIALS: u64 = 4_000;

/// Draws of a simulated trial's test.
const DRAWS: u64 = 199;

/// 99.9% point of χ² on 19 degrees of freedom (R: `qchisq(0.999, 19)`).
const CHI_19: f64 = 43.820_196;

fn level(level: f64) -> ConfidenceLevel {
    ConfidenceLevel::new(level).expect("a level")
}

/// Arms with so many treated in each group, drawn anew.
fn allocate(groups: &[usize], n_treated: &[usize], stream: &mut Stream) -> RandomisationDesign {
    let mut left = n_treated.to_vec();
    let arm = |&group: &usize| {
        if left[group] > 0 {
            left[group] -= 1;
            Arm::Intervention
        } else {
            Arm::Control
        }
    };
    let first: Vec<Arm> = groups.iter().map(arm).collect();
    let design = RandomisationDesign::new(groups, &first).expect("a design");
    let mut assignment = design.observed().clone();
    design.draw(stream, &mut assignment);
    let arm = |&treated: &bool| if treated { Arm::Intervention } else { Arm::Control };
    let drawn: Vec<Arm> = assignment.is_treated().iter().map(arm).collect();
    RandomisationDesign::new(groups, &drawn).expect("a design")
}

fn settings(seed: u64, draws: u64) -> RandomisationSettings {
    RandomisationSettings { seed: Seed(seed), draws, exact_limit: 0, level: level(0.95) }
}

/// Column 0 is the effect within strata, 1 what it is for the shift, 2 … 6 the studentised shift.
fn distribution(
    design: &RandomisationDesign,
    (outcomes, strata): (&[f64], &[usize]),
    settings: RandomisationSettings,
) -> RandomisationDistribution {
    let positions: Vec<usize> = (0..outcomes.len()).collect();
    let observed = Observed { positions: &positions, outcomes };
    let effect = LinearEffect::within_strata(design, observed, strata).expect("an effect");
    let randomisation = Randomisation { settings, design, progress: &|_| {} };
    let all = randomisation_test(
        &randomisation,
        7,
        || effect.scratch(),
        |assignment, scratch, out| {
            out[..2].copy_from_slice(&effect.shift(assignment, scratch));
            let shifted = effect.studentised_shift(assignment, scratch);
            out[2..4].copy_from_slice(&shifted.effect);
            out[4..].copy_from_slice(&shifted.variance);
        },
    );
    all.expect("a distribution")
}

/// The effect alone, which is fast.
fn effects(
    design: &RandomisationDesign,
    (outcomes, strata): (&[f64], &[usize]),
    seed: u64,
) -> RandomisationDistribution {
    let positions: Vec<usize> = (0..outcomes.len()).collect();
    let observed = Observed { positions: &positions, outcomes };
    let effect = LinearEffect::within_strata(design, observed, strata).expect("an effect");
    let settings = settings(seed, DRAWS);
    let randomisation = Randomisation { settings, design, progress: &|_| {} };
    let write = |assignment: &_, scratch: &mut _, out: &mut [f64]| {
        out[0] = effect.estimate(assignment, scratch);
    };
    randomisation_test(&randomisation, 1, || effect.scratch(), write).expect("a distribution")
}

/// p with ties broken at random: uniform for any statistic.
fn randomised_p(distribution: &RandomisationDistribution, share: f64) -> f64 {
    let own = distribution.observed(0).expect("observed").abs();
    let (mut above, mut tied) = (0.0, 1.0);
    for value in distribution.column(0) {
        if (value.abs() - own).abs() <= 1e-9 {
            tied += 1.0;
        } else if value.abs() > own {
            above += 1.0;
        }
    }
    (above + share * tied) / (DRAWS as f64 + 1.0)
}

/// A kind of trial: who is in which group, how many of each are treated, and an outcome by group.
struct Kind {
    name: &'static str,
    groups: Vec<usize>,
    n_treated: Vec<usize>,
    outcome: fn(usize, &mut Stream) -> f64,
}

fn kinds() -> [Kind; 3] {
    let skewed = |_: usize, stream: &mut Stream| 1.0 / (0.05 + stream.unit());
    let tied =
        |group: usize, stream: &mut Stream| f64::from(stream.below([3, 5, 7][group % 3]) / 2);
    let blocks = |i: usize| if i < 24 { i / 4 } else { 6 + (i - 24) / 5 };
    [
        Kind {
            name: "one group, skewed outcomes",
            groups: vec![0; 21],
            n_treated: vec![8],
            outcome: skewed,
        },
        Kind {
            name: "two strata, tied outcomes",
            groups: (0..24).map(|i| usize::from(i % 3 == 0)).collect(),
            n_treated: vec![9, 3],
            outcome: tied,
        },
        Kind {
            name: "blocks of unequal size, the last not filled, tied outcomes",
            groups: (0..36).map(blocks).collect(),
            n_treated: vec![2, 2, 2, 2, 2, 2, 3, 2, 1],
            outcome: tied,
        },
    ]
}

#[test]
fn p_values_keep_every_level_and_are_uniform_but_for_ties() {
    for kind in kinds() {
        let both: Vec<[f64; 2]> = (0..TRIALS)
            .into_par_iter()
            .map(|trial| {
                let mut stream = Stream::new(Seed(77), Purpose::Simulation, trial);
                let design = allocate(&kind.groups, &kind.n_treated, &mut stream);
                let y: Vec<f64> =
                    kind.groups.iter().map(|&group| (kind.outcome)(group, &mut stream)).collect();
                let strata: Vec<usize> = kind.groups.iter().map(|group| group / 6).collect();
                let all = effects(&design, (&y, &strata), trial);
                let p = all.two_sided(0).expect("a p-value").p_value;
                [p, randomised_p(&all, stream.unit())]
            })
            .collect();
        let n = TRIALS as f64;
        for k in 1..=DRAWS {
            let alpha = k as f64 / (DRAWS as f64 + 1.0);
            let rejected = both.iter().filter(|p| p[0] <= alpha + 1e-12).count() as f64;
            let allowed = alpha * n + 4.0 * (alpha * (1.0 - alpha) * n).sqrt();
            assert!(rejected <= allowed, "{}: {rejected} at {alpha}", kind.name);
        }
        let mut bins = [0.0_f64; 20];
        for p in &both {
            let bin = (0..20).find(|&b| p[1] <= f64::from(b + 1) / 20.0).unwrap_or(19);
            bins[usize::try_from(bin).expect("a bin")] += 1.0;
        }
        let chi: f64 = bins.iter().map(|b| (b - n / 20.0) * (b - n / 20.0) / (n / 20.0)).sum();
        assert!(chi < CHI_19, "{}: χ² {chi}, {bins:?}", kind.name);
    }
}

#[test]
fn drawing_without_the_strata_that_predict_the_outcome_is_conservative() {
    let groups: Vec<usize> = (0..32).map(|i| i / 8).collect();
    let rejections = (0..TRIALS).into_par_iter().map(|trial| {
        let mut stream = Stream::new(Seed(78), Purpose::Simulation, trial);
        let design = allocate(&groups, &[4; 4], &mut stream);
        let y: Vec<f64> = groups.iter().map(|&g| 1.5 * g as f64 + stream.unit()).collect();
        let arms = design.observed().is_treated();
        let arms: Vec<Arm> = arms
            .iter()
            .map(|&treated| if treated { Arm::Intervention } else { Arm::Control })
            .collect();
        let ignoring = RandomisationDesign::new(&[0; 32], &arms).expect("a design");
        // The plain difference of means both times; only the draws differ.
        let p = [&design, &ignoring].map(|design| {
            effects(design, (&y, &[0; 32]), trial).two_sided(0).expect("a p-value").p_value
        });
        p.map(|p| u64::from(p <= 0.05))
    });
    let [within, ignoring] = rejections.reduce(|| [0; 2], |a, b| from_fn(|k| a[k] + b[k]));
    let rate = |rejected: u64| rejected as f64 / TRIALS as f64;
    let allowed = 4.0 * (0.05 * 0.95 / TRIALS as f64).sqrt();
    assert!((rate(within) - 0.05).abs() < allowed, "within strata: {}", rate(within));
    assert!(rate(ignoring) < 0.005, "ignoring strata: {}", rate(ignoring));
}

#[test]
fn inverted_tests_cover_a_constant_effect() {
    let groups: Vec<usize> = (0..20).map(|i| i / 8).collect();
    let trials = TRIALS / 4;
    let covered = (0..trials).into_par_iter().map(|trial| {
        let mut stream = Stream::new(Seed(79), Purpose::Simulation, trial);
        let design = allocate(&groups, &[4, 4, 2], &mut stream);
        let treated = design.observed().is_treated();
        let y: Vec<f64> = groups
            .iter()
            .zip(treated)
            .map(|(&g, &z)| g as f64 + 1.0 / (0.1 + stream.unit()) + if z { 2.0 } else { 0.0 })
            .collect();
        let all = distribution(&design, (&y, &groups), settings(trial, DRAWS));
        let holds = |limits: Interval| u64::from(limits.lower <= 2.0 && 2.0 <= limits.upper);
        let level = level(0.9);
        let raw = shift_interval(&all, 0, level).expect("an interval");
        let studentised = studentised_shift_interval(&all, 2, level).expect("an interval");
        assert!(raw.limits.lower <= raw.estimate && raw.estimate <= raw.limits.upper);
        [holds(raw.limits), holds(studentised.limits)]
    });
    let covered = covered.reduce(|| [0; 2], |a, b| from_fn(|k| a[k] + b[k]));
    for count in covered {
        // The tests are exact, so that coverage is 90% and little more.
        let rate = count as f64 / trials as f64;
        let allowed = 4.0 * (0.9 * 0.1 / trials as f64).sqrt();
        assert!((rate - 0.9).abs() < allowed, "{covered:?} of {trials}");
    }
}

/// Every table of potential outcomes of 7 participants, of whom 3 get the intervention: the
/// interval holds the average effect under 80% of the 35 assignments or more.
#[test]
fn attributable_effects_cover_under_every_table_of_potential_outcomes() {
    let arms: Vec<Arm> =
        (0..7).map(|i| if i < 3 { Arm::Intervention } else { Arm::Control }).collect();
    let design = RandomisationDesign::new(&[0; 7], &arms).expect("a design");
    let mut assignment = design.observed().clone();
    let mut least = 1.0_f64;
    for code in 0..4_u32.pow(7) {
        let kind = |i: u32| (code >> (2 * i)) & 3;
        // Participants with the same potential outcomes may be exchanged.
        if (1..7).any(|i| kind(i) < kind(i - 1)) {
            continue;
        }
        let (with, without) = (|i: u32| kind(i) & 1 == 1, |i: u32| kind(i) & 2 == 2);
        let effect = (0..7)
            .map(|i| f64::from(u8::from(with(i))) - f64::from(u8::from(without(i))))
            .sum::<f64>()
            / 7.0;
        let mut covered = 0;
        for number in 0..35 {
            design.assignment_number(number, &mut assignment);
            let treated = assignment.is_treated();
            let arm = |&z: &bool| if z { Arm::Intervention } else { Arm::Control };
            let own: Vec<Arm> = treated.iter().map(arm).collect();
            let own = RandomisationDesign::new(&[0; 7], &own).expect("a design");
            let events: Vec<bool> = (0..7_u32)
                .zip(treated)
                .map(|(i, &z)| if z { with(i) } else { without(i) })
                .collect();
            let limits = attributable_effect(&own, &events, level(0.8)).expect("one group").limits;
            covered += u32::from(limits.lower - 1e-9 <= effect && effect <= limits.upper + 1e-9);
        }
        least = least.min(f64::from(covered) / 35.0);
    }
    assert!(least >= 0.8, "covered under {least} of the assignments");
}

#[test]
fn values_do_not_depend_on_threads_nor_on_the_number_of_draws() {
    let groups: Vec<usize> = (0..60).map(|i| i % 7).collect();
    let arms: Vec<Arm> =
        (0..60).map(|i| if i * i % 5 < 2 { Arm::Intervention } else { Arm::Control }).collect();
    let design = RandomisationDesign::new(&groups, &arms).expect("a design");
    let y: Vec<f64> = (0..60).map(|i| f64::from(i * i % 13)).collect();
    let bits = |threads: usize, draws: u64| -> Vec<u64> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let all = pool.install(|| distribution(&design, (&y, &groups), settings(4, draws)));
        (0..7)
            .map(|k| all.column(k).map(f64::to_bits).collect::<Vec<_>>())
            .collect::<Vec<_>>()
            .concat()
    };
    let (one, many) = (bits(1, 300), bits(5, 300));
    assert_eq!(one, many);
    let few = bits(3, 65);
    assert!((0..7).all(|k| few[k * 65..][..65] == many[k * 300..][..65]));
}
