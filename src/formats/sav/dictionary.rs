//! The records before the data.

use super::extension::Extension;
use crate::formats::bytes::{Cursor, Order};
use crate::formats::error::FormatError;

/// How the data are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Bytecode,
    Zlib,
}

/// A record of eight bytes of a case: a number, the start of a text, or more of it.
#[derive(Debug)]
pub(super) struct Element<'a> {
    /// 0 for a number, 1 to 255 for a text, −1 for more of a text.
    pub(super) width: i32,
    pub(super) name: &'a [u8],
    pub(super) label: &'a [u8],
    pub(super) missing: Missing<'a>,
    /// The code of the print format, such as 20 for DATE.
    pub(super) format: u8,
}

/// Declared missing values, as stored.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Missing<'a> {
    pub(super) range: Option<(f64, f64)>,
    /// Single values of eight bytes.
    pub(super) values: &'a [u8],
}

/// A value as stored, and its label.
pub(super) type StoredLabel<'a> = ([u8; 8], &'a [u8]);

/// A set of value labels and the elements that it belongs to.
#[derive(Debug)]
pub(super) struct LabelSet<'a> {
    pub(super) labels: Vec<StoredLabel<'a>>,
    /// Elements, counted from 1.
    pub(super) elements: Vec<u32>,
}

/// All that stands before the data.
#[derive(Debug)]
pub(super) struct Dictionary<'a> {
    pub(super) order: Order,
    pub(super) compression: Compression,
    /// How many cases the header claims, if it does.
    pub(super) n_cases: Option<usize>,
    pub(super) bias: f64,
    pub(super) label: Vec<u8>,
    pub(super) elements: Vec<Element<'a>>,
    pub(super) label_sets: Vec<LabelSet<'a>>,
    pub(super) extension: Extension<'a>,
}

/// Reads the dictionary, and says where the data start.
pub(super) fn read(bytes: &[u8]) -> Result<(Dictionary<'_>, usize), FormatError> {
    let mut cursor = Cursor::new(bytes, Order::Little, "the header");
    let mut dictionary = read_header(&mut cursor)?;
    let mut labels = None;
    loop {
        cursor.section = "the dictionary";
        let kind = cursor.i32()?;
        match kind {
            2 => dictionary.elements.push(read_element(&mut cursor)?),
            3 => labels = Some(read_labels(&mut cursor)?),
            4 => {
                let Some(labels) = labels.take() else {
                    return Err(cursor.damaged("variables of value labels without labels"));
                };
                let n = cursor.u32()?;
                let n = usize::try_from(n).unwrap_or(usize::MAX);
                let order = cursor.order;
                let elements = cursor.pieces(n, 4)?.map(|e| order.u32([e[0], e[1], e[2], e[3]]));
                dictionary.label_sets.push(LabelSet { labels, elements: elements.collect() });
            }
            6 => {
                let lines = usize::try_from(cursor.u32()?).unwrap_or(usize::MAX);
                cursor.skip(lines, 80)?;
            }
            7 => dictionary.extension.read(&mut cursor)?,
            999 => {
                cursor.take(4)?;
                return Ok((dictionary, cursor.offset()));
            }
            other => return Err(cursor.damaged(&format!("there is no record {other}"))),
        }
    }
}

fn read_header<'a>(cursor: &mut Cursor<'a>) -> Result<Dictionary<'a>, FormatError> {
    let packed = cursor.take(4)? == b"$FL3";
    cursor.take(60)?;
    let layout = cursor.i32()?;
    if !matches!(layout, 2 | 3) {
        if !matches!(layout.swap_bytes(), 2 | 3) {
            return Err(cursor.damaged("the byte order cannot be told"));
        }
        cursor.order = Order::Big;
    }
    cursor.take(4)?;
    let compression = match cursor.i32()? {
        0 if !packed => Compression::None,
        1 if !packed => Compression::Bytecode,
        2 if packed => Compression::Zlib,
        _ => return Err(cursor.damaged("the kind of compression is unknown")),
    };
    cursor.take(4)?;
    let n_cases = usize::try_from(cursor.i32()?).ok();
    let bias = cursor.f64()?;
    if !bias.is_finite() {
        return Err(cursor.damaged("the compression bias is no number"));
    }
    cursor.take(17)?;
    let label = cursor.take(64)?.to_vec();
    cursor.take(3)?;
    Ok(Dictionary {
        order: cursor.order,
        compression,
        n_cases,
        bias,
        label,
        elements: Vec::new(),
        label_sets: Vec::new(),
        extension: Extension::default(),
    })
}

fn read_element<'a>(cursor: &mut Cursor<'a>) -> Result<Element<'a>, FormatError> {
    cursor.section = "a variable";
    let width = cursor.i32()?;
    if !(-1..=255).contains(&width) {
        return Err(cursor.damaged("a width is outside −1 to 255"));
    }
    let has_label = cursor.i32()? != 0;
    let n_missing = cursor.i32()?;
    // Of zero, kind, width and decimals, the greatest byte first.
    let [_, format, _, _] = cursor.u32()?.to_be_bytes();
    cursor.take(4)?;
    let name = cursor.take(8)?;
    let mut label: &[u8] = &[];
    if has_label {
        let n = usize::try_from(cursor.u32()?).unwrap_or(usize::MAX);
        label = cursor.take(n)?;
        cursor.take(n.next_multiple_of(4) - n)?;
    }
    let mut missing = Missing::default();
    if n_missing < 0 {
        missing.range = Some((unbounded(cursor.f64()?), unbounded(cursor.f64()?)));
    }
    missing.values = match n_missing {
        0 | -2 => &[],
        -3 | 1 => cursor.take(8)?,
        2 => cursor.take(16)?,
        3 => cursor.take(24)?,
        _ => return Err(cursor.damaged("a number of missing values is outside −3 to 3")),
    };
    Ok(Element { width, name, label, missing, format })
}

/// An end of a range; SPSS writes LOWEST and HIGHEST as its extreme doubles.
fn unbounded(end: f64) -> f64 {
    if end < -1.79e308 {
        f64::NEG_INFINITY
    } else if end > 1.79e308 {
        f64::INFINITY
    } else {
        end
    }
}

fn read_labels<'a>(cursor: &mut Cursor<'a>) -> Result<Vec<StoredLabel<'a>>, FormatError> {
    cursor.section = "the value labels";
    let n = cursor.u32()?;
    let mut labels = Vec::new();
    for _ in 0..n {
        let mut value = [0; 8];
        value.copy_from_slice(cursor.take(8)?);
        let length = usize::from(cursor.u8()?);
        let label = cursor.take(length)?;
        // The length byte, the label and its padding are a multiple of eight.
        cursor.take((length + 1).next_multiple_of(8) - (length + 1))?;
        labels.push((value, label));
    }
    Ok(labels)
}
