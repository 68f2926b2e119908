//! Releases 113 to 115: fields of fixed width.

use std::collections::BTreeMap;

use super::header::{Content, Storage, Variable, take_rows, unknown_type};
use super::long_text::LongTexts;
use super::text::{encoding, fixed};
use super::value_labels;
use crate::formats::bytes::{Cursor, Order};
use crate::formats::error::{FormatError, Place, Problem};

const NAME: usize = 33;
const LABEL: usize = 81;
const TIME_STAMP: usize = 18;

pub(super) fn read(bytes: &[u8], release: u8) -> Result<Content<'_>, FormatError> {
    if !(113..=115).contains(&release) {
        return Err(FormatError::new(Place::File, Problem::Release(release.to_string())));
    }
    let release = u16::from(release);
    let mut cursor = Cursor::new(bytes, Order::Little, "the header");
    cursor.take(1)?;
    cursor.order = match cursor.u8()? {
        1 => Order::Big,
        2 => Order::Little,
        _ => return Err(cursor.damaged("the byte order is neither 1 nor 2")),
    };
    cursor.take(2)?;
    let k = usize::from(cursor.u16()?);
    let claimed = cursor.i32()?;
    let Ok(claimed) = u64::try_from(claimed) else {
        return Err(cursor.damaged("the number of rows is negative"));
    };
    let label = fixed(cursor.take(LABEL)?, release);
    cursor.take(TIME_STAMP)?;

    cursor.section = "the dictionary";
    let types = cursor.take(k)?;
    let names = cursor.pieces(k, NAME)?;
    cursor.skip(k + 1, 2)?;
    let formats = cursor.pieces(k, if release == 113 { 12 } else { 49 })?;
    let label_sets = cursor.pieces(k, NAME)?;
    let labels = cursor.pieces(k, LABEL)?;
    let mut variables = Vec::with_capacity(k);
    let texts = names.zip(formats).zip(label_sets.zip(labels));
    for (index, (code, ((name, format), (set, label)))) in types.iter().zip(texts).enumerate() {
        variables.push(Variable {
            name: fixed(name, release),
            storage: storage(index, *code)?,
            format: fixed(format, release),
            label_set: fixed(set, release),
            label: fixed(label, release),
        });
    }
    skip_expansion_fields(&mut cursor)?;
    cursor.section = "the data";
    let (n_rows, row_width, data) = take_rows(&mut cursor, &variables, claimed)?;
    let mut sets = BTreeMap::new();
    cursor.section = "the value labels";
    while cursor.left() > 0 {
        let (name, labels) = value_labels::read_set(&mut cursor, NAME, release)?;
        sets.insert(name, labels);
    }
    Ok(Content {
        order: cursor.order,
        encoding: encoding(release),
        label,
        variables,
        n_rows,
        row_width,
        data,
        long_texts: LongTexts::none(),
        value_labels: sets,
    })
}

fn storage(index: usize, code: u8) -> Result<Storage, FormatError> {
    Ok(match code {
        1..=244 => Storage::Text(usize::from(code)),
        251 => Storage::Byte,
        252 => Storage::Int,
        253 => Storage::Long,
        254 => Storage::Float,
        255 => Storage::Double,
        other => return Err(unknown_type(index, u16::from(other))),
    })
}

/// Notes and other characteristics, which end with a field of kind and length zero.
fn skip_expansion_fields(cursor: &mut Cursor<'_>) -> Result<(), FormatError> {
    cursor.section = "the characteristics";
    loop {
        let kind = cursor.u8()?;
        let length = cursor.i32()?;
        if kind == 0 && length == 0 {
            return Ok(());
        }
        cursor.take_claimed(length)?;
    }
}
