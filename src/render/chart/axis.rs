//! Where axes end and where their ticks stand.

use crate::render::lookup::Interval;

/// Steps between ticks of a proportion, from fine to coarse.
const STEPS: [f64; 7] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5];

/// At most this many steps on an axis.
const MOST_STEPS: f64 = 6.0;

/// Rounding slack when counting steps.
const SLACK: f64 = 1e-9;

/// An axis shows at least this much of a wide interval on either side of no effect.
const ALWAYS_SHOWN: f64 = 0.4;

/// Space between an estimate and the end of its axis.
const BREATH: f64 = 0.05;

/// An estimate with its limits, if it has both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) estimate: f64,
    pub(crate) limits: Option<(f64, f64)>,
}

impl Span {
    /// Nothing where there is no estimate.
    pub(crate) fn of(interval: &Interval) -> Option<Self> {
        Some(Self { estimate: interval.estimate.value()?, limits: interval.limits() })
    }

    /// Estimate and limits, as far as they are there.
    pub(crate) fn values(self) -> impl Iterator<Item = f64> {
        let ends = self.limits.into_iter().flat_map(|(lower, upper)| [lower, upper]);
        std::iter::once(self.estimate).chain(ends)
    }

    /// Whether the interval goes on beyond the axis.
    pub(crate) fn is_cut(self, axis: &Axis) -> bool {
        self.limits.is_some_and(|(lower, upper)| lower < axis.from || upper > axis.to)
    }
}

/// An axis of proportions, or of differences of proportions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) ticks: Vec<f64>,
}

impl Axis {
    /// An axis on round numbers that covers the values and zero.
    pub(crate) fn covering(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = values
            .into_iter()
            .fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let high = if high - low < STEPS[0] { low + 0.1 } else { high };
        let step = step(high - low);
        let (first, last) = ((low / step + SLACK).floor(), (high / step - SLACK).ceil());
        let ticks = whole_numbers(first, last).map(|at| at * step).collect();
        Self { from: first * step, to: last * step, ticks }
    }

    /// An axis of amounts, such as euro, on round numbers that covers the values and zero.
    pub(crate) fn of_amounts(values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().collect();
        let span = values.iter().fold(0.0_f64, |high, value| high.max(value.abs()));
        let magnitudes = std::iter::successors(Some(1.0_f64), |m| Some(10.0 * m)).take(12);
        let unit = magnitudes.take_while(|m| *m < span).last().unwrap_or(1.0) * 10.0;
        let axis = Self::covering(values.iter().map(|value| value / unit));
        Self {
            from: axis.from * unit,
            to: axis.to * unit,
            ticks: axis.ticks.iter().map(|tick| tick * unit).collect(),
        }
    }

    /// An axis of amounts on round numbers that covers the values, and zero only where they do.
    pub(crate) fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let ends = values.into_iter().fold(None, |ends: Option<(f64, f64)>, value| {
            let (low, high) = ends.unwrap_or((value, value));
            Some((low.min(value), high.max(value)))
        });
        let (low, high) = ends.unwrap_or((0.0, 1.0));
        let span = (high - low).max(1e-6 * low.abs()).max(1e-9);
        let powers = std::iter::successors(Some(1e-9_f64), |power| Some(10.0 * power)).take(40);
        let mut steps = powers.flat_map(|power| [power, 2.0 * power, 5.0 * power]);
        let step = steps.find(|step| span / step <= MOST_STEPS - 1.0).unwrap_or(span);
        let (first, last) = ((low / step + SLACK).floor(), (high / step - SLACK).ceil());
        let last = last.max(first + 1.0);
        let ticks = whole_numbers(first, last).map(|at| at * step).collect();
        Self { from: first * step, to: last * step, ticks }
    }

    /// Covers all estimates of differences, and intervals as far as they do not dwarf the rest.
    pub(crate) fn of_differences(spans: impl IntoIterator<Item = Span>) -> Self {
        let spans: Vec<Span> = spans.into_iter().collect();
        let estimates = || spans.iter().map(|span| span.estimate);
        let lowest = estimates().fold(0.0, f64::min) - BREATH;
        let highest = estimates().fold(0.0, f64::max) + BREATH;
        let (floor, ceiling) = (lowest.min(-ALWAYS_SHOWN), highest.max(ALWAYS_SHOWN));
        let limits = spans.iter().filter_map(|span| span.limits);
        let limits = limits.flat_map(|(lower, upper)| [lower, upper]);
        let limits = limits.map(|limit| limit.clamp(floor, ceiling));
        Self::covering(limits.chain([lowest.max(-1.0), highest.min(1.0)]))
    }

    /// Covers all estimates, and limits as far as `far` on either side.
    pub(crate) fn to_limits_within(far: f64, spans: impl IntoIterator<Item = Span>) -> Self {
        Self::covering(spans.into_iter().flat_map(|span| {
            let (lower, upper) = span.limits.unwrap_or((span.estimate, span.estimate));
            [span.estimate, lower.clamp(-far, far), upper.clamp(-far, far)]
        }))
    }

    /// The place on the axis that is nearest to a value.
    pub(crate) const fn within(&self, value: f64) -> f64 {
        value.clamp(self.from, self.to)
    }

    /// Decimals that the ticks need, at most two.
    pub(crate) fn decimals(&self) -> usize {
        self.ticks.iter().map(|tick| decimals(*tick)).max().unwrap_or(0)
    }

    /// The words at the ticks.
    pub(crate) fn labels(&self, label: impl Fn(f64) -> String) -> Vec<String> {
        self.ticks.iter().map(|tick| label(*tick)).collect()
    }

    /// From and to.
    pub(crate) const fn range(&self) -> (f64, f64) {
        (self.from, self.to)
    }
}

/// Decimals that a round number needs, at most two.
pub(crate) fn decimals(number: f64) -> usize {
    let is_whole = |value: f64| (value - value.round()).abs() < SLACK;
    match number {
        number if is_whole(number) => 0,
        number if is_whole(10.0 * number) => 1,
        _ => 2,
    }
}

fn step(span: f64) -> f64 {
    let fits = |step: &&f64| span / **step <= MOST_STEPS + SLACK;
    STEPS.iter().find(fits).copied().unwrap_or(0.5)
}

fn whole_numbers(first: f64, last: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(first), |at| Some(at + 1.0)).take_while(move |at| *at <= last)
}

/// Which of some labels, the most wanted first, can stand without touching: each has its place and
/// half its width.
pub(crate) fn spaced(wanted: &[(f64, f64)]) -> Vec<bool> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    let mut is_kept = Vec::new();
    for &(x, half) in wanted {
        let is_clear = |(other, its): &(f64, f64)| (other - x).abs() >= its + half;
        let is_free = kept.iter().all(|other| is_clear(other) && (other.0 - x).abs() > 0.01);
        is_kept.push(is_free);
        if is_free {
            kept.push((x, half));
        }
    }
    is_kept
}

#[cfg(test)]
mod tests {
    use super::{Axis, Span, spaced};

    fn close(got: &[f64], want: &[f64]) -> bool {
        got.len() == want.len() && got.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    #[test]
    fn axes_end_on_round_numbers() {
        let axis = Axis::covering([0.47, 0.31]);
        assert!(close(&axis.ticks, &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5]), "{axis:?}");
        let axis = Axis::covering([-0.12, 0.25]);
        assert!(close(&axis.ticks, &[-0.2, -0.1, 0.0, 0.1, 0.2, 0.3]), "{axis:?}");
        let axis = Axis::covering([-1.0, 1.0]);
        assert!(close(&axis.ticks, &[-1.0, -0.5, 0.0, 0.5, 1.0]), "{axis:?}");
        let axis = Axis::covering([]);
        assert!(axis.to > axis.from && axis.ticks.len() > 1, "{axis:?}");
    }

    #[test]
    fn axes_of_amounts_end_on_round_numbers() {
        let axis = Axis::of_amounts([-112.0, 31.0]);
        assert!(close(&axis.ticks, &[-150.0, -100.0, -50.0, 0.0, 50.0]), "{axis:?}");
        let axis = Axis::of_amounts([-0.4, 4_210.0]);
        assert!(axis.from <= -0.4 && axis.to >= 4_210.0 && axis.ticks.len() <= 8, "{axis:?}");
        let axis = Axis::of_amounts([]);
        assert!(axis.to > axis.from, "{axis:?}");
    }

    #[test]
    fn axes_around_values_need_not_hold_zero() {
        let axis = Axis::around([44.7, 51.7]);
        assert!(close(&axis.ticks, &[44.0, 46.0, 48.0, 50.0, 52.0]), "{axis:?}");
        let axis = Axis::around([3.0, 3.0]);
        assert!(axis.from <= 3.0 && axis.to >= 3.0 && axis.ticks.len() < 10, "{axis:?}");
        let axis = Axis::around([]);
        assert!(axis.to > axis.from, "{axis:?}");
    }

    #[test]
    fn wanted_labels_win() {
        let kept = spaced(&[(0.0, 9.0), (90.0, 9.0), (110.0, 9.0), (80.0, 9.0), (0.0, 0.0)]);
        assert_eq!(kept, [true, true, true, false, false]);
    }

    #[test]
    fn intervals_beyond_the_axis_are_cut() {
        let spans = [(0.1, -0.2, 0.3), (0.0, -0.9, 0.9)]
            .map(|(estimate, lower, upper)| Span { estimate, limits: Some((lower, upper)) });
        let axis = Axis::of_differences(spans);
        assert!(close(&[axis.from, axis.to], &[-0.4, 0.4]), "{axis:?}");
        assert_eq!(spans.map(|span| span.is_cut(&axis)), [false, true]);
    }
}
