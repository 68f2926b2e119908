//! Drawings as a PDF file: a page a drawing, lines and areas as they are, text as text in the embedded
//! font. It holds no date, so that the same drawings give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::drawing::{Align, Colour, Drawing, Shape, UNITS, Weight};
use super::font_subset::subset;
use super::lettering::{face, glyphs};

/// Points of a page in a pixel and in a tenth of a millimetre.
const POINTS_OF_PIXEL: f64 = 0.75;
const POINTS_OF_TENTH: f64 = 72.0 / 254.0;

/// How far a control point of a quarter of a circle is along its tangent, over the radius.
const ROUND: f64 = 0.552_284_75;

/// The characters of a weight that are used, by their glyph.
type Used = BTreeMap<u16, char>;

/// A file in the making: objects with their numbers, from 1.
#[derive(Default)]
struct Objects {
    bodies: Vec<Vec<u8>>,
}

impl Objects {
    /// Adds an object and gives its number.
    fn add(&mut self, body: impl Into<Vec<u8>>) -> usize {
        self.bodies.push(body.into());
        self.bodies.len()
    }

    /// Adds a stream, packed.
    fn add_stream(&mut self, entries: &str, bytes: &[u8]) -> usize {
        let packed = packed(bytes);
        let mut body =
            format!("<<{entries}/Filter/FlateDecode/Length {}>>\nstream\n", packed.len())
                .into_bytes();
        body.extend_from_slice(&packed);
        body.extend_from_slice(b"\nendstream");
        self.add(body)
    }

    fn file(&self, root: usize, info: usize) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let mut places = Vec::new();
        for (at, body) in self.bodies.iter().enumerate() {
            places.push(file.len());
            file.extend_from_slice(format!("{} 0 obj\n", at + 1).as_bytes());
            file.extend_from_slice(body);
            file.extend_from_slice(b"\nendobj\n");
        }
        let (start, n) = (file.len(), self.bodies.len() + 1);
        file.extend_from_slice(format!("xref\n0 {n}\n0000000000 65535 f \n").as_bytes());
        for place in places {
            file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
        }
        let trailer = format!(
            "trailer\n<</Size {n}/Root {root} 0 R/Info {info} 0 R>>\nstartxref\n{start}\n%%EOF\n"
        );
        file.extend_from_slice(trailer.as_bytes());
        file
    }
}

/// Packing into memory cannot fail; an empty stream would show at once.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// Drawings as the pages of a PDF file.
pub fn file(drawings: &[Drawing]) -> Vec<u8> {
    let mut objects = Objects::default();
    let fonts = [Weight::Normal, Weight::Bold].map(|weight| used(drawings, weight));
    let fonts: Vec<String> = [Weight::Normal, Weight::Bold]
        .into_iter()
        .zip(&fonts)
        .filter(|(_, used)| !used.is_empty())
        .map(|(weight, used)| {
            format!("/{} {} 0 R", font_name(weight), add_font(&mut objects, weight, used))
        })
        .collect();
    let states: Vec<String> = opacities(drawings)
        .iter()
        .map(|percent| format!("/G{percent}<</ca {}>>", f64::from(*percent) / 100.0))
        .collect();
    let resources =
        objects.add(format!("<</Font<<{}>>/ExtGState<<{}>>>>", fonts.concat(), states.concat()));
    // The list of pages comes after them: two objects a page.
    let pages = objects.bodies.len() + 2 * drawings.len() + 1;
    let mut kids = Vec::new();
    for drawing in drawings {
        let scale = points_of_unit(drawing);
        let [width, height] =
            [drawing.size.0, drawing.size.1].map(|side| number(f64::from(side) * scale));
        let content = objects.add_stream("", content(drawing, scale).as_bytes());
        let page = objects.add(format!(
            "<</Type/Page/Parent {pages} 0 R/MediaBox[0 0 {width} {height}]\
             /Resources {resources} 0 R/Contents {content} 0 R>>"
        ));
        kids.push(format!("{page} 0 R"));
    }
    objects.add(format!("<</Type/Pages/Count {}/Kids[{}]>>", kids.len(), kids.join(" ")));
    let root = objects.add(format!(
        "<</Type/Catalog/Pages {pages} 0 R/ViewerPreferences<</DisplayDocTitle true>>>>"
    ));
    let (title, words) =
        drawings.first().map_or(("", ""), |first| (first.title.as_str(), &first.description));
    let info = objects.add(format!("<</Title {}/Subject {}>>", text(title), text(words)));
    objects.file(root, info)
}

fn points_of_unit(drawing: &Drawing) -> f64 {
    match drawing.paper_width {
        None => POINTS_OF_PIXEL / UNITS,
        Some(tenths) => f64::from(tenths) * POINTS_OF_TENTH / f64::from(drawing.size.0),
    }
}

const fn font_name(weight: Weight) -> &'static str {
    match weight {
        Weight::Normal => "F1",
        Weight::Bold => "F2",
    }
}

/// A number without more digits than it needs.
fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A text of the file's own: UTF-16 with its mark, as digits.
fn text(words: &str) -> String {
    let units: Vec<String> = words.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("<FEFF{}>", units.concat())
}

fn used(drawings: &[Drawing], weight: Weight) -> Used {
    let Some(face) = face(weight) else { return Used::new() };
    let shapes = drawings.iter().flat_map(|drawing| &drawing.shapes);
    let texts = shapes.filter_map(|shape| match shape {
        Shape::Text { weight: own, text, .. } if *own == weight => Some(text),
        _ => None,
    });
    texts.flat_map(|text| glyphs(face, text)).map(|(c, glyph, ..)| (glyph.0, c)).collect()
}

fn opacities(drawings: &[Drawing]) -> BTreeSet<u8> {
    let shapes = drawings.iter().flat_map(|drawing| &drawing.shapes);
    let areas = shapes.filter_map(|shape| match shape {
        Shape::Area { percent, .. } => Some(*percent),
        _ => None,
    });
    areas.chain([100]).collect()
}

/// Adds a font of the used glyphs, with what each of them means, so that text can be searched.
fn add_font(objects: &mut Objects, weight: Weight, used: &Used) -> usize {
    let Some(face) = face(weight) else { return 0 };
    let ids: BTreeSet<u16> = used.keys().copied().collect();
    let bytes = subset(face, &ids);
    let file = objects.add_stream(&format!("/Length1 {}", bytes.len()), &bytes);
    let em = f64::from(face.units_per_em());
    let of_em = |units: i16| number(1000.0 * f64::from(units) / em);
    let name = match weight {
        Weight::Normal => "IPSEVA+DejaVuSans",
        Weight::Bold => "IPSEVB+DejaVuSans-Bold",
    };
    let bounds = face.global_bounding_box();
    let bounds = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(of_em).join(" ");
    let (ascent, descent) = (of_em(face.ascender()), of_em(face.descender()));
    let height = of_em(face.capital_height().unwrap_or(face.ascender()));
    let descriptor = objects.add(format!(
        "<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{bounds}]/ItalicAngle 0\
         /Ascent {ascent}/Descent {descent}/CapHeight {height}/StemV 80/FontFile2 {file} 0 R>>"
    ));
    let width = |glyph: &u16| {
        let advance = face.glyph_hor_advance(ttf_parser::GlyphId(*glyph)).unwrap_or(0);
        format!("{glyph}[{}]", number(1000.0 * f64::from(advance) / em))
    };
    let widths: String = ids.iter().map(width).collect();
    let descendant = objects.add(format!(
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDToGIDMap/Identity/DW 0/W[{widths}]\
         /CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>\
         /FontDescriptor {descriptor} 0 R>>"
    ));
    let meaning = objects.add_stream("", to_unicode(used).as_bytes());
    objects.add(format!(
        "<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H\
         /DescendantFonts[{descendant} 0 R]/ToUnicode {meaning} 0 R>>"
    ))
}

/// The character of each glyph.
fn to_unicode(used: &Used) -> String {
    let mut map = String::from(
        "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n\
         /CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n",
    );
    let lines: Vec<String> = used
        .iter()
        .map(|(glyph, c)| {
            let mut units = [0; 2];
            let units = c.encode_utf16(&mut units).iter().map(|unit| format!("{unit:04X}"));
            format!("<{glyph:04X}><{}>\n", units.collect::<String>())
        })
        .collect();
    // No block may have more lines.
    for block in lines.chunks(100) {
        let n = block.len();
        map.extend([&format!("{n} beginbfchar\n"), &block.concat(), "endbfchar\n"]);
    }
    map.push_str("endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n");
    map
}

/// The marks on a page, in units of the drawing from its top left corner.
fn content(drawing: &Drawing, scale: f64) -> String {
    let height = number(f64::from(drawing.size.1) * scale);
    let mut page = format!("{scale:.6} 0 0 -{scale:.6} 0 {height} cm\n");
    let mut state = 100;
    for shape in &drawing.shapes {
        let percent = match shape {
            Shape::Area { percent, .. } => *percent,
            _ => 100,
        };
        if percent != state {
            page.extend(["/G", &percent.to_string(), " gs\n"]);
            state = percent;
        }
        page.push_str(&marks(shape));
    }
    page
}

fn marks(shape: &Shape) -> String {
    match shape {
        Shape::Line { points, width, colour } => {
            format!("{} RG {width} w {} S\n", colour_of(*colour), path(points))
        }
        Shape::Area { corners, colour, .. } => {
            format!("{} rg {} h f\n", colour_of(*colour), path(corners))
        }
        Shape::Disc { centre, radius, colour } => {
            format!("{} rg {} f\n", colour_of(*colour), disc(*centre, *radius))
        }
        Shape::Text { at, align, size, weight, colour, text } => {
            let Some(face) = face(*weight) else { return String::new() };
            let em = f64::from(face.units_per_em());
            let mut width = 0;
            let mut shown = String::new();
            for (_, glyph, advance, kerning) in glyphs(face, text) {
                if kerning != 0 {
                    shown.extend([">", &number(-1000.0 * f64::from(kerning) / em), "<"]);
                }
                let code = format!("{:04X}", glyph.0);
                shown.push_str(&code);
                width += advance + kerning;
            }
            let width = f64::from(width) * f64::from(*size) / em;
            let share = match align {
                Align::Left => 0.0,
                Align::Centre => 0.5,
                Align::Right => 1.0,
            };
            let x = number(f64::from(at.0) - share * width);
            let (font, y, colour) = (font_name(*weight), at.1, colour_of(*colour));
            format!("BT {colour} rg /{font} {size} Tf 1 0 0 -1 {x} {y} Tm [<{shown}>] TJ ET\n")
        }
    }
}

fn colour_of(Colour(red, green, blue): Colour) -> String {
    [red, green, blue].map(|part| number(f64::from(part) / 255.0)).join(" ")
}

fn path(points: &[(i32, i32)]) -> String {
    let step = |(at, (x, y)): (usize, &(i32, i32))| {
        let word = if at == 0 { "m" } else { "l" };
        format!("{x} {y} {word}")
    };
    points.iter().enumerate().map(step).collect::<Vec<_>>().join(" ")
}

fn disc((x, y): (i32, i32), radius: i32) -> String {
    let (x, y, r) = (f64::from(x), f64::from(y), f64::from(radius));
    let k = ROUND * r;
    let quarters = [
        [(x + r, y + k), (x + k, y + r), (x, y + r)],
        [(x - k, y + r), (x - r, y + k), (x - r, y)],
        [(x - r, y - k), (x - k, y - r), (x, y - r)],
        [(x + k, y - r), (x + r, y - k), (x + r, y)],
    ];
    let point = |(x, y): (f64, f64)| format!("{} {}", number(x), number(y));
    let curve = |quarter: [(f64, f64); 3]| format!("{} c", quarter.map(point).join(" "));
    format!("{} m {}", point((x + r, y)), quarters.map(curve).join(" "))
}
