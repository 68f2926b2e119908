//! One statistic over the replicates.

use super::NotEstimable;
use crate::numeric::failure::Failure;

/// The share of replicates in which a statistic may not exist, unless the plan says otherwise: 5%.
///
/// What the finite replicates describe is the statistic given that it exists. Where it often
/// does not, their spread says little about the estimate's.
pub const MAX_FAILED_SHARE: f64 = 0.05;

/// How many replicates have failed, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures([usize; Failure::ALL.len()]);

impl Failures {
    /// Counts one more.
    pub fn add(&mut self, failure: Failure) {
        self.0[failure as usize] += 1;
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }

    /// The reasons there are, each with its number of replicates, most frequent first.
    pub fn by_reason(&self) -> Vec<(Failure, usize)> {
        let all = Failure::ALL.into_iter().zip(self.0);
        let mut reasons: Vec<(Failure, usize)> = all.filter(|&(_, count)| count > 0).collect();
        reasons.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        reasons
    }
}

/// One statistic's values in the replicates in which it exists, and how often it does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The finite values, in the order of the replicates.
    pub values: Vec<f64>,
    /// The number of replicates in which the statistic does not exist. To be reported.
    pub failed: usize,
    /// The same by reason.
    pub failures: Failures,
}

impl Column {
    /// Gathers raw values; those that are infinite or not a number have failed.
    pub fn new(raw: impl IntoIterator<Item = f64>) -> Self {
        let mut failures = Failures::default();
        let mut values = Vec::new();
        for value in raw {
            match Failure::of(value) {
                None => values.push(value),
                Some(failure) => failures.add(failure),
            }
        }
        Self { values, failed: failures.total(), failures }
    }

    /// All replicates, failed or not.
    pub fn n_replicates(&self) -> usize {
        self.values.len() + self.failed
    }

    /// Whether the bootstrap of this statistic may be used, where a share of at most
    /// `allowed_share` of the replicates may have failed ([`MAX_FAILED_SHARE`], or the plan's).
    ///
    /// # Errors
    ///
    /// [`NotEstimable::TooManyFailures`] where more have failed,
    /// [`NotEstimable::TooFewReplicates`] where fewer than two have not.
    pub fn check(&self, allowed_share: f64) -> Result<(), NotEstimable> {
        let replicates = self.n_replicates();
        if self.failed as f64 > allowed_share * replicates as f64 {
            return Err(NotEstimable::TooManyFailures { failed: self.failed, replicates });
        }
        if self.values.len() < 2 {
            return Err(NotEstimable::TooFewReplicates);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_twenty_may_fail() {
        let column = |failed: usize| {
            let raw = (0..100).map(move |i| if i < failed { f64::NAN } else { i as f64 });
            Column::new(raw)
        };
        assert_eq!(column(5).check(MAX_FAILED_SHARE), Ok(()));
        let too_many = NotEstimable::TooManyFailures { failed: 6, replicates: 100 };
        assert_eq!(column(6).check(MAX_FAILED_SHARE), Err(too_many));
        assert_eq!(column(6).check(0.1), Ok(()));
        let too_few = Err(NotEstimable::TooFewReplicates);
        assert_eq!(Column::new([1.0]).check(MAX_FAILED_SHARE), too_few);
        assert_eq!(Column::new([]).check(MAX_FAILED_SHARE), too_few);
    }

    #[test]
    fn failures_are_counted_by_reason() {
        let separated = Failure::Separated.value();
        let raw = [1.0, separated, f64::NAN, f64::INFINITY, separated, 2.0];
        let column = Column::new(raw);
        assert_eq!(column.values, [1.0, 2.0]);
        let reasons =
            [(Failure::Separated, 2), (Failure::DoesNotExist, 1), (Failure::NotFinite, 1)];
        assert_eq!(column.failures.by_reason(), reasons);
        assert_eq!(column.failed, 4);
    }
}
