//! Linear programmes with bounds on everything.
//!
//! Every row `a·x` is a variable of its own with the row's limits as bounds; at the start these are
//! the basis. The first phase makes the sum of what lies outside its bounds nil, the second goes
//! uphill. Both choose the steepest variable, and the first one in order (Bland 1977) once steps
//! have been many, so that they end. The tableau is dense: programmes here have a hundred rows, not
//! ten thousand. What it finds is a proposal: whoever asks checks it in whole numbers.

/// What counts as nil.
const TINY: f64 = 1e-9;

/// What counts as inside a bound.
const SLACK: f64 = 1e-7;

/// A tableau: basic variables are minus its rows times the others.
#[derive(Clone, Debug)]
pub(super) struct Simplex {
    columns: usize,
    cells: Vec<f64>,
    basic: Vec<usize>,
    others: Vec<usize>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    /// Of variables that are not basic: at the upper bound, not the lower.
    is_up: Vec<bool>,
    values: Vec<f64>,
}

/// The best vertex in a direction.
#[derive(Clone, Debug)]
pub(super) struct Vertex {
    /// Values of the variables.
    pub(super) point: Vec<f64>,
    /// The direction's value there.
    pub(super) value: f64,
    /// Variables whose bound the proof needs.
    pub(super) tight_variables: Vec<usize>,
    /// Rows whose limit it needs.
    pub(super) tight_rows: Vec<usize>,
}

/// Why there is no best vertex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsolved {
    /// No point is within all bounds.
    Infeasible,
    /// More steps than were allowed.
    TooLong,
}

/// A row of a programme.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) terms: Vec<(usize, f64)>,
    pub(super) lower: f64,
    pub(super) upper: f64,
}

/// A step along one variable.
struct Step {
    length: f64,
    /// The row that stops it, and whether its variable then is at its upper bound; none where the
    /// variable meets its own other bound.
    stop: Option<(usize, bool)>,
}

impl Simplex {
    pub(super) fn new(bounds: &[(f64, f64)], rows: &[Row]) -> Self {
        let columns = bounds.len();
        let mut cells = vec![0.0; columns * rows.len()];
        for (at, row) in rows.iter().enumerate() {
            for &(variable, times) in &row.terms {
                cells[at * columns + variable] = -times;
            }
        }
        let limits = bounds.iter().copied().chain(rows.iter().map(|row| (row.lower, row.upper)));
        let (lower, upper): (Vec<f64>, Vec<f64>) = limits.unzip();
        let mut made = Self {
            columns,
            cells,
            basic: (columns..columns + rows.len()).collect(),
            others: (0..columns).collect(),
            is_up: vec![false; lower.len()],
            lower,
            upper,
            values: vec![0.0; rows.len()],
        };
        made.refresh();
        made
    }

    fn at_bound(&self, variable: usize) -> f64 {
        if self.is_up[variable] { self.upper[variable] } else { self.lower[variable] }
    }

    fn row(&self, at: usize) -> &[f64] {
        &self.cells[at * self.columns..(at + 1) * self.columns]
    }

    /// Values of the basic variables, from the others.
    fn refresh(&mut self) {
        let outside: Vec<f64> = self.others.iter().map(|&one| self.at_bound(one)).collect();
        for at in 0..self.basic.len() {
            let sum: f64 =
                self.row(at).iter().zip(&outside).map(|(cell, value)| cell * value).sum();
            self.values[at] = -sum;
        }
    }

    /// +1 below its bounds, -1 above, 0 within.
    fn want(&self, at: usize) -> f64 {
        let variable = self.basic[at];
        if self.values[at] < self.lower[variable] - SLACK {
            1.0
        } else if self.values[at] > self.upper[variable] + SLACK {
            -1.0
        } else {
            0.0
        }
    }

    /// How a weighted sum of basic variables, and of the others, grows with each of the others.
    fn slopes(&self, weights: &[f64], own: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut slopes: Vec<f64> = self.others.iter().map(|&variable| own(variable)).collect();
        for (at, &weight) in weights.iter().enumerate() {
            if weight.abs() > 0.0 {
                for (slope, cell) in slopes.iter_mut().zip(self.row(at)) {
                    *slope -= weight * cell;
                }
            }
        }
        slopes
    }

    /// The variable to move: the steepest, or the first one in order.
    fn entering(&self, slopes: &[f64], is_late: Late) -> Option<usize> {
        let mut best: Option<(usize, f64)> = None;
        for (column, &slope) in slopes.iter().enumerate() {
            let variable = self.others[column];
            let is_uphill = if self.is_up[variable] { slope < -SLACK } else { slope > SLACK };
            if !is_uphill || self.upper[variable] - self.lower[variable] <= TINY {
                continue;
            }
            let is_better = match (best, is_late) {
                (None, _) => true,
                (Some((known, _)), Late::Yes) => variable < self.others[known],
                (Some((_, steepest)), Late::No) => slope.abs() > steepest,
            };
            if is_better {
                best = Some((column, slope.abs()));
            }
        }
        best.map(|(column, _)| column)
    }

    /// How far a variable can go.
    fn step(&self, column: usize) -> Step {
        let variable = self.others[column];
        let direction = if self.is_up[variable] { -1.0 } else { 1.0 };
        let mut step = Step { length: self.upper[variable] - self.lower[variable], stop: None };
        let mut pivot = 0.0;
        for at in 0..self.basic.len() {
            let rate = -self.row(at)[column] * direction;
            if rate.abs() <= SLACK {
                continue;
            }
            let basic = self.basic[at];
            let (lower, upper) = (self.lower[basic], self.upper[basic]);
            let want = self.want(at);
            let (goal, is_up) = match (want > 0.0, want < 0.0, rate > 0.0) {
                (false, false, true) | (_, true, false) => (upper, true),
                (false, false, false) | (true, _, true) => (lower, false),
                // It was outside and goes further out: the slope has counted that.
                _ => continue,
            };
            let length = ((goal - self.values[at]) / rate).max(0.0);
            let is_nearer = length < step.length - TINY;
            let is_as_near = (length - step.length).abs() <= TINY && rate.abs() > pivot;
            if is_nearer || is_as_near {
                pivot = rate.abs();
                step = Step { length, stop: Some((at, is_up)) };
            }
        }
        step
    }

    fn take(&mut self, column: usize) {
        let step = self.step(column);
        let variable = self.others[column];
        match step.stop {
            None => self.is_up[variable] = !self.is_up[variable],
            Some((at, is_up)) => {
                self.is_up[self.basic[at]] = is_up;
                self.pivot(at, column);
            }
        }
        self.refresh();
    }

    fn pivot(&mut self, at: usize, column: usize) {
        let columns = self.columns;
        let inverse = 1.0 / self.cells[at * columns + column];
        let mut own: Vec<f64> = self.row(at).iter().map(|cell| cell * inverse).collect();
        own[column] = inverse;
        for other in 0..self.basic.len() {
            if other == at {
                continue;
            }
            let times = self.cells[other * columns + column];
            if times.abs() <= 1e-12 {
                self.cells[other * columns + column] = 0.0;
                continue;
            }
            let row = &mut self.cells[other * columns..(other + 1) * columns];
            row[column] = 0.0;
            for (cell, own) in row.iter_mut().zip(&own) {
                *cell -= times * own;
            }
        }
        self.cells[at * columns..(at + 1) * columns].copy_from_slice(&own);
        std::mem::swap(&mut self.basic[at], &mut self.others[column]);
    }

    /// Goes within all bounds.
    fn enter(&mut self) -> Result<(), Unsolved> {
        let patience = 20 * (self.basic.len() + self.columns) + 50;
        for turn in 0..2 * patience {
            let wants: Vec<f64> = (0..self.basic.len()).map(|at| self.want(at)).collect();
            if wants.iter().all(|want| want.abs() < 0.5) {
                return Ok(());
            }
            let slopes = self.slopes(&wants, |_| 0.0);
            let Some(column) = self.entering(&slopes, Late::after(turn, patience)) else {
                return Err(Unsolved::Infeasible);
            };
            self.take(column);
        }
        Err(Unsolved::TooLong)
    }

    /// The vertex with the greatest `direction·x`.
    pub(super) fn maximise(&mut self, direction: &[f64]) -> Result<Vertex, Unsolved> {
        self.enter()?;
        let weight = |variable: usize| direction.get(variable).copied().unwrap_or(0.0);
        let patience = 20 * (self.basic.len() + self.columns) + 50;
        for turn in 0..2 * patience {
            let weights: Vec<f64> = self.basic.iter().map(|&variable| weight(variable)).collect();
            let slopes = self.slopes(&weights, weight);
            let Some(column) = self.entering(&slopes, Late::after(turn, patience)) else {
                return Ok(self.vertex(direction, &slopes));
            };
            self.take(column);
        }
        Err(Unsolved::TooLong)
    }

    fn vertex(&self, direction: &[f64], slopes: &[f64]) -> Vertex {
        let mut point = vec![0.0; self.columns];
        for &variable in self.others.iter().filter(|variable| **variable < self.columns) {
            point[variable] = self.at_bound(variable);
        }
        for (&variable, &value) in self.basic.iter().zip(&self.values) {
            if variable < self.columns {
                point[variable] = value;
            }
        }
        let needed = self.others.iter().zip(slopes).filter(|(_, slope)| slope.abs() > SLACK);
        let needed: Vec<usize> = needed.map(|(variable, _)| *variable).collect();
        let value = point.iter().zip(direction).map(|(one, times)| one * times).sum();
        Vertex {
            point,
            value,
            tight_variables: needed.iter().copied().filter(|one| *one < self.columns).collect(),
            tight_rows: needed.iter().filter_map(|one| one.checked_sub(self.columns)).collect(),
        }
    }
}

/// Whether steps have been many.
#[derive(Clone, Copy)]
enum Late {
    Yes,
    No,
}

impl Late {
    fn after(turn: usize, patience: usize) -> Self {
        if turn < patience { Self::No } else { Self::Yes }
    }
}
