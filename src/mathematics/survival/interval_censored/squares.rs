//! Sums of many squares on the diagonal of a matrix.

use ndarray::{Array2, ArrayViewMut2};

/// Adds each value to all elements with row and column within its range, from the first position
/// to before the second.
///
/// In the time of the matrix's size and the number of values, however wide the ranges. Values are
/// only ever added, so that a small sum keeps its digits beside large ones.
pub(super) fn add_squares(
    mut matrix: ArrayViewMut2<'_, f64>,
    values: impl IntoIterator<Item = ((usize, usize), f64)>,
) {
    let n = matrix.nrows();
    // By start and end; then by start up to the row.
    let mut ending = Array2::<f64>::zeros((n, n + 1));
    for ((from, to), value) in values {
        if from < to {
            ending[[from, to]] += value;
        }
    }
    for row in 0..n {
        if row > 0 {
            for end in row..=n {
                let before = ending[[row - 1, end]];
                ending[[row, end]] += before;
            }
        }
        let mut sum = 0.0;
        for column in (row..n).rev() {
            sum += ending[[row, column + 1]];
            matrix[[row, column]] += sum;
            if column > row {
                matrix[[column, row]] += sum;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_added_as_one_by_one() {
        let values = [((0, 3), 1.0), ((1, 4), 0.5), ((2, 2), 9.0), ((3, 5), 2.0), ((1, 4), 0.25)];
        let mut want = Array2::from_elem((5, 5), 0.125);
        for ((from, to), value) in values {
            for j in from..to {
                for k in from..to {
                    want[[j, k]] += value;
                }
            }
        }
        let mut got = Array2::from_elem((5, 5), 0.125);
        add_squares(got.view_mut(), values);
        assert_eq!(got, want);
    }
}
