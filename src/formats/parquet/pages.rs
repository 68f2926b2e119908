//! The heads of a column's pages.

use super::error::ParquetError;
use super::footer::Chunk;
use super::thrift::{Cursor, Kind, ThriftError};

/// What the head of a page claims.
#[derive(Clone, Copy, Debug, Default)]
struct Page {
    unpacked: i64,
    packed: i64,
    /// Values of a page of data; none of a dictionary or an index.
    values: Option<i64>,
    /// Entries of a dictionary.
    entries: Option<i64>,
}

impl Page {
    fn read(at: &mut Cursor<'_>) -> Result<Self, ThriftError> {
        let mut own = Self { unpacked: -1, packed: -1, ..Self::default() };
        let first = |at: &mut Cursor<'_>| {
            let mut n = None;
            at.fields(|id, kind, at| {
                if (id, kind) == (1, Kind::Integer) {
                    n = Some(at.integer()?);
                }
                Ok(())
            })?;
            Ok(n)
        };
        at.fields(|id, kind, at| {
            match (id, kind) {
                (2, Kind::Integer) => own.unpacked = at.integer()?,
                (3, Kind::Integer) => own.packed = at.integer()?,
                (5 | 8, Kind::Struct) => own.values = first(at)?,
                (7, Kind::Struct) => own.entries = first(at)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(own)
    }
}

/// Walks from head to head; `body` is the file before its footer.
pub(super) fn check(chunk: &Chunk, body: &[u8]) -> Result<(), ParquetError> {
    use ParquetError::Contradiction;
    // A dictionary of length 0 is written by some for "none".
    let dictionary = chunk.dictionary.filter(|at| *at > 0).unwrap_or(i64::MAX);
    let start = usize::try_from(chunk.first_page.min(dictionary)).ok();
    let packed = usize::try_from(chunk.packed).ok();
    let end = start.zip(packed).and_then(|(start, length)| start.checked_add(length));
    let place = start.zip(end).and_then(|(start, end)| body.get(start..end));
    let mut left = place.ok_or(Contradiction("a column lies outside the file"))?;
    let (mut values, mut unpacked) = (0_i64, 0_i64);
    while values < chunk.values {
        let mut cursor = Cursor::new(left);
        let page = Page::read(&mut cursor).map_err(ParquetError::damaged("head of a page"))?;
        let head = cursor.at();
        let length = usize::try_from(page.packed).ok().and_then(|n| n.checked_add(head));
        left = length
            .and_then(|n| left.get(n..))
            .ok_or(Contradiction("a page ends outside its column"))?;
        let n = page.values.unwrap_or(0);
        let head = i64::try_from(head).unwrap_or(i64::MAX);
        unpacked = unpacked.saturating_add(page.unpacked).saturating_add(head);
        let is_plain = chunk.codec == 0;
        if n < 0 || page.entries.is_some_and(|n| n < 0 || n > page.unpacked.saturating_mul(8)) {
            return Err(Contradiction("a page with an impossible number of values"));
        }
        if page.unpacked < 0
            || unpacked > chunk.unpacked
            || is_plain && page.unpacked != page.packed
        {
            return Err(Contradiction("a page unpacks to more than its column"));
        }
        values = values.saturating_add(n);
    }
    if values == chunk.values {
        Ok(())
    } else {
        Err(Contradiction("its pages have more values than their column"))
    }
}
