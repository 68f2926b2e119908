//! The glyphs that a document uses, as a TrueType font of its own.

use std::collections::BTreeSet;

use ttf_parser::{Face, Tag};

/// Tables that a reader of a document needs; outlines and their places are made anew.
const KEPT: [&[u8; 4]; 6] = [b"cvt ", b"fpgm", b"hhea", b"maxp", b"prep", b"head"];

/// Flags of the parts of a composite glyph: what follows it, and whether there is another part.
const WORDS: u16 = 0x0001;
const SCALE: u16 = 0x0008;
const MORE: u16 = 0x0020;
const TWO_SCALES: u16 = 0x0040;
const MATRIX: u16 = 0x0080;

fn table<'f>(face: &Face<'f>, name: [u8; 4]) -> &'f [u8] {
    face.raw_face().table(Tag::from_bytes(&name)).unwrap_or_default()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let pair = bytes.get(at..at + 2).and_then(|pair| pair.try_into().ok());
    pair.map_or(0, u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    (usize::from(u16_at(bytes, at)) << 16) | usize::from(u16_at(bytes, at + 2))
}

/// The outline of a glyph.
fn outline<'f>(face: &Face<'f>, glyph: u16) -> &'f [u8] {
    let (loca, glyf) = (table(face, *b"loca"), table(face, *b"glyf"));
    let is_long = u16_at(table(face, *b"head"), 50) == 1;
    let at = |glyph: usize| {
        if is_long { u32_at(loca, 4 * glyph) } else { 2 * usize::from(u16_at(loca, 2 * glyph)) }
    };
    let glyph = usize::from(glyph);
    glyf.get(at(glyph)..at(glyph + 1)).unwrap_or_default()
}

/// The glyphs that a composite glyph is made of.
fn parts(outline: &[u8]) -> Vec<u16> {
    let mut parts = Vec::new();
    // A number of contours below zero marks a composite.
    if u16_at(outline, 0) & 0x8000 == 0 || outline.len() < 10 {
        return parts;
    }
    let mut at = 10;
    loop {
        let flags = u16_at(outline, at);
        parts.push(u16_at(outline, at + 2));
        at += if flags & WORDS == 0 { 6 } else { 8 };
        at += match flags & (SCALE | TWO_SCALES | MATRIX) {
            0 => 0,
            SCALE => 2,
            TWO_SCALES => 4,
            _ => 8,
        };
        if flags & MORE == 0 || at >= outline.len() {
            return parts;
        }
    }
}

/// The used glyphs with everything that they are made of.
fn closed(face: &Face<'_>, used: &BTreeSet<u16>) -> BTreeSet<u16> {
    let mut known: BTreeSet<u16> = BTreeSet::from([0]);
    let mut open: Vec<u16> = used.iter().copied().collect();
    while let Some(glyph) = open.pop() {
        if known.insert(glyph) {
            open.extend(parts(outline(face, glyph)));
        }
    }
    known
}

/// The font with the used glyphs alone, under the numbers that they have.
pub(crate) fn subset(face: &Face<'_>, used: &BTreeSet<u16>) -> Vec<u8> {
    let kept = closed(face, used);
    let (mut glyf, mut loca) = (Vec::new(), Vec::new());
    for glyph in 0..face.number_of_glyphs() {
        push_u32(&mut loca, glyf.len());
        if kept.contains(&glyph) {
            glyf.extend_from_slice(outline(face, glyph));
            glyf.resize(glyf.len().next_multiple_of(4), 0);
        }
    }
    push_u32(&mut loca, glyf.len());
    let mut hmtx = table(face, *b"hmtx").to_vec();
    let n_metrics = u16_at(table(face, *b"hhea"), 34);
    for glyph in (0..n_metrics).filter(|glyph| !kept.contains(glyph)) {
        let at = 4 * usize::from(glyph);
        // What nobody reads is left empty, and packs to nothing.
        if let Some(metrics) = hmtx.get_mut(at..at + 4) {
            metrics.fill(0);
        }
    }
    let mut tables: Vec<(&[u8; 4], Vec<u8>)> =
        KEPT.iter().map(|name| (*name, table(face, **name).to_vec())).collect();
    if let Some((_, head)) = tables.last_mut().filter(|(_, head)| head.len() >= 54) {
        head[8..12].fill(0);
        head[50..52].copy_from_slice(&[0, 1]);
    }
    tables.extend([(b"glyf", glyf), (b"loca", loca), (b"hmtx", hmtx)]);
    tables.retain(|(_, bytes)| !bytes.is_empty());
    tables.sort();
    file(&tables)
}

/// A font file of tables.
fn file(tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let n = tables.len();
    let power = n.next_power_of_two() / if n.is_power_of_two() { 1 } else { 2 };
    let mut bytes = vec![0, 1, 0, 0];
    for number in [n, 16 * power, power.trailing_zeros() as usize, 16 * (n - power)] {
        bytes.extend(u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes());
    }
    let mut at = 12 + 16 * n;
    for (name, table) in tables {
        bytes.extend_from_slice(*name);
        push_u32(&mut bytes, checksum(table));
        push_u32(&mut bytes, at);
        push_u32(&mut bytes, table.len());
        at += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        bytes.extend_from_slice(table);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

fn checksum(table: &[u8]) -> usize {
    let word = |chunk: &[u8]| {
        chunk
            .iter()
            .enumerate()
            .fold(0_u32, |sum, (at, byte)| sum | u32::from(*byte) << (24 - 8 * at))
    };
    table.chunks(4).map(word).fold(0_u32, u32::wrapping_add) as usize
}

fn push_u32(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend(u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use ttf_parser::{GlyphId, Rect};

    use super::*;
    use crate::render::chart::drawing::Weight;
    use crate::render::chart::lettering::face;

    #[test]
    fn used_glyphs_keep_their_shape_and_others_are_gone() {
        for weight in [Weight::Normal, Weight::Bold] {
            let whole = face(weight).unwrap();
            let glyph = |face: &Face<'_>, c| face.glyph_index(c).unwrap();
            // é is made of two glyphs.
            let used = BTreeSet::from(['é', 'A', '→'].map(|c| glyph(whole, c).0));
            let bytes = subset(whole, &used);
            assert!(bytes.len() < super::super::lettering::bytes(weight).len() / 4);
            let small = Face::parse(&bytes, 0).unwrap();
            let bounds =
                |face: &Face<'_>, id: u16| -> Option<Rect> { face.glyph_bounding_box(GlyphId(id)) };
            for id in &used {
                assert!(bounds(whole, *id).is_some());
                assert_eq!(bounds(&small, *id), bounds(whole, *id));
                let advance = |face: &Face<'_>| face.glyph_hor_advance(GlyphId(*id));
                assert_eq!(advance(&small), advance(whole));
            }
            assert_eq!(bounds(&small, glyph(whole, 'Q').0), None);
            assert!(bounds(&small, glyph(whole, 'e').0).is_some(), "a part of é");
        }
    }
}
