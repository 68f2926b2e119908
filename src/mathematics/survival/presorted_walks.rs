//! Walks over the days of a replicate, each for one kind of curve.

use super::presorted_table::{Places, Row, Table};
use super::quantile::first_reach;

/// Calls `read` at each time with the walk past all days up to it, and with the places of the
/// estimate and of its standard error, if there is one; NaN where nobody was followed so long.
fn walk<W>(
    table: Table<'_>,
    times_days: &[f64],
    (out, mut state): (&mut Places<'_>, W),
    mut step: impl FnMut(&mut W, &Row),
    mut read: impl FnMut(&W, f64, &mut f64, Option<&mut f64>),
) {
    assert_eq!(times_days.len(), out.estimates.len(), "one place a time");
    assert!(times_days.is_sorted(), "times ascend");
    let with_errors = !out.std_errors.is_empty();
    assert!(!with_errors || out.std_errors.len() == times_days.len(), "one error a time");
    let mut rows = table.rows;
    for (i, (&time, place)) in times_days.iter().zip(&mut *out.estimates).enumerate() {
        while let Some((row, later)) = rows.split_first() {
            if row.day > time {
                break;
            }
            step(&mut state, row);
            rows = later;
        }
        let mut error = out.std_errors.get_mut(i);
        if time <= table.followed_until {
            read(&state, time, place, error);
        } else {
            *place = f64::NAN;
            if let Some(error) = error.as_mut() {
                **error = f64::NAN;
            }
        }
    }
}

/// Σ gⱼ (W − Wⱼ)ᵏ, k = 0, 1, 2, of a W that grows.
#[derive(Clone, Copy, Debug, Default)]
struct Growing {
    zero: f64,
    one: f64,
    two: f64,
}

impl Growing {
    fn grow(&mut self, by: f64) {
        let step = by * self.zero;
        self.two += by * (2.0 * self.one + step);
        self.one += step;
    }
}

/// dⱼ / (nⱼ (nⱼ − dⱼ)); 0 where all have the event.
fn relative_variance(row: &Row) -> f64 {
    let (n, d) = (row.n_at_risk, row.n_events);
    let value = d / (n * (n - d));
    if d < n { value } else { 0.0 }
}

/// S and Greenwood's standard error.
pub(super) fn survivals(table: Table<'_>, times_days: &[f64], out: &mut Places<'_>) {
    let state = (1.0, 0.0);
    let read =
        |&(survival, greenwood): &(f64, f64), _: f64, place: &mut f64, error: Option<&mut f64>| {
            *place = survival;
            if let Some(error) = error {
                *error = if survival > 0.0 { survival * f64::sqrt(greenwood) } else { f64::NAN };
            }
        };
    let height = |row: &Row| (row.n_at_risk - row.n_events) / row.n_at_risk;
    if out.std_errors.is_empty() {
        walk(table, times_days, (out, state), |state, row| state.0 *= height(row), read);
    } else {
        let step = |state: &mut (f64, f64), row: &Row| {
            state.0 *= height(row);
            state.1 += relative_variance(row);
        };
        walk(table, times_days, (out, state), step, read);
    }
}

/// S with the area under it so far, as [`super::restricted_mean`] walks it.
#[derive(Clone, Copy, Debug)]
struct MeanWalk {
    survival: f64,
    day: f64,
    area: f64,
    squares: Growing,
}

/// μ and its standard error.
pub(super) fn restricted_means(table: Table<'_>, times_days: &[f64], out: &mut Places<'_>) {
    let start = MeanWalk { survival: 1.0, day: 0.0, area: 0.0, squares: Growing::default() };
    let advance = |state: &mut MeanWalk, row: &Row| {
        let by = state.survival * (row.day - state.day);
        state.area += by;
        state.day = row.day;
        state.survival *= (row.n_at_risk - row.n_events) / row.n_at_risk;
        by
    };
    let read = |state: &MeanWalk, time: f64, place: &mut f64, error: Option<&mut f64>| {
        let by = state.survival * (time - state.day);
        *place = state.area + by;
        if let Some(error) = error {
            let mut squares = state.squares;
            squares.grow(by);
            *error = squares.two.sqrt();
        }
    };
    if out.std_errors.is_empty() {
        let step = |state: &mut MeanWalk, row: &Row| {
            advance(state, row);
        };
        walk(table, times_days, (out, start), step, read);
    } else {
        let step = |state: &mut MeanWalk, row: &Row| {
            let by = advance(state, row);
            state.squares.grow(by);
            state.squares.zero += relative_variance(row);
        };
        walk(table, times_days, (out, start), step, read);
    }
}

/// The curves of both causes, as [`super::aalen_johansen::Step`] has them, with what the variance
/// of the event's is made of.
#[derive(Clone, Copy, Debug)]
struct Incidence {
    survival: f64,
    event: f64,
    other: f64,
    by_events: Growing,
    by_others: Growing,
    ended: f64,
}

impl Incidence {
    const START: Self = Self {
        survival: 1.0,
        event: 0.0,
        other: 0.0,
        by_events: Growing { zero: 0.0, one: 0.0, two: 0.0 },
        by_others: Growing { zero: 0.0, one: 0.0, two: 0.0 },
        ended: 0.0,
    };

    /// Past a day; returns by how much the incidences of the event and of the other exits grow.
    fn advance(&mut self, row: &Row) -> (f64, f64) {
        let (n, d1, d2) = (row.n_at_risk, row.n_events, row.n_competing);
        let event = self.survival * d1 / n;
        // Seldom, and so faster asked than computed.
        let other = if d2 > 0.0 { self.survival * d2 / n } else { 0.0 };
        self.event += event;
        self.other += other;
        self.survival *= (n - d1 - d2) / n;
        if self.survival <= 0.0 && self.other <= 0.0 {
            self.event = 1.0;
        }
        (event, other)
    }

    fn advance_with_variance(&mut self, row: &Row) {
        let (n, d1, d2) = (row.n_at_risk, row.n_events, row.n_competing);
        let before = self.survival;
        let (event, other) = self.advance(row);
        self.by_events.grow(other);
        self.by_others.grow(event);
        let left = n - d1 - d2;
        if left > 0.0 {
            let square = left * left;
            if d2 > 0.0 {
                self.by_others.zero += count_variance(d2, n) / square;
            }
            // v(d₁) / left² by one division and no branch.
            let many = d1 > 1.0;
            let above = if many { d1 * (n - d1) } else { d1 };
            let below = if many { (n - 1.0) * square } else { square };
            self.by_events.zero += above / below;
        } else {
            let share = before / n;
            self.ended += share * share * count_variance(d1, n);
        }
    }

    fn variance(&self) -> f64 {
        let of_events = self.by_events;
        let s = self.survival;
        let still_free = s * (s * of_events.zero + 2.0 * of_events.one);
        still_free + of_events.two + self.by_others.two + self.ended
    }
}

/// v(d) = d (n − d) / (n − 1), 1 for a single exit.
fn count_variance(d: f64, n: f64) -> f64 {
    if d <= 1.0 { d } else { d * (n - d) / (n - 1.0) }
}

/// F of the event and its standard error.
pub(super) fn incidences(table: Table<'_>, times_days: &[f64], out: &mut Places<'_>) {
    let read = |state: &Incidence, _: f64, place: &mut f64, error: Option<&mut f64>| {
        *place = state.event;
        if let Some(error) = error {
            *error = state.variance().sqrt();
        }
    };
    if out.std_errors.is_empty() {
        let step = |state: &mut Incidence, row: &Row| {
            state.advance(row);
        };
        walk(table, times_days, (out, Incidence::START), step, read);
    } else {
        walk(table, times_days, (out, Incidence::START), Incidence::advance_with_variance, read);
    }
}

/// The median of S; NaN where it is not reached.
pub(super) fn median(rows: &[Row]) -> f64 {
    let steps = rows.iter().scan(1.0, |survival, row| {
        *survival *= (row.n_at_risk - row.n_events) / row.n_at_risk;
        Some((row.day, Some(*survival)))
    });
    first_reach(steps, 0.5).unwrap_or(f64::NAN)
}
