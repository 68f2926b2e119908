//! CSV bytes to text cells, every fault of the file at its line.

use rayon::prelude::*;

use super::csv_pieces::{Body, Records, cuts};
use super::raw_table::{Notation, RawTable};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::types::{CsvDialect, DecimalMark};

/// Most columns of a table.
const MOST_COLUMNS: usize = 20_000;

/// Reads a CSV file: comma, semicolon or tab, with or without byte-order mark, quoted cells with
/// line breaks, LF or CRLF.
pub(super) fn read_csv<'a>(
    file: &'a str,
    bytes: &'a [u8],
    dialect: CsvDialect,
    problems: &mut Diagnostics,
) -> Option<RawTable<'a>> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let remedy = "save it as CSV UTF-8";
        let message = "the file is UTF-16, not UTF-8";
        problems.push(Diagnostic::new(Code::TableEncoding, Place::file(file), message, remedy));
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let delimiter = sniff_delimiter(bytes);
    let cuts = match cuts(bytes, delimiter) {
        Ok(cuts) => cuts,
        Err(line) => {
            problems.push(Diagnostic::new(
                Code::TableUnclosedQuote,
                Place::row(file, line),
                "a quotation mark is opened here and never closed",
                "close it, or double it where it is part of the text; the table is not read further",
            ));
            return None;
        }
    };
    let decimal = match dialect.decimal {
        Some(DecimalMark::Comma) => ',',
        None if delimiter == b';' => ',',
        Some(DecimalMark::Point) | None => '.',
    };
    let notation = Notation { decimal, date_format: dialect.date_format };
    let mut records = Records::new(file, bytes, 0..bytes.len(), delimiter);
    let Some((header_line, header)) = records.next_text(problems) else {
        problems.push(Diagnostic::new(
            Code::TableEmpty,
            Place::file(file),
            "the file has no header line",
            "begin it with the names of the columns; `ips-eval init` writes empty tables",
        ));
        return None;
    };
    if header.len() > MOST_COLUMNS {
        let message = format!("{} columns; a table has at most {MOST_COLUMNS}", header.len());
        let remedy = "check the delimiter and the line ends, or leave out columns";
        let place = Place::row(file, header_line);
        problems.push(Diagnostic::new(Code::TableUnreadable, place, message, remedy));
        return None;
    }
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let (start, line) = records.after_last();
    let body = Body { file, bytes, delimiter, n_columns: header.len() };
    let table = RawTable::new(file, header, Some(header_line), notation);
    Some(read_body(&body, table, (start, line, &cuts), problems))
}

/// Reads what follows the header, from a place with its line, in pieces that end at `cuts`.
fn read_body<'a>(
    body: &Body<'a>,
    mut table: RawTable<'a>,
    (start, mut line, cuts): (usize, u64, &[usize]),
    problems: &mut Diagnostics,
) -> RawTable<'a> {
    let mut ends = vec![start];
    ends.extend(cuts.iter().filter(|cut| **cut > start));
    ends.push(body.bytes.len());
    let ranges: Vec<_> = ends.windows(2).map(|ends| ends[0]..ends[1]).collect();
    let pieces: Vec<_> = ranges.into_par_iter().map(|range| body.read_piece(range)).collect();
    for mut piece in pieces {
        table.push_piece(piece.cells, piece.lines.iter().map(|at| line + u64::from(*at)));
        piece.problems.move_down(line);
        problems.append(piece.problems);
        line += piece.line_ends;
    }
    table
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn read(bytes: &[u8]) -> (Option<RawTable<'_>>, Diagnostics) {
        let mut problems = Diagnostics::new();
        (read_csv("t.csv", bytes, CsvDialect::default(), &mut problems), problems)
    }

    #[test]
    fn delimiters_are_seen_in_the_header() {
        assert_eq!(sniff_delimiter(b"a;b,c;d\n1,2,3,4"), b';');
        assert_eq!(sniff_delimiter(b"a\tb\n"), b'\t');
        assert_eq!(sniff_delimiter(b"\"a;b;c\",d\n"), b',');
        assert_eq!(sniff_delimiter(b"a\n"), b',');
    }

    #[test]
    fn a_header_of_a_million_columns_is_refused() {
        let bytes = b"a,".repeat(1_000_000);
        let (table, problems) = read(&bytes);
        assert!(table.is_none());
        assert_eq!(problems.all()[0].code, Code::TableUnreadable);
        assert_eq!(problems.all()[0].place.line, Some(1));
    }

    #[test]
    fn lines_and_cells_are_those_of_the_whole_file_in_every_piece() {
        for (end, quote) in [("\n", ""), ("\r\n", ""), ("\r", ""), ("\n", "\""), ("\r\n", "\"")] {
            let mut text = format!("a,b{end}{end}");
            let mut expected = Vec::new();
            for row in 0..200_000_u64 {
                let broken = if !quote.is_empty() && row % 3 == 0 { end } else { "" };
                write!(text, "{row},{quote}x{broken}é{quote}{end}").unwrap();
                expected.push(row + 3 + if broken.is_empty() { 0 } else { row / 3 });
                if broken.is_empty() && !quote.is_empty() {
                    *expected.last_mut().unwrap() += row / 3 + 1;
                }
            }
            let (table, problems) = read(text.as_bytes());
            let mut table = table.unwrap();
            assert!(problems.all().is_empty());
            assert!(table.pieces().len() > 1);
            assert_eq!(table.take_lines(), expected, "{end:?} {quote}");
            assert!((0..200_000).all(|row| table.cell(row, 0) == row.to_string()));
            assert!((0..200_000).all(|row| table.cell(row, 1).ends_with('é')));
        }
    }
}
