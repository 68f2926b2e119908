//! CSV bytes to text cells, every fault of the file at its line.

use super::raw_table::{Notation, RawRow, RawTable};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::types::{CsvDialect, DecimalMark};

/// Reads a CSV file: comma, semicolon or tab, with or without byte-order mark, quoted cells with
/// line breaks, LF or CRLF.
pub(super) fn read_csv(
    file: &str,
    bytes: &[u8],
    dialect: CsvDialect,
    problems: &mut Diagnostics,
) -> Option<RawTable> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let remedy = "save it as CSV UTF-8";
        let message = "the file is UTF-16, not UTF-8";
        problems.push(Diagnostic::new(Code::TableEncoding, Place::file(file), message, remedy));
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let delimiter = sniff_delimiter(bytes);
    if let Some(line) = unclosed_quote(bytes, delimiter) {
        problems.push(Diagnostic::new(
            Code::TableUnclosedQuote,
            Place::row(file, line),
            "a quotation mark is opened here and never closed",
            "close it, or double it where it is part of the text; the table is not read further",
        ));
        return None;
    }
    let decimal = match dialect.decimal {
        Some(DecimalMark::Comma) => ',',
        None if delimiter == b';' => ',',
        Some(DecimalMark::Point) | None => '.',
    };
    let notation = Notation { decimal, date_format: dialect.date_format };
    let mut records = Records::new(file, bytes, delimiter);
    let Some((header_line, header)) = records.next(problems) else {
        problems.push(Diagnostic::new(
            Code::TableEmpty,
            Place::file(file),
            "the file has no header line",
            "begin it with the names of the columns; `ips-eval init` writes empty tables",
        ));
        return None;
    };
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let mut rows = Vec::new();
    while let Some((line, cells)) = records.next(problems) {
        if cells.len() == header.len() {
            rows.push(RawRow { line, cells });
        } else {
            let message = format!("{} cells, where the header has {}", cells.len(), header.len());
            let remedy = "quote cells that hold the delimiter, and keep empty cells";
            let place = Place::row(file, line);
            problems.push(Diagnostic::new(Code::TableRaggedRow, place, message, remedy));
        }
    }
    Some(RawTable { file: file.to_owned(), header, header_line: Some(header_line), rows, notation })
}

/// Records as text; one that is not UTF-8 is reported and passed over.
struct Records<'a> {
    file: &'a str,
    bytes: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// The line that begins or goes on at the byte up to which lines are counted.
    line: u64,
    counted: usize,
}

impl<'a> Records<'a> {
    fn new(file: &'a str, bytes: &'a [u8], delimiter: u8) -> Self {
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        Self { file, bytes, reader, line: 1, counted: 0 }
    }

    /// The line of the record that the reader met at `start`. The reader's own count is behind
    /// where lines end in CRLF, and gives the first of the blank lines before a record.
    fn line_of(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start).unwrap_or(self.counted).max(self.counted);
        let is_break = |byte: &&u8| matches!(byte, b'\n' | b'\r');
        let begin = start + self.bytes.iter().skip(start).take_while(is_break).count();
        let passed = self.counted..begin.min(self.bytes.len());
        let ends = passed.filter(|&at| match self.bytes[at] {
            b'\n' => true,
            b'\r' => self.bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        self.line += ends.count() as u64;
        self.counted = begin;
        self.line
    }

    fn next(&mut self, problems: &mut Diagnostics) -> Option<(u64, csv::StringRecord)> {
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

/// The most frequent of comma, semicolon and tab in the header, outside quotes.
fn sniff_delimiter(bytes: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for &byte in bytes {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(d, _)| *d == byte).for_each(|(_, n)| *n += 1),
        }
    }
    let most = counts.iter().map(|(_, n)| *n).max().unwrap_or(0);
    counts.iter().find(|(_, n)| *n == most).map_or(b',', |(d, _)| *d)
}

/// The line on which a quoted cell begins that never ends.
fn unclosed_quote(bytes: &[u8], delimiter: u8) -> Option<u64> {
    let mut line = 1_u64;
    let mut opened = None;
    let mut at_cell_start = true;
    let mut after_quote = false;
    for &byte in bytes {
        if opened.is_some() {
            if byte == b'"' {
                after_quote = !after_quote;
            } else if after_quote {
                // The quote before this byte closed the cell.
                opened = None;
                after_quote = false;
            }
        }
        if opened.is_none() {
            if byte == b'"' && at_cell_start {
                opened = Some(line);
            }
            at_cell_start = byte == delimiter || byte == b'\n' || byte == b'\r';
        }
        line += u64::from(byte == b'\n');
    }
    opened.filter(|_| !after_quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_seen_in_the_header() {
        assert_eq!(sniff_delimiter(b"a;b,c;d\n1,2,3,4"), b';');
        assert_eq!(sniff_delimiter(b"a\tb\n"), b'\t');
        assert_eq!(sniff_delimiter(b"\"a;b;c\",d\n"), b',');
        assert_eq!(sniff_delimiter(b"a\n"), b',');
    }

    #[test]
    fn unclosed_quotes_are_found_where_they_open() {
        assert_eq!(unclosed_quote(b"a,b\n1,\"x\ny\n", b','), Some(2));
        assert_eq!(unclosed_quote(b"a,b\n1,\"x\ny\"\n\"z", b','), Some(4));
        assert_eq!(unclosed_quote(b"a,b\n1,\"he said \"\"no\"\"\"\n", b','), None);
        assert_eq!(unclosed_quote(b"a,b\n1,5\" pipe\n", b','), None);
        assert_eq!(unclosed_quote(b"\"a\",\"b\"", b','), None);
    }
}
