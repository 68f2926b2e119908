//! How many replicates are enough.

use super::interval::BootstrapInterval;

/// The unit of replicates: further runs are multiples of it.
const THOUSAND: u64 = 1000;

/// What is asked of Monte Carlo errors, where the number of replicates is not given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy {
    /// The largest Monte Carlo error of a limit, as a share of the bootstrap standard error.
    pub tolerance: f64,
    /// The most replicates.
    pub most: u64,
}

impl Accuracy {
    /// Whether the Monte Carlo errors of all these limits are at most the tolerance times
    /// `std_error`, the bootstrap standard error of the same estimate. A limit without one, having
    /// too few replicates beyond it, is not accurate; nor is one in units of an error that is not
    /// finite.
    pub fn is_met(&self, std_error: f64, intervals: &[BootstrapInterval]) -> bool {
        let largest = self.tolerance * std_error;
        let limits = intervals.iter().flat_map(|interval| [interval.lower, interval.upper]);
        let mut errors = limits.map(|limit| limit.monte_carlo_error);
        errors.all(|error| error.is_some_and(|error| error <= largest))
    }

    /// How many replicates in all to go on to after `done` were not enough: twice as many, as a
    /// multiple of 1,000, but no more than the most. `None` where there are the most already.
    ///
    /// Limits are then read from at most log₂(most / 1,000) + 1 looks. Stopping by the error
    /// favours, a little, the runs whose error looks small; it does not look at the estimate.
    pub fn next(&self, done: u64) -> Option<u64> {
        let doubled = done.saturating_mul(2).max(1).div_ceil(THOUSAND).saturating_mul(THOUSAND);
        Some(doubled.min(self.most)).filter(|&next| next > done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::interval::Limit;
    use super::*;

    #[test]
    fn runs_double_up_to_the_most() {
        let accuracy = Accuracy { tolerance: 0.05, most: 25_500 };
        let mut runs = Vec::new();
        let mut done = 0;
        while let Some(next) = accuracy.next(done) {
            runs.push(next);
            done = next;
        }
        assert_eq!(runs, [1000, 2000, 4000, 8000, 16_000, 25_500]);
        assert_eq!(accuracy.next(1999), Some(4000));
        assert_eq!(accuracy.next(750), Some(2000));
        assert_eq!(accuracy.next(30_000), None);
        assert_eq!(Accuracy { most: u64::MAX, ..accuracy }.next(u64::MAX), None);
    }

    #[test]
    fn every_limit_counts() {
        let limit = |monte_carlo_error| Limit { value: 1.0, monte_carlo_error, is_extreme: false };
        let interval =
            |lower, upper| BootstrapInterval { lower: limit(lower), upper: limit(upper) };
        let accuracy = Accuracy { tolerance: 0.05, most: 1 };
        let good = interval(Some(0.05), Some(0.09));
        assert!(accuracy.is_met(2.0, &[good]));
        assert!(!accuracy.is_met(1.0, &[good]));
        assert!(!accuracy.is_met(2.0, &[good, interval(Some(0.01), None)]));
        assert!(!accuracy.is_met(f64::NAN, &[good]));
        assert!(accuracy.is_met(0.0, &[interval(Some(0.0), Some(0.0))]));
    }
}
