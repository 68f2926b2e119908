//! Sums over columns, eight at a time: the order of the additions is fixed, and the compiler can
//! keep several of them going.

/// Terms that are added side by side. Columns are padded to a multiple of it.
pub(super) const LANES: usize = 8;

/// `n`, rounded up to a multiple of [`LANES`].
pub(super) fn padded(n: usize) -> usize {
    n.div_ceil(LANES) * LANES
}

/// The sum of what was added side by side.
pub(super) fn total(lanes: [f64; LANES]) -> f64 {
    let [a, b, c, d, e, f, g, h] = lanes;
    // As registers of two lie: no shuffles in the loop before.
    ((a + c) + (e + g)) + ((b + d) + (f + h))
}

/// Σ aᵢ over a column padded with zeros.
pub(super) fn sum(a: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    for a in a.as_chunks::<LANES>().0 {
        for (lane, a) in lanes.iter_mut().zip(a) {
            *lane += a;
        }
    }
    total(lanes)
}

/// Σ aᵢ bᵢ over columns padded with zeros.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    for (a, b) in a.as_chunks::<LANES>().0.iter().zip(b.as_chunks::<LANES>().0) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    total(lanes)
}

/// The largest absolute value of a column padded with zeros.
pub(super) fn largest(a: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    for a in a.as_chunks::<LANES>().0 {
        for (lane, a) in lanes.iter_mut().zip(a) {
            let size = a.abs();
            *lane = if size > *lane { size } else { *lane };
        }
    }
    lanes.into_iter().fold(0.0, f64::max)
}

/// Adds `factor` times a column to another.
pub(super) fn add_scaled(to: &mut [f64], factor: f64, column: &[f64]) {
    for (to, x) in to.iter_mut().zip(column) {
        *to += factor * x;
    }
}

/// Writes to `kept` the rows that count, without a branch; returns how many they are.
///
/// `kept` is as long as there are rows.
pub(super) fn those_that_count(weight: impl Iterator<Item = bool>, kept: &mut [u32]) -> usize {
    let mut n = 0;
    for (row, counts) in (0_u32..).zip(weight) {
        if let Some(place) = kept.get_mut(n) {
            *place = row;
        }
        n += usize::from(counts);
    }
    n
}

/// Copies the rows named from one column to another, and zeros up to the next multiple of
/// [`LANES`].
pub(super) fn gather(from: &[f64], rows: &[u32], to: &mut [f64]) {
    for (place, &row) in to.iter_mut().zip(rows) {
        *place = from[row as usize];
    }
    to[rows.len()..padded(rows.len())].fill(0.0);
}

/// A position in a trial, or a row of one.
///
/// # Panics
///
/// If there are 2³² people.
pub(super) fn narrow(position: usize) -> u32 {
    u32::try_from(position).expect("a trial has fewer people than 2³²")
}
