//! Documents say what the rows say, and nothing that the rows withhold.

mod support;

use ips_eval::render::Audience;
use ips_eval::render::figure::{Figure, render_all};
use ips_eval::render::png;
use ips_eval::render::text::{Language, Texts};
use ips_eval::results::result_set::ResultSet;

fn english() -> Texts {
    Texts::new(Language::English).expect("the English texts are whole")
}

/// Every shape of results, with a name.
fn shapes() -> Vec<(&'static str, ResultSet)> {
    vec![
        ("belgian", support::belgian()),
        ("single_region", support::single_region()),
        ("many_regions", support::many_regions()),
        ("with_gaps", support::with_gaps()),
        ("empty", support::empty()),
    ]
}

fn figures(results: &ResultSet, audience: Audience) -> Vec<Figure> {
    render_all(results, &english(), audience).expect("figures can be drawn")
}

#[test]
#[ignore = "writes pictures to look at"]
fn pictures_to_look_at() {
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, results) in shapes() {
        for figure in figures(&results, Audience::Publication) {
            let path = directory.join(format!("{name}-{}", figure.name));
            std::fs::write(path.with_extension("svg"), &figure.svg).unwrap();
            std::fs::write(path.with_extension("csv"), &figure.csv).unwrap();
            let picture = png::from_svg(&figure.svg, 2.0).unwrap();
            std::fs::write(path.with_extension("png"), picture).unwrap();
        }
    }
}
