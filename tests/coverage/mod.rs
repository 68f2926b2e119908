//! How often each interval holds the true effect, in trials whose true effect is known exactly.
//!
//! `README.md` beside this file has the numbers of the full run and what is to be made of them.

mod amounts;
mod cross_fitted;
mod events;
mod exact;
mod experiment;
mod known;
mod population;
mod resampled;
mod resampled_exact;
mod take_up;

use experiment::{Experiment, Row, Run, level};
use ips_eval::trial::arm::TwoArm;

fn experiments() -> Vec<Experiment> {
    let mut all = Vec::new();
    for n in [120, 1200] {
        all.push(events::same_in_all_strata(n));
        all.push(events::different_in_strata(n));
        all.push(take_up::strong(n));
        all.push(take_up::weak(n));
        all.push(amounts::days(n));
        all.push(amounts::times(n));
    }
    all.extend([amounts::coaches(120, 8), amounts::coaches(120, 12), amounts::coaches(1200, 24)]);
    all.extend([3, 11, 50].map(amounts::regions));
    all.extend([120, 1200].map(cross_fitted::algorithms));
    all
}

/// A few hundred trials of 120 participants, so that a variance that is halved or doubled is seen
/// at every `cargo test`. The numbers are the same every time; 4.5 Monte Carlo errors leave room
/// for other draws, should something upstream change them.
#[test]
fn intervals_hold_the_truth_as_often_as_they_should() {
    let experiments = experiments();
    let quick = experiments.iter().filter(|own| own.simulations[Run::Quick as usize] > 0);
    let rows: Vec<Row> = quick.flat_map(|own| own.run(Run::Quick)).collect();
    assert!(rows.len() > 30, "{} rows", rows.len());
    let wrong: Vec<String> = rows.iter().flat_map(known::faults).collect();
    assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), Row::HEAD);
}

#[test]
#[ignore = "takes many minutes"]
#[expect(clippy::print_stdout, reason = "the table is what it is run for")]
fn full_run() {
    println!("{}", Row::HEAD);
    let mut wrong = Vec::new();
    for experiment in experiments() {
        for row in experiment.run(Run::Full) {
            println!("{}", row.markdown());
            wrong.extend(known::faults(&row));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const RISKS: TwoArm<f64> = TwoArm { intervention: 0.40, control: 0.28 };

/// Coverage of binomial arms needs no simulation; the numbers are those of `README.md`.
#[test]
#[ignore = "prints a table"]
#[expect(clippy::print_stdout, reason = "the table is what it is run for")]
fn exact_coverage() {
    let null = TwoArm { intervention: RISKS.control, control: RISKS.control };
    println!("| method | n | coverage % | size % |\n|---|---:|---:|---:|");
    for n in [60, 600] {
        for p in [RISKS.intervention, RISKS.control] {
            println!("| `wilson`, {p:.2} | {n} | {:.2} | – |", 100.0 * exact::of_wilson(n, p));
        }
        for (method, of) in exact::OF_TABLES {
            let coverage = exact::of_tables(n, RISKS, of);
            let size = 1.0 - exact::of_tables(n, null, of);
            println!("| `{method}` | {} | {:.2} | {:.2} |", 2 * n, 100.0 * coverage, 100.0 * size);
        }
    }
}

/// The same for arms of 60.
#[test]
fn coverage_of_small_binomial_arms_is_near_the_level() {
    for p in [RISKS.intervention, RISKS.control] {
        let coverage = exact::of_wilson(60, p);
        // It jumps by what single outcomes weigh: at most 0.11 here, a part of it within reach.
        assert!((coverage - level().get()).abs() < 0.02, "wilson at {p}: {coverage}");
    }
    for (method, of) in exact::OF_TABLES {
        let coverage = exact::of_tables(60, RISKS, of);
        assert!((coverage - level().get()).abs() < 0.01, "{method}: {coverage}");
    }
}

#[test]
fn threads_change_no_number() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let rows = pool.install(|| amounts::times(120).run(Run::Quick));
        rows.iter().map(Row::markdown).collect::<Vec<_>>()
    };
    assert_eq!(on(1), on(3));
}
