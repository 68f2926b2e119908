//! Curves and tests of time to first job.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use ips_eval::numeric::elementary::ln;
use ips_eval::numeric::interval::ConfidenceLevel;
use ips_eval::random::{Purpose, Seed, Stream};
use ips_eval::survival::ending::Ending;
use ips_eval::survival::event_table::EventTable;
use ips_eval::survival::kaplan_meier::KaplanMeier;
use ips_eval::survival::log_rank::log_rank;
use ips_eval::survival::presorted::{CurveScratch, PresortedTimes};
use ips_eval::trial::arm::TwoArm;
use ips_eval::trial::time::month_in_days;

/// Days and endings of one group.
struct Times {
    days: Vec<i32>,
    endings: Vec<Ending>,
}

/// Exponential times to a job, a few competing exits, and entry staggered over 970 days.
fn times(n: usize, stream: u64, hazard: f64) -> Times {
    let mut stream = Stream::new(Seed(1), Purpose::Simulation, stream);
    let mut exponential = |hazard: f64| -ln(stream.unit()) / hazard;
    let mut times = Times { days: Vec::with_capacity(n), endings: Vec::with_capacity(n) };
    for i in 0..n {
        let follow_up = 820.0 + (i % 970) as f64;
        let (job, exit) = (exponential(hazard), exponential(0.000_05));
        let day = job.min(exit).min(follow_up).floor();
        #[expect(clippy::cast_possible_truncation, reason = "at most 1,789")]
        times.days.push(day as i32);
        times.endings.push(if job <= exit && job < follow_up {
            Ending::Event
        } else if exit < follow_up {
            Ending::Competing
        } else {
            Ending::Censored
        });
    }
    times
}

/// Both arms' event tables and Kaplan-Meier curves with limits, and the log-rank test.
pub(crate) fn kaplan_meier_and_log_rank(criterion: &mut Criterion) {
    let level = ConfidenceLevel::new(0.95).expect("0.95 is a level");
    let mut group = criterion.benchmark_group("kaplan_meier_and_log_rank");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for n in [10_000, 100_000, 1_000_000] {
        let arms =
            TwoArm { intervention: times(n / 2, 0, 0.000_95), control: times(n / 2, 1, 0.000_62) };
        group.throughput(Throughput::Elements(n as u64));
        group.bench_with_input(BenchmarkId::from_parameter(n), &arms, |bencher, arms| {
            bencher.iter(|| {
                let tables = arms.as_ref().map(|arm| {
                    EventTable::new(black_box(&arm.days), black_box(&arm.endings), None)
                });
                for (_, table) in tables.iter() {
                    black_box(KaplanMeier::new(table, level).points());
                }
                log_rank(tables.as_ref()).expect("both arms have events")
            });
        });
    }
    group.finish();
}

/// The kernel of the replicates: presorted cumulative incidence of 1,200 at the plan's months.
pub(crate) fn weighted_incidence(criterion: &mut Criterion) {
    let n = 1200;
    let people = times(n, 2, 0.000_95);
    let everyone: Vec<usize> = (0..n).collect();
    let presorted = PresortedTimes::new(&people.days, &people.endings, &everyone);
    let months = [6, 12, 18, 24].map(month_in_days);
    // 0, 1 and 2 in turn, as replicates have them; what they are does not matter to the speed.
    let weights: Vec<u32> = (0..3).cycle().take(n).collect();
    let (mut scratch, mut out) = (CurveScratch::default(), [f64::NAN; 4]);
    let mut group = criterion.benchmark_group("presorted_incidence");
    group.measurement_time(Duration::from_secs(3)).throughput(Throughput::Elements(n as u64));
    group.bench_function("1200", |bencher| {
        bencher.iter(|| {
            presorted.incidence_at(black_box(&weights), &months, &mut scratch, black_box(&mut out));
        });
    });
    group.finish();
}
