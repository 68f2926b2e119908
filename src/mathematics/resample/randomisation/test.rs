//! Statistics over drawn, or all, assignments.

use rayon::prelude::*;
use thiserror::Error;

use super::design::{Assignment, RandomisationDesign};
use super::distribution::RandomisationDistribution;
use crate::numeric::interval::ConfidenceLevel;
use crate::random::Seed;

/// Assignments that one worker evaluates in a row. It has no influence on the results.
const BLOCK: usize = 64;

/// How many assignments to evaluate, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomisationSettings {
    /// The seed of all draws.
    pub seed: Seed,
    /// R, the number of draws.
    pub draws: u64,
    /// With at most so many assignments all are enumerated instead, and p-values are exact; 0
    /// where that is not wanted.
    pub exact_limit: u64,
    /// The confidence level of the Monte Carlo intervals of p-values.
    pub level: ConfidenceLevel,
}

/// What every statistic of a randomisation test shares.
#[derive(Clone, Copy)]
pub struct Randomisation<'a> {
    /// How many assignments to evaluate, and from which seed.
    pub settings: RandomisationSettings,
    /// Which assignments there are.
    pub design: &'a RandomisationDesign,
    /// Told how many more assignments are done, from any thread and in any order.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Why there is no randomisation distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RandomisationError {
    /// No draws were asked for.
    #[error("a randomisation test needs at least one draw")]
    NoDraws,
    /// There is nothing to compute.
    #[error("a randomisation test needs at least one statistic")]
    NoStatistics,
    /// They do not fit into memory.
    #[error("the draws do not fit into memory: ask for fewer")]
    TooLarge,
}

/// Evaluates every statistic under the observed assignment and under each drawn one, on the
/// threads of the current rayon pool.
///
/// `statistic(assignment, scratch, out)` writes its `n_statistics` values into `out`. A statistic
/// that does not exist under an assignment is left as it is, NaN. `scratch` is working memory of
/// the worker, made by `make_scratch`, with the contents that some earlier draw left: a value may
/// depend on the assignment only. Nothing is allocated within a draw.
///
/// Draw r is [`RandomisationDesign::draw_number`]`(seed, r)` and has a place of its own in the
/// result, so that values are the same to the last bit for any number of threads, and the first
/// 1,000 of 10,000 draws are those of a run of 1,000. Where there are at most `exact_limit`
/// assignments, the r-th of all takes the place of draw r, the observed one among them.
///
/// # Errors
///
/// [`RandomisationError`].
pub fn randomisation_test<S>(
    randomisation: &Randomisation<'_>,
    n_statistics: usize,
    make_scratch: impl Fn() -> S + Sync,
    statistic: impl Fn(&Assignment, &mut S, &mut [f64]) + Sync,
) -> Result<RandomisationDistribution, RandomisationError> {
    let Randomisation { settings, design, progress } = *randomisation;
    let all = design.n_assignments().filter(|&n| n <= settings.exact_limit);
    let draws = all.unwrap_or(settings.draws);
    let mut values = room(draws, n_statistics)?;
    values.par_chunks_mut(BLOCK * n_statistics).enumerate().for_each_init(
        || (design.observed().clone(), make_scratch()),
        |(assignment, scratch), (block, values)| {
            for (row, out) in values.chunks_mut(n_statistics).enumerate() {
                let number = (block * BLOCK + row) as u64;
                if all.is_some() {
                    design.assignment_number(number, assignment);
                } else {
                    design.draw_number(settings.seed, number, assignment);
                }
                statistic(assignment, scratch, out);
            }
            progress((values.len() / n_statistics) as u64);
        },
    );
    let mut observed = vec![f64::NAN; n_statistics];
    statistic(design.observed(), &mut make_scratch(), &mut observed);
    Ok(RandomisationDistribution {
        observed,
        values,
        is_exact: all.is_some(),
        level: settings.level,
    })
}

/// A place for every value, NaN until it is written.
fn room(draws: u64, n_statistics: usize) -> Result<Vec<f64>, RandomisationError> {
    if draws == 0 {
        return Err(RandomisationError::NoDraws);
    }
    if n_statistics == 0 {
        return Err(RandomisationError::NoStatistics);
    }
    let draws = usize::try_from(draws).map_err(|_| RandomisationError::TooLarge)?;
    let length = draws.checked_mul(n_statistics).ok_or(RandomisationError::TooLarge)?;
    let mut values = Vec::new();
    values.try_reserve_exact(length).map_err(|_| RandomisationError::TooLarge)?;
    values.resize(length, f64::NAN);
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resample::randomisation::distribution::NoPValue;
    use crate::trial::arm::Arm::{Control as C, Intervention as I};

    fn run(draws: u64, n_statistics: usize) -> Result<(), RandomisationError> {
        let design = RandomisationDesign::new(&[0; 4], &[I, C, I, C]).unwrap();
        let level = ConfidenceLevel::new(0.95).unwrap();
        let settings = RandomisationSettings { seed: Seed(1), draws, exact_limit: 0, level };
        let randomisation = Randomisation { settings, design: &design, progress: &|_| {} };
        randomisation_test(&randomisation, n_statistics, || (), |_, (), _| {}).map(|_| ())
    }

    #[test]
    fn nothing_to_do_is_an_error() {
        assert_eq!(run(0, 1), Err(RandomisationError::NoDraws));
        assert_eq!(run(1, 0), Err(RandomisationError::NoStatistics));
        assert_eq!(run(u64::MAX, 2), Err(RandomisationError::TooLarge));
    }

    #[test]
    fn a_draw_without_a_value_counts_against_rejection_and_is_counted() {
        let design = RandomisationDesign::new(&[0; 4], &[I, I, C, C]).unwrap();
        let level = ConfidenceLevel::new(0.95).unwrap();
        let settings = RandomisationSettings { seed: Seed(1), draws: 9, exact_limit: 6, level };
        let randomisation = Randomisation { settings, design: &design, progress: &|_| {} };
        let statistic = |assignment: &Assignment, (): &mut (), out: &mut [f64]| {
            let treated = assignment.treated();
            if treated != [2, 3] {
                out[0] = treated.iter().map(|&i| 1.5 - f64::from(i)).sum();
            }
        };
        let distribution = randomisation_test(&randomisation, 2, || (), statistic).unwrap();
        let p = distribution.greater(0).unwrap();
        assert_eq!((p.draws, p.at_least, p.failed), (6, 2, 1));
        assert!((p.p_value - 2.0 / 6.0).abs() < 1e-15 && p.monte_carlo.is_none());
        assert!((distribution.less(0).unwrap().p_value - 1.0).abs() < 1e-15);
        assert_eq!(distribution.two_sided(1), Err(NoPValue));
    }
}
