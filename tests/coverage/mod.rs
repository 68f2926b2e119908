//! How often each interval holds the true effect, in trials whose true effect is known exactly.
//!
//! `README.md` beside this file has the numbers of the full run and what is to be made of them.

mod amounts;
mod cross_fitted;
mod events;
mod exact;
mod experiment;
mod population;
mod take_up;

use experiment::{Experiment, Row, Run};

fn experiments() -> Vec<Experiment> {
    let mut all = Vec::new();
    for n in [120, 1200] {
        all.push(events::same_in_all_strata(n));
        all.push(events::different_in_strata(n));
        all.push(take_up::strong(n));
        all.push(take_up::weak(n));
        all.push(amounts::days(n));
        all.push(amounts::times(n));
        all.push(cross_fitted::logistic(n));
        
    }
    all.extend([amounts::coaches(120, 8), amounts::coaches(120, 12), amounts::coaches(1200, 24)]);
    all.extend([3, 11, 50].map(amounts::regions));
    all
}

#[test]
#[ignore = "takes a quarter of an hour"]
#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "the table is what it is run for")]
fn full() {
    println!("{}", Row::HEAD);
    for experiment in experiments() {
        let started = std::time::Instant::now();
        let rows = experiment.run(Run::Quick);
        eprintln!("{:?} for {:?} {} {}", started.elapsed(), experiment.simulations, experiment.design, experiment.n);
        for row in rows {
            println!("{}", row.markdown());
        }
    }
}
