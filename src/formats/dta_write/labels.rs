//! Value labels: which can be written, and how.

use std::collections::BTreeMap;

use super::fixed_width::{NAME, first_characters, padded};
use crate::formats::error::WriteProblem;
use crate::formats::table::{Cell, Code, LabelledColumn};

/// The value of `.` as a `long`; `.a` is one more.
pub(super) const SYSTEM_MISSING: i32 = 2_147_483_621;

/// Bytes of the longest label.
const LONGEST: usize = 32_000;

/// The letter, 1 for `a`, of every missing code of a column of numbers.
pub(super) fn letters(column: &LabelledColumn) -> Result<BTreeMap<String, u8>, WriteProblem> {
    let mut letters = BTreeMap::new();
    let mut others = BTreeMap::new();
    for cell in &column.cells {
        let Cell::MissingCode(code) = cell else { continue };
        if let Some(letter) = stata_letter(code) {
            letters.insert(code.clone(), letter);
        } else if !others.contains_key(code) {
            let number = code.parse().ok().filter(|number: &f64| number.is_finite());
            let order = number.map_or_else(|| Code::Text(code.clone()), Code::Number);
            others.insert(code.clone(), order);
        }
    }
    // A letter that only a label speaks of is not free either.
    for (code, _) in &column.value_labels {
        if let Some(letter) = stata_letter(&code.text()) {
            letters.insert(code.text(), letter);
        }
    }
    let used: Vec<u8> = letters.values().copied().collect();
    let mut free = (1..=26).filter(|letter| !used.contains(letter));
    let mut others: Vec<(String, Code)> = others.into_iter().collect();
    others.sort_by(|(_, a), (_, b)| a.order(b));
    for (code, _) in others {
        letters.insert(code, free.next().ok_or(WriteProblem::MissingCodes)?);
    }
    Ok(letters)
}

/// 1 to 26 of `.a` to `.z`.
fn stata_letter(code: &str) -> Option<u8> {
    match code.as_bytes() {
        [b'.', letter @ b'a'..=b'z'] => Some(letter - b'a' + 1),
        _ => None,
    }
}

/// The labels of a column of numbers by value, missing codes by their letter.
pub(super) fn of_numbers(
    column: &LabelledColumn,
    letters: &BTreeMap<String, u8>,
) -> Result<BTreeMap<i32, String>, WriteProblem> {
    let mut labels = BTreeMap::new();
    for (code, letter) in letters {
        if stata_letter(code).is_none() {
            labels.insert(SYSTEM_MISSING + i32::from(*letter), code.clone());
        }
    }
    for (code, text) in &column.value_labels {
        let value = match (letters.get(&code.text()), code) {
            (Some(letter), _) => SYSTEM_MISSING + i32::from(*letter),
            (None, Code::Number(number)) => whole(*number)
                .filter(|value| (-2_147_483_647..SYSTEM_MISSING).contains(value))
                .ok_or(WriteProblem::LabelCode("a number that is not whole has a label"))?,
            _ => return Err(WriteProblem::LabelCode("a text has a label in a column of numbers")),
        };
        labels.insert(value, text.clone());
    }
    Ok(labels)
}

/// A whole number that an `i32` holds.
#[expect(clippy::cast_possible_truncation, reason = "checked by the way back")]
pub(super) fn whole(number: f64) -> Option<i32> {
    let value = number as i32;
    (f64::from(value).to_bits() == (number + 0.0).to_bits()).then_some(value)
}

/// Appends a set: offsets, values, and the texts behind them.
pub(super) fn write_set(name: &str, labels: &BTreeMap<i32, String>, bytes: &mut Vec<u8>) {
    let mut offsets = Vec::new();
    let mut texts = Vec::new();
    for text in labels.values() {
        offsets.push(number(texts.len()));
        let text = first_characters(text, LONGEST);
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        texts.extend_from_slice(&text.as_bytes()[..end]);
        texts.push(0);
    }
    let n = labels.len();
    bytes.extend(b"<lbl>");
    bytes.extend(number(8 + 8 * n + texts.len()).to_le_bytes());
    padded(bytes, name, NAME);
    bytes.extend([0; 3]);
    bytes.extend(number(n).to_le_bytes());
    bytes.extend(number(texts.len()).to_le_bytes());
    bytes.extend(offsets.iter().flat_map(|offset| offset.to_le_bytes()));
    bytes.extend(labels.keys().flat_map(|value| value.to_le_bytes()));
    bytes.extend_from_slice(&texts);
    bytes.extend(b"</lbl>");
}

/// A length as the four bytes that the format has for it.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
