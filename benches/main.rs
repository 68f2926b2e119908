//! The hot paths, measured: `cargo bench`. `benches/README.md` says what was found.

mod bootstrap;
mod ingest;
mod planned;
mod survival;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    ingest::read_tables(&mut criterion);
    bootstrap::analyse_planned_trial(&mut criterion);
    bootstrap::draw_weights(&mut criterion);
    survival::kaplan_meier_and_log_rank(&mut criterion);
    survival::weighted_incidence(&mut criterion);
    criterion.final_summary();
}
