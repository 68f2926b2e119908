//! Record 7: what was added to the format over the years.

use std::collections::BTreeMap;

use crate::formats::bytes::Cursor;
use crate::formats::error::{FormatError, Place, Problem};
use crate::formats::text::{Encoding, without_padding};

/// Value labels or missing values of a long text: its value and, for labels, the label.
pub(super) type LongValues<'a> = Vec<(&'a [u8], &'a [u8])>;

/// The parts of record 7 that matter here.
#[derive(Debug, Default)]
pub(super) struct Extension<'a> {
    /// Subtype 3: a code page.
    code_page: Option<i32>,
    /// Subtype 20: the name of an encoding.
    encoding: Option<&'a [u8]>,
    /// Subtype 4: the number that stands for system-missing.
    system_missing: Option<f64>,
    /// Subtype 13: long names by short ones.
    pub(super) long_names: BTreeMap<&'a [u8], &'a [u8]>,
    /// Subtype 14: widths above 255 by short names.
    pub(super) widths: BTreeMap<&'a [u8], usize>,
    /// Subtype 21: value labels of long texts by variable.
    pub(super) long_labels: BTreeMap<&'a [u8], LongValues<'a>>,
    /// Subtype 22: missing values of long texts by variable.
    pub(super) long_missing: BTreeMap<&'a [u8], Vec<&'a [u8]>>,
}

impl<'a> Extension<'a> {
    /// Reads a record from its subtype on.
    pub(super) fn read(&mut self, cursor: &mut Cursor<'a>) -> Result<(), FormatError> {
        cursor.section = "an extension record";
        let subtype = cursor.i32()?;
        let size = usize::try_from(cursor.u32()?).unwrap_or(usize::MAX);
        let count = usize::try_from(cursor.u32()?).unwrap_or(usize::MAX);
        let start = cursor.offset();
        let mut inside = *cursor;
        let content = cursor.take(size.saturating_mul(count))?;
        let end = start + content.len();
        match subtype {
            3 if content.len() >= 32 => {
                inside.take(28)?;
                self.code_page = Some(inside.i32()?);
            }
            4 if content.len() >= 8 => self.system_missing = Some(inside.f64()?),
            13 => self.long_names.extend(pairs(content)),
            14 => {
                for (name, width) in pairs(content) {
                    let width = std::str::from_utf8(width).ok().and_then(|w| w.parse().ok());
                    let Some(width) = width.filter(|width| (256..=32_767).contains(width)) else {
                        return Err(inside.damaged("a width of a long text is no number"));
                    };
                    self.widths.insert(name, width);
                }
            }
            20 => self.encoding = Some(without_padding(content)),
            21 => {
                while inside.offset() < end {
                    self.read_long_labels(&mut inside)?;
                }
            }
            22 => {
                while inside.offset() < end {
                    self.read_long_missing(&mut inside)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn read_long_labels(&mut self, cursor: &mut Cursor<'a>) -> Result<(), FormatError> {
        let name = sized(cursor)?;
        cursor.take(4)?;
        let n = cursor.u32()?;
        let labels = self.long_labels.entry(name).or_default();
        for _ in 0..n {
            labels.push((sized(cursor)?, sized(cursor)?));
        }
        Ok(())
    }

    /// The values share one length, which stands before the first; some programs repeat it before
    /// each.
    fn read_long_missing(&mut self, cursor: &mut Cursor<'a>) -> Result<(), FormatError> {
        let name = sized(cursor)?;
        let n = cursor.u8()?;
        let width = cursor.u32()?;
        let values = self.long_missing.entry(name).or_default();
        for index in 0..n {
            let mut again = *cursor;
            if index > 0 && again.u32().is_ok_and(|repeated| repeated == width) {
                *cursor = again;
            }
            values.push(cursor.take_claimed(width)?);
        }
        Ok(())
    }

    /// The encoding of the file's texts.
    pub(super) fn encoding(&self) -> Result<Encoding, FormatError> {
        let unknown = |name: String| FormatError::new(Place::File, Problem::UnknownEncoding(name));
        if let Some(name) = self.encoding {
            if name.eq_ignore_ascii_case(b"us-ascii") {
                return Ok(Encoding::Guessed);
            }
            let known = encoding_rs::Encoding::for_label(name).map(Encoding::Declared);
            return known.ok_or_else(|| unknown(String::from_utf8_lossy(name).into_owned()));
        }
        let label = match self.code_page {
            // Not told, EBCDIC never written, ASCII of seven and of eight bits.
            None | Some(0..=3 | 20_127) => return Ok(Encoding::Guessed),
            Some(65_001) => "utf-8".to_owned(),
            Some(page @ (874 | 1250..=1258)) => format!("windows-{page}"),
            Some(932) => "shift_jis".to_owned(),
            Some(936) => "gbk".to_owned(),
            Some(949) => "euc-kr".to_owned(),
            Some(950) => "big5".to_owned(),
            Some(page @ 28_591..=28_606) => format!("iso-8859-{}", page - 28_590),
            Some(other) => return Err(unknown(format!("code page {other}"))),
        };
        let known = encoding_rs::Encoding::for_label(label.as_bytes()).map(Encoding::Declared);
        known.ok_or_else(|| unknown(label))
    }

    /// The bits of the number that stands for system-missing.
    pub(super) fn system_missing(&self) -> u64 {
        self.system_missing.unwrap_or(-f64::MAX).to_bits()
    }
}

/// A length of four bytes and as many bytes.
fn sized<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], FormatError> {
    let length = cursor.u32()?;
    cursor.take_claimed(length)
}

/// `NAME=value` pairs between tabs.
fn pairs(content: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    content.split(|byte| *byte == b'\t').filter_map(|pair| {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        Some((without_padding(&pair[..equals]), without_padding(&pair[equals + 1..])))
    })
}
