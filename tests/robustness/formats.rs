//! Whatever the bytes of a .dta, .sav or .xlsx file, reading ends with a table or with an error that
//! has a place.

use std::io::{Cursor, Read as _, Write as _};

use ips_eval::formats::{
    Cell, FormatError, LabelledColumn, LabelledTable, Place, Problem, read_dta, read_sav,
    read_xlsx, write_dta,
};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Knuth's multiplier and increment: enough to scatter mutations, the same in every run.
pub(super) struct Draws(pub(super) u64);

impl Draws {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n.max(1)
    }
}

/// Lengths and counts that are wrong in most places.
const EXTREMES: [u64; 8] =
    [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, u64::MAX];

/// One to three changes: cut off, a bit turned, a block doubled, removed or moved, an extreme number.
pub(super) fn mutated(bytes: &[u8], draws: &mut Draws) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=draws.below(3) {
        // Headers are short and count for more than their length.
        let reach = if draws.below(2) == 0 { bytes.len().min(600) } else { bytes.len() };
        let start = draws.below(reach);
        let end = (start + 1 + draws.below(40)).min(bytes.len());
        match draws.below(7) {
            0 => bytes.truncate(start),
            1 | 2 if start < bytes.len() => bytes[start] ^= 1 << draws.below(8),
            3 => drop(bytes.splice(start..start, bytes[start..end].to_vec())),
            4 => drop(bytes.drain(start..end)),
            5 => {
                let extreme = EXTREMES[draws.below(EXTREMES.len())];
                let number = [extreme.to_le_bytes(), extreme.to_be_bytes()][draws.below(2)];
                let width = [1, 2, 4, 8][draws.below(4)];
                let end = (start + width).min(bytes.len());
                bytes[start..end].copy_from_slice(&number[..end - start]);
            }
            _ => {
                let to = draws.below(bytes.len().saturating_sub(end - start));
                let block = bytes[start..end].to_vec();
                let end = to + block.len();
                if end <= bytes.len() {
                    bytes[to..end].copy_from_slice(&block);
                }
            }
        }
    }
    bytes
}

pub(super) fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/formats/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A table whose columns are as long as it says, or an error that names a place.
fn assert_answered(name: &str, read: Result<LabelledTable, FormatError>) {
    match read {
        Ok(table) => {
            assert!(
                table.columns.iter().all(|column| column.cells.len() == table.n_rows),
                "{name}"
            );
        }
        Err(error) => {
            assert!(!error.place.to_string().is_empty(), "{name}: {error:?}");
            assert!(!error.remedy().is_empty(), "{name}: {error:?}");
        }
    }
}

fn assert_mutations_answered(
    names: &[&str],
    times: usize,
    read: impl Fn(&[u8]) -> Result<LabelledTable, FormatError>,
) {
    for (index, name) in names.iter().enumerate() {
        let bytes = fixture(name);
        let mut draws = Draws(20_180_201 + index as u64);
        for _ in 0..times {
            assert_answered(name, read(&mutated(&bytes, &mut draws)));
        }
        for end in (0..bytes.len()).step_by(bytes.len() / 100 + 1) {
            assert_answered(name, read(&bytes[..end]));
        }
    }
}

#[test]
fn mutated_dta_is_answered() {
    let names = [
        "pandas_114.dta",
        "pandas_117_big.dta",
        "pandas_118.dta",
        "pandas_119_big.dta",
        "pyreadstat_v8.dta",
        "pyreadstat_v12.dta",
        "pyreadstat_v14.dta",
        "written.dta",
    ];
    assert_mutations_answered(&names, 400, read_dta);
}

#[test]
fn mutated_sav_is_answered() {
    let names = [
        "plain.sav",
        "bytecode.sav",
        "packed.zsav",
        "ranges.sav",
        "big_endian_1252.sav",
        "big_endian_plain.sav",
    ];
    assert_mutations_answered(&names, 400, read_sav);
}

#[test]
fn mutated_xlsx_is_answered() {
    let names = ["book.xlsx", "epoch_1904.xlsx", "error.xlsx", "shared_strings.xlsx"];
    assert_mutations_answered(&names, 150, |bytes| read_xlsx(bytes, None));
}

/// The parts of a packed file, unpacked.
pub(super) fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let read = |index: usize| {
        let mut part = archive.by_index(index).expect("a part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("its content");
        (part.name().expect("a name").to_string(), content)
    };
    (0..ZipArchive::new(Cursor::new(bytes)).expect("an archive").len()).map(read).collect()
}

pub(super) fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).expect("a part");
        writer.write_all(content).expect("its content");
    }
    writer.finish().expect("an archive").into_inner()
}

#[test]
fn mutated_parts_of_xlsx_are_answered() {
    let mut draws = Draws(7);
    for name in ["book.xlsx", "shared_strings.xlsx"] {
        let whole = parts(&fixture(name));
        for _ in 0..200 {
            let mut parts = whole.clone();
            let index = draws.below(parts.len());
            parts[index].1 = mutated(&parts[index].1, &mut draws);
            assert_answered(name, read_xlsx(&packed(&parts), None));
        }
    }
}

/// A book in which one text of one part is replaced.
fn with_part(book: &str, ending: &str, from: &str, to: &str) -> Vec<u8> {
    let mut parts = parts(&fixture(book));
    let part = parts.iter_mut().find(|(name, _)| name.ends_with(ending)).expect("the part");
    let text = String::from_utf8(part.1.clone()).expect("UTF-8");
    assert!(text.contains(from), "{text}");
    part.1 = text.replacen(from, to, 1).into_bytes();
    packed(&parts)
}

#[track_caller]
fn refused(read: Result<LabelledTable, FormatError>) -> FormatError {
    read.expect_err("such a file is refused")
}

#[test]
fn xlsx_that_claims_too_much_is_refused() {
    let (from, to) = ("uniqueCount=\"", "uniqueCount=\"99999999");
    let strings = with_part("shared_strings.xlsx", "sharedStrings.xml", from, to);
    let error = refused(read_xlsx(&strings, None));
    assert_eq!(error.place, Place::Entry("xl/sharedStrings.xml".into()));
    for name in ["A99999999999", "AAAAAAAAAAAA3", "XFE3"] {
        let to = format!("r=\"{name}\"");
        let sheet = with_part("book.xlsx", "sheet1.xml", "r=\"B3\"", &to);
        let error = refused(read_xlsx(&sheet, None));
        assert_eq!(error.place, Place::Entry("xl/worksheets/sheet1.xml".into()), "{name}");
    }
    // One cell in the last corner of the sheet: a dense range of 17 billion cells.
    let row = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>";
    let sheet = with_part("book.xlsx", "sheet1.xml", "</sheetData>", row);
    let error = refused(read_xlsx(&sheet, None));
    assert_eq!(error.place, Place::Sheet("Données".into()));
    assert!(matches!(error.problem, Problem::TooLarge(_)), "{error}");
}

#[test]
fn packed_files_that_unpack_to_too_much_are_refused() {
    let mut parts = parts(&fixture("book.xlsx"));
    parts.push(("xl/media/zeros".into(), vec![b' '; 40 << 20]));
    let error = refused(read_xlsx(&packed(&parts), None));
    assert!(matches!(error.problem, Problem::TooLarge(_)), "{error}");

    let mut zsav = fixture("packed.zsav");
    // The size of the last block before packing, eight bytes before the end.
    let at = zsav.len() - 8;
    zsav[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let error = refused(read_sav(&zsav));
    assert!(matches!(error.problem, Problem::TooLarge(_)), "{error}");
    assert!(matches!(error.place, Place::Byte(_)), "{error}");
}

#[test]
fn a_long_text_that_every_row_points_at_has_a_limit() {
    let n_rows = 60_000;
    let mut cells = vec![Cell::Text("x".repeat(4000))];
    cells.resize(n_rows, Cell::Empty);
    let columns = vec![LabelledColumn::new("x", cells)];
    let table = LabelledTable { label: String::new(), columns, n_rows };
    let mut bytes = write_dta(&table).expect("written");
    let find = |tag: &[u8]| bytes.windows(tag.len()).position(|here| here == tag);
    let start = find(b"<data>").expect("data") + 6;
    let pointer = bytes[start..start + 8].to_vec();
    for row in 0..n_rows {
        bytes[start + 8 * row..][..8].copy_from_slice(&pointer);
    }
    let error = refused(read_dta(&bytes));
    assert!(matches!(error.problem, Problem::TooLarge(_)), "{error}");
    assert!(matches!(error.place, Place::Cell { row: 2.., .. }), "{error}");
}

#[test]
fn dta_that_claims_rows_is_refused_where_they_would_be() {
    let mut bytes = fixture("pandas_118.dta");
    let at = bytes.windows(3).position(|tag| tag == b"<N>").expect("N") + 3;
    bytes[at..at + 8].copy_from_slice(&(u64::MAX / 3).to_le_bytes());
    let error = refused(read_dta(&bytes));
    assert_eq!(error.problem, Problem::Truncated("the data"));
    let data = bytes.windows(6).position(|tag| tag == b"<data>").expect("data") + 6;
    assert_eq!(error.place, Place::Byte(data));
}
