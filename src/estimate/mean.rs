//! An arm's mean and standard deviation.

use super::proportion::NoParticipants;

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
/// Both passes go over deviations, so that values far from zero keep their digits.
///
/// # Errors
///
/// [`NoParticipants`] where the slice is empty.
///
/// # References
///
/// - Agrees with R's `mean` and `sd`; see `tests/reference/r/estimate.R`.
pub fn arm_mean(outcomes: &[f64]) -> Result<ArmMean, NoParticipants> {
    let n = outcomes.len();
    if n == 0 {
        return Err(NoParticipants);
    }
    let mean = mean(outcomes);
    let std_dev = (n > 1).then(|| {
        let squares: f64 = outcomes.iter().map(|y| (y - mean) * (y - mean)).sum();
        (squares / (n - 1) as f64).sqrt()
    });
    Ok(ArmMean { n, mean, std_dev })
}

/// The mean of a slice that is not empty.
pub(super) fn mean(outcomes: &[f64]) -> f64 {
    let n = outcomes.len() as f64;
    let first = outcomes.iter().sum::<f64>() / n;
    // What the first pass rounded away.
    first + outcomes.iter().map(|y| y - first).sum::<f64>() / n
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
