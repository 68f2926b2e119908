//! A table as text cells with the lines they came from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::plan::types::DateFormat;

/// Bytes of text after which rows go into a new piece.
pub(super) const PIECE_BYTES: usize = 1 << 20;

/// A table before its cells are understood, which may be parts of the file's bytes.
#[derive(Clone, Debug)]
pub(super) struct RawTable<'a> {
    /// File as the plan names it.
    pub(super) file: String,
    /// Names in the file.
    pub(super) header: Vec<String>,
    /// Line of the header; none where the format has no lines.
    pub(super) header_line: Option<u64>,
    /// How its numbers and dates are written.
    pub(super) notation: Notation,
    /// What the file says of each column, one a column of the header.
    pub(super) columns: Vec<ColumnNotes>,
    /// Rows in the file's order.
    pieces: Vec<Piece<'a>>,
    /// Row with which each piece begins.
    firsts: Vec<usize>,
    /// Line of each row, or its number where the format has no lines.
    lines: Vec<u64>,
    n_rows: usize,
}

/// What a file says of one of its columns, beside its name.
#[derive(Default, Clone, Debug)]
pub(super) struct ColumnNotes {
    /// What the file calls the column in words.
    pub(super) label: String,
    /// Labels by the text of the cells that they stand for.
    pub(super) value_labels: BTreeMap<String, String>,
    /// Reasons by the text of the cells that the file declares missing.
    pub(super) missing_codes: BTreeMap<String, String>,
}

/// How numbers and dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Notation {
    pub(super) decimal: char,
    pub(super) date_format: DateFormat,
}

impl<'a> RawTable<'a> {
    /// A table without rows.
    pub(super) fn new(
        file: &str,
        header: Vec<String>,
        header_line: Option<u64>,
        notation: Notation,
    ) -> Self {
        let columns = vec![ColumnNotes::default(); header.len()];
        let file = file.to_owned();
        let (pieces, firsts, lines) = (Vec::new(), Vec::new(), Vec::new());
        Self { file, header, header_line, notation, columns, pieces, firsts, lines, n_rows: 0 }
    }

    /// Adds a row with one cell a column.
    pub(super) fn push_row<'c>(&mut self, line: u64, cells: impl IntoIterator<Item = &'c str>) {
        if self.pieces.last().is_none_or(|piece| piece.text.len() >= PIECE_BYTES) {
            self.pieces.push(Piece::new(self.header.len()));
            self.firsts.push(self.n_rows);
        }
        let added = self.pieces.last_mut().map(|piece| piece.push_row(cells));
        assert_eq!(added, Some(self.header.len()), "a row has one cell a column");
        self.lines.push(line);
        self.n_rows += 1;
    }

    /// Adds the rows of a piece, whose columns are those of the header.
    pub(super) fn push_piece(&mut self, piece: Piece<'a>, lines: impl Iterator<Item = u64>) {
        if piece.n_rows() > 0 {
            self.firsts.push(self.n_rows);
            self.n_rows += piece.n_rows();
            self.lines.extend(lines);
            self.pieces.push(piece);
        }
    }

    /// Rows.
    pub(super) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Line of a row, or its number where the format has no lines.
    pub(super) fn line(&self, row: usize) -> u64 {
        self.lines[row]
    }

    /// The lines of all rows, taken out: who has them tells them from then on.
    pub(super) fn take_lines(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.lines)
    }

    /// The same table with the rows that are wanted.
    pub(super) fn with_rows(&self, keep: impl Fn(usize) -> bool) -> RawTable<'static> {
        self.with_cells(keep, |row, column| self.cell(row, column))
    }

    /// The same table with the rows that are wanted, and other cells in them.
    pub(super) fn with_cells<'c>(
        &'c self,
        keep: impl Fn(usize) -> bool,
        cell: impl Fn(usize, usize) -> &'c str,
    ) -> RawTable<'static> {
        let header = self.header.clone();
        let mut own = RawTable::new(&self.file, header, self.header_line, self.notation);
        own.columns.clone_from(&self.columns);
        for row in (0..self.n_rows).filter(|row| keep(*row)) {
            own.push_row(self.line(row), (0..self.header.len()).map(|column| cell(row, column)));
        }
        own
    }

    /// Text of a cell.
    #[inline]
    pub(super) fn cell(&self, row: usize, column: usize) -> &str {
        let piece = self.piece_of(row);
        self.pieces[piece].cell(row - self.firsts[piece], column)
    }

    /// The piece of a row, with its rows.
    pub(super) fn piece_at(&self, row: usize) -> (Range<usize>, &Piece<'a>) {
        let at = self.piece_of(row);
        let (first, piece) = (self.firsts[at], &self.pieces[at]);
        (first..first + piece.n_rows(), piece)
    }

    /// Pieces with the rows that they hold.
    pub(super) fn pieces(&self) -> Vec<(Range<usize>, &Piece<'a>)> {
        let rows = |(first, piece): (&usize, &Piece<'_>)| *first..first + piece.n_rows();
        let of = self.firsts.iter().zip(&self.pieces);
        of.map(|(first, piece)| (rows((first, piece)), piece)).collect()
    }

    /// The piece of a row: they are about equally long, so that a guess is nearly right.
    fn piece_of(&self, row: usize) -> usize {
        let mut piece = row * self.pieces.len() / self.n_rows().max(1);
        while self.firsts[piece] > row {
            piece -= 1;
        }
        while self.firsts.get(piece + 1).is_some_and(|first| *first <= row) {
            piece += 1;
        }
        piece
    }
}

/// Rows that follow each other, in one text.
///
/// Between the cells of a row is one byte, the same in all pieces of a table.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    text: Cow<'a, str>,
    /// For each row where its first cell begins, then for each of its cells one more than where it
    /// ends: there the next begins.
    marks: Vec<u32>,
    /// Marks of a row: one more than columns.
    stride: usize,
}

impl<'a> Piece<'a> {
    fn new(n_columns: usize) -> Self {
        Self { text: Cow::default(), marks: Vec::new(), stride: n_columns + 1 }
    }

    /// Rows of a text, each with where its first cell begins and one more than where each ends.
    pub(super) fn of(text: impl Into<Cow<'a, str>>, marks: Vec<u32>, n_columns: usize) -> Self {
        Self { text: text.into(), marks, stride: n_columns + 1 }
    }

    /// Adds a row and returns its number of cells.
    fn push_row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> usize {
        let text = self.text.to_mut();
        self.marks.push(mark(text.len()));
        let mut n = 0;
        for cell in cells {
            text.push_str(cell);
            text.push('\n');
            self.marks.push(mark(text.len()));
            n += 1;
        }
        n
    }

    /// Rows.
    pub(super) fn n_rows(&self) -> usize {
        self.marks.len() / self.stride
    }

    /// Text of a cell, by the row's number in this piece.
    #[inline]
    pub(super) fn cell(&self, row: usize, column: usize) -> &str {
        let at = row * self.stride + column;
        &self.text[self.marks[at] as usize..self.marks[at + 1] as usize - 1]
    }

    /// Texts of the cells of a column, of rows by their numbers in this piece.
    #[inline]
    pub(super) fn column(&self, column: usize, rows: Range<usize>) -> impl Iterator<Item = &str> {
        let text: &str = &self.text;
        let marks = &self.marks[rows.start * self.stride..rows.end * self.stride];
        marks
            .chunks_exact(self.stride)
            .map(move |marks| &text[marks[column] as usize..marks[column + 1] as usize - 1])
    }

    /// Texts of whole rows: the same where all cells are the same.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        let text = self.text.as_bytes();
        let rows = self.marks.chunks_exact(self.stride);
        rows.map(move |marks| &text[marks[0] as usize..marks[self.stride - 1] as usize - 1])
    }
}

/// Cuts a list into parts of these lengths.
pub(super) fn split_rows<T>(
    mut rest: &mut [T],
    lengths: impl Iterator<Item = usize>,
) -> Vec<&mut [T]> {
    let mut parts = Vec::new();
    for length in lengths {
        let (own, others) = rest.split_at_mut(length);
        parts.push(own);
        rest = others;
    }
    parts
}

/// A place in the text of a piece.
fn mark(at: usize) -> u32 {
    u32::try_from(at).expect("a row is less than 4 GB long")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(n_columns: usize) -> RawTable<'static> {
        let header = (0..n_columns).map(|at| format!("c{at}")).collect();
        let notation = Notation { decimal: '.', date_format: DateFormat::Iso };
        RawTable::new("t.csv", header, Some(1), notation)
    }

    #[test]
    fn cells_are_found_in_whatever_piece_they_are() {
        let mut raw = table(2);
        let long = "x".repeat(PIECE_BYTES / 3);
        for row in 0..10_u64 {
            raw.push_row(
                row + 2,
                [row.to_string().as_str(), if row % 4 == 0 { &long } else { "" }],
            );
        }
        assert!(raw.pieces().len() > 1);
        for row in 0..10 {
            assert_eq!(raw.cell(row, 0), row.to_string());
            assert_eq!(raw.cell(row, 1).len(), if row % 4 == 0 { long.len() } else { 0 });
            assert_eq!(raw.line(row), row as u64 + 2);
        }
    }

    #[test]
    #[should_panic(expected = "a row has one cell a column")]
    fn a_row_has_as_many_cells_as_the_header() {
        table(2).push_row(2, ["1"]);
    }
}
