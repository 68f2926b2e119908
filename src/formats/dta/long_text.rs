//! `strL`: texts that stand behind the data, and cells that point at them.

use std::collections::BTreeMap;

use crate::formats::bytes::{Cursor, Order};
use crate::formats::error::FormatError;

/// The long texts of a file.
pub(super) struct LongTexts<'a> {
    /// By variable and row.
    texts: BTreeMap<(u64, u64), &'a [u8]>,
    /// Bytes of a cell that name the variable; the rest of its eight name the row.
    variable_width: usize,
    order: Order,
}

impl<'a> LongTexts<'a> {
    /// Those of a release without.
    pub(super) fn none() -> Self {
        Self { texts: BTreeMap::new(), variable_width: 4, order: Order::Little }
    }

    /// Reads the section `<strls>`.
    pub(super) fn read(cursor: &mut Cursor<'a>, release: u16) -> Result<Self, FormatError> {
        cursor.section = "the long texts";
        cursor.expect("<strls>")?;
        let mut texts = BTreeMap::new();
        while cursor.skip_if(b"GSO") {
            let variable = u64::from(cursor.u32()?);
            let row = if release == 117 { u64::from(cursor.u32()?) } else { cursor.u64()? };
            let kind = cursor.u8()?;
            let length = cursor.u32()?;
            let content = cursor.take_claimed(length)?;
            let text = match kind {
                129 => content,
                130 => content.strip_suffix(b"\0").unwrap_or(content),
                _ => return Err(cursor.damaged("a long text is of neither kind")),
            };
            texts.insert((variable, row), text);
        }
        cursor.expect("</strls>")?;
        let variable_width = match release {
            117 => 4,
            118 => 2,
            _ => 3,
        };
        Ok(Self { texts, variable_width, order: cursor.order })
    }

    /// The text that a cell of eight bytes points at; variable 0 and row 0 stand for no text.
    pub(super) fn get(&self, cell: &[u8]) -> Option<&'a [u8]> {
        let (variable, row) = cell.split_at_checked(self.variable_width)?;
        let key = (self.number(variable), self.number(row));
        if key == (0, 0) { Some(&[]) } else { self.texts.get(&key).copied() }
    }

    fn number(&self, bytes: &[u8]) -> u64 {
        let joined = |number, byte: &u8| number << 8 | u64::from(*byte);
        match self.order {
            Order::Little => bytes.iter().rev().fold(0, joined),
            Order::Big => bytes.iter().fold(0, joined),
        }
    }
}
