//! Releases 117 to 119: sections between tags, in a fixed order.

use std::collections::BTreeMap;

use super::header::{Content, LabelSets, Storage, Variable, take_rows, unknown_type};
use super::long_text::LongTexts;
use super::text::{encoding, fixed};
use super::value_labels;
use crate::formats::bytes::{Cursor, Order};
use crate::formats::error::{FormatError, Problem};

/// The widths of a release's fields, terminating NUL included.
struct Widths {
    name: usize,
    format: usize,
    label: usize,
}

impl Widths {
    fn of_release(release: u16) -> Self {
        if release == 117 {
            Self { name: 33, format: 49, label: 81 }
        } else {
            Self { name: 129, format: 57, label: 321 }
        }
    }
}

struct Header {
    release: u16,
    k: usize,
    n: u64,
    label: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<Content<'_>, FormatError> {
    let mut cursor = Cursor::new(bytes, Order::Little, "the header");
    let header = read_header(&mut cursor)?;
    cursor.section = "the map";
    cursor.expect("<map>")?;
    cursor.take(14 * 8)?;
    cursor.expect("</map>")?;
    let variables = read_dictionary(&mut cursor, &header)?;
    skip_characteristics(&mut cursor)?;

    cursor.section = "the data";
    cursor.expect("<data>")?;
    let (n_rows, row_width, data) = take_rows(&mut cursor, &variables, header.n)?;
    cursor.expect("</data>")?;
    let long_texts = LongTexts::read(&mut cursor, header.release)?;
    let value_labels = read_value_labels(&mut cursor, header.release)?;
    cursor.expect("</stata_dta>")?;
    Ok(Content {
        order: cursor.order,
        encoding: encoding(header.release),
        label: header.label,
        variables,
        n_rows,
        row_width,
        data,
        long_texts,
        value_labels,
    })
}

fn read_header(cursor: &mut Cursor<'_>) -> Result<Header, FormatError> {
    cursor.expect("<stata_dta>")?;
    cursor.expect("<header>")?;
    cursor.expect("<release>")?;
    let at = cursor.offset();
    let release = match cursor.take(3)? {
        b"117" => 117,
        b"118" => 118,
        b"119" => 119,
        other => {
            let other = String::from_utf8_lossy(other).into_owned();
            return Err(FormatError::at_byte(at, Problem::Release(other)));
        }
    };
    cursor.expect("</release>")?;
    cursor.expect("<byteorder>")?;
    cursor.order = match cursor.take(3)? {
        b"LSF" => Order::Little,
        b"MSF" => Order::Big,
        _ => return Err(cursor.damaged("the byte order is neither LSF nor MSF")),
    };
    cursor.expect("</byteorder>")?;
    cursor.expect("<K>")?;
    let k = if release == 119 {
        usize::try_from(cursor.u32()?).unwrap_or(usize::MAX)
    } else {
        usize::from(cursor.u16()?)
    };
    cursor.expect("</K>")?;
    cursor.expect("<N>")?;
    let n = if release == 117 { u64::from(cursor.u32()?) } else { cursor.u64()? };
    cursor.expect("</N>")?;
    cursor.expect("<label>")?;
    let length = if release == 117 { u16::from(cursor.u8()?) } else { cursor.u16()? };
    let label = fixed(cursor.take(usize::from(length))?, release);
    cursor.expect("</label>")?;
    cursor.expect("<timestamp>")?;
    let length = cursor.u8()?;
    cursor.take(usize::from(length))?;
    cursor.expect("</timestamp>")?;
    cursor.expect("</header>")?;
    Ok(Header { release, k, n, label })
}

fn read_dictionary(cursor: &mut Cursor<'_>, header: &Header) -> Result<Vec<Variable>, FormatError> {
    let (release, k) = (header.release, header.k);
    let widths = Widths::of_release(release);
    cursor.section = "the dictionary";
    cursor.expect("<variable_types>")?;
    let types = cursor.pieces(k, 2)?;
    cursor.expect("</variable_types>")?;
    cursor.expect("<varnames>")?;
    let names = cursor.pieces(k, widths.name)?;
    cursor.expect("</varnames>")?;
    cursor.expect("<sortlist>")?;
    cursor.skip(k.saturating_add(1), if release == 119 { 4 } else { 2 })?;
    cursor.expect("</sortlist>")?;
    cursor.expect("<formats>")?;
    let formats = cursor.pieces(k, widths.format)?;
    cursor.expect("</formats>")?;
    cursor.expect("<value_label_names>")?;
    let label_sets = cursor.pieces(k, widths.name)?;
    cursor.expect("</value_label_names>")?;
    cursor.expect("<variable_labels>")?;
    let labels = cursor.pieces(k, widths.label)?;
    cursor.expect("</variable_labels>")?;

    let mut variables = Vec::with_capacity(k);
    let texts = names.zip(formats).zip(label_sets.zip(labels));
    for (index, (code, ((name, format), (set, label)))) in types.zip(texts).enumerate() {
        let code = cursor.order.u16([code[0], code[1]]);
        variables.push(Variable {
            name: fixed(name, release),
            storage: storage(index, code)?,
            format: fixed(format, release),
            label_set: fixed(set, release),
            label: fixed(label, release),
        });
    }
    Ok(variables)
}

fn storage(index: usize, code: u16) -> Result<Storage, FormatError> {
    Ok(match code {
        1..=2045 => Storage::Text(usize::from(code)),
        32_768 => Storage::LongText,
        65_526 => Storage::Double,
        65_527 => Storage::Float,
        65_528 => Storage::Long,
        65_529 => Storage::Int,
        65_530 => Storage::Byte,
        other => return Err(unknown_type(index, other)),
    })
}

/// Notes and the like, which a table has no place for.
fn skip_characteristics(cursor: &mut Cursor<'_>) -> Result<(), FormatError> {
    cursor.section = "the characteristics";
    cursor.expect("<characteristics>")?;
    while cursor.skip_if(b"<ch>") {
        let length = cursor.u32()?;
        cursor.take_claimed(length)?;
        cursor.expect("</ch>")?;
    }
    cursor.expect("</characteristics>")
}

fn read_value_labels(cursor: &mut Cursor<'_>, release: u16) -> Result<LabelSets, FormatError> {
    cursor.section = "the value labels";
    let mut sets = BTreeMap::new();
    cursor.expect("<value_labels>")?;
    while cursor.skip_if(b"<lbl>") {
        let width = Widths::of_release(release).name;
        let (name, labels) = value_labels::read_set(cursor, width, release)?;
        cursor.expect("</lbl>")?;
        sets.insert(name, labels);
    }
    cursor.expect("</value_labels>")?;
    Ok(sets)
}
