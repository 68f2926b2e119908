//! The digits that leave the house.
//!
//! Published rows carry rounded values, so that everything made of them (tables, coordinates,
//! alternative texts) carries the same number. As many digits as documents print: more would be
//! equations for whoever solves for the counts behind them.

use crate::results::composition::Composition;
use crate::results::row::Row;
use crate::results::vocabulary::{Statistic, Unit};

/// Curves of fewer people stand on whole percentage points.
const WHOLE_POINTS_BELOW: u64 = 100;

/// Smallest and largest p-value that is written out.
const WRITTEN_P: std::ops::RangeInclusive<f64> = 0.001..=0.999;

/// The value as it is published; `people` is the size of the smallest set that it is made of.
pub(super) fn published(row: &Row, composition: &Composition, people: Option<u64>) -> Option<f64> {
    let value = row.value?;
    if row.unit == Unit::P && row.key.statistic == Statistic::PValue {
        if value < *WRITTEN_P.start() {
            return Some(0.0);
        }
        if value > *WRITTEN_P.end() {
            return Some(1.0);
        }
    }
    Some(rounded(value, decimals(row, composition, people)))
}

/// What a resampled row's estimate is made of.
fn estimate(composition: &Composition) -> &Composition {
    match composition {
        Composition::Resampled { of, .. } => estimate(of),
        other => other,
    }
}

/// How many decimals a row is published with.
fn decimals(row: &Row, composition: &Composition, people: Option<u64>) -> usize {
    let is_count = matches!(composition, Composition::Count(_) | Composition::Sum(_));
    let is_path = matches!(estimate(composition), Composition::Path { .. });
    let is_few = people.is_none_or(|people| people < WHOLE_POINTS_BELOW);
    match row.unit {
        Unit::Proportion if is_path && is_few => 2,
        Unit::Proportion | Unit::LogRatio => 3,
        // The limits of a p-value that was drawn are printed with four.
        Unit::P if row.key.statistic == Statistic::PValue => 3,
        Unit::P => 4,
        Unit::Days | Unit::Hours | Unit::Score => 1,
        Unit::Eur | Unit::EurPerMonth => 0,
        Unit::Count if is_count => 0,
        _ => 2,
    }
}

/// The double nearest to the value with so many decimals; no negative zero.
pub(super) fn rounded(value: f64, decimals: usize) -> f64 {
    let text = format!("{value:.decimals$}");
    text.parse::<f64>().map_or(value, |value| value + 0.0)
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn numbers_are_rounded_as_they_are_printed() {
        for (value, decimals, shown) in
            [(0.341_849, 3, 0.342), (-0.000_4, 3, 0.0), (1212.6, 0, 1213.0), (2.5, 0, 2.0)]
        {
            assert!((rounded(value, decimals) - shown).abs() < f64::EPSILON, "{value}");
            assert!(rounded(value, decimals).is_sign_positive());
        }
    }
}
