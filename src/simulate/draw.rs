//! Draws that the other files share.

use crate::numeric::elementary::ln;
use crate::random::Stream;

/// A day that no follow-up reaches, some 27,000 years away.
pub(super) const NEVER: i32 = 10_000_000;

/// Whole days of an exponential time with that hazard a day: P(≥ d) = exp(−hazard · d).
///
/// A hazard of zero gives [`NEVER`], and uses up a draw all the same, so that the person's other
/// draws stay what they are.
pub(super) fn exponential_days(stream: &mut Stream, hazard: f64) -> i32 {
    let unit = stream.unit();
    if hazard <= 0.0 {
        return NEVER;
    }
    let days = (-ln(unit) / hazard).min(f64::from(NEVER));
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and NEVER")]
    let whole = days.floor() as i32;
    whole
}

/// True `percent` times in a hundred.
pub(super) fn chance(stream: &mut Stream, percent: u32) -> bool {
    stream.below(100) < percent
}

/// A whole number of days from 0 to `bound` − 1, each equally likely; 0 where `bound` is no more
/// than 1.
pub(super) fn day_below(stream: &mut Stream, bound: i32) -> i32 {
    let bound = u32::try_from(bound).unwrap_or(0).max(1);
    i32::try_from(stream.below(bound)).unwrap_or(0)
}

/// One of the values, as often as its weight says.
pub(super) fn pick<T: Copy>(stream: &mut Stream, weighted: &[(T, u32)]) -> T {
    let total = weighted.iter().map(|&(_, weight)| weight).sum();
    let mut left = stream.below(total);
    for &(value, weight) in weighted {
        if left < weight {
            return value;
        }
        left -= weight;
    }
    unreachable!("the draw is below the sum of the weights")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    #[test]
    fn floored_exponential_days_are_geometric() {
        let mut stream = Stream::new(Seed(3), Purpose::Simulation, 0);
        let n = 40_000;
        let on_day_0 = (0..n).filter(|_| exponential_days(&mut stream, 0.25) == 0).count();
        let p = -crate::numeric::elementary::exp_m1(-0.25);
        let error = (p * (1.0 - p) / f64::from(n)).sqrt();
        assert!((on_day_0 as f64 / f64::from(n) - p).abs() < 4.0 * error);
    }

    #[test]
    fn a_hazard_of_zero_never_comes() {
        let mut stream = Stream::new(Seed(3), Purpose::Simulation, 0);
        assert_eq!(exponential_days(&mut stream, 0.0), NEVER);
        assert_eq!(exponential_days(&mut stream, 1e-300), NEVER);
    }

    #[test]
    fn values_come_as_often_as_their_weights_say() {
        let mut stream = Stream::new(Seed(5), Purpose::Simulation, 0);
        let mut counts = [0_i32; 3];
        for _ in 0..10_000 {
            counts[pick(&mut stream, &[(0_usize, 1), (1, 0), (2, 3)])] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((counts[0] - 2500).abs() < 200, "{counts:?}");
    }
}
