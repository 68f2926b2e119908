//! Pieces of a CSV file: where it may be cut, and the cells of each piece.

use std::ops::Range;

use super::raw_table::{PIECE_BYTES, Piece};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};

/// What all pieces of a file share.
pub(super) struct Body<'a> {
    pub(super) file: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) delimiter: u8,
    pub(super) n_columns: usize,
}

/// The rows of a piece.
pub(super) struct ReadPiece<'a> {
    pub(super) cells: Piece<'a>,
    /// Lines before each row, counted from the beginning of the piece.
    pub(super) lines: Vec<u32>,
    /// With lines counted from the beginning of the piece.
    pub(super) problems: Diagnostics,
    /// Lines that end in the piece.
    pub(super) line_ends: u64,
}

impl<'a> Body<'a> {
    /// Reads the records of a range, which begins and ends between records.
    pub(super) fn read_piece(&self, range: Range<usize>) -> ReadPiece<'a> {
        let bytes = &self.bytes[range.clone()];
        if u32::try_from(bytes.len().saturating_add(1)).is_err() {
            return self.refuse();
        }
        // Without quotation marks, which is the rule, cells end where they seem to.
        match std::str::from_utf8(bytes) {
            Ok(text) if find(bytes, 0, b'"').is_none() => self.read_plain(text, range.end),
            Ok(text) => QuotedText::new(self, text, range.end).read(),
            Err(_) => self.read_bytes(range),
        }
    }

    fn refuse(&self) -> ReadPiece<'a> {
        let message = "a record of more than 4 GB begins here";
        let remedy = "check the line ends and the quotation marks";
        let place = Place::row(self.file, 0);
        let found = Diagnostic::new(Code::TableUnreadable, place, message, remedy);
        ReadPiece {
            cells: Piece::of("", Vec::new(), self.n_columns),
            lines: Vec::new(),
            problems: Diagnostics::from_iter([found]),
            line_ends: 0,
        }
    }

    fn read_plain(&self, text: &'a str, end: usize) -> ReadPiece<'a> {
        let bytes = text.as_bytes();
        let mut rows = Rows::new(self, bytes);
        let words = bytes.chunks_exact(8);
        let rest = bytes.len() - words.remainder().len();
        let delimiters = u64::from_le_bytes([self.delimiter; 8]);
        for (word, start) in words.zip((0_u32..).step_by(8)) {
            let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
            let ends = zero_bytes(word ^ delimiters);
            let mut hits = low_bytes(word) | ends;
            while hits != 0 {
                let at = start + hits.trailing_zeros() / 8;
                if ends & hits & hits.wrapping_neg() != 0 {
                    rows.end_cell(at);
                } else {
                    rows.meet(bytes, at);
                }
                hits &= hits - 1;
            }
        }
        for at in rest..bytes.len() {
            let place = u32::try_from(at).unwrap_or(u32::MAX);
            if bytes[at] == self.delimiter {
                rows.end_cell(place);
            } else {
                rows.meet(bytes, place);
            }
        }
        rows.finish(text, self.bytes.get(end))
    }

    /// Reads records of which some are no text.
    fn read_bytes(&self, range: Range<usize>) -> ReadPiece<'a> {
        let mut records = Records::new(self.file, self.bytes, range.clone(), self.delimiter);
        records.line = 0;
        let mut problems = Diagnostics::new();
        let (mut text, mut marks, mut lines) = (String::new(), Vec::new(), Vec::new());
        let mark = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
        while let Some((line, record)) = records.next_text(&mut problems) {
            if record.len() != self.n_columns {
                problems.push(ragged(self, line, record.len()));
                continue;
            }
            lines.push(u32::try_from(line).unwrap_or(u32::MAX));
            marks.push(mark(&text));
            for cell in &record {
                text.push_str(cell);
                text.push(char::from(self.delimiter));
                marks.push(mark(&text));
            }
        }
        records.count_to(range.end);
        let cells = Piece::of(text, marks, self.n_columns);
        ReadPiece { cells, lines, problems, line_ends: records.line }
    }
}

fn ragged(body: &Body<'_>, line: u64, n: usize) -> Diagnostic {
    let message = format!("{n} cells, where the header has {}", body.n_columns);
    let remedy = "quote cells that hold the delimiter, and keep empty cells";
    Diagnostic::new(Code::TableRaggedRow, Place::row(body.file, line), message, remedy)
}

const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
const LOW_BITS: u64 = !HIGH_BITS;

/// The high bit of each byte that is zero.
fn zero_bytes(word: u64) -> u64 {
    !(((word & LOW_BITS) + LOW_BITS) | word) & HIGH_BITS
}

/// The high bit of each byte below 14: line feed, carriage return, tab and other control codes.
fn low_bytes(word: u64) -> u64 {
    !(((word & LOW_BITS) + 0x7272_7272_7272_7272) | word) & HIGH_BITS
}

/// Rows of a piece without quotation marks.
struct Rows<'b> {
    body: &'b Body<'b>,
    /// Of all rows so far, then of the one that is being read: it has at least where it begins.
    marks: Vec<u32>,
    lines: Vec<u32>,
    problems: Diagnostics,
    /// Marks before the row that is being read.
    before: usize,
    line: u32,
}

impl<'b> Rows<'b> {
    /// No rows of a text so far.
    fn new(body: &'b Body<'b>, bytes: &[u8]) -> Self {
        // Without a branch, so that the compiler compares many bytes at once.
        let marks_at = |byte: &u8| u8::from(*byte == body.delimiter) + 2 * u8::from(*byte == b'\n');
        let blocks = bytes.chunks(64).map(|block| block.iter().map(marks_at).sum::<u8>());
        let mut marks = Vec::with_capacity(blocks.map(usize::from).sum::<usize>() + 2);
        marks.push(0);
        let problems = Diagnostics::new();
        Self { body, marks, lines: Vec::new(), problems, before: 0, line: 0 }
    }

    /// Ends a cell before a delimiter.
    #[inline]
    fn end_cell(&mut self, at: u32) {
        self.marks.push(at + 1);
    }

    /// Takes note of a byte that may end a row.
    fn meet(&mut self, bytes: &[u8], at: u32) {
        let byte = bytes[at as usize];
        if byte == b'\n' || byte == b'\r' {
            self.end_row(at);
            let is_end = byte == b'\n' || bytes.get(at as usize + 1) != Some(&b'\n');
            self.line += u32::from(is_end);
        }
    }

    /// Ends a row before a byte. An empty line is none.
    fn end_row(&mut self, at: u32) {
        self.marks.push(at + 1);
        let row = &self.marks[self.before..];
        let n = row.len() - 1;
        if n == 1 && row[0] == at {
            self.marks.truncate(self.before);
        } else if n == self.body.n_columns {
            self.lines.push(self.line);
            self.before = self.marks.len();
        } else {
            self.marks.truncate(self.before);
            self.problems.push(ragged(self.body, u64::from(self.line), n));
        }
        self.marks.push(at + 1);
    }

    fn finish<'a>(mut self, text: &'a str, next: Option<&u8>) -> ReadPiece<'a> {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX - 1);
        self.end_row(end);
        self.marks.truncate(self.before);
        // A carriage return at the very end has been counted; a line feed after it is the same end.
        let is_half = text.ends_with('\r') && next == Some(&b'\n');
        ReadPiece {
            cells: Piece::of(text, self.marks, self.body.n_columns),
            lines: self.lines,
            problems: self.problems,
            line_ends: u64::from(self.line) - u64::from(is_half),
        }
    }
}

/// A piece with quotation marks. Its cells are copied, without them.
struct QuotedText<'a> {
    body: &'a Body<'a>,
    bytes: &'a [u8],
    /// The byte behind the piece.
    next: Option<&'a u8>,
    /// The next byte to be read.
    at: usize,
    line: u32,
    cells: Vec<u8>,
}

impl<'a> QuotedText<'a> {
    fn new(body: &'a Body<'a>, text: &'a str, end: usize) -> Self {
        let (bytes, next) = (text.as_bytes(), body.bytes.get(end));
        Self { body, bytes, next, at: 0, line: 0, cells: Vec::with_capacity(bytes.len()) }
    }

    fn read<'p>(mut self) -> ReadPiece<'p> {
        let (mut marks, mut lines) = (Vec::new(), Vec::new());
        let mut problems = Diagnostics::new();
        let mark = |cells: &Vec<u8>| u32::try_from(cells.len()).unwrap_or(u32::MAX);
        loop {
            while matches!(self.bytes.get(self.at), Some(b'\n' | b'\r')) {
                self.pass_line_end();
            }
            if self.at == self.bytes.len() {
                break;
            }
            let (line, before, start) = (self.line, marks.len(), self.cells.len());
            marks.push(mark(&self.cells));
            let mut goes_on = true;
            while goes_on {
                goes_on = self.read_cell();
                self.cells.push(self.body.delimiter);
                marks.push(mark(&self.cells));
            }
            let n = marks.len() - before - 1;
            if n == self.body.n_columns {
                lines.push(line);
            } else {
                problems.push(ragged(self.body, u64::from(line), n));
                marks.truncate(before);
                self.cells.truncate(start);
            }
        }
        // Only ASCII was left out or put in, so that what was text still is.
        let text = String::from_utf8(self.cells).unwrap_or_default();
        let cells = Piece::of(text, marks, self.body.n_columns);
        ReadPiece { cells, lines, problems, line_ends: u64::from(self.line) }
    }

    /// Reads a cell with the delimiter behind it, and says whether there was one.
    fn read_cell(&mut self) -> bool {
        if self.bytes.get(self.at) == Some(&b'"') {
            self.read_quoted();
        }
        let rest = &self.bytes[self.at..];
        let delimiter = self.body.delimiter;
        let ends = |byte: &u8| *byte == delimiter || matches!(byte, b'\n' | b'\r');
        let n = rest.iter().position(ends).unwrap_or(rest.len());
        self.cells.extend_from_slice(&rest[..n]);
        self.at += n;
        let goes_on = rest.get(n) == Some(&delimiter);
        self.at += usize::from(goes_on);
        goes_on
    }

    /// Reads from an opening quotation mark to behind the closing one.
    fn read_quoted(&mut self) {
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'"' if self.bytes.get(self.at + 1) == Some(&b'"') => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\n' | b'\r' => self.pass_line_end(),
                _ => self.at += 1,
            }
            self.cells.push(byte);
        }
    }

    /// Passes the end of a line, or the first byte of two.
    fn pass_line_end(&mut self) {
        let next = self.bytes.get(self.at + 1).or(self.next);
        let is_end = self.bytes[self.at] == b'\n' || next != Some(&b'\n');
        self.line += u32::from(is_end);
        self.at += 1;
    }
}

/// Records as text; one that is not UTF-8 is reported and passed over.
pub(super) struct Records<'a> {
    file: &'a str,
    bytes: &'a [u8],
    start: usize,
    reader: csv::Reader<&'a [u8]>,
    /// The line that begins or goes on at the byte up to which lines are counted.
    line: u64,
    counted: usize,
}

impl<'a> Records<'a> {
    /// Records of a range of the file, whose first line is line 1.
    pub(super) fn new(file: &'a str, bytes: &'a [u8], range: Range<usize>, delimiter: u8) -> Self {
        let start = range.start;
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(&bytes[range]);
        Self { file, bytes, start, reader, line: 1, counted: start }
    }

    /// The line of the record that the reader met at `start`. The reader's own count is behind
    /// where lines end in CRLF, and gives the first of the blank lines before a record.
    fn line_of(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start).map_or(self.counted, |at| at + self.start);
        let start = start.max(self.counted);
        let is_break = |byte: &&u8| matches!(byte, b'\n' | b'\r');
        self.count_to(start + self.bytes.iter().skip(start).take_while(is_break).count());
        self.line
    }

    fn count_to(&mut self, place: usize) {
        let passed = self.counted..place.min(self.bytes.len());
        let ends = passed.filter(|&at| match self.bytes[at] {
            b'\n' => true,
            b'\r' => self.bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        self.line += ends.count() as u64;
        self.counted = place.max(self.counted);
    }

    /// Where the record ends that was read last, and the line there. The end of its line, where it
    /// has one, still follows: so nobody takes what comes then for the beginning of a file.
    pub(super) fn after_last(mut self) -> (usize, u64) {
        let read = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        let end = self.start.saturating_add(read).min(self.bytes.len());
        let has_end = end > 0 && matches!(self.bytes[end - 1], b'\n' | b'\r');
        let end = end - usize::from(has_end);
        self.count_to(end);
        (end, self.line)
    }

    /// The next record with its line.
    pub(super) fn next_text(
        &mut self,
        problems: &mut Diagnostics,
    ) -> Option<(u64, csv::StringRecord)> {
        loop {
            let mut record = csv::ByteRecord::new();
            match self.reader.read_byte_record(&mut record) {
                Ok(false) => return None,
                Ok(true) => {}
                Err(error) => {
                    let place = Place::file(self.file);
                    let remedy = "write the file again";
                    let fault =
                        Diagnostic::new(Code::TableUnreadable, place, error.to_string(), remedy);
                    problems.push(fault);
                    return None;
                }
            }
            let line = self.line_of(record.position().map_or(0, csv::Position::byte));
            match csv::StringRecord::from_byte_record(record) {
                Ok(text) => return Some((line, text)),
                Err(error) => {
                    let column = error.utf8_error().field() + 1;
                    problems.push(Diagnostic::new(
                        Code::TableEncoding,
                        Place::row(self.file, line),
                        format!("the text of cell {column} is not UTF-8"),
                        "save the file as CSV UTF-8 (in Excel: “CSV UTF-8”)",
                    ));
                }
            }
        }
    }
}

/// Places between records at which a file may be cut, at the ends of lines, some [`PIECE_BYTES`]
/// apart. A piece begins with the end of the line before.
///
/// # Errors
///
/// The line on which a quoted cell begins that never ends.
pub(super) fn cuts(bytes: &[u8], delimiter: u8) -> Result<Vec<usize>, u64> {
    let mut cuts = Vec::new();
    let mut wanted = PIECE_BYTES;
    let mut from = 0;
    loop {
        let quote = find(bytes, from, b'"');
        let until = quote.unwrap_or(bytes.len());
        // Nothing is quoted from `from` to `until`.
        while wanted < until {
            let begin = wanted.max(from);
            let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
            let Some(after) = bytes[begin..until].iter().position(is_break) else { break };
            let at = begin + after;
            let is_pair = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
            cuts.push(at + usize::from(is_pair));
            wanted = at + 1 + PIECE_BYTES;
        }
        let Some(quote) = quote else { return Ok(cuts) };
        let before = quote.checked_sub(1).map(|before| bytes[before]);
        let opens = before.is_none_or(|byte| matches!(byte, b'\n' | b'\r') || byte == delimiter);
        from = quote + 1;
        if opens {
            from = after_closing(bytes, from)
                .ok_or_else(|| bytes[..quote].split(|byte| *byte == b'\n').count() as u64)?;
        }
    }
}

/// Where a quoted cell whose text begins at `from` has been closed.
fn after_closing(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = find(bytes, from, b'"')?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote + 1);
        }
        from = quote + 2;
    }
}

/// The first place of a byte, from a place on.
fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    const BLOCK: usize = 32;
    let rest = bytes.get(from..)?;
    let is = |byte: &u8| u8::from(*byte == wanted);
    // Without a branch, so that the compiler compares many bytes at once.
    let holds = |block: &[u8]| block.iter().fold(0, |found, byte| found | is(byte)) != 0;
    let passed = rest.chunks_exact(BLOCK).take_while(|block| !holds(block)).count() * BLOCK;
    let at = rest[passed..].iter().position(|byte| *byte == wanted)?;
    Some(from + passed + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unclosed_quotes_are_found_where_they_open() {
        let unclosed = |bytes| cuts(bytes, b',').err();
        assert_eq!(unclosed(b"a,b\n1,\"x\ny\n"), Some(2));
        assert_eq!(unclosed(b"a,b\n1,\"x\ny\"\n\"z"), Some(4));
        assert_eq!(unclosed(b"a,b\n1,\"he said \"\"no\"\"\"\n"), None);
        assert_eq!(unclosed(b"a,b\n1,5\" pipe\n"), None);
        assert_eq!(unclosed(b"\"a\",\"b\""), None);
        assert_eq!(unclosed(b"\"a\"\""), Some(1));
    }

    #[test]
    fn files_are_not_cut_inside_quotes() {
        let quoted = format!("a\n\"{}\"\nb\n", "x\n".repeat(PIECE_BYTES));
        let end = quoted.len() - 3;
        assert_eq!(cuts(quoted.as_bytes(), b','), Ok(vec![end]));
        let plain = quoted.replace('"', "");
        assert!(cuts(plain.as_bytes(), b',').unwrap().len() > 1);
    }

    #[test]
    fn bytes_of_a_word_are_told_apart() {
        for byte in 0..=255_u8 {
            let word = u64::from_le_bytes([b'a', byte, 0xff, byte, b'z', 0x80, b'a', byte]);
            let all = 0x8000_0000_8000_8000;
            assert_eq!(low_bytes(word), if byte < 14 { all } else { 0 }, "{byte}");
            assert_eq!(zero_bytes(word), if byte == 0 { all } else { 0 }, "{byte}");
        }
    }
}
