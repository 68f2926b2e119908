//! How wide the columns of a table are.

use crate::render::document::{Table, Text};

/// Width of a letter in a table, in twentieths of a point.
const LETTER: u64 = 90;

/// Letters that the margins of a cell take.
const MARGINS: usize = 3;

/// Letters of a line for which a column of long cells is made.
const LINE: usize = 40;

/// Parts of a letter that are shared out.
const PARTS: u64 = 1000;

/// Widths that share out a page's: each column has room for its longest word, and what is left
/// goes to those with longer cells.
pub(super) fn widths(table: &Table, page: u64) -> Vec<u64> {
    let columns: Vec<(u64, u64)> = (0..table.columns.len()).map(|at| needs(table, at)).collect();
    let least: u64 = columns.iter().map(|(least, _)| least).sum();
    let wished: u64 = columns.iter().map(|(least, line)| line - least).sum();
    let spare = (page / LETTER).saturating_sub(least).min(wished);
    let own =
        |(least, line): (u64, u64)| PARTS * least + PARTS * spare * (line - least) / wished.max(1);
    let letters: Vec<u64> = columns.into_iter().map(own).collect();
    let all: u64 = letters.iter().sum();
    letters.into_iter().map(|own| page * own / all.max(1)).collect()
}

/// Letters of a column's longest word, and of its longest cell.
fn needs(table: &Table, at: usize) -> (u64, u64) {
    let cells = table.rows.iter().filter_map(|row| row.get(at));
    let cells: Vec<String> = cells.map(Text::plain).collect();
    let words = table.columns[at].split_whitespace();
    let words = words.chain(cells.iter().flat_map(|cell| cell.split_whitespace()));
    let word = words.map(letters).max().unwrap_or(0) + MARGINS;
    let line = cells.iter().map(|cell| letters(cell)).max().unwrap_or(0).min(LINE) + MARGINS;
    (word as u64, line.max(word) as u64)
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::widths;
    use crate::render::document::{Table, Text};

    #[test]
    fn no_word_is_broken_and_long_cells_have_what_is_left() {
        let row = |cells: [&str; 3]| cells.map(Text::words).to_vec();
        let table = Table {
            columns: ["", "Estimators", "p"].map(str::to_owned).to_vec(),
            rows: vec![row(["a name of thirty letters or so", "1", "0.1"]), row(["b", "2", "0.2"])],
            ..Table::default()
        };
        // 33, 13 and 6 letters, margins included, are 52 letters, as wide as the page.
        assert_eq!(widths(&table, 52 * 90), [33 * 90, 13 * 90, 6 * 90]);
        // Without room for the long cell in one line, the words of all are whole.
        assert_eq!(widths(&table, 29 * 90), [10 * 90, 13 * 90, 6 * 90]);
        assert_eq!(widths(&Table::default(), 100), [0; 0]);
    }
}
