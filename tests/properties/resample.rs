//! Properties of the resample room.

use std::sync::atomic::{AtomicU64, Ordering};

use ips_eval::numeric::elementary::ln;
use ips_eval::numeric::interval::{ConfidenceLevel, Interval};
use ips_eval::random::{Purpose, Seed, Stream};
use ips_eval::resample::acceleration::acceleration;
use ips_eval::resample::case_weights::ResamplingStrata;
use ips_eval::resample::column::Column;
use ips_eval::resample::interval::{BootstrapDistribution, BootstrapInterval, Limit};
use ips_eval::resample::replicates::{Bootstrap, BootstrapSettings, Draws, Replicates};
use proptest::prelude::*;

fn strata(stratum: &[u32]) -> ResamplingStrata {
    ResamplingStrata::new(stratum).expect("participants")
}

fn distribution(values: &[f64], estimate: f64) -> BootstrapDistribution {
    BootstrapDistribution::new(Column::new(values.iter().copied()), estimate).expect("replicates")
}

/// Three statistics, one of which often does not exist and one of which uses scratch memory.
fn replicates(seed: u64, n: u64, strata: &ResamplingStrata, threads: usize) -> Replicates {
    let done = AtomicU64::new(0);
    let progress = |more| {
        done.fetch_add(more, Ordering::Relaxed);
    };
    let settings = BootstrapSettings { seed: Seed(seed), replicates: n };
    let bootstrap = Bootstrap { settings, strata, draws: Draws::Independent, progress: &progress };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    let statistic = |weights: &[u32], scratch: &mut Vec<f64>, out: &mut [f64]| {
        scratch.clear();
        scratch.extend(weights.iter().enumerate().map(|(i, &w)| (i as f64).sqrt() * f64::from(w)));
        out[0] = scratch.iter().sum();
        if weights[0] > 0 {
            out[1] = out[0] / f64::from(weights[0]);
        }
        out[2] = f64::from(weights[weights.len() - 1]);
    };
    let all = pool.install(|| Replicates::compute(&bootstrap, 3, Vec::new, statistic));
    assert_eq!(done.into_inner(), n, "progress counts every replicate once");
    all.expect("replicates")
}

fn columns(replicates: &Replicates) -> Vec<Vec<Option<u64>>> {
    (0..replicates.n_replicates())
        .map(|r| (0..3).map(|k| replicates.value(r, k).map(f64::to_bits)).collect())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn weights_sum_to_the_size_of_each_stratum(
        stratum in prop::collection::vec(0_u32..6, 1..80), seed: u64, replicate: u64,
    ) {
        let strata = strata(&stratum);
        let mut weights = vec![0; stratum.len()];
        strata.draw_replicate(Seed(seed), replicate, &mut weights);
        for members in strata.iter() {
            let sum: u32 = members.iter().map(|&i| weights[i as usize]).sum();
            prop_assert_eq!(sum as usize, members.len());
            let numbers: Vec<u32> = members.iter().map(|&i| stratum[i as usize]).collect();
            prop_assert!(numbers.iter().all(|&number| number == numbers[0]));
        }
        prop_assert_eq!(strata.sizes().sum::<usize>(), stratum.len());
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits(
        stratum in prop::collection::vec(0_u32..3, 1..30), seed: u64, n in 1_u64..200,
    ) {
        let strata = strata(&stratum);
        let alone = columns(&replicates(seed, n, &strata, 1));
        for threads in [2, 8] {
            prop_assert_eq!(&columns(&replicates(seed, n, &strata, threads)), &alone);
        }
    }

    #[test]
    fn a_shorter_run_is_the_beginning_of_a_longer_one(seed: u64, n in 1_u64..150, more in 0_u64..150) {
        let strata = strata(&[0, 1, 0, 1, 1, 2, 0]);
        let short = columns(&replicates(seed, n, &strata, 2));
        let long = columns(&replicates(seed, n + more, &strata, 2));
        prop_assert_eq!(&long[..short.len()], &short[..]);
    }

    #[test]
    fn a_column_holds_the_values_of_the_replicates_in_order(seed: u64, n in 1_u64..150) {
        let replicates = replicates(seed, n, &strata(&[0, 0, 0, 1, 1]), 2);
        for k in 0..3 {
            let values: Vec<f64> =
                (0..replicates.n_replicates()).filter_map(|r| replicates.value(r, k)).collect();
            let column = replicates.column(k);
            prop_assert_eq!(column.n_replicates() as u64, n);
            prop_assert_eq!(column.failed, column.n_replicates() - values.len());
            prop_assert_eq!(column.values, values);
        }
    }

    #[test]
    fn percentile_and_basic_follow_a_change_of_units(
        values in prop::collection::vec(-50.0..50.0_f64, 2..300),
        scale in 0.01..100.0_f64, shift in -100.0..100.0_f64, estimate in -20.0..20.0_f64,
    ) {
        let level = ConfidenceLevel::new(0.9).expect("a level");
        let changed: Vec<f64> = values.iter().map(|t| scale * t + shift).collect();
        let before = distribution(&values, estimate);
        let after = distribution(&changed, scale * estimate + shift);
        let change = |limits: Interval| limits.map_increasing(|t| scale * t + shift);
        for (got, want) in [
            (after.percentile(level), change(before.percentile(level).interval())),
            (after.basic(level), change(before.basic(level).interval())),
        ] {
            prop_assert!((got.lower.value - want.lower).abs() < 1e-9 * (1.0 + want.lower.abs()));
            prop_assert!((got.upper.value - want.upper).abs() < 1e-9 * (1.0 + want.upper.abs()));
            prop_assert!(got.lower.value <= got.upper.value);
        }
        let ratio = after.std_error().value / before.std_error().value;
        prop_assert!((ratio / scale - 1.0).abs() < 1e-6);
    }

    #[test]
    fn bca_without_bias_or_acceleration_is_the_percentile_interval(
        half in prop::collection::vec(0.001..50.0_f64, 20..200), level in 0.55..0.99_f64,
    ) {
        // As many replicates below the estimate, 0, as not.
        let values: Vec<f64> = half.iter().flat_map(|&t| [-t, t * t]).collect();
        let level = ConfidenceLevel::new(level).expect("a level");
        let both = distribution(&values, 0.0);
        let (bca, percentile) = (both.bca(level, 0.0).expect("an interval"), both.percentile(level));
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + b.abs());
        prop_assert!(close(bca.lower.value, percentile.lower.value));
        prop_assert!(close(bca.upper.value, percentile.upper.value));
    }

    #[test]
    fn acceleration_ignores_units_and_origin_and_follows_the_sign(
        influence in prop::collection::vec(-5.0..5.0_f64, 12), scale in 0.001..1000.0_f64,
        shift in -10.0..10.0_f64,
    ) {
        let strata = strata(&[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
        let of = |change: &dyn Fn(f64) -> f64| {
            let changed: Vec<f64> = influence.iter().map(|&l| change(l)).collect();
            acceleration(&changed, &strata).expect("an acceleration")
        };
        let a = of(&|l| l);
        prop_assert!((of(&|l| scale * l + shift) - a).abs() < 1e-9);
        prop_assert!((of(&|l| -l) + a).abs() < 1e-12);
    }
}

#[test]
fn more_threads_than_replicates_work() {
    let strata = strata(&[0, 0, 1, 1]);
    let many = columns(&replicates(1, 20, &strata, 1));
    for n in 1..=3 {
        let few = columns(&replicates(1, n, &strata, 16));
        assert_eq!(few, many[..few.len()]);
    }
}

#[test]
fn few_participants_still_give_every_replicate() {
    let all = replicates(5, 20, &strata(&[0, 0, 1, 1]), 2);
    assert_eq!(all.column(0).values.len(), 20);
}

/// The estimates, the limits and their Monte Carlo errors of one run.
struct Run {
    limits: [Limit; 6],
    std_error: [f64; 2],
}

/// The mean of 30 exponential quantiles, resampled 1,000 times.
fn run(seed: u64) -> Run {
    let y: Vec<f64> = (0..30).map(|i| -ln(1.0 - (f64::from(i) + 0.5) / 30.0)).collect();
    let strata = strata(&[0; 30]);
    let settings = BootstrapSettings { seed: Seed(seed), replicates: 1_000 };
    let bootstrap =
        Bootstrap { settings, strata: &strata, draws: Draws::Independent, progress: &|_| {} };
    let mean = |weights: &[u32]| {
        weights.iter().zip(&y).map(|(&w, y)| f64::from(w) * y).sum::<f64>() / 30.0
    };
    let statistic = |weights: &[u32], (): &mut (), out: &mut [f64]| out[0] = mean(weights);
    let column = Replicates::compute(&bootstrap, 1, || (), statistic).expect("one").column(0);
    let a = acceleration(&y, &strata).expect("an acceleration");
    let distribution = BootstrapDistribution::new(column, mean(&[1; 30])).expect("one");
    let level = ConfidenceLevel::new(0.95).expect("a level");
    let std_error = distribution.std_error();
    let both = |interval: BootstrapInterval| [interval.lower, interval.upper];
    let [p0, p1] = both(distribution.percentile(level));
    let [b0, b1] = both(distribution.basic(level));
    let [a0, a1] = both(distribution.bca(level, a).expect("an interval"));
    let std_error = [std_error.value, std_error.monte_carlo_error];
    Run { limits: [p0, p1, b0, b1, a0, a1], std_error }
}

/// The spread of 1,200 limits is itself known to 2% (1/√(2·1,199)), the mean of their stated
/// errors better; half a difference of quantiles exceeds the slope times the error in a tail that
/// bends, by 5% or so at 1,000 replicates. Hence 10%: without the error of z₀ `BCa`'s would be 20%
/// too small, without the covariance of p and the limit 10% or more too large.
#[test]
fn stated_monte_carlo_errors_are_the_spread_over_seeds() {
    let runs: Vec<Run> = (0..1_200).map(run).collect();
    let spread = |values: Vec<f64>| {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt()
    };
    let mut pairs = Vec::new();
    for which in 0..6 {
        let limits = || runs.iter().map(|run| run.limits[which]);
        let stated: f64 = limits().map(|l| l.monte_carlo_error.expect("enough replicates")).sum();
        pairs.push((spread(limits().map(|l| l.value).collect()), stated / 1_200.0));
    }
    let stated: f64 = runs.iter().map(|run| run.std_error[1]).sum();
    pairs.push((spread(runs.iter().map(|run| run.std_error[0]).collect()), stated / 1_200.0));
    for (which, (spread, stated)) in pairs.iter().enumerate() {
        let off = (stated / spread - 1.0).abs();
        assert!(off < 0.10, "{which}: spread {spread}, stated {stated}; all: {pairs:?}");
    }
}

#[test]
fn streams_of_neighbouring_replicates_are_not_shifted_copies() {
    let draws = |replicate| {
        let mut stream = Stream::new(Seed(9), Purpose::Bootstrap, replicate);
        (0..64).map(|_| stream.below(1 << 31)).collect::<Vec<_>>()
    };
    let first = draws(0);
    assert!(draws(1).iter().all(|draw| !first.contains(draw)));
}
