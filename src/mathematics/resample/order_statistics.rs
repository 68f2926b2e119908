//! Quantiles of replicates, interpolated on the normal scale.

use crate::numeric::distribution::normal;

/// A quantile, and whether it had to stop at the smallest or largest replicate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quantile {
    pub(super) value: f64,
    pub(super) is_extreme: bool,
}

/// The quantile at `probability` of replicates in increasing order.
///
/// Its rank is r = (R + 1) p among R replicates. The k-th smallest is taken to stand at the
/// probability k / (R + 1); between the k-th and the next, k the whole part of r, the quantile
/// moves linearly in Φ⁻¹ of the probability:
///
/// ```text
/// t₍ₖ₎ + (t₍ₖ₊₁₎ − t₍ₖ₎) (Φ⁻¹(p) − Φ⁻¹(k/(R+1))) / (Φ⁻¹((k+1)/(R+1)) − Φ⁻¹(k/(R+1)))
/// ```
///
/// A rank below 1 gives the smallest replicate, above R the largest. A rank that is not strictly
/// between 1 and R is marked: more replicates are needed for that level.
///
/// `sorted` must not be empty.
pub(super) fn normal_scale_quantile(sorted: &[f64], probability: f64) -> Quantile {
    let replicates = sorted.len();
    let places = replicates as f64 + 1.0;
    let rank = places * probability;
    let is_extreme = !(rank > 1.0 && rank < replicates as f64);
    if is_extreme {
        let value = if probability < 0.5 { sorted[0] } else { sorted[replicates - 1] };
        return Quantile { value, is_extreme };
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the whole part of a rank between 1 and the number of replicates"
    )]
    let below = rank as usize;
    let (lower, upper) = (sorted[below - 1], sorted[below]);
    let z_lower = normal::quantile(below as f64 / places);
    let z_upper = normal::quantile((below as f64 + 1.0) / places);
    let share = (normal::quantile(probability) - z_lower) / (z_upper - z_lower);
    Quantile { value: lower + share * (upper - lower), is_extreme }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_rank_is_that_order_statistic() {
        let sorted: Vec<f64> = (1..=99).map(f64::from).collect();
        let quarter = normal_scale_quantile(&sorted, 0.25);
        assert!((quarter.value - 25.0).abs() < 1e-12 && !quarter.is_extreme);
        let middle = normal_scale_quantile(&sorted, 0.5);
        assert!((middle.value - 50.0).abs() < 1e-12);
    }

    #[test]
    fn the_first_and_last_are_marked() {
        let sorted: Vec<f64> = (1..=99).map(f64::from).collect();
        for (probability, value) in [(0.0, 1.0), (0.009, 1.0), (0.995, 99.0), (1.0, 99.0)] {
            let extreme = Quantile { value, is_extreme: true };
            assert_eq!(normal_scale_quantile(&sorted, probability), extreme);
        }
        for sorted in [&[4.0][..], &[4.0, 6.0]] {
            assert!(normal_scale_quantile(sorted, 0.025).is_extreme);
            assert!(normal_scale_quantile(sorted, 0.5).value >= 4.0);
        }
    }
}
