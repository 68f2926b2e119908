//! The arm as the instrument of take-up.

use ips_eval::estimate::instrument::{
    AndersonRubinSet, ComplierEffect, complier_effect, complier_mean,
};
use ips_eval::estimate::sample::StratifiedSample;
use ips_eval::random::Stream;
use ips_eval::trial::arm::Arm;

use super::experiment::{Draw, Experiment, Line, Shown, level};
use super::population::{
    Effect, Enrolled, ONE_TO_ONE, Person, STRATA, enrol, expected, happens, pick,
};

/// The design in which hardly anybody does as they are offered.
pub(super) const WEAK: &str = "take-up 26% against 20%";

/// 88% take the offer up, the likelier the larger their x, and nobody without an offer.
pub(super) fn strong(n: usize) -> Experiment {
    let draw = |effect| -> Draw {
        let share = expected(complies);
        let truth = expected(|person| complies(person) * added(person, effect)) / share;
        let mean_x = expected(|person| complies(person) * person.x) / share;
        Box::new(move |stream: &mut Stream, _| {
            let enrolled = enrol(stream, n, &ONE_TO_ONE);
            let taken: Vec<bool> = members(&enrolled)
                .map(|(person, arm)| {
                    happens(stream, complies(person)) > 0.5 && arm == Arm::Intervention
                })
                .collect();
            let outcomes: Vec<f64> = members(&enrolled)
                .zip(&taken)
                .map(|((person, _), &took)| {
                    let more = if took { added(person, effect) } else { 0.0 };
                    happens(stream, person.control_risk() + more)
                })
                .collect();
            let xs: Vec<f64> = enrolled.people.iter().map(|person| person.x).collect();
            let mut lines = both_sets(&enrolled, &outcomes, &taken, truth);
            let mean =
                with_sample(&enrolled, &xs, |sample| complier_mean(sample, &taken, level()).ok());
            let shown = mean.and_then(|own| {
                let interval = own.inference.ok()?.interval;
                Some(Shown::new(own.estimate, interval, mean_x))
            });
            lines.push(("complier_mean", shown));
            lines
        })
    };
    Experiment {
        design: "take-up 88%",
        n,
        simulations: if n < 1000 { [100, 5_000] } else { [0, 1_500] },
        effect: draw(Effect::Present),
        null: Some(draw(Effect::Null)),
    }
}

/// Probability that a participant takes part if offered to.
fn complies(person: &Person) -> f64 {
    0.88 + 0.16 * (person.x - 0.5)
}

/// What taking part adds to the risk.
fn added(person: &Person, effect: Effect) -> f64 {
    match effect {
        Effect::Present => 0.136 + 0.1 * (0.5 - person.x),
        Effect::Null => 0.0,
    }
}

/// Of 100 participants 20 always take part, and they do well; 74 never do, and they do badly; only
/// 6 do as they are offered.
pub(super) fn weak(n: usize) -> Experiment {
    let draw = |more: f64| -> Draw {
        Box::new(move |stream: &mut Stream, _| {
            let enrolled = enrol(stream, n, &ONE_TO_ONE);
            let mut outcomes = Vec::with_capacity(n);
            let mut taken = Vec::with_capacity(n);
            for (_, arm) in members(&enrolled) {
                let (risk, took) = match pick(stream, &[20, 74, 6]) {
                    0 => (0.85, true),
                    1 => (0.12, false),
                    _ if arm == Arm::Intervention => (0.30 + more, true),
                    _ => (0.30, false),
                };
                outcomes.push(happens(stream, risk));
                taken.push(took);
            }
            let mut lines = both_sets(&enrolled, &outcomes, &taken, more);
            // An estimate whose denominator may be 0 has no variance.
            for (_, shown) in &mut lines {
                *shown = shown.map(|own| Shown { error: None, ..own });
            }
            lines
        })
    };
    Experiment {
        design: WEAK,
        n,
        simulations: if n < 1000 { [100, 5_000] } else { [0, 1_500] },
        effect: draw(0.40),
        null: Some(draw(0.0)),
    }
}

fn both_sets(enrolled: &Enrolled, outcomes: &[f64], taken: &[bool], truth: f64) -> Vec<Line> {
    let effect =
        with_sample(enrolled, outcomes, |sample| complier_effect(sample, taken, level()).ok());
    let usual = effect.and_then(|own| {
        let interval = own.inference.ok()?.interval;
        Some(Shown::new(own.estimate, interval, truth))
    });
    vec![("tsls_hc2", usual), ("anderson_rubin", effect.and_then(|own| robust(&own, truth)))]
}

fn robust(effect: &ComplierEffect, truth: f64) -> Option<Shown> {
    let set = effect.anderson_rubin.ok()?.set;
    let width = match set {
        AndersonRubinSet::Interval(interval) => interval.upper - interval.lower,
        AndersonRubinSet::Rays { .. } | AndersonRubinSet::WholeLine => f64::INFINITY,
    };
    let covered = if set.contains(truth) { 1.0 } else { 0.0 };
    Some(Shown { covered, width, error: None })
}

fn members(enrolled: &Enrolled) -> impl Iterator<Item = (&Person, Arm)> {
    enrolled.people.iter().zip(enrolled.arms.iter().copied())
}

fn with_sample<T>(
    enrolled: &Enrolled,
    outcomes: &[f64],
    of: impl FnOnce(&StratifiedSample<'_>) -> T,
) -> T {
    let strata: Vec<usize> = enrolled.people.iter().map(|person| person.stratum).collect();
    let sample = StratifiedSample::new(outcomes, &enrolled.arms, &strata, STRATA.len());
    of(&sample.expect("columns of one trial"))
}

#[test]
fn take_up_and_risks_are_as_described() {
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    close(expected(complies), 0.88);
    let impossible = |person: &Person| {
        let risk = person.control_risk() + added(person, Effect::Present);
        if (0.0..=1.0).contains(&risk) && complies(person) <= 1.0 { 0.0 } else { 1.0 }
    };
    close(expected(impossible), 0.0);
    // Independent of the strata, so that least squares weighs equal effects.
    for stratum in 0..STRATA.len() {
        let own = |person: &Person| f64::from(u8::from(person.stratum == stratum));
        close(expected(|p| own(p) * complies(p)) / expected(own), 0.88);
    }
}
