//! Where axes end and where their ticks stand.

/// Steps between ticks of a proportion, from fine to coarse.
const STEPS: [f64; 7] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5];

/// At most this many steps on an axis.
const MOST_STEPS: f64 = 6.0;

/// Rounding slack when counting steps.
const SLACK: f64 = 1e-9;

/// An axis of proportions, or of differences of proportions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) ticks: Vec<f64>,
}

impl Axis {
    /// An axis on round numbers that covers the values and zero.
    pub(super) fn covering(values: impl IntoIterator<Item = f64>) -> Self {
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
    pub(super) fn of_amounts(values: impl IntoIterator<Item = f64>) -> Self {
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
    pub(super) fn around(values: impl IntoIterator<Item = f64>) -> Self {
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

    /// From and to.
    pub(super) const fn range(&self) -> (f64, f64) {
        (self.from, self.to)
    }
}

fn step(span: f64) -> f64 {
    let fits = |step: &&f64| span / **step <= MOST_STEPS + SLACK;
    STEPS.iter().find(fits).copied().unwrap_or(0.5)
}

fn whole_numbers(first: f64, last: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(first), |at| Some(at + 1.0)).take_while(move |at| *at <= last)
}

/// Months that can be labelled without touching: the most wanted first, each with its half width.
///
/// `x` gives the position of a month, `half` half the width of its label.
pub(super) fn spaced_months(
    wanted: impl IntoIterator<Item = i32>,
    x: impl Fn(i32) -> f64,
    half: impl Fn(i32) -> f64,
) -> Vec<i32> {
    let mut kept: Vec<i32> = Vec::new();
    for month in wanted {
        let is_clear = |other: &i32| {
            *other != month && (x(*other) - x(month)).abs() >= half(*other) + half(month)
        };
        if kept.iter().all(is_clear) {
            kept.push(month);
        }
    }
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::{Axis, spaced_months};

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
    fn wanted_months_win() {
        let kept = spaced_months([0, 9, 11, 8, 4], |m| f64::from(m) * 10.0, |_| 9.0);
        assert_eq!(kept, [0, 4, 9, 11]);
    }
}
