//! Sums by outcome and cell under the case weights of a replicate.

use super::contrasts::{ArmCell, Place, Slopes};
use super::vector::narrow;
use crate::numeric::sum::sum;
use crate::trial::arm::TwoArm;

/// Terms added side by side; each cell is padded to a multiple of it.
const LANES: usize = 4;

/// The place of padding, which nobody has.
const NOBODY: u32 = u32::MAX;

/// A column of numbers, one a participant of the whole trial; none where it is not observed.
#[derive(Clone, Copy, Debug)]
pub enum Column<'a> {
    /// An outcome, or a take-up.
    Outcome(&'a [Option<f64>]),
    /// The product of two, each as it is stored (see [`CellSums`]): what the variance of a ratio
    /// of regressions needs beside its two. Observed where both are.
    Product(&'a [Option<f64>], &'a [Option<f64>]),
}

/// Participants sorted by cell, and their outcomes, ready to be weighted.
///
/// In one pass for each outcome k and cell c under case weights w:
///
/// ```text
/// n = Σ w,   sum = Σ w (y − centre),   squares = Σ w (y − centre)²
/// ```
///
/// over the participants of the cell whose outcome is observed.
///
/// # Conventions
///
/// The centre is the mean of everyone observed, each counted once, so that squares do not cancel;
/// an outcome of 0 and 1 alone is not centred, and is summed as whole numbers, exactly. Outcomes
/// that are missing for the same people share n. The weights of a cell sum to less than 2³².
///
/// # Panics
///
/// [`new`](Self::new) panics where a cell is not below `n_cells` or a column has another length
/// than `cells`.
#[derive(Clone, Debug)]
pub struct CellSums {
    /// Positions of the participants, cell after cell, each padded with [`NOBODY`].
    order: Vec<u32>,
    /// Where each cell ends in `order`.
    ends: Vec<usize>,
    patterns: Vec<Pattern>,
    columns: Vec<Stored>,
    cell_of: Vec<usize>,
}

/// Who is observed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    /// All bits where observed, none elsewhere, in the order of `order`.
    observed: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Stored {
    pattern: usize,
    centre: f64,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    /// All bits for a 1, none for a 0 or where it is not observed.
    Binary(Vec<u32>),
    /// Centred; 0 where it is not observed.
    Amount(Vec<f64>),
}

/// Working memory of [`CellSums::sum`], and what it found.
#[derive(Clone, Debug)]
pub struct CellScratch {
    weights: Vec<u32>,
    /// The same, as doubles.
    amounts: Vec<f64>,
    /// n by pattern and cell.
    counts: Vec<f64>,
    cells: Vec<ArmCell>,
    n_cells: usize,
}

impl CellScratch {
    /// The sums of an outcome, one a cell, of the last call of [`CellSums::sum`].
    pub fn cells(&self, outcome: usize) -> &[ArmCell] {
        &self.cells[outcome * self.n_cells..][..self.n_cells]
    }
}

impl CellSums {
    /// Sorts the participants by cell. `cells` has the cell of each, from 0.
    ///
    /// # Panics
    ///
    /// See [`CellSums`].
    pub fn new(cells: &[usize], n_cells: usize, columns: &[Column<'_>]) -> Self {
        assert!(cells.iter().all(|&cell| cell < n_cells), "a cell below n_cells");
        let mut members: Vec<Vec<u32>> = vec![vec![]; n_cells];
        for (position, &cell) in cells.iter().enumerate() {
            members[cell].push(narrow(position));
        }
        let mut built = Self {
            order: vec![],
            ends: vec![],
            patterns: vec![],
            columns: vec![],
            cell_of: cells.to_vec(),
        };
        for members in members {
            built.order.extend(members);
            built.order.resize(built.order.len().div_ceil(LANES) * LANES, NOBODY);
            built.ends.push(built.order.len());
        }
        for column in columns {
            built.add(column);
        }
        built
    }

    fn add(&mut self, column: &Column<'_>) {
        let (centre, values) = match *column {
            Column::Outcome(values) => stored(values),
            Column::Product(a, b) => {
                assert_eq!(a.len(), b.len(), "one value a participant");
                let product = |(a, b): (Option<f64>, Option<f64>)| Some(a? * b?);
                let (a, b) = (stored(a).1, stored(b).1);
                (0.0, a.into_iter().zip(b).map(product).collect())
            }
        };
        assert_eq!(values.len(), self.cell_of.len(), "one value a participant");
        let of = |&position: &u32| values.get(position as usize).copied().flatten();
        let bits = |is: bool| if is { u32::MAX } else { 0 };
        let pattern =
            Pattern { observed: self.order.iter().map(|at| bits(of(at).is_some())).collect() };
        let at = self.patterns.iter().position(|known| *known == pattern).unwrap_or_else(|| {
            self.patterns.push(pattern);
            self.patterns.len() - 1
        });
        let values = if is_binary(&values) {
            Values::Binary(
                self.order.iter().map(|at| bits(of(at).is_some_and(|y| y > 0.5))).collect(),
            )
        } else {
            Values::Amount(self.order.iter().map(|at| of(at).unwrap_or(0.0)).collect())
        };
        self.columns.push(Stored { pattern: at, centre, values });
    }

    /// How many columns there are.
    pub fn n_outcomes(&self) -> usize {
        self.columns.len()
    }

    /// What was taken off an outcome before it was summed: 0 for one of 0 and 1.
    pub fn centre(&self, outcome: usize) -> f64 {
        self.columns[outcome].centre
    }

    /// Working memory, one a thread.
    pub fn scratch(&self) -> CellScratch {
        let n_cells = self.ends.len();
        CellScratch {
            weights: vec![0; self.order.len()],
            amounts: vec![0.0; self.order.len()],
            counts: vec![0.0; self.patterns.len() * n_cells],
            cells: vec![ArmCell::default(); self.columns.len() * n_cells],
            n_cells,
        }
    }

    /// Sums every outcome by cell; [`CellScratch::cells`] has what it found.
    ///
    /// `weights` tell how many times each participant of the trial counts.
    ///
    /// # Panics
    ///
    /// If there is not one weight a participant, or the scratch is of another kernel.
    pub fn sum(&self, weights: &[u32], scratch: &mut CellScratch) {
        assert_eq!(weights.len(), self.cell_of.len(), "one weight a participant");
        for (to, &position) in scratch.weights.iter_mut().zip(&self.order) {
            *to = weights.get(position as usize).copied().unwrap_or(0);
        }
        // Only what is not counted needs doubles.
        if self.columns.iter().any(|column| matches!(column.values, Values::Amount(_))) {
            for (to, &weight) in scratch.amounts.iter_mut().zip(&scratch.weights) {
                *to = f64::from(weight);
            }
        }
        let n_cells = self.ends.len();
        for (pattern, counts) in self.patterns.iter().zip(scratch.counts.chunks_mut(n_cells)) {
            for ((start, end), count) in self.ranges().zip(counts) {
                *count = masked(&scratch.weights[start..end], &pattern.observed[start..end]);
            }
        }
        for (column, cells) in self.columns.iter().zip(scratch.cells.chunks_mut(n_cells)) {
            let counts = &scratch.counts[column.pattern * n_cells..][..n_cells];
            for (((start, end), &n), cell) in self.ranges().zip(counts).zip(cells) {
                let (sum, squares) = match &column.values {
                    Values::Binary(ones) => {
                        let events = masked(&scratch.weights[start..end], &ones[start..end]);
                        (events, events)
                    }
                    Values::Amount(values) => {
                        moments(&scratch.amounts[start..end], &values[start..end])
                    }
                };
                *cell = ArmCell { n, sum, squares };
            }
        }
    }

    fn ranges(&self) -> impl Iterator<Item = (usize, usize)> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(self.ends.iter().copied())
    }

    /// Influence on an estimate of one outcome, from its [`Slopes`] by stratum and arm
    /// ([`Contrast::slopes`](super::contrasts::Contrast::slopes)): one value a participant of the
    /// trial, 0 for those who are not in it. `places` tells which cells are which.
    ///
    /// # Panics
    ///
    /// If there is not one place a cell.
    pub fn influence(
        &self,
        outcome: usize,
        places: &[Option<Place>],
        slopes: &[TwoArm<Slopes>],
    ) -> Vec<f64> {
        assert_eq!(places.len(), self.ends.len(), "one place a cell");
        let column = &self.columns[outcome];
        let observed = &self.patterns[column.pattern].observed;
        let mut influence = vec![0.0; self.cell_of.len()];
        for (row, &position) in self.order.iter().enumerate() {
            let Some(value) = influence.get_mut(position as usize) else { continue };
            let Some(place) = places[self.cell_of[position as usize]] else { continue };
            if observed[row] == 0 {
                continue;
            }
            let slopes = slopes[place.stratum].get(place.arm);
            let y = match &column.values {
                Values::Binary(ones) => f64::from(ones[row] & 1),
                Values::Amount(values) => values[row],
            };
            *value = slopes.n + slopes.sum * y;
        }
        influence
    }
}

fn is_binary(values: &[Option<f64>]) -> bool {
    let known = [0.0_f64.to_bits(), 1.0_f64.to_bits()];
    values.iter().flatten().all(|value| known.contains(&value.to_bits()))
}

/// The centre, and the values less it.
fn stored(values: &[Option<f64>]) -> (f64, Vec<Option<f64>>) {
    if is_binary(values) {
        return (0.0, values.to_vec());
    }
    let n = values.iter().flatten().count().max(1) as f64;
    let centre = sum(values.iter().flatten().copied()) / n;
    (centre, values.iter().map(|value| value.map(|y| y - centre)).collect())
}

/// Σ w over those marked.
fn masked(weights: &[u32], marks: &[u32]) -> f64 {
    let mut lanes = [0_u32; LANES];
    for (w, mark) in weights.as_chunks::<LANES>().0.iter().zip(marks.as_chunks::<LANES>().0) {
        for ((lane, w), mark) in lanes.iter_mut().zip(w).zip(mark) {
            *lane += w & mark;
        }
    }
    let [a, b, c, d] = lanes;
    f64::from(a + b + c + d)
}

/// Σ w y and Σ w y².
fn moments(weights: &[f64], values: &[f64]) -> (f64, f64) {
    let (mut sums, mut squares) = ([0.0; LANES], [0.0; LANES]);
    for (w, y) in weights.as_chunks::<LANES>().0.iter().zip(values.as_chunks::<LANES>().0) {
        for at in 0..LANES {
            let weighted = w[at] * y[at];
            sums[at] += weighted;
            squares[at] += weighted * y[at];
        }
    }
    (total(&sums), total(&squares))
}

/// Not inlined: the compiler would pair sums with squares, and shuffle in every step of the loop.
#[inline(never)]
fn total([a, b, c, d]: &[f64; LANES]) -> f64 {
    (a + c) + (b + d)
}
