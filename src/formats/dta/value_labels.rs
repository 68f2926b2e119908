//! A set of value labels: offsets, values, and the texts behind them.

use super::text::fixed;
use crate::formats::bytes::Cursor;
use crate::formats::error::FormatError;
use crate::formats::table::Code;

/// The values of `.` to `.z` as a `long`.
const SYSTEM_MISSING: i32 = 2_147_483_621;

/// Reads a set and its name, from its length on.
pub(super) fn read_set(
    cursor: &mut Cursor<'_>,
    name_width: usize,
    release: u16,
) -> Result<(String, Vec<(Code, String)>), FormatError> {
    let length = cursor.u32()?;
    let name = fixed(cursor.take(name_width)?, release);
    cursor.take(3)?;
    let mut table = *cursor;
    cursor.take_claimed(length)?;
    let n = usize::try_from(table.u32()?).unwrap_or(usize::MAX);
    let text_length = table.u32()?;
    let offsets = table.pieces(n, 4)?;
    let values = table.pieces(n, 4)?;
    let texts = table.take_claimed(text_length)?;
    if table.offset() > cursor.offset() {
        return Err(table.damaged("a set is longer than it claims"));
    }
    let mut labels = Vec::with_capacity(n);
    let mut used = 0_usize;
    for (offset, value) in offsets.zip(values) {
        let number = |four: &[u8]| cursor.order.u32([four[0], four[1], four[2], four[3]]);
        let start = usize::try_from(number(offset)).unwrap_or(usize::MAX);
        let Some(rest) = texts.get(start..) else {
            return Err(table.damaged("a label starts behind the texts"));
        };
        let Some(code) = code(number(value).cast_signed()) else { continue };
        let text = fixed(rest, release);
        // Labels may share a text; many that share a long one are no labels.
        used = used.saturating_add(text.len());
        if used > texts.len().saturating_mul(8).saturating_add(1 << 20) {
            return Err(table.damaged("labels overlap"));
        }
        labels.push((code, text));
    }
    Ok((name, labels))
}

/// The code of a value; `.` and what lies between the codes has no label.
fn code(value: i32) -> Option<Code> {
    match value.checked_sub(SYSTEM_MISSING) {
        Some(step @ 1..=26) => {
            let letter = u8::try_from(step).ok()? - 1 + b'a';
            Some(Code::Missing(char::from(letter)))
        }
        Some(0) => None,
        _ => Some(Code::Number(f64::from(value))),
    }
}
