//! One statistic over the replicates.

use super::NotEstimable;

/// The largest share of replicates in which a statistic may not exist before its bootstrap is
/// not estimable: 5%.
///
/// What the finite replicates describe is the statistic given that it exists. Where it often
/// does not, their spread says little about the estimate's.
pub const MAX_FAILED_SHARE: f64 = 0.05;

/// One statistic's values in the replicates in which it exists, and how often it does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The finite values, in the order of the replicates.
    pub values: Vec<f64>,
    /// The number of replicates in which the statistic does not exist. To be reported.
    pub failed: usize,
}

impl Column {
    /// Gathers raw values; those that are infinite or not a number have failed.
    pub fn new(raw: impl IntoIterator<Item = f64>) -> Self {
        let mut failed = 0;
        let mut values = Vec::new();
        for value in raw {
            if value.is_finite() {
                values.push(value);
            } else {
                failed += 1;
            }
        }
        Self { values, failed }
    }

    /// All replicates, failed or not.
    pub fn n_replicates(&self) -> usize {
        self.values.len() + self.failed
    }

    /// Whether the bootstrap of this statistic may be used.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::TooManyFailures`] where more than [`MAX_FAILED_SHARE`] have failed,
    /// [`NotEstimable::TooFewReplicates`] where fewer than two have not.
    pub fn check(&self) -> Result<(), NotEstimable> {
        let replicates = self.n_replicates();
        if self.failed as f64 > MAX_FAILED_SHARE * replicates as f64 {
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
        assert_eq!(column(5).check(), Ok(()));
        let too_many = NotEstimable::TooManyFailures { failed: 6, replicates: 100 };
        assert_eq!(column(6).check(), Err(too_many));
        assert_eq!(Column::new([1.0]).check(), Err(NotEstimable::TooFewReplicates));
        assert_eq!(Column::new([]).check(), Err(NotEstimable::TooFewReplicates));
    }
}
