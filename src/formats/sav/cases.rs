//! The data: cases of eight bytes an element, plain or packed.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::column::Builder;
use super::dictionary::{Compression, Dictionary};
use crate::formats::bytes::{Cursor, Order};
use crate::formats::error::{FormatError, Place, Problem};
use crate::formats::limits::{Allowance, MAX_CELLS};

const SECTION: &str = "the data";

/// Reads all cases into the columns, and says how many there are.
pub(super) fn read(
    bytes: &[u8],
    start: usize,
    dictionary: &Dictionary<'_>,
    columns: &mut [Builder],
    allowance: &mut Allowance,
) -> Result<usize, FormatError> {
    let data = &bytes[start..];
    let width = dictionary.elements.len() * 8;
    match dictionary.compression {
        Compression::None => read_plain(data, width, dictionary.n_cases, columns),
        Compression::Bytecode => read_packed(data, width, dictionary, columns),
        Compression::Zlib => {
            let inflated = inflate(bytes, start, dictionary.order, allowance)?;
            read_packed(&inflated, width, dictionary, columns)
        }
    }
}

/// Asks for room for the cases that are claimed, and for no more than the data can hold.
fn reserve(columns: &mut [Builder], possible: usize, claimed: Option<usize>) {
    let n_rows = claimed.unwrap_or(possible).min(possible);
    for column in columns {
        column.reserve(n_rows);
    }
}

fn push(columns: &mut [Builder], case: &[u8]) -> Result<(), FormatError> {
    columns.iter_mut().try_for_each(|column| column.push(case))
}

/// The error that the file ends in the middle of a case, or before the last that it claims.
fn truncated(columns: &[Builder], row: usize, filled: usize) -> FormatError {
    let column = columns.iter().rev().find(|column| column.start() <= filled);
    let column = column.map_or_else(String::new, |column| column.name().to_owned());
    FormatError::new(Place::Cell { row: row + 1, column }, Problem::Truncated(SECTION))
}

fn read_plain(
    data: &[u8],
    width: usize,
    claimed: Option<usize>,
    columns: &mut [Builder],
) -> Result<usize, FormatError> {
    let mut cases = data.chunks_exact(width);
    reserve(columns, cases.len(), claimed);
    let mut n_rows = 0;
    for case in cases.by_ref().take(claimed.unwrap_or(usize::MAX)) {
        push(columns, case)?;
        n_rows += 1;
    }
    let rest = cases.remainder().len();
    let is_short = claimed.is_some_and(|claimed| n_rows < claimed);
    if is_short || (claimed.is_none() && rest > 0) {
        return Err(truncated(columns, n_rows, rest));
    }
    Ok(n_rows)
}

/// Bytecode: blocks of eight codes, and behind each the eight bytes of every number or piece of text
/// that has no code.
struct Packed<'a> {
    codes: [u8; 8],
    /// The next of the codes.
    next: usize,
    rest: &'a [u8],
    order: Order,
    bias: f64,
    system_missing: u64,
}

impl Packed<'_> {
    /// The next eight bytes of a case; none where the data end.
    fn piece(&mut self) -> Option<[u8; 8]> {
        loop {
            if self.next == self.codes.len() {
                let (codes, rest) = self.rest.split_first_chunk::<8>()?;
                (self.codes, self.rest, self.next) = (*codes, rest, 0);
            }
            let code = self.codes[self.next];
            self.next += 1;
            let number = match code {
                0 => continue,
                252 => return None,
                253 => {
                    let (bytes, rest) = self.rest.split_first_chunk::<8>()?;
                    self.rest = rest;
                    return Some(*bytes);
                }
                254 => return Some(*b"        "),
                255 => f64::from_bits(self.system_missing),
                code => f64::from(code) - self.bias,
            };
            return Some(match self.order {
                Order::Little => number.to_le_bytes(),
                Order::Big => number.to_be_bytes(),
            });
        }
    }
}

fn read_packed(
    data: &[u8],
    width: usize,
    dictionary: &Dictionary<'_>,
    columns: &mut [Builder],
) -> Result<usize, FormatError> {
    let mut packed = Packed {
        codes: [0; 8],
        next: 8,
        rest: data,
        order: dictionary.order,
        bias: dictionary.bias,
        system_missing: dictionary.extension.system_missing(),
    };
    let most = match dictionary.compression {
        Compression::Zlib => MAX_CELLS / columns.len().max(1),
        _ => usize::MAX,
    };
    let claimed = dictionary.n_cases;
    // Every eight bytes of a case take at least a byte of code.
    reserve(columns, (data.len() / (width / 8)).min(most), claimed);
    let mut case = vec![0; width];
    let mut n_rows = 0;
    while claimed.is_none_or(|claimed| n_rows < claimed) {
        let mut filled = 0;
        for place in case.chunks_exact_mut(8) {
            let Some(bytes) = packed.piece() else { break };
            place.copy_from_slice(&bytes);
            filled += 8;
        }
        if filled == 0 && claimed.is_none() {
            break;
        }
        if filled < width {
            return Err(truncated(columns, n_rows, filled));
        }
        if n_rows >= most {
            let what = format!("it has more than {MAX_CELLS} cells");
            return Err(FormatError::new(Place::File, Problem::TooLarge(what)));
        }
        push(columns, &case)?;
        n_rows += 1;
    }
    Ok(n_rows)
}

/// The bytecode of a .zsav: blocks of zlib, listed behind them.
fn inflate(
    bytes: &[u8],
    start: usize,
    order: Order,
    allowance: &mut Allowance,
) -> Result<Vec<u8>, FormatError> {
    let mut cursor = Cursor::new(bytes, order, "the list of packed blocks");
    cursor.take(start)?;
    cursor.take(8)?;
    let list = cursor.i64()?;
    let mut cursor = Cursor::new(bytes, order, "the list of packed blocks");
    cursor.take_claimed(list)?;
    cursor.take(20)?;
    let n = usize::try_from(cursor.u32()?).unwrap_or(usize::MAX);
    let mut inflated = Vec::new();
    for block in cursor.pieces(n, 24)? {
        let mut block = Cursor::new(block, order, "the list of packed blocks");
        block.take(8)?;
        let offset = block.i64()?;
        let size = usize::try_from(block.u32()?).unwrap_or(usize::MAX);
        let packed_size = block.u32()?;
        let mut packed = Cursor::new(bytes, order, "a packed block");
        packed.take_claimed(offset)?;
        let at = packed.offset();
        let packed = packed.take_claimed(packed_size)?;
        let place = Place::Byte(at);
        let before = inflated.len();
        allowance.spend(size, &place)?;
        // No more than was allowed is asked for, and no more than comes out is kept.
        let limit = u64::try_from(size).unwrap_or(u64::MAX);
        let done = ZlibDecoder::new(packed).take(limit).read_to_end(&mut inflated);
        if done.is_err() || inflated.len() - before != size {
            let what = "a packed block does not unpack to its size".to_owned();
            return Err(FormatError::new(place, Problem::Damaged(what)));
        }
    }
    Ok(inflated)
}
