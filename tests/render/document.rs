//! Every number of a document names its row, and every reference what it refers to.

use std::collections::BTreeSet;

use ips_eval::render::Audience;
use ips_eval::render::document::{
    Block, DanglingReference, Document, LabelTemplates, Part, Piece, Target, Text,
};
use ips_eval::render::html;
use ips_eval::results::key_text::from_key_text;
use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{Key, Row};
use ips_eval::results::vocabulary::Unit;

use super::{document, figures, shapes, support};

/// Every piece of the document, in reading order.
fn pieces(document: &Document) -> Vec<Piece> {
    let mut document = document.clone();
    document.texts_mut().into_iter().flat_map(|text| text.pieces().to_vec()).collect()
}

fn of_shape(results: &ResultSet) -> Document {
    document(results, Audience::Publication, &[])
}

/// Whether a printed number is a value rounded to the printed digits.
fn is_shown(printed: &str, value: f64) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let Some(start) = printed.find(is_digit) else { return false };
    let (before, from) = printed.split_at(start);
    let end = from.find(|c: char| !is_digit(c) && c != '.' && c != ',').unwrap_or(from.len());
    let number = from[..end].replace(',', "");
    let decimals = number.split_once('.').map_or(0, |(_, behind)| behind.len());
    let size: f64 = number.parse().expect("it is a number");
    if printed.contains('<') || printed.contains('>') {
        return if printed.contains('<') { value < size } else { value > size };
    }
    let shown = if before.contains('−') { -size } else { size };
    let step: f64 = format!("1e-{decimals}").parse().expect("it is a number");
    let is_signed_right = !before.contains('+') || value > 0.0;
    let has_one_number = !from[end..].contains(is_digit);
    has_one_number && is_signed_right && (shown - value).abs() <= 0.5 * step * (1.0 + 1e-9)
}

#[test]
fn every_number_is_the_value_of_the_row_that_it_names() {
    for (shape, results) in shapes() {
        let mut count = 0;
        for piece in pieces(&of_shape(&results)) {
            let Piece::Number { text, row } = piece else { continue };
            let found =
                results.get(&row).unwrap_or_else(|| panic!("{shape}: {text} has no {row:?}"));
            let scale = if found.unit == Unit::Proportion { 100.0 } else { 1.0 };
            match found.value {
                Some(value) => {
                    assert!(is_shown(&text, scale * value), "{shape}: {text} is {value}: {row:?}");
                }
                None => assert!(["•", "NE"].contains(&text.as_str()), "{shape}: {text}: {row:?}"),
            }
            count += 1;
        }
        assert!(count > 0 || results.rows().is_empty(), "{shape}");
    }
}

/// What a document says but for the numbers of rows and the words of their notes.
fn frame(document: &Document) -> String {
    let mut document = document.clone();
    let line = |text: &mut Text| -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Number { .. } => "#".to_owned(),
            Piece::Note { .. } => "note".to_owned(),
            other => other.as_str().to_owned(),
        };
        text.pieces().iter().map(piece).collect()
    };
    let mut lines: Vec<String> = document.texts_mut().into_iter().map(line).collect();
    for part in &document.parts {
        for table in part.tables().chain(&part.files) {
            lines.push(table.caption.words.clone());
            lines.extend(table.columns.iter().cloned());
        }
    }
    lines.join("\n")
}

#[test]
fn no_word_beside_the_numbers_depends_on_a_value() {
    for (shape, results) in shapes() {
        let other = results.map_rows(|row| Row {
            value: row.value.map(|value| 1.5 * value + 7.25),
            ..row.clone()
        });
        let (before, after) = (frame(&of_shape(&results)), frame(&of_shape(&other)));
        for (before, after) in before.lines().zip(after.lines()) {
            assert_eq!(before, after, "{shape}");
        }
        assert_eq!(before.lines().count(), after.lines().count(), "{shape}");
    }
}

#[test]
fn words_of_a_note_are_those_of_the_row_that_they_name() {
    let mut count = 0;
    for (shape, results) in shapes() {
        for piece in pieces(&of_shape(&results)) {
            let Piece::Note { text, row } = piece else { continue };
            let note = results.get(&row).map_or("", |row| row.note.as_str());
            let is_there =
                note.contains(&text) || (note.is_empty() && text == "no reason is given");
            assert!(is_there, "{shape}: {text} is not in {note}");
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

/// Each marked number of a page, with its key.
fn marked(page: &str) -> Vec<(Key, String)> {
    let number = |piece: &str| {
        let (key, rest) = piece.split_once("\">").expect("the mark ends");
        let (words, _) = rest.split_once("</span>").expect("the number ends");
        let key = key.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
        let key = key.replace("&#39;", "'").replace("&quot;", "\"");
        let key = from_key_text(&key).unwrap_or_else(|| panic!("{key} is no key"));
        (key, words.replace("&lt;", "<").replace("&gt;", ">"))
    };
    page.split("<span data-row=\"").skip(1).map(number).collect()
}

#[test]
fn the_page_marks_each_number_with_its_row() {
    for (shape, mut results) in shapes() {
        "A <b> \"title\"".clone_into(&mut results.study.title);
        let document = of_shape(&results);
        let mut in_document = Vec::new();
        // Files that are too wide for a page are not on it.
        let mut on_page = document.clone();
        on_page.parts.iter_mut().for_each(|part| part.files.clear());
        for piece in pieces(&on_page) {
            if let Piece::Number { text, row } = piece {
                in_document.push((row, text));
            }
        }
        assert_eq!(marked(&html::write(&document)), in_document, "{shape}");
    }
}

#[test]
fn names_of_a_row_may_hold_any_character() {
    let mut odd = support::belgian();
    let name = "a|b=c%7C \"<d>&'\u{e9}";
    odd.study.regions[0] = name.to_owned();
    let rows = odd.rows().iter().map(|row| {
        let mut row = row.clone();
        if row.key.region == "flanders" {
            name.clone_into(&mut row.key.region);
        }
        row
    });
    let odd = ResultSet::new(odd.study.clone(), rows.collect()).unwrap();
    let page = html::write(&of_shape(&odd));
    let own = marked(&page).into_iter().filter(|(key, _)| key.region == name);
    let own: Vec<_> = own.collect();
    assert!(own.len() > 5 && own.iter().all(|(key, _)| odd.get(key).is_some()), "{own:?}");
}

#[test]
fn tables_and_figures_are_numbered_in_reading_order() {
    for (shape, results) in shapes() {
        let all = figures(&results, Audience::Publication);
        let document = document(&results, Audience::Publication, &all);
        let (mut tables, mut drawn) = (0, 0);
        for block in document.parts.iter().flat_map(|part| &part.blocks) {
            match block {
                Block::Table(table) => {
                    tables += 1;
                    assert_eq!(table.caption.label, format!("Table {tables}"), "{shape}");
                }
                Block::Figure(figure) => {
                    drawn += 1;
                    assert_eq!(figure.caption.label, format!("Figure {drawn}"), "{shape}");
                }
                _ => (),
            }
        }
        assert!(tables >= 5 && drawn == all.len(), "{shape}");
        for table in document.parts.iter().flat_map(|part| &part.files) {
            assert!(table.caption.label.is_empty(), "{shape}: a file has no number");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    for (shape, results) in shapes() {
        let all = figures(&results, Audience::Publication);
        let document = document(&results, Audience::Publication, &all);
        let is_empty =
            |piece: &Piece| matches!(piece, Piece::Reference { text, .. } if text.is_empty());
        assert!(!pieces(&document).iter().any(is_empty), "{shape}");
        let page = html::write(&document);
        let ends = |piece: &str| piece.split('"').next().unwrap_or_default().to_owned();
        let ids: Vec<String> = page.split(" id=\"").skip(1).map(ends).collect();
        let distinct: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{shape}: ids are unique: {ids:?}");
        let links: Vec<String> = page.split("href=\"#").skip(1).map(ends).collect();
        assert!(links.iter().any(|link| link == "table-flow"), "{shape}: {links:?}");
        for link in links {
            assert!(distinct.contains(&link), "{shape}: {link}");
        }
    }
}

#[test]
fn a_reference_to_nothing_is_an_error() {
    let mut document = of_shape(&support::belgian());
    let to = Target::Table("of_no_such_name".to_owned());
    let text = Text::fill("see {it}", &[("it", Text::reference(to.clone()))]);
    document.parts.push(Part::new("odd", "Odd").block(Block::Paragraph(text)));
    let templates = LabelTemplates { table: "T{number}", figure: "F{number}" };
    assert_eq!(document.numbered(templates), Err(DanglingReference(to)));
}
