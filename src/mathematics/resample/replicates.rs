//! Many statistics over many replicates, each replicate drawn once.

use rayon::prelude::*;
use thiserror::Error;

use super::balanced::BalancedDraws;
use super::case_weights::ResamplingStrata;
use super::column::Column;
use crate::numeric::failure::Failure;
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

/// How replicates are drawn.
#[derive(Clone, Copy, Debug, Default)]
pub enum Draws<'a> {
    /// Each on its own, from the seed and its number.
    #[default]
    Independent,
    /// Such that every unit is drawn equally often in all of these draws.
    Balanced(&'a BalancedDraws),
}

/// What every statistic of a bootstrap shares.
#[derive(Clone, Copy)]
pub struct Bootstrap<'a> {
    /// How often to resample, and from which seed.
    pub settings: BootstrapSettings,
    /// The units that are drawn, and within which groups.
    pub strata: &'a ResamplingStrata,
    /// How they are drawn.
    pub draws: Draws<'a>,
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
    /// There are fewer balanced draws than replicates, or they are draws of other groups.
    #[error("the balanced draws are not those of this bootstrap")]
    OtherDraws,
    /// Columns of unequal length.
    #[error("a statistic has another number of replicates than the first")]
    UnequalColumns,
}

/// The values of K statistics in each of R replicates.
#[derive(Clone, Debug)]
pub struct Replicates {
    rows: usize,
    columns: usize,
    /// Blocks of [`BLOCK`] replicates, the last with places to spare; within a block statistic
    /// after statistic. NaN where a statistic does not exist ([`Failure`]).
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
    /// replicate (a median that is not reached, a ratio over no event) is left as it is, NaN, or
    /// is [`Failure::value`], which says why: the replicate then counts as failed for that
    /// statistic alone. So does an infinite one. `scratch` is working memory of the worker, made
    /// by `make_scratch`, with the contents that some earlier replicate left: a value may depend
    /// on the weights only.
    ///
    /// Replicate b has the weights of [`ResamplingStrata::draw_replicate`], or of
    /// [`BalancedDraws::weights`], and its own place in the result. So the values are the same to
    /// the last bit for any number of threads, also with more threads than replicates, and with
    /// independent draws the first 1,000 of 10,000 replicates are those of a run of 1,000. Nothing
    /// is allocated within a replicate.
    ///
    /// # Errors
    ///
    /// [`ReplicatesError`]: no replicates, no statistics, more of both than memory holds, or
    /// balanced draws of something else.
    pub fn compute<S>(
        bootstrap: &Bootstrap<'_>,
        n_statistics: usize,
        make_scratch: impl Fn() -> S + Sync,
        statistic: impl Fn(&[u32], &mut S, &mut [f64]) + Sync,
    ) -> Result<Self, ReplicatesError> {
        if bootstrap.settings.replicates == 0 {
            return Err(ReplicatesError::NoReplicates);
        }
        if n_statistics == 0 {
            return Err(ReplicatesError::NoStatistics);
        }
        let mut all = Self { rows: 0, columns: n_statistics, values: Vec::new() };
        all.extend(bootstrap, bootstrap.settings.replicates, make_scratch, statistic)?;
        Ok(all)
    }

    /// Goes on to `to_replicates` replicates in all, computing the new ones only: the result is
    /// that of [`compute`](Self::compute) with so many, bit for bit. Nothing happens where there
    /// are as many already. The number in `bootstrap.settings` is not read.
    ///
    /// Balanced draws are balanced only over all of them: such a run may stop on the way and go
    /// on, but not beyond them.
    ///
    /// # Errors
    ///
    /// As `compute`; the replicates that there were are then still there.
    pub fn extend<S>(
        &mut self,
        bootstrap: &Bootstrap<'_>,
        to_replicates: u64,
        make_scratch: impl Fn() -> S + Sync,
        statistic: impl Fn(&[u32], &mut S, &mut [f64]) + Sync,
    ) -> Result<(), ReplicatesError> {
        let to = usize::try_from(to_replicates).map_err(|_| ReplicatesError::TooLarge)?;
        if let Draws::Balanced(draws) = bootstrap.draws
            && (draws.n_replicates() < to || !draws.is_of(bootstrap.strata))
        {
            return Err(ReplicatesError::OtherDraws);
        }
        if to <= self.rows {
            return Ok(());
        }
        let (from, columns) = (self.rows, self.columns);
        self.reserve(to)?;
        let n_participants = bootstrap.strata.n_participants();
        let make_worker = || Worker {
            weights: vec![0; n_participants],
            statistics: vec![f64::NAN; columns],
            scratch: make_scratch(),
        };
        let first_block = from / BLOCK;
        let places = &mut self.values[first_block * BLOCK * columns..];
        places.par_chunks_mut(BLOCK * columns).enumerate().for_each_init(
            make_worker,
            |worker, (block, values)| {
                let start = (first_block + block) * BLOCK;
                let new = start.max(from)..(start + BLOCK).min(to);
                for replicate in new.clone() {
                    bootstrap.draw(replicate, &mut worker.weights);
                    worker.statistics.fill(f64::NAN);
                    statistic(&worker.weights, &mut worker.scratch, &mut worker.statistics);
                    let row = replicate - start;
                    for (place, &value) in
                        values[row..].iter_mut().step_by(BLOCK).zip(&worker.statistics)
                    {
                        *place = value;
                    }
                }
                (bootstrap.progress)(new.len() as u64);
            },
        );
        self.rows = to;
        Ok(())
    }

    /// Makes room for so many replicates, in whole blocks.
    fn reserve(&mut self, replicates: usize) -> Result<(), ReplicatesError> {
        let blocks = replicates.div_ceil(BLOCK);
        let length = blocks.checked_mul(BLOCK).and_then(|rows| rows.checked_mul(self.columns));
        let length = length.ok_or(ReplicatesError::TooLarge)?;
        let more = length.saturating_sub(self.values.len());
        self.values.try_reserve_exact(more).map_err(|_| ReplicatesError::TooLarge)?;
        self.values.resize(length, f64::NAN);
        Ok(())
    }

    /// Replicates that were computed elsewhere, statistic after statistic.
    ///
    /// # Errors
    ///
    /// [`ReplicatesError`]: no replicates, no statistics, columns of unequal length.
    pub fn from_columns(columns: &[Vec<f64>]) -> Result<Self, ReplicatesError> {
        let rows = columns.first().ok_or(ReplicatesError::NoStatistics)?.len();
        if rows == 0 {
            return Err(ReplicatesError::NoReplicates);
        }
        if columns.iter().any(|column| column.len() != rows) {
            return Err(ReplicatesError::UnequalColumns);
        }
        let mut all = Self { rows, columns: columns.len(), values: Vec::new() };
        all.reserve(rows)?;
        for (statistic, column) in columns.iter().enumerate() {
            for (replicate, &value) in column.iter().enumerate() {
                let place = all.place(replicate, statistic);
                all.values[place] = value;
            }
        }
        Ok(all)
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
        Column::new(self.raw(statistic))
    }

    /// One statistic's value in every replicate, in order, `Err` with the reason where it does
    /// not exist: for what needs several statistics of the same replicate.
    ///
    /// # Panics
    ///
    /// If there is no such statistic.
    pub fn values(&self, statistic: usize) -> impl Iterator<Item = Result<f64, Failure>> + '_ {
        self.raw(statistic).map(|value| match Failure::of(value) {
            None => Ok(value),
            Some(failure) => Err(failure),
        })
    }

    /// One statistic's place in every replicate: a value, infinite, or NaN.
    pub(super) fn raw(&self, statistic: usize) -> impl Iterator<Item = f64> + '_ {
        assert!(statistic < self.columns, "no statistic {statistic}");
        let blocks = self.values.chunks(BLOCK * self.columns);
        let all = blocks.flat_map(move |block| &block[statistic * BLOCK..][..BLOCK]);
        all.copied().take(self.rows)
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
        Some(self.values[self.place(replicate, statistic)]).filter(|value| value.is_finite())
    }

    fn place(&self, replicate: usize, statistic: usize) -> usize {
        let first = replicate - replicate % BLOCK;
        first * self.columns + statistic * BLOCK + (replicate - first)
    }
}

impl Bootstrap<'_> {
    fn draw(&self, replicate: usize, weights: &mut [u32]) {
        match self.draws {
            Draws::Independent => {
                self.strata.draw_replicate(self.settings.seed, replicate as u64, weights);
            }
            Draws::Balanced(draws) => draws.weights(self.strata, replicate, weights),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bootstrap(replicates: u64, strata: &ResamplingStrata) -> Bootstrap<'_> {
        let settings = BootstrapSettings { seed: Seed(3), replicates };
        Bootstrap { settings, strata, draws: Draws::Independent, progress: &|_| {} }
    }

    #[test]
    fn nothing_to_do_is_an_error() {
        let strata = ResamplingStrata::new(&[0, 0]).unwrap();
        let run = |replicates, n_statistics| {
            let bootstrap = bootstrap(replicates, &strata);
            Replicates::compute(&bootstrap, n_statistics, || (), |_, (), _| {}).unwrap_err()
        };
        assert_eq!(run(0, 1), ReplicatesError::NoReplicates);
        assert_eq!(run(1, 0), ReplicatesError::NoStatistics);
        assert_eq!(run(u64::MAX, 2), ReplicatesError::TooLarge);
        let columns = [vec![1.0, 2.0], vec![1.0]];
        let unequal = Replicates::from_columns(&columns).unwrap_err();
        assert_eq!(unequal, ReplicatesError::UnequalColumns);
    }

    fn write(weights: &[u32], (): &mut (), out: &mut [f64]) {
        out[0] = f64::from(weights[0]);
        if weights[0] > 0 {
            out[1] = 1.0 / f64::from(weights[0]);
        } else {
            out[3] = Failure::NoEvents.value();
        }
        out[2] = 1.0 / f64::from(weights[0]);
    }

    #[test]
    fn a_statistic_that_is_not_written_has_failed_and_does_not_repeat_the_last_one() {
        let strata = ResamplingStrata::new(&[0, 0, 0]).unwrap();
        let bootstrap = bootstrap(100, &strata);
        let replicates = Replicates::compute(&bootstrap, 4, || (), write).unwrap();
        let zeros = replicates.column(0).values.iter().filter(|&&v| v < 0.5).count();
        assert!(zeros > 0);
        assert_eq!(replicates.column(0).failed, 0);
        assert_eq!(replicates.column(1).failures.by_reason(), [(Failure::DoesNotExist, zeros)]);
        assert_eq!(replicates.column(2).failures.by_reason(), [(Failure::NotFinite, zeros)]);
        let reasons = replicates.column(3).failures.by_reason();
        assert!(reasons.contains(&(Failure::NoEvents, zeros)), "{reasons:?}");
        for (replicate, value) in replicates.values(1).enumerate() {
            let weight = replicates.value(replicate, 0).unwrap();
            let expected = (weight > 0.5).then(|| 1.0 / weight);
            assert_eq!(replicates.value(replicate, 1), expected);
            assert_eq!(value.ok(), expected);
        }
    }

    fn bits(replicates: &Replicates) -> Vec<Vec<u64>> {
        (0..4).map(|k| replicates.raw(k).map(f64::to_bits).collect()).collect()
    }

    #[test]
    fn an_extended_run_is_a_run_of_that_length() {
        let strata = ResamplingStrata::new(&[0, 0, 0, 1, 1]).unwrap();
        let balanced = BalancedDraws::new(&strata, Seed(8), 200).unwrap();
        for draws in [Draws::Independent, Draws::Balanced(&balanced)] {
            let start = |replicates| Bootstrap { draws, ..bootstrap(replicates, &strata) };
            for (from, to) in [(1, 2), (31, 33), (32, 64), (40, 45), (64, 200), (50, 50), (60, 7)] {
                let mut grown = Replicates::compute(&start(from), 4, || (), write).unwrap();
                grown.extend(&start(from), to, || (), write).unwrap();
                let at_once = Replicates::compute(&start(to.max(from)), 4, || (), write).unwrap();
                assert_eq!(grown.n_replicates() as u64, to.max(from));
                assert_eq!(bits(&grown), bits(&at_once), "{from} to {to}");
            }
        }
    }

    #[test]
    fn balanced_draws_must_be_of_these_groups_and_enough() {
        let strata = ResamplingStrata::new(&[0, 0, 0, 1, 1]).unwrap();
        let other = ResamplingStrata::new(&[0, 0, 1, 1, 1]).unwrap();
        let draws = BalancedDraws::new(&strata, Seed(8), 20).unwrap();
        for (replicates, strata) in [(21, &strata), (20, &other)] {
            let bootstrap =
                Bootstrap { draws: Draws::Balanced(&draws), ..bootstrap(replicates, strata) };
            let error = Replicates::compute(&bootstrap, 4, || (), write).unwrap_err();
            assert_eq!(error, ReplicatesError::OtherDraws);
        }
    }

    #[test]
    fn given_columns_are_read_back() {
        let column = |k: i32| (0..70).map(|b| f64::from(100 * k + b)).collect::<Vec<f64>>();
        let mut columns = [column(0), column(1), column(2)];
        columns[1][40] = Failure::Singular.value();
        let replicates = Replicates::from_columns(&columns).unwrap();
        assert_eq!(replicates.n_replicates(), 70);
        assert_eq!(replicates.column(2).values, columns[2]);
        assert_eq!(replicates.value(69, 0), Some(69.0));
        assert_eq!(replicates.values(1).nth(40), Some(Err(Failure::Singular)));
        assert_eq!(replicates.column(1).failures.by_reason(), [(Failure::Singular, 1)]);
    }
}
