//! Whether a sum of amounts may be that of a few people.

use crate::results::protection::Dominance;

/// Number, mean and standard deviation of amounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Amounts {
    /// How many people.
    pub(super) n: f64,
    /// Their mean.
    pub(super) mean: f64,
    /// Their standard deviation.
    pub(super) std_dev: f64,
}

impl Amounts {
    /// The largest share of the sum that so many people can have.
    ///
    /// Of amounts of at least 0 the squares add up to Q = (n − 1) s² + n m², so that k of them add
    /// up to at most √(k Q) (Cauchy and Schwarz), of a sum of n m.
    pub(super) fn largest_share(self, people: u8) -> f64 {
        let Self { n, mean, std_dev } = self;
        let squares = (n - 1.0).max(0.0) * std_dev * std_dev + n * mean * mean;
        let sum = n * mean.abs();
        if sum > 0.0 { ((f64::from(people) * squares).sqrt() / sum).min(1.0) } else { 0.0 }
    }

    /// Whether the few may dominate.
    pub(super) fn may_be_dominated(self, rule: Dominance) -> bool {
        self.largest_share(rule.n) > rule.share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_holds_and_is_reached() {
        let amounts = |values: &[f64]| {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
            Amounts { n, mean, std_dev: (squares / (n - 1.0)).sqrt() }
        };
        // Two equal amounts and eight of nothing: all of the sum.
        let of_two = amounts(&[50.0, 50.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!((of_two.largest_share(2) - 1.0).abs() < 1e-12);
        assert!(of_two.may_be_dominated(Dominance::default()));
        let values = [3.0, 9.0, 1.0, 4.0, 0.0, 12.0, 5.0, 2.0, 8.0, 6.0, 7.0, 2.0];
        let spread = amounts(&values);
        let truth = 21.0 / values.iter().sum::<f64>();
        assert!(spread.largest_share(2) >= truth);
        assert!(!spread.may_be_dominated(Dominance::default()));
    }
}
