//! Sizes, formats and parts: whatever the sheet, its words stand apart and its marks where rows say.

use ips_eval::render::Audience;
use ips_eval::render::chart::{Drawing, Size, pdf};
use ips_eval::render::figure::{Figure, render_all_at};
use ips_eval::render::png;
use ips_eval::results::result_set::ResultSet;

use super::drawing::{assert_affine, attributes, lettering};
use super::{english, figures, itt, questionnaires, support, time_to_job};

const SIZES: [Size; 4] = [Size::Page, Size::Column, Size::Journal, Size::Slide];
const BLACK: &str = "#1A1A1A";

fn at(results: &ResultSet, size: Size) -> Vec<Figure> {
    render_all_at(results, &english(), Audience::Publication, size).expect("figures can be drawn")
}

/// Results of a trial with so many regions.
fn with_regions(n: usize) -> ResultSet {
    let region = |at: usize| {
        let name = format!("arrondissement_{at}_with_a_rather_long_name");
        support::region(&name, 90.0 + at as f64, 0.25, 0.1 - 0.002 * at as f64, 24)
    };
    let regions: Vec<_> = (0..n).map(region).collect();
    support::build(&regions, ("IPS", "TAU"))
}

/// Fails where a word is off its sheet, or lies on another.
#[track_caller]
fn assert_readable(figure: &Figure, size: Size) {
    for sheet in &figure.sheets {
        let (words, (width, height)) = lettering(&sheet.svg());
        for (at, word) in words.iter().enumerate() {
            let area = word.area;
            let is_inside = area.left() >= -0.5 && area.right() <= width + 0.5;
            let is_inside = is_inside && area.top() >= -0.5 && area.bottom() <= height + 0.5;
            assert!(is_inside, "{size:?} {}: {:?} is off the sheet", sheet.name(), word.text);
            for other in &words[..at] {
                let touch = super::figures::touch(word, other);
                let pair = (&word.text, &other.text);
                assert!(!touch, "{size:?} {}: {pair:?}", sheet.name());
            }
        }
    }
}

#[test]
fn words_stand_apart_on_every_size() {
    for results in [support::belgian(), questionnaires::whole(), itt::whole()] {
        for size in SIZES {
            for figure in at(&results, size) {
                assert_readable(&figure, size);
            }
        }
    }
}

#[test]
fn words_stand_apart_on_every_size_where_much_is_withheld() {
    for size in SIZES {
        for figure in at(&time_to_job::with_gaps(), size) {
            assert_readable(&figure, size);
        }
    }
}

#[test]
fn marks_are_where_rows_say_on_every_size() {
    let results = time_to_job::whole();
    for size in SIZES {
        let all = at(&results, size);
        let drawn = all.iter().find(|figure| figure.name == "hazard_ratios").expect("it is drawn");
        let mut reader = csv::Reader::from_reader(drawn.csv.as_bytes());
        let ratios: Vec<f64> =
            reader.records().filter_map(|record| record.unwrap()[8].parse().ok()).collect();
        let logs: Vec<f64> = ratios.iter().map(|ratio: &f64| libm::log(*ratio)).collect();
        let sheets = drawn.sheets.iter();
        let places: Vec<f64> = sheets
            .flat_map(|sheet| attributes(&sheet.svg(), "circle", &[("fill", BLACK)], "cx"))
            .collect();
        assert_affine(&places, &logs);
    }
}

#[test]
fn numbers_are_the_same_on_every_size() {
    let results = time_to_job::whole();
    let page = figures(&results, Audience::Publication);
    for size in SIZES {
        let other = at(&results, size);
        assert_eq!(page.len(), other.len());
        for (page, other) in page.iter().zip(other) {
            assert_eq!((&page.name, &page.csv), (&other.name, &other.csv));
            assert_eq!(page.text_alternative, other.text_alternative);
        }
    }
}

#[test]
fn what_is_higher_than_a_sheet_comes_in_parts() {
    for (results, name) in [(with_regions(38), "first_job"), (itt::crowded(), "love_plot")] {
        for size in SIZES {
            let all = at(&results, size);
            let drawn = all.iter().find(|figure| figure.name == name).expect("it is drawn");
            for sheet in &drawn.sheets {
                // A picture of 600 dots an inch is the largest that may be asked for.
                let (_, (_, height)) = lettering(&sheet.svg());
                assert!(height * 600.0 / 96.0 <= 20_000.0, "{size:?} {name}: {height}");
            }
            let names: Vec<&str> = drawn.sheets.iter().map(Drawing::name).collect();
            assert_eq!(names[0], name);
            if let [_, second, ..] = names[..] {
                assert_eq!(second, format!("{name}-2"));
                assert!(drawn.sheets[1].svg().contains(&format!("part 2 of {}", names.len())));
            }
            assert_readable(drawn, size);
        }
    }
    let parts = at(&with_regions(38), Size::Page);
    let first_job = parts.iter().find(|figure| figure.name == "first_job").unwrap();
    assert!(first_job.sheets.len() > 1, "39 panels are more than a page");
    let blue = [("stroke", "#0072B2")];
    let sheets = first_job.sheets.iter();
    let curves = sheets.flat_map(|sheet| super::drawing::points(&sheet.svg(), "polyline", &blue));
    assert_eq!(curves.count(), 39, "no panel is lost");
}

#[test]
fn slides_have_the_shape_of_slides() {
    for figure in at(&questionnaires::whole(), Size::Slide) {
        for sheet in &figure.sheets {
            let (_, (width, height)) = lettering(&sheet.svg());
            assert!((width / height - 16.0 / 9.0).abs() < 0.01, "{}", sheet.name());
        }
    }
    let column = at(&support::belgian(), Size::Column);
    assert!(column[0].sheets[0].svg().contains("width=\"85.00mm\""));
    let picture = png::from_svg(&column[0].sheets[0].svg(), 300.0 / 96.0).unwrap();
    // 85 mm at 300 dots an inch.
    assert_eq!(picture[16..20], 1004_u32.to_be_bytes());
}

#[test]
fn characters_that_xml_forbids_leave_the_drawing_whole() {
    let name = "bad\u{1}region\u{FFFE}\u{B}\u{FFFF}";
    let regions =
        [support::region(name, 200.0, 0.3, 0.1, 24), support::region("good", 210.0, 0.3, 0.1, 24)];
    let results = support::build(&regions, ("IPS\u{2}", "TAU"));
    for size in SIZES {
        for figure in at(&results, size) {
            for sheet in &figure.sheets {
                let svg = sheet.svg();
                let is_allowed = |c: char| c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
                assert!(svg.chars().all(|c| c == '\n' || is_allowed(c)), "{}", sheet.name());
                assert!(resvg::usvg::roxmltree::Document::parse(&svg).is_ok(), "{}", sheet.name());
            }
        }
    }
}

/// The streams of a PDF file, unpacked.
fn streams(file: &[u8]) -> Vec<String> {
    use std::io::Read as _;
    let find = |from: usize, word: &[u8]| {
        file[from..].windows(word.len()).position(|window| window == word).map(|at| from + at)
    };
    let mut streams = Vec::new();
    let mut from = 0;
    while let Some(start) = find(from, b"stream\n") {
        let end = find(start, b"\nendstream").expect("a stream ends");
        let mut text = Vec::new();
        let mut packed = flate2::read::ZlibDecoder::new(&file[start + 7..end]);
        packed.read_to_end(&mut text).expect("a stream can be unpacked");
        streams.push(String::from_utf8_lossy(&text).into_owned());
        from = end + 10;
    }
    streams
}

#[test]
fn a_pdf_has_a_page_a_part_and_every_mark_of_the_drawing() {
    let results = support::belgian();
    for figure in at(&results, Size::Journal) {
        let file = pdf::file(&figure.sheets);
        assert_eq!(file, pdf::file(&figure.sheets), "the same drawing, the same bytes");
        assert!(file.starts_with(b"%PDF-1.7") && file.ends_with(b"%%EOF\n"));
        let text = String::from_utf8_lossy(&file).into_owned();
        assert_eq!(text.matches("/Type/Page/").count(), figure.sheets.len());
        let pages: String =
            streams(&file).into_iter().filter(|own| own.contains(" cm\n")).collect();
        let svg = &figure.svg;
        let lines = svg.matches("<polyline").count();
        assert_eq!(pages.matches(" S\n").count(), lines, "{}", figure.name);
        let texts = svg.matches("<text").count();
        assert_eq!(pages.matches(" TJ ET").count(), texts, "{}", figure.name);
    }
}

#[test]
fn objects_of_a_pdf_are_where_its_table_says() {
    let figure = figures(&support::belgian(), Audience::Publication).swap_remove(0);
    let file = pdf::file(&figure.sheets);
    let at = |from: usize| String::from_utf8_lossy(&file[from..]).into_owned();
    let tail = at(file.len() - 40);
    let start = tail.split("startxref\n").nth(1).and_then(|rest| rest.lines().next());
    let start: usize = start.and_then(|number| number.parse().ok()).expect("the table has a place");
    let table = at(start);
    let n: usize = table.lines().nth(1).and_then(|line| line[2..].parse().ok()).expect("a count");
    for (object, line) in table.lines().skip(3).take(n - 1).enumerate() {
        let place: usize = line[..10].parse().expect("a place");
        assert!(at(place).starts_with(&format!("{} 0 obj\n", object + 1)), "{line}");
    }
}
