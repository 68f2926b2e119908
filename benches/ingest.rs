//! CSV to checked trial data.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use ips_eval::ingest::read_trial;
use ips_eval::plan::parse::parse_plan;
use ips_eval::simulate::plan_toml;

use crate::planned;

/// 20,400 people: 17 times the planned trial.
const TIMES: u32 = 17;

/// Parses the plan, then reads, types, checks and links participants and employment.
pub(crate) fn read_tables(criterion: &mut Criterion) {
    let sources = planned::tables(TIMES);
    let bytes: usize = sources.values().map(Vec::len).sum();
    let mut group = criterion.benchmark_group("ingest");
    group.sample_size(10).throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("20400_participants", |bencher| {
        bencher.iter(|| {
            let document = parse_plan("plan.toml", black_box(plan_toml()))
                .expect("the demonstration's plan is right");
            let ingested = read_trial(&document, black_box(&sources));
            ingested.data.expect("a simulated trial has no errors")
        });
    });
    group.finish();
}
