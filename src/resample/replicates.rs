//! Many statistics over many replicates, each replicate drawn once.

use rayon::prelude::*;
use thiserror::Error;

use super::case_weights::ResamplingStrata;
use super::column::Column;
use crate::random::Seed;

/// Replicates that one worker computes in a row, and that lie together in memory.
///
/// Small enough to feed many threads with 1,000 replicates, large enough that reading a column
/// walks over whole cache lines. It has no influence on the results.
const BLOCK: usize = 32;

/// How often to resample, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BootstrapSettings {
    /// The seed of all draws.
    pub seed: Seed,
    /// The number of replicates.
    pub replicates: u64,
}

/// What every statistic of a bootstrap shares.
#[derive(Clone, Copy)]
pub struct Bootstrap<'a> {
    /// How often to resample, and from which seed.
    pub settings: BootstrapSettings,
    /// Within which groups participants are drawn.
    pub strata: &'a ResamplingStrata,
    /// Told how many more replicates are done, from any thread and in any order.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Why there are no replicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReplicatesError {
    /// None were asked for.
    #[error("a bootstrap needs at least one replicate")]
    NoReplicates,
    /// There is nothing to compute.
    #[error("a bootstrap needs at least one statistic")]
    NoStatistics,
    /// They do not fit into memory.
    #[error("the replicates do not fit into memory: ask for fewer")]
    TooLarge,
}

/// The values of K statistics in each of R replicates.
#[derive(Clone, Debug)]
pub struct Replicates {
    rows: usize,
    columns: usize,
    /// Blocks of [`BLOCK`] replicates (the last may be shorter), within a block statistic after
    /// statistic. NaN where a statistic does not exist; no NaN leaves this room.
    values: Vec<f64>,
}

/// What one worker thread reuses from replicate to replicate.
struct Worker<S> {
    weights: Vec<u32>,
    statistics: Vec<f64>,
    scratch: S,
}

impl Replicates {
    /// Computes every statistic in every replicate, on the threads of the current rayon pool.
    ///
    /// `statistic(weights, scratch, out)` reads the replicate's case weights, one a participant,
    /// and writes its `n_statistics` values into `out`. A statistic that does not exist in a
    /// replicate (a median that is not reached, a ratio over no event) is left as it is, NaN:
    /// the replicate then counts as failed for that statistic alone. So does an infinite one.
    /// `scratch` is working memory of the worker, made by `make_scratch`, with the contents that
    /// some earlier replicate left: a value may depend on the weights only.
    ///
    /// Replicate b has the weights of [`ResamplingStrata::draw_replicate`] and its own place in
    /// the result. So the values are the same to the last bit for any number of threads, also
    /// with more threads than replicates, and the first 1,000 of 10,000 replicates are those of
    /// a run of 1,000. Nothing is allocated within a replicate.
    ///
    /// # Errors
    ///
    /// [`ReplicatesError`]: no replicates, no statistics, or more of both than memory holds.
    pub fn compute<S>(
        bootstrap: &Bootstrap<'_>,
        n_statistics: usize,
        make_scratch: impl Fn() -> S + Sync,
        statistic: impl Fn(&[u32], &mut S, &mut [f64]) + Sync,
    ) -> Result<Self, ReplicatesError> {
        let mut all = Self::empty(bootstrap.settings.replicates, n_statistics)?;
        let n_participants = bootstrap.strata.n_participants();
        let seed = bootstrap.settings.seed;
        let make_worker = || Worker {
            weights: vec![0; n_participants],
            statistics: vec![f64::NAN; n_statistics],
            scratch: make_scratch(),
        };
        all.values.par_chunks_mut(BLOCK * n_statistics).enumerate().for_each_init(
            make_worker,
            |worker, (block, values)| {
                let in_block = values.len() / n_statistics;
                for row in 0..in_block {
                    let replicate = (block * BLOCK + row) as u64;
                    bootstrap.strata.draw_replicate(seed, replicate, &mut worker.weights);
                    worker.statistics.fill(f64::NAN);
                    statistic(&worker.weights, &mut worker.scratch, &mut worker.statistics);
                    for (place, &value) in
                        values[row..].iter_mut().step_by(in_block).zip(&worker.statistics)
                    {
                        *place = value;
                    }
                }
                (bootstrap.progress)(in_block as u64);
            },
        );
        Ok(all)
    }

    fn empty(replicates: u64, n_statistics: usize) -> Result<Self, ReplicatesError> {
        if replicates == 0 {
            return Err(ReplicatesError::NoReplicates);
        }
        if n_statistics == 0 {
            return Err(ReplicatesError::NoStatistics);
        }
        let n_replicates = usize::try_from(replicates).map_err(|_| ReplicatesError::TooLarge)?;
        let length = n_replicates.checked_mul(n_statistics).ok_or(ReplicatesError::TooLarge)?;
        let mut values = Vec::new();
        values.try_reserve_exact(length).map_err(|_| ReplicatesError::TooLarge)?;
        values.resize(length, f64::NAN);
        Ok(Self { rows: n_replicates, columns: n_statistics, values })
    }

    /// The number of replicates R.
    pub fn n_replicates(&self) -> usize {
        self.rows
    }

    /// The number of statistics K.
    pub fn n_statistics(&self) -> usize {
        self.columns
    }

    /// One statistic's values in all replicates.
    ///
    /// # Panics
    ///
    /// If there is no such statistic.
    pub fn column(&self, statistic: usize) -> Column {
        assert!(statistic < self.columns, "no statistic {statistic}");
        Column::new(self.values.chunks(BLOCK * self.columns).flat_map(|block| {
            let in_block = block.len() / self.columns;
            block[statistic * in_block..][..in_block].iter().copied()
        }))
    }

    /// One statistic's value in one replicate, `None` where it does not exist: for regions,
    /// bands and planes that need several statistics of the same replicate.
    ///
    /// # Panics
    ///
    /// If there is no such replicate or statistic.
    pub fn value(&self, replicate: usize, statistic: usize) -> Option<f64> {
        assert!(replicate < self.rows, "no replicate {replicate}");
        assert!(statistic < self.columns, "no statistic {statistic}");
        let first = replicate - replicate % BLOCK;
        let in_block = BLOCK.min(self.rows - first);
        let place = first * self.columns + statistic * in_block + (replicate - first);
        Some(self.values[place]).filter(|value| value.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(replicates: u64) -> BootstrapSettings {
        BootstrapSettings { seed: Seed(3), replicates }
    }

    #[test]
    fn nothing_to_do_is_an_error() {
        let strata = ResamplingStrata::new(&[0, 0]).unwrap();
        let run = |replicates, n_statistics| {
            let bootstrap =
                Bootstrap { settings: settings(replicates), strata: &strata, progress: &|_| {} };
            Replicates::compute(&bootstrap, n_statistics, || (), |_, (), _| {}).unwrap_err()
        };
        assert_eq!(run(0, 1), ReplicatesError::NoReplicates);
        assert_eq!(run(1, 0), ReplicatesError::NoStatistics);
        assert_eq!(run(u64::MAX, 2), ReplicatesError::TooLarge);
    }

    #[test]
    fn a_statistic_that_is_not_written_has_failed_and_does_not_repeat_the_last_one() {
        let strata = ResamplingStrata::new(&[0, 0, 0]).unwrap();
        let bootstrap = Bootstrap { settings: settings(100), strata: &strata, progress: &|_| {} };
        let write = |weights: &[u32], (): &mut (), out: &mut [f64]| {
            out[0] = f64::from(weights[0]);
            if weights[0] > 0 {
                out[1] = 1.0 / f64::from(weights[0]);
            }
            out[2] = 1.0 / f64::from(weights[0]);
        };
        let replicates = Replicates::compute(&bootstrap, 3, || (), write).unwrap();
        let zeros = replicates.column(0).values.iter().filter(|&&v| v < 0.5).count();
        assert!(zeros > 0);
        assert_eq!(replicates.column(0).failed, 0);
        assert_eq!(replicates.column(1).failed, zeros);
        assert_eq!(replicates.column(2).failed, zeros);
        for replicate in 0..100 {
            let weight = replicates.value(replicate, 0).unwrap();
            let expected = (weight > 0.5).then(|| 1.0 / weight);
            assert_eq!(replicates.value(replicate, 1), expected);
        }
    }
}
