//! A look through a Parquet file before its reader sees it.
//!
//! The reader is another's; what a file claims of itself it believes. Here the footer and the head of
//! every page are held against each other, against the size of the file and against the number of
//! cells that a table may have. What lies inside the pages, packed, is not looked at.
//!
//! Source: <https://github.com/apache/parquet-format>, `parquet.thrift`.

mod error;
mod footer;
mod pages;
mod thrift;

pub use error::ParquetError;
use error::{MOST_CELLS, MOST_UNPACKED};
use footer::Footer;

/// What begins and ends a file.
const MAGIC: &[u8; 4] = b"PAR1";

/// Holds what a file claims against its size and against itself.
///
/// # Errors
///
/// [`ParquetError`], the first that is found.
pub fn check_parquet(bytes: &[u8]) -> Result<(), ParquetError> {
    let body = bytes.strip_suffix(MAGIC).filter(|_| bytes.starts_with(MAGIC));
    let body = body.filter(|body| body.len() >= 2 * MAGIC.len()).ok_or(ParquetError::Magic)?;
    let (body, length) = body.split_last_chunk::<4>().ok_or(ParquetError::Magic)?;
    let length = u32::from_le_bytes(*length) as usize;
    let start = body.len().checked_sub(length).filter(|start| *start >= MAGIC.len());
    let start = start.ok_or(ParquetError::FooterLength)?;
    let footer = Footer::read(&body[start..]).map_err(ParquetError::damaged("footer"))?;
    check_counts(&footer)?;
    for chunk in footer.groups.iter().flat_map(|group| &group.chunks) {
        pages::check(chunk, &body[..start])?;
    }
    Ok(())
}

fn check_counts(footer: &Footer) -> Result<(), ParquetError> {
    use ParquetError::Contradiction;
    let columns = footer.n_leaves().ok_or(Contradiction("its columns lie not in each other"))?;
    let (mut rows, mut unpacked) = (0_i64, 0_i64);
    for group in &footer.groups {
        if group.rows < 0 || group.chunks.len() != columns {
            return Err(Contradiction("a group of rows has other columns than the file"));
        }
        rows = rows.checked_add(group.rows).ok_or(Contradiction("numbers of rows"))?;
        for (chunk, leaf) in group.chunks.iter().zip(footer.leaves()) {
            if chunk.kind != leaf.kind || !(0..=7).contains(&chunk.kind) {
                return Err(Contradiction("a column has two types"));
            }
            if !leaf.is_repeated && chunk.values != group.rows {
                return Err(Contradiction("a column has more or fewer values than rows"));
            }
            if chunk.values < 0 || chunk.unpacked < 0 {
                return Err(Contradiction("a number below 0"));
            }
            unpacked = unpacked.saturating_add(chunk.unpacked);
        }
    }
    if rows != footer.rows {
        return Err(Contradiction("its groups have not as many rows as the file"));
    }
    let cells = i64::try_from(columns).ok().and_then(|n| rows.checked_mul(n.max(1)));
    if cells.is_none_or(|cells| cells > MOST_CELLS) {
        return Err(ParquetError::TooLarge { rows, columns });
    }
    if unpacked > MOST_UNPACKED { Err(ParquetError::TooMuch) } else { Ok(()) }
}
