//! The look through a Parquet file before its reader: each rule broken by itself.

use ips_eval::formats::check_parquet;

use crate::trial_folder::{files_below, fixture};

/// What a file with one column of one page claims.
#[derive(Clone, Copy)]
struct Claims {
    rows: i64,
    group_rows: i64,
    children: i64,
    schema_type: i64,
    column_type: i64,
    column_values: i64,
    column_unpacked: i64,
    column_packed: i64,
    first_page: i64,
    page_unpacked: i64,
    page_packed: i64,
    page_values: i64,
    footer_more: u32,
}

/// Four bytes hold a value of 32 bits; the head of the page takes ten.
const RIGHT: Claims = Claims {
    rows: 1,
    group_rows: 1,
    children: 1,
    schema_type: 1,
    column_type: 1,
    column_values: 1,
    column_unpacked: 40,
    column_packed: 40,
    first_page: 4,
    page_unpacked: 4,
    page_packed: 4,
    page_values: 1,
    footer_more: 0,
};

/// A number as Thrift's compact protocol writes it.
fn number(value: i64) -> Vec<u8> {
    let mut folded = ((value << 1) ^ (value >> 63)).cast_unsigned();
    let mut bytes = Vec::new();
    while folded > 0x7f {
        bytes.push(folded.to_le_bytes()[0] | 0x80);
        folded >>= 7;
    }
    bytes.push(folded.to_le_bytes()[0]);
    bytes
}

/// A struct of fields: their numbers, their types, their bytes.
fn fields(all: &[(u8, u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut last = 0;
    for (id, kind, value) in all {
        bytes.push((id - last) << 4 | kind);
        bytes.extend(value);
        last = *id;
    }
    bytes.push(0);
    bytes
}

const INTEGER: u8 = 6;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let n = u8::try_from(items.len()).expect("a short list");
    [vec![n << 4 | STRUCT], items.concat()].concat()
}

fn file(claims: Claims) -> Vec<u8> {
    let int = |id: u8, value: i64| (id, INTEGER, number(value));
    let data = fields(&[int(1, claims.page_values), int(2, 0)]);
    let head = fields(&[
        int(1, 0),
        int(2, claims.page_unpacked),
        int(3, claims.page_packed),
        (5, STRUCT, data),
    ]);
    let mut body = [b"PAR1".to_vec(), head].concat();
    // The value, and room up to the length of the column.
    body.resize(44, 0);
    let root = fields(&[int(5, claims.children)]);
    let leaf = fields(&[int(1, claims.schema_type)]);
    let meta = fields(&[
        int(1, claims.column_type),
        int(4, 0),
        int(5, claims.column_values),
        int(6, claims.column_unpacked),
        int(7, claims.column_packed),
        int(9, claims.first_page),
    ]);
    let chunk = fields(&[(3, STRUCT, meta)]);
    let group = fields(&[(1, LIST, list(&[chunk])), int(3, claims.group_rows)]);
    let footer =
        fields(&[(2, LIST, list(&[root, leaf])), int(3, claims.rows), (4, LIST, list(&[group]))]);
    let length = u32::try_from(footer.len()).expect("short") + claims.footer_more;
    [body, footer, length.to_le_bytes().to_vec(), b"PAR1".to_vec()].concat()
}

#[test]
fn a_parquet_file_that_contradicts_itself_does_not_reach_its_reader() {
    assert_eq!(check_parquet(&file(RIGHT)), Ok(()));
    let many = 20_000_000_000_000;
    let with = |change: fn(&mut Claims)| {
        let mut claims = RIGHT;
        change(&mut claims);
        claims
    };
    let cases = [
        (Claims { rows: 2, ..RIGHT }, "not as many rows"),
        (
            Claims { rows: many, group_rows: many, column_values: many, ..RIGHT },
            "more than 67108864 cells",
        ),
        (with(|c| c.group_rows = -1), "other columns"),
        (with(|c| c.children = 2), "lie not in each other"),
        (with(|c| c.children = 0), "lie not in each other"),
        (with(|c| c.children = i64::MAX), "lie not in each other"),
        (with(|c| c.column_type = 2), "two types"),
        (with(|c| (c.schema_type, c.column_type) = (9, 9)), "two types"),
        (with(|c| c.column_values = 7), "more or fewer values"),
        (with(|c| c.column_unpacked = -1), "below 0"),
        (with(|c| c.column_unpacked = 1 << 40), "more than 1 GB"),
        (with(|c| c.column_packed = 41), "outside the file"),
        (with(|c| c.column_packed = i64::MAX), "outside the file"),
        (with(|c| c.first_page = -4), "outside the file"),
        (with(|c| (c.first_page, c.column_packed) = (5, 39)), "outside its column"),
        (with(|c| c.page_packed = 400), "outside its column"),
        (with(|c| c.page_packed = -1), "outside its column"),
        (with(|c| c.page_unpacked = 4000), "unpacks to more"),
        (with(|c| c.page_values = 2), "more values than their column"),
        (with(|c| c.page_values = -2), "impossible number"),
        (with(|c| c.footer_more = 1000), "longer than the file"),
    ];
    for (at, (claims, why)) in cases.into_iter().enumerate() {
        let error = check_parquet(&file(claims)).expect_err(why).to_string();
        assert!(error.contains(why), "case {at}: {error}");
    }
    for bytes in [&b""[..], b"PAR1", b"PAR1PAR1", b"PAR1\0\0\0\0PARE"] {
        assert!(check_parquet(bytes).is_err());
    }
}

#[test]
fn right_parquet_files_reach_their_reader_and_no_part_of_one_does() {
    for (name, bytes) in files_below(&fixture("good_parquet")) {
        if !name.ends_with(".parquet") {
            continue;
        }
        assert_eq!(check_parquet(&bytes), Ok(()), "{name}");
        for length in (0..bytes.len()).step_by(7) {
            assert!(check_parquet(&bytes[..length]).is_err(), "{name}: {length}");
        }
    }
}
