//! How wide the columns of a table are.

use crate::render::document::{Table, Text};

/// Fewest and most letters that a column is made for.
const LETTERS: (usize, usize) = (6, 40);

/// Widths that share out a page's, by the longest cell of each column.
pub(super) fn widths(table: &Table, page: u64) -> Vec<u64> {
    let letters: Vec<u64> = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, head)| {
            let cells = table.rows.iter().filter_map(|row| row.get(at)).map(Text::length);
            let cells = cells.max().unwrap_or(0);
            // A head may stand in several lines, a word may not.
            let words = head.split_whitespace().map(|word| word.chars().count()).max();
            let head = words.unwrap_or(0).max(head.chars().count() / 3);
            cells.max(head).clamp(LETTERS.0, LETTERS.1) as u64
        })
        .collect();
    let all: u64 = letters.iter().sum();
    letters.into_iter().map(|own| page * own / all.max(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::widths;
    use crate::render::document::{Table, Text};

    #[test]
    fn long_columns_are_wide_and_all_fit_the_page() {
        let row = |cells: [&str; 3]| cells.map(Text::words).to_vec();
        let table = Table {
            columns: ["", "Estimators", "p"].map(str::to_owned).to_vec(),
            rows: vec![row(["a name of thirty letters or so", "1", "0.1"]), row(["b", "2", "0.2"])],
            ..Table::default()
        };
        assert_eq!(widths(&table, 4600), [3000, 1000, 600]);
        assert_eq!(widths(&Table::default(), 100), [0; 0]);
    }
}
