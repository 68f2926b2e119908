//! Marks sit where the rows say, and words stay apart and on the sheet.

use ips_eval::render::{Audience, png};
use ips_eval::results::result_set::ResultSet;
use ips_eval::results::row::{ALL_REGIONS, Row};
use ips_eval::results::vocabulary::{Analysis, Method, Outcome, ResultArm, Statistic};

use super::drawing::{Lettering, assert_affine, attributes, lettering};
use super::support::HORIZON;
use super::{figure, figures, shapes, support};

const BLACK: &str = "#1A1A1A";
const LIGHT: &str = "#808080";
const BLUE: &str = "#0072B2";

/// Values of one statistic in the rows that pass a test, regions in the plan's order, all last.
fn values(results: &ResultSet, statistic: Statistic, is_wanted: impl Fn(&Row) -> bool) -> Vec<f64> {
    let regions = results.study.regions.iter().map(String::as_str);
    let of_region = |region: &str| {
        let mut found: Vec<&Row> = results
            .rows()
            .iter()
            .filter(|row| row.key.region == region && row.key.statistic == statistic)
            .filter(|row| row.key.inference.as_str().is_empty() && is_wanted(row))
            .collect();
        found.sort_by_key(|row| row.key.month);
        found.into_iter().filter_map(|row| row.value).collect::<Vec<_>>()
    };
    regions.chain([ALL_REGIONS]).flat_map(of_region).collect()
}

#[test]
fn a_forest_plot_has_its_marks_at_the_estimates() {
    for results in [support::belgian(), support::many_regions()] {
        let drawing = figure(&results, "effect_by_region").svg;
        let of = |method: Method, statistic| {
            values(&results, statistic, |row| {
                row.key.method == method && row.key.month == Some(HORIZON)
            })
        };
        let everyone = of(Method::RiskDifferenceAalenJohansen, Statistic::Estimate);
        let observed = of(Method::RiskDifferenceNewcombe, Statistic::Estimate);
        let mut positions = attributes(&drawing, "circle", &[("fill", BLACK)], "cx");
        positions.extend(attributes(&drawing, "circle", &[("fill", LIGHT)], "cx"));
        assert_affine(&positions, &[everyone, observed].concat());
    }
}

#[test]
fn a_forest_plot_has_its_intervals_and_its_diamond_at_the_limits() {
    let results = support::belgian();
    let drawing = figure(&results, "effect_by_region").svg;
    let of = |method: Method, statistic| {
        values(&results, statistic, |row| {
            row.key.method == method && row.key.month == Some(HORIZON)
        })
    };
    let mut wanted = Vec::new();
    for statistic in [Statistic::CiLower, Statistic::CiUpper] {
        wanted.extend(of(Method::RiskDifferenceAalenJohansen, statistic));
    }
    let lines = super::drawing::points(&drawing, "polyline", &[("stroke", BLACK)]);
    // The line at zero is the only other one in that colour, and it stands upright.
    let (upright, level): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| (line[0].0 - line[1].0).abs() < 1e-9);
    let mut positions: Vec<f64> = level.iter().map(|line| line[0].0).collect();
    positions.extend(level.iter().map(|line| line[1].0));
    positions.push(upright[0][0].0);
    wanted.push(0.0);
    let diamond = super::drawing::points(&drawing, "polygon", &[("fill", LIGHT)]);
    assert_eq!(diamond.len(), 1);
    positions.extend([diamond[0][0].0, diamond[0][1].0, diamond[0][2].0]);
    for statistic in [Statistic::CiLower, Statistic::Estimate, Statistic::CiUpper] {
        wanted.extend(of(Method::RiskDifferenceMantelHaenszel, statistic));
    }
    assert_affine(&positions, &wanted);
}

#[test]
fn dots_of_regions_are_at_the_rates() {
    let results = support::belgian();
    let drawing = figure(&results, "employment_by_region").svg;
    let mut rates = values(&results, Statistic::Estimate, |row| {
        row.key.outcome == Outcome::EverEmployed
            && row.key.analysis == Analysis::ArmRate
            && row.key.arm == ResultArm::Ips
    });
    rates.rotate_right(1);
    assert_affine(&attributes(&drawing, "circle", &[("fill", BLUE)], "cx"), &rates);
}

#[test]
fn months_and_shares_are_at_their_places() {
    let results = support::with_gaps();
    let drawing = figure(&results, "employment_by_month").svg;
    let is_wanted =
        |row: &Row| row.key.outcome == Outcome::Employed && row.key.arm == ResultArm::Ips;
    let shares = values(&results, Statistic::Estimate, is_wanted);
    let months: Vec<f64> = (1..=36).filter(|m| !(14..16).contains(m)).map(f64::from).collect();
    assert_affine(&attributes(&drawing, "circle", &[("fill", BLUE)], "cx"), &months);
    assert_affine(&attributes(&drawing, "circle", &[("fill", BLUE)], "cy"), &shares);
}

#[test]
fn ribbons_run_along_the_limits() {
    let results = support::belgian();
    let drawing = figure(&results, "employment_by_month").svg;
    let of = |statistic| {
        let is_wanted =
            |row: &Row| row.key.outcome == Outcome::Employed && row.key.arm == ResultArm::Ips;
        values(&results, statistic, is_wanted)
    };
    let (lower, mut upper) = (of(Statistic::CiLower), of(Statistic::CiUpper));
    upper.reverse();
    let ribbons = super::drawing::points(&drawing, "polygon", &[("fill", BLUE)]);
    assert_eq!(ribbons.len(), 1, "one unbroken ribbon");
    let heights: Vec<f64> = ribbons[0].iter().map(|at| at.1).collect();
    assert_affine(&heights, &[lower, upper].concat());
}

#[test]
fn curves_step_at_the_months_of_their_rows() {
    let results = support::belgian();
    let drawing = figure(&results, "first_job").svg;
    let mut curves = super::drawing::points(&drawing, "polyline", &[("stroke", BLUE)]);
    assert_eq!(curves.len(), 4, "one unbroken line a panel");
    // Panels are drawn with all regions first; rows are wanted with all regions last.
    curves.rotate_left(1);
    for (curve, region) in curves.iter().zip(["flanders", "wallonia", "brussels", ALL_REGIONS]) {
        let is_wanted = |row: &Row| {
            row.key.analysis == Analysis::CumulativeIncidence
                && row.key.arm == ResultArm::Ips
                && row.key.region == region
        };
        let rates = values(&results, Statistic::Estimate, is_wanted);
        let corners: Vec<_> = curve.iter().step_by(2).collect();
        let months: Vec<f64> = (0..rates.len()).map(|month| month as f64).collect();
        assert_affine(&corners.iter().map(|at| at.0).collect::<Vec<_>>(), &months);
        assert_affine(&corners.iter().map(|at| at.1).collect::<Vec<_>>(), &rates);
        for step in curve.windows(3).step_by(2) {
            assert!((step[0].1 - step[1].1).abs() < 1e-9, "values hold until the next month");
            assert!((step[1].0 - step[2].0).abs() < 1e-9, "and change on it");
        }
    }
}

#[test]
fn csv_holds_the_rows_in_full_precision() {
    let results = support::belgian();
    let csv = figure(&results, "employment_by_region").csv;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut n_values = 0;
    for record in reader.records() {
        let record = record.unwrap();
        for (name, text) in header.iter().zip(record.iter()).skip(2).take(5) {
            let row = results.rows().iter().find(|row| {
                row.key.analysis == Analysis::ArmRate
                    && row.key.outcome == Outcome::EverEmployed
                    && row.key.region == record[0]
                    && row.key.arm.as_str() == &record[1]
                    && row.key.statistic.as_str() == name
            });
            let value = row.and_then(|row| row.value).unwrap();
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            n_values += 1;
        }
    }
    assert_eq!(n_values, 4 * 2 * 5);
}

/// Whether the inner parts of two boxes meet: boxes are as high as the font's lines.
fn touch(a: &Lettering, b: &Lettering) -> bool {
    let inset =
        |low: f32, high: f32, share: f32| (low + share * (high - low), high - share * (high - low));
    let (ax, bx) = ((a.area.left(), a.area.right()), (b.area.left(), b.area.right()));
    let (ay, by) =
        (inset(a.area.top(), a.area.bottom(), 0.15), inset(b.area.top(), b.area.bottom(), 0.15));
    ax.0 < bx.1 && bx.0 < ax.1 && ay.0 < by.1 && by.0 < ay.1
}

#[test]
fn words_stay_on_the_sheet_and_apart() {
    assert_words_apart(&["belgian", "single_region", "empty"]);
}

#[test]
fn words_of_adjusted_effects_stay_on_the_sheet_and_apart() {
    assert_words_apart(&["itt", "itt_crowded", "itt_with_gaps"]);
}

#[test]
fn words_of_the_time_to_a_job_stay_on_the_sheet_and_apart() {
    assert_words_apart(&["time", "time_single_region", "time_crowded", "time_with_gaps"]);
}

#[test]
fn many_words_and_footnotes_stay_on_the_sheet_and_apart() {
    assert_words_apart(&["many_regions", "with_gaps"]);
}

fn assert_words_apart(wanted: &[&str]) {
    for (shape, results) in shapes().into_iter().filter(|(shape, _)| wanted.contains(shape)) {
        for figure in figures(&results, Audience::Internal) {
            let name = format!("{shape}, {}", figure.name);
            let (words, (width, height)) = lettering(&figure.svg);
            assert!(words.len() > 10, "{name}: hardly any text");
            for (at, word) in words.iter().enumerate() {
                let area = word.area;
                let is_inside = area.left() >= 0.0
                    && area.top() >= 0.0
                    && area.right() <= width
                    && area.bottom() <= height;
                assert!(is_inside, "{name}: {:?} is off the sheet: {area:?}", word.text);
                for other in &words[..at] {
                    assert!(!touch(word, other), "{name}: {:?} and {:?}", word.text, other.text);
                }
            }
        }
    }
}

#[test]
fn figures_carry_their_words() {
    for (shape, results) in shapes() {
        for figure in figures(&results, Audience::Publication) {
            let document = resvg::usvg::roxmltree::Document::parse(&figure.svg).unwrap();
            let root = document.root_element();
            assert_eq!(root.attribute("role"), Some("img"));
            let mut children = root.children().filter(resvg::usvg::roxmltree::Node::is_element);
            let (title, desc) = (children.next().unwrap(), children.next().unwrap());
            assert_eq!(title.text(), Some(figure.title.as_str()), "{shape}");
            assert_eq!(desc.text(), Some(figure.text_alternative.as_str()), "{shape}");
            let ids = format!("{0}-title {0}-desc", figure.name);
            assert_eq!(root.attribute("aria-labelledby"), Some(ids.as_str()));
        }
    }
}

#[test]
fn pictures_have_the_size_asked_for() {
    let drawing = figure(&support::single_region(), "employment_by_region").svg;
    let picture = png::from_svg(&drawing, 0.5).unwrap();
    assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(picture[16..20], 360_u32.to_be_bytes());
    for scale in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e6] {
        assert!(matches!(png::from_svg(&drawing, scale), Err(png::PngError::Size { .. })));
    }
    assert!(matches!(png::from_svg("no drawing", 1.0), Err(png::PngError::Parse(_))));
}
