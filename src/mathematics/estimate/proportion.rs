//! A proportion and Wilson's interval.

use thiserror::Error;

use crate::numeric::interval::{ConfidenceLevel, Interval};
use crate::trial::arm::{Arm, TwoArm};

/// How many participants there are, and how many of them had the event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    n: u64,
    events: u64,
}

impl Count {
    /// `events` among `n` participants; none where there are more events than participants.
    pub fn new(n: u64, events: u64) -> Option<Self> {
        (events <= n).then_some(Self { n, events })
    }

    /// Counts outcomes, `true` being the event.
    pub fn of(outcomes: impl IntoIterator<Item = bool>) -> Self {
        outcomes.into_iter().fold(Self::default(), |count, event| Self {
            n: count.n + 1,
            events: count.events + u64::from(event),
        })
    }

    /// Participants.
    pub fn n(self) -> u64 {
        self.n
    }

    /// Participants with the event.
    pub fn events(self) -> u64 {
        self.events
    }

    /// Participants without the event.
    pub fn non_events(self) -> u64 {
        self.n - self.events
    }

    /// Events over participants; none where there are no participants.
    pub fn proportion(self) -> Option<f64> {
        (self.n > 0).then(|| self.events as f64 / self.n as f64)
    }
}

/// There is nobody to estimate from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no participants")]
pub struct NoParticipants;

/// One arm has nobody in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no participants in the {} arm", arm_name(*.arm))]
pub struct EmptyArm {
    /// The arm without participants; the intervention if both are empty.
    pub arm: Arm,
}

/// The arm in words, for reasons.
pub fn arm_name(arm: Arm) -> &'static str {
    match arm {
        Arm::Intervention => "intervention",
        Arm::Control => "control",
    }
}

/// Both arms' proportions.
///
/// # Errors
///
/// [`EmptyArm`] where an arm has no participants.
pub fn proportions(counts: TwoArm<Count>) -> Result<TwoArm<f64>, EmptyArm> {
    let of = |arm: Arm| counts.get(arm).proportion().ok_or(EmptyArm { arm });
    Ok(TwoArm { intervention: of(Arm::Intervention)?, control: of(Arm::Control)? })
}

/// A proportion with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProportionEstimate {
    /// Events over participants.
    pub estimate: f64,
    /// Wilson's interval, within [0, 1].
    pub interval: Interval,
}

/// Estimates a proportion with Wilson's score interval.
///
/// The limits are the two π that the score test does not reject:
///
/// ```text
/// (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n)
/// ```
///
/// with p = events / n, n participants and z the normal's quantile at 1 − (1 − level)/2. There is
/// no continuity correction. With no events the lower limit is 0, with nothing but events the
/// upper limit is 1: exactly, where the formula in floating point misses by its rounding.
///
/// # Errors
///
/// [`NoParticipants`] where n is 0.
///
/// # Examples
///
/// ```
/// use ips_mathematics::estimate::proportion::{Count, wilson};
/// use ips_mathematics::numeric::interval::ConfidenceLevel;
///
/// let count = Count::new(29, 1).expect("1 of 29");
/// let level = ConfidenceLevel::new(0.95).expect("a level");
/// let rate = wilson(count, level).expect("29 participants");
/// assert!((rate.interval.lower - 0.0061).abs() < 5e-5);
/// assert!((rate.interval.upper - 0.1718).abs() < 5e-5);
/// ```
///
/// # References
///
/// - Wilson EB (1927). *Journal of the American Statistical Association* 22:209–212.
/// - Newcombe RG (1998). *Statistics in Medicine* 17:857–872, method 3.
/// - Agrees with R's `prop.test(correct = FALSE)`; see `tests/reference/r/estimate.R`.
pub fn wilson(count: Count, level: ConfidenceLevel) -> Result<ProportionEstimate, NoParticipants> {
    let estimate = count.proportion().ok_or(NoParticipants)?;
    let n = count.n as f64;
    let z = level.z();
    let z2_over_n = z * z / n;
    let centre = estimate + z2_over_n / 2.0;
    let margin = z * (estimate * (1.0 - estimate) / n + z2_over_n / (4.0 * n)).sqrt();
    let limit = |x: f64| (x / (1.0 + z2_over_n)).clamp(0.0, 1.0);
    let lower = if count.events == 0 { 0.0 } else { limit(centre - margin) };
    let upper = if count.events == count.n { 1.0 } else { limit(centre + margin) };
    Ok(ProportionEstimate { estimate, interval: Interval { lower, upper } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_consistent() {
        assert_eq!(Count::new(3, 4), None);
        assert_eq!(Count::of([true, false, true]), Count::new(3, 2).unwrap());
        assert_eq!(Count::new(3, 2).unwrap().non_events(), 1);
    }

    #[test]
    fn nobody_has_no_rate() {
        let level = ConfidenceLevel::new(0.95).unwrap();
        assert_eq!(wilson(Count::default(), level), Err(NoParticipants));
    }

    #[test]
    fn limits_at_the_ends_are_exact() {
        for n in [1, 2, 7, 93, 1_000_000] {
            for level in [0.8, 0.95, 0.999] {
                let level = ConfidenceLevel::new(level).unwrap();
                let none = wilson(Count::new(n, 0).unwrap(), level).unwrap().interval;
                let all = wilson(Count::new(n, n).unwrap(), level).unwrap().interval;
                assert_eq!(none.lower.to_bits(), 0.0_f64.to_bits());
                assert_eq!(all.upper.to_bits(), 1.0_f64.to_bits());
            }
        }
    }

    #[test]
    fn an_empty_arm_is_named() {
        let some = Count::new(3, 1).unwrap();
        let counts = TwoArm { intervention: some, control: Count::default() };
        let reason = proportions(counts).unwrap_err();
        assert_eq!(reason.to_string(), "no participants in the control arm");
    }
}
