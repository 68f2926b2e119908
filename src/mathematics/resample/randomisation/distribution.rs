//! p-values from the randomisation distribution of a statistic.

use thiserror::Error;

use crate::numeric::distribution::binomial;
use crate::numeric::interval::{ConfidenceLevel, Interval};

/// Differences below this share of the larger of |T| and the median |T*| are rounding: such
/// statistics are tied.
pub(super) const TIED: f64 = 1e-12;

/// Halvings of (0, 1) after which a limit no longer moves.
const HALVINGS: usize = 1100;

/// K statistics under the observed assignment and under R drawn ones, or under all.
#[derive(Clone, Debug)]
pub struct RandomisationDistribution {
    pub(super) observed: Vec<f64>,
    /// Draw after draw, K values each; NaN where a statistic does not exist.
    pub(super) values: Vec<f64>,
    pub(super) is_exact: bool,
    pub(super) level: ConfidenceLevel,
}

/// The statistic does not exist under the observed assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the statistic does not exist under the observed assignment")]
pub struct NoPValue;

/// The p-value of a randomisation test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomisationP {
    /// (c + 1) / (R + 1) with R draws, c / N over all N assignments.
    pub p_value: f64,
    /// c, how many assignments have a statistic at least as extreme as the observed one, those
    /// without a statistic included.
    pub at_least: usize,
    /// R or N.
    pub draws: usize,
    /// Under how many of them the statistic does not exist. To be reported.
    pub failed: usize,
    /// What the p-value does not say because not all assignments were evaluated; none where they
    /// were.
    pub monte_carlo: Option<MonteCarlo>,
}

/// How far a p-value may be from the one over all assignments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonteCarlo {
    /// One standard deviation of the p-value over seeds, √(R p (1 − p)) / (R + 1).
    pub std_error: f64,
    /// Clopper and Pearson's interval for the probability of an assignment at least as extreme,
    /// from c of R.
    pub interval: Interval,
}

impl RandomisationDistribution {
    /// The number of statistics K.
    pub fn n_statistics(&self) -> usize {
        self.observed.len()
    }

    /// The number of draws R, or of all assignments N.
    pub fn n_draws(&self) -> usize {
        self.values.len() / self.n_statistics()
    }

    /// Whether all assignments were evaluated.
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// A statistic under the observed assignment, `None` where it does not exist.
    ///
    /// # Panics
    ///
    /// If there is no such statistic.
    pub fn observed(&self, statistic: usize) -> Option<f64> {
        Some(self.observed[statistic]).filter(|value| value.is_finite())
    }

    /// A statistic in every draw, in their order; NaN where it does not exist.
    ///
    /// # Panics
    ///
    /// If there is no such statistic.
    pub fn column(&self, statistic: usize) -> impl Iterator<Item = f64> {
        assert!(statistic < self.n_statistics(), "no statistic {statistic}");
        self.values.iter().skip(statistic).step_by(self.n_statistics()).copied()
    }

    /// P(|T*| ≥ |T|) of a statistic that is centred at 0 where the arm has no effect.
    ///
    /// # Conventions
    ///
    /// With R draws p = (c + 1) / (R + 1): the observed assignment is one more draw under the null
    /// hypothesis, which makes P(p ≤ α) ≤ α for every α and R. Over all assignments p = c / N.
    /// Ties count as at least as extreme, also those that rounding has moved by up to 1e-12 of
    /// the larger of |T| and the median of |T*|. So do draws in which the statistic does not
    /// exist.
    ///
    /// # Errors
    ///
    /// [`NoPValue`].
    ///
    /// # Panics
    ///
    /// If there is no such statistic.
    ///
    /// # References
    ///
    /// - Davison AC, Hinkley DV (1997). *Bootstrap Methods and their Application*, section 4.2.
    /// - Phipson B, Smyth GK (2010). *Statistical Applications in Genetics and Molecular Biology*
    ///   9:39, doi:10.2202/1544-6115.1585.
    /// - Exact: agrees with enumeration in R, `tests/reference/r/randomisation.R`.
    pub fn two_sided(&self, statistic: usize) -> Result<RandomisationP, NoPValue> {
        self.p_value(statistic, f64::abs)
    }

    /// P(T* ≥ T), by the conventions of [`two_sided`](Self::two_sided): small where the observed
    /// statistic is large.
    ///
    /// # Errors
    ///
    /// [`NoPValue`].
    ///
    /// # Panics
    ///
    /// If there is no such statistic.
    pub fn greater(&self, statistic: usize) -> Result<RandomisationP, NoPValue> {
        self.p_value(statistic, |value| value)
    }

    /// P(T* ≤ T), by the conventions of [`two_sided`](Self::two_sided).
    ///
    /// # Errors
    ///
    /// [`NoPValue`].
    ///
    /// # Panics
    ///
    /// If there is no such statistic.
    pub fn less(&self, statistic: usize) -> Result<RandomisationP, NoPValue> {
        self.p_value(statistic, |value| -value)
    }

    fn p_value(&self, statistic: usize, of: fn(f64) -> f64) -> Result<RandomisationP, NoPValue> {
        let observed = of(self.observed(statistic).ok_or(NoPValue)?);
        let threshold = observed - self.tolerance(statistic, observed);
        let (mut at_least, mut failed) = (0, 0);
        for value in self.column(statistic) {
            failed += usize::from(!value.is_finite());
            at_least += usize::from(!value.is_finite() || of(value) >= threshold);
        }
        let draws = self.n_draws();
        if self.is_exact {
            let p_value = at_least as f64 / draws as f64;
            return Ok(RandomisationP { p_value, at_least, draws, failed, monte_carlo: None });
        }
        let places = draws as f64 + 1.0;
        let p_value = (at_least as f64 + 1.0) / places;
        let std_error = (draws as f64 * p_value * (1.0 - p_value)).sqrt() / places;
        let interval = clopper_pearson(at_least as u64, draws as u64, self.level);
        let monte_carlo = Some(MonteCarlo { std_error, interval });
        Ok(RandomisationP { p_value, at_least, draws, failed, monte_carlo })
    }

    /// How far apart tied statistics may be.
    fn tolerance(&self, statistic: usize, observed: f64) -> f64 {
        let finite = self.column(statistic).filter(|value| value.is_finite());
        let mut sizes: Vec<f64> = finite.map(f64::abs).collect();
        let middle = sizes.len() / 2;
        let median = if sizes.is_empty() {
            0.0
        } else {
            *sizes.select_nth_unstable_by(middle, f64::total_cmp).1
        };
        TIED * observed.abs().max(median)
    }

    /// How many assignments must be at least as extreme, so that the p-value exceeds `tail`; the
    /// observed one is among them where all were evaluated, and not otherwise.
    pub(super) fn fewest_above(&self, tail: f64) -> usize {
        let draws = self.n_draws();
        let exceeds = |c: usize| {
            let (c, r) = (c as f64, draws as f64);
            if self.is_exact { c > tail * r } else { c + 1.0 > tail * (r + 1.0) }
        };
        // A p-value of 1 exceeds it.
        let (mut not, mut yes) = (0, draws);
        if exceeds(0) {
            return 0;
        }
        while yes - not > 1 {
            let middle = usize::midpoint(not, yes);
            if exceeds(middle) { yes = middle } else { not = middle }
        }
        yes
    }
}

/// Clopper and Pearson's interval for the probability of what happened in `count` of `n` trials:
/// each limit is the probability under which the count, or one further off, has the tail's
/// probability.
fn clopper_pearson(count: u64, n: u64, level: ConfidenceLevel) -> Interval {
    let tail = level.tail();
    let lower = match count.checked_sub(1) {
        None => 0.0,
        Some(before) => crossing(|p| binomial::sf(before, n, p) > tail),
    };
    let upper = if count >= n { 1.0 } else { crossing(|p| binomial::cdf(count, n, p) < tail) };
    Interval { lower, upper }
}

/// The p in (0, 1) above which `holds`, and below which it does not.
fn crossing(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) { high = middle } else { low = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(observed: f64, values: &[f64]) -> RandomisationDistribution {
        RandomisationDistribution {
            observed: vec![observed],
            values: values.to_vec(),
            is_exact: false,
            level: ConfidenceLevel::new(0.95).unwrap(),
        }
    }

    #[test]
    fn ties_count_also_where_rounding_has_moved_them() {
        let near = 0.3 * (1.0 - 1e-15);
        let p = distribution(0.3, &[near, -near, 0.2, 0.4, -0.5]);
        let counts = [p.two_sided(0), p.greater(0), p.less(0)].map(|p| p.unwrap().at_least);
        assert_eq!(counts, [4, 2, 4]);
        // An observed statistic of 0 that rounding has moved.
        assert_eq!(distribution(1e-17, &[0.0, 1.0, -1.0]).two_sided(0).unwrap().at_least, 3);
    }

    #[test]
    fn the_fewest_draws_above_a_tail_are_found() {
        let p = distribution(0.0, &[0.0; 999]);
        // 25 of 1,000 are not more than 0.025; (25 + 1) / 1,000 are.
        assert_eq!(p.fewest_above(0.025), 25);
        assert_eq!(distribution(0.0, &[0.0; 19]).fewest_above(0.04), 0);
        let exact = RandomisationDistribution { is_exact: true, ..distribution(0.0, &[0.0; 100]) };
        assert_eq!([exact.fewest_above(0.025), exact.fewest_above(0.05)], [3, 6]);
    }
}
