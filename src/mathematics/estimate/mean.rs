//! An arm's mean, standard deviation and limits.

use super::proportion::NoParticipants;
use crate::numeric::distribution::student_t;
use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::numeric::sum::{mean, sample_variance};

/// Mean and spread of an outcome, in the outcome's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmMean {
    /// Participants.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation of the participants, divisor n − 1; none for a single participant.
    pub std_dev: Option<f64>,
}

impl ArmMean {
    /// Standard error of the mean, s / √n; none for a single participant.
    pub fn std_error(&self) -> Option<f64> {
        self.std_dev.map(|std_dev| std_dev / (self.n as f64).sqrt())
    }

    /// Limits of the mean, mean ± t(n − 1) s / √n; none for a single participant, and where all
    /// values are the same, which say nothing of how others would vary.
    ///
    /// # References
    ///
    /// - Agrees with SciPy's `sem` and `t.interval`; see `tests/reference/python/questionnaires.py`.
    pub fn interval(&self, level: ConfidenceLevel) -> Option<Interval> {
        let std_error = self.std_error().filter(|error| *error > 0.0)?;
        let t = student_t::quantile(1.0 - level.tail(), (self.n - 1) as f64);
        Some(Interval::around(self.mean, t * std_error))
    }
}

/// Estimates the mean, and the standard deviation with divisor n − 1.
///
/// # Errors
///
/// [`NoParticipants`] where the slice is empty.
///
/// # References
///
/// - Agrees with R's `mean` and `sd`; see `tests/reference/r/estimate.R`.
pub fn arm_mean(outcomes: &[f64]) -> Result<ArmMean, NoParticipants> {
    let mean = mean(outcomes).ok_or(NoParticipants)?;
    let std_dev = sample_variance(outcomes).map(f64::sqrt);
    Ok(ArmMean { n: outcomes.len(), mean, std_dev })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_participant_has_a_mean_and_no_spread() {
        let one = arm_mean(&[3.0]).unwrap();
        assert_eq!(one, ArmMean { n: 1, mean: 3.0, std_dev: None });
        assert_eq!(arm_mean(&[]), Err(NoParticipants));
        let level = ConfidenceLevel::new(0.95).unwrap();
        assert_eq!(one.interval(level), None);
        assert_eq!(arm_mean(&[2.0, 2.0]).unwrap().interval(level), None);
    }

    #[test]
    fn limits_of_two_values_are_those_of_the_cauchy_distribution() {
        // With one degree of freedom t is Cauchy's, whose quantile is tan(π (p − 1/2)). The standard
        // error of 1 and 5 is 2.
        let level = ConfidenceLevel::new(0.95).unwrap();
        let limits = arm_mean(&[1.0, 5.0]).unwrap().interval(level).unwrap();
        let half = 2.0 * libm::tan(std::f64::consts::PI * 0.475);
        assert!((limits.lower - (3.0 - half)).abs() < 1e-10, "{limits:?}");
        assert!((limits.upper - (3.0 + half)).abs() < 1e-10, "{limits:?}");
    }
}
