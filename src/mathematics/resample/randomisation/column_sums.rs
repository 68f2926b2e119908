//! Sums of several columns over those who get the intervention.

/// Columns that are added up together.
const LANES: usize = 4;

/// Participants that are added up side by side: an addition need not wait for the one before.
const ABREAST: usize = 4;

/// Columns over all participants, four beside each other, so that one walk over those who get the
/// intervention adds four of them up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ColumnSums {
    blocks: Vec<Vec<[f64; LANES]>>,
    n_columns: usize,
}

impl ColumnSums {
    /// Columns of `n` participants each.
    pub(super) fn new(n: usize, columns: &[Vec<f64>]) -> Self {
        let block = |four: &[Vec<f64>]| {
            let at = |i: usize| {
                let mut row = [0.0; LANES];
                for (place, column) in row.iter_mut().zip(four) {
                    *place = column[i];
                }
                row
            };
            (0..n).map(at).collect()
        };
        Self { blocks: columns.chunks(LANES).map(block).collect(), n_columns: columns.len() }
    }

    /// The length that sums and coefficients must have: the columns, and zeros to fill a block.
    pub(super) fn padded_len(&self) -> usize {
        self.blocks.len() * LANES
    }

    /// Writes each column's sum over the participants at those positions.
    pub(super) fn write(&self, positions: &[u32], sums: &mut [f64]) {
        for (block, sums) in self.blocks.iter().zip(sums.chunks_exact_mut(LANES)) {
            let mut totals = [[0.0; LANES]; ABREAST];
            let (together, last) = positions.as_chunks::<ABREAST>();
            for four in together {
                for (total, &position) in totals.iter_mut().zip(four) {
                    add(&block[position as usize], total);
                }
            }
            for (total, &position) in totals.iter_mut().zip(last) {
                add(&block[position as usize], total);
            }
            let [a, b, c, d] = totals;
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum = (a[lane] + b[lane]) + (c[lane] + d[lane]);
            }
        }
    }

    /// One participant's values times coefficients, one a column and zeros after them.
    pub(super) fn dot(&self, position: u32, coefficients: &[f64]) -> f64 {
        let mut total = [0.0; LANES];
        for (block, coefficients) in self.blocks.iter().zip(coefficients.chunks_exact(LANES)) {
            for ((total, value), c) in
                total.iter_mut().zip(&block[position as usize]).zip(coefficients)
            {
                *total += value * c;
            }
        }
        (total[0] + total[1]) + (total[2] + total[3])
    }

    /// The number of columns.
    pub(super) fn n_columns(&self) -> usize {
        self.n_columns
    }
}

fn add(row: &[f64; LANES], total: &mut [f64; LANES]) {
    for (total, value) in total.iter_mut().zip(row) {
        *total += value;
    }
}
