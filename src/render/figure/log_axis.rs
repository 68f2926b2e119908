//! Ratios on a log axis: their logarithms are the places, ratios the labels.

use crate::numeric::elementary::{exp, ln};
use crate::render::lookup::{Cell, Interval};
use crate::render::number::Numbers;

use super::axis::Axis;

/// Ticks where nothing is beyond a half or a double.
const FINE: [f64; 7] = [0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0];

/// An axis goes at most to this power of two, and to its inverse.
const MOST_DOUBLINGS: i32 = 6;

/// More ticks than these are thinned.
const MOST_TICKS: usize = 8;

/// The axis shows intervals at least this far, on either side.
const ALWAYS_SHOWN: f64 = 4.0;

/// Space between an estimate and the end of the axis.
const BREATH: f64 = 1.1;

/// A limit of zero is beyond any axis.
const BEYOND: f64 = -1e3;

/// The place of a ratio.
pub(super) fn place(ratio: f64) -> f64 {
    if ratio > 0.0 { ln(ratio) } else { BEYOND }
}

/// The places of a ratio and its limits.
pub(super) fn places(interval: &Interval) -> Interval {
    let cell = |cell: &Cell| cell.value().map_or_else(|| cell.clone(), |v| Cell::Value(place(v)));
    Interval {
        estimate: cell(&interval.estimate),
        lower: cell(&interval.lower),
        upper: cell(&interval.upper),
    }
}

/// Covers all estimates, and intervals as far as they do not dwarf the rest.
pub(super) fn covering<'i>(placed: impl Iterator<Item = &'i Interval>) -> Axis {
    let (mut estimates, mut limits) = (vec![0.0_f64], Vec::new());
    for interval in placed {
        let Some(estimate) = interval.estimate.value() else { continue };
        estimates.push(estimate);
        if let Some((lower, upper)) = interval.limits() {
            limits.extend([lower, upper]);
        }
    }
    let most = f64::from(MOST_DOUBLINGS) * ln(2.0);
    let breath = ln(BREATH);
    let lowest = estimates.iter().copied().fold(0.0, f64::min) - breath;
    let highest = estimates.iter().copied().fold(0.0, f64::max) + breath;
    let (floor, ceiling) = (lowest.min(-ln(ALWAYS_SHOWN)), highest.max(ln(ALWAYS_SHOWN)));
    let clamped = limits.iter().map(|limit| limit.clamp(floor, ceiling));
    let (low, high) =
        clamped.fold((lowest, highest), |(low, high), limit| (low.min(limit), high.max(limit)));
    between(low.max(-most), high.min(most))
}

fn between(low: f64, high: f64) -> Axis {
    let powers = (-MOST_DOUBLINGS..=MOST_DOUBLINGS).map(|power| f64::from(power) * ln(2.0));
    let ladder: Vec<f64> = if low >= ln(FINE[0]) && high <= ln(FINE[6]) {
        FINE.into_iter().map(ln).collect()
    } else {
        powers.collect()
    };
    let slack = 1e-9;
    let from = ladder.iter().rev().find(|tick| **tick <= low + slack).unwrap_or(&ladder[0]);
    let last = &ladder[ladder.len() - 1];
    let to = ladder.iter().find(|tick| **tick >= high - slack).unwrap_or(last);
    let shown = ladder.iter().filter(|tick| (from..=to).contains(tick)).copied();
    let mut ticks: Vec<f64> = shown.collect();
    if ticks.len() > MOST_TICKS {
        // Every second power of two, so that 1 is kept.
        ticks.retain(|tick| is_power_of_four(*tick));
    }
    Axis { from: *from, to: *to, ticks }
}

fn is_power_of_four(place: f64) -> bool {
    let steps = place / ln(4.0);
    (steps - steps.round()).abs() < 1e-9
}

/// The ratio at a tick, with as few decimals as it has.
pub(super) fn label(numbers: Numbers<'_>, tick: f64) -> String {
    let ratio = exp(tick);
    let is_exact = |digits: &usize| {
        let shown: f64 = format!("{ratio:.digits$}").parse().unwrap_or(ratio);
        (shown - ratio).abs() < 1e-6 * ratio
    };
    let digits = (0..=4).find(is_exact).unwrap_or(4);
    numbers.decimal(ratio, digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::text::{Language, Texts};

    fn interval(estimate: f64, lower: f64, upper: f64) -> Interval {
        let [estimate, lower, upper] = [estimate, lower, upper].map(Cell::Value);
        places(&Interval { estimate, lower, upper })
    }

    fn labels(intervals: &[Interval]) -> Vec<String> {
        let texts = Texts::new(Language::English).unwrap();
        let axis = covering(intervals.iter());
        axis.ticks.iter().map(|tick| label(Numbers::new(&texts.number), *tick)).collect()
    }

    #[test]
    fn ticks_are_round_ratios() {
        assert_eq!(labels(&[interval(1.3, 1.05, 1.6)]), ["0.8", "1", "1.25", "1.5", "2"]);
        assert_eq!(labels(&[interval(1.3, 0.4, 3.0)]), ["0.25", "0.5", "1", "2", "4"]);
        assert_eq!(labels(&[]), ["0.8", "1", "1.25"]);
        let wide = labels(&[interval(40.0, 0.0, 900.0), interval(0.03, 0.01, 0.2)]);
        assert_eq!(wide, ["0.0156", "0.0625", "0.25", "1", "4", "16", "64"]);
    }
}
