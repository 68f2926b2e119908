//! An arm's mean and standard deviation.

use super::proportion::NoParticipants;
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
    }
}
