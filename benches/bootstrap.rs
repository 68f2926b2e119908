//! Resampling of the planned trial: 1,200 people, six groups.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use ips_eval::analysis::analyse;
use ips_eval::plan::resampling::ReplicateCount;
use ips_eval::random::Seed;
use ips_eval::resample::case_weights::ResamplingStrata;
use ips_eval::trial::arm::Arm;

use crate::planned;

/// The whole analysis, with all its resampled quantities, on as many threads as there are cores.
///
/// With 100 replicates nearly all of it is what does not depend on their number.
pub(crate) fn analyse_planned_trial(criterion: &mut Criterion) {
    let data = planned::data();
    let mut plan = planned::plan().plan;
    let mut group = criterion.benchmark_group("analyse");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.sampling_mode(SamplingMode::Flat);
    for replicates in [100, 10_000] {
        plan.bootstrap.replicates = ReplicateCount::Fixed(replicates);
        let id = BenchmarkId::new("replicates", replicates);
        group.bench_with_input(id, &plan, |bencher, plan| {
            bencher.iter(|| {
                analyse(black_box(plan), black_box(&data), &|_| {}).expect("the plan can be run")
            });
        });
    }
    group.finish();
}

/// One replicate's case weights, drawn within arm × region.
pub(crate) fn draw_weights(criterion: &mut Criterion) {
    let data = planned::data();
    let n_regions = planned::plan().plan.trial.regions.len();
    let groups: Vec<u32> = data
        .participants
        .iter()
        .map(|person| {
            let group = if person.arm == Arm::Intervention { 0 } else { n_regions };
            u32::try_from(group + person.region).expect("there are six groups")
        })
        .collect();
    let strata = ResamplingStrata::new(&groups).expect("the planned trial has people");
    let mut weights = vec![0; groups.len()];
    let mut replicate = 0;
    let mut group = criterion.benchmark_group("case_weights");
    group.measurement_time(Duration::from_secs(3)).throughput(Throughput::Elements(1200));
    group.bench_function("draw_replicate", |bencher| {
        bencher.iter(|| {
            strata.draw_replicate(Seed(1), replicate, black_box(&mut weights));
            replicate += 1;
        });
    });
    group.finish();
}
