//! Trials of the planned design, as the benchmarks need them.

use ips_eval::ingest::{Sources, read_trial};
use ips_eval::plan::parse::{PlanDocument, parse_plan};
use ips_eval::plan::types::TableName;
use ips_eval::random::Seed;
use ips_eval::simulate::{Design, plan_toml, trial};
use ips_eval::trial::dataset::TrialData;

/// The plan of the demonstration.
pub(crate) fn plan() -> PlanDocument {
    parse_plan("plan.toml", plan_toml()).expect("the demonstration's plan is right")
}

/// Participants and spells as CSV, with `times` the planned number of places in every region.
pub(crate) fn tables(times: u32) -> Sources {
    let mut design = Design::planned();
    for region in &mut design.regions {
        region.places_per_arm *= times;
    }
    let trial = trial(Seed(1), &design).expect("the planned design can be simulated at any size");
    Sources::from([
        (TableName::Participants, trial.participants_csv.into_bytes()),
        (TableName::Employment, trial.employment_csv.into_bytes()),
    ])
}

/// The planned trial, read.
pub(crate) fn data() -> TrialData {
    read_trial(&plan(), &tables(1)).data.expect("a simulated trial has no errors")
}
