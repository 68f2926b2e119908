//! Why a number does not exist, written in its place.

/// Why an estimate does not exist in a replicate.
///
/// A replicate's results are plain doubles. In the place of one that does not exist stands a NaN;
/// [`value`](Self::value) makes one whose lower bits say why, and [`of`](Self::of) reads it. A NaN
/// from elsewhere, such as 0 / 0, is [`DoesNotExist`](Self::DoesNotExist).
///
/// Arithmetic on a NaN may lose the reason (IEEE 754 leaves it open): copy it, or let
/// [`carry`](Self::carry) choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// No reason was given.
    DoesNotExist,
    /// The result is infinite.
    NotFinite,
    /// Nobody is there, or nobody was observed.
    NobodyObserved,
    /// There is no event, or none on one side.
    NoEvents,
    /// A quantile is not reached.
    NotReached,
    /// The time lies beyond the follow-up.
    PastFollowUp,
    /// A covariate separates those with and without the event: an estimate is infinite.
    Separated,
    /// The equations have no unique solution.
    Singular,
    /// The iterations did not settle.
    NotConverged,
    /// The standard error is zero or does not exist.
    NoStdError,
}

/// A quiet NaN with "IPS" in the middle of its payload; the reason is in the lowest byte.
const MARK: u64 = 0x7ff8_0049_5053_0000;

/// The bit of a sign, which hardware sets on some NaNs.
const SIGN: u64 = 1 << 63;

impl Failure {
    /// All reasons, in the order in which they are counted.
    pub const ALL: [Failure; 10] = [
        Failure::DoesNotExist,
        Failure::NotFinite,
        Failure::NobodyObserved,
        Failure::NoEvents,
        Failure::NotReached,
        Failure::PastFollowUp,
        Failure::Separated,
        Failure::Singular,
        Failure::NotConverged,
        Failure::NoStdError,
    ];

    /// The NaN that says so.
    pub fn value(self) -> f64 {
        f64::from_bits(MARK | self as u64)
    }

    /// Why `value` is no number; `None` if it is a finite one.
    pub fn of(value: f64) -> Option<Self> {
        if value.is_finite() {
            return None;
        }
        if value.is_infinite() {
            return Some(Self::NotFinite);
        }
        let bits = value.to_bits() & !SIGN;
        let is_it = |failure: &Self| bits == MARK | *failure as u64;
        Some(Self::ALL.into_iter().find(is_it).unwrap_or(Self::DoesNotExist))
    }

    /// `combined` of `a` and `b` where both are finite, else the reason of the first that is not.
    pub fn carry(a: f64, b: f64, combined: impl FnOnce(f64, f64) -> f64) -> f64 {
        match Self::of(a).or_else(|| Self::of(b)) {
            Some(failure) => failure.value(),
            None => combined(a, b),
        }
    }

    /// The reason in words, to follow "the statistic does not exist in … replicates:".
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DoesNotExist => "it does not exist",
            Self::NotFinite => "it is infinite",
            Self::NobodyObserved => "nobody is observed",
            Self::NoEvents => "there are no events",
            Self::NotReached => "the quantile is not reached",
            Self::PastFollowUp => "the time is past the follow-up",
            Self::Separated => "a covariate separates the outcomes",
            Self::Singular => "the equations have no unique solution",
            Self::NotConverged => "the iterations do not converge",
            Self::NoStdError => "there is no standard error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_back() {
        for (code, failure) in Failure::ALL.into_iter().enumerate() {
            assert_eq!(failure as usize, code);
            assert!(failure.value().is_nan());
            assert_eq!(Failure::of(failure.value()), Some(failure));
            assert_eq!(Failure::of(-failure.value()), Some(failure));
        }
    }

    #[test]
    fn other_values_have_the_plain_reason_or_none() {
        let zero = std::hint::black_box(0.0_f64);
        for value in [f64::NAN, -f64::NAN, zero / zero, f64::from_bits(MARK | 0xff)] {
            assert_eq!(Failure::of(value), Some(Failure::DoesNotExist));
        }
        assert_eq!(Failure::of(f64::NEG_INFINITY), Some(Failure::NotFinite));
        assert_eq!(Failure::of(-0.0), None);
    }

    #[test]
    fn a_difference_keeps_the_first_reason() {
        let minus = |a, b| Failure::carry(a, b, |a, b| a - b);
        let (events, late) = (Failure::NoEvents.value(), Failure::PastFollowUp.value());
        assert_eq!(Failure::of(minus(1.0, events)), Some(Failure::NoEvents));
        assert_eq!(Failure::of(minus(late, events)), Some(Failure::PastFollowUp));
        assert_eq!(minus(3.0, 1.0).to_bits(), 2.0_f64.to_bits());
    }
}
