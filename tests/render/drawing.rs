//! What is in a drawing: texts with their boxes, and marks.

use ips_eval::render::png;
use resvg::usvg::{Group, Node, Rect, TextChunk, roxmltree};

/// Text of a drawing with the box that its glyphs' lines fill.
pub(crate) struct Lettering {
    pub(crate) text: String,
    pub(crate) area: Rect,
}

/// Every text of a drawing, set in the embedded font, with the drawing's size.
pub(crate) fn lettering(svg: &str) -> (Vec<Lettering>, (f32, f32)) {
    let tree = png::tree(svg).expect("the drawing is SVG");
    let mut found = Vec::new();
    collect(tree.root(), &mut found);
    (found, (tree.size().width(), tree.size().height()))
}

fn collect(group: &Group, found: &mut Vec<Lettering>) {
    for node in group.children() {
        match node {
            Node::Group(group) => collect(group, found),
            Node::Text(text) => {
                let words: String = text.chunks().iter().map(TextChunk::text).collect();
                found.push(Lettering { text: words, area: text.abs_bounding_box() });
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
}

/// Numbers of attributes of the elements of a name that pass a test, in drawing order.
pub(crate) fn attributes(svg: &str, element: &str, wanted: &[(&str, &str)], of: &str) -> Vec<f64> {
    let document = roxmltree::Document::parse(svg).expect("the drawing is XML");
    let fits = |node: &roxmltree::Node| {
        node.has_tag_name(("http://www.w3.org/2000/svg", element))
            && wanted.iter().all(|(name, value)| node.attribute(*name) == Some(*value))
    };
    let number = |node: roxmltree::Node| {
        node.attribute(of).and_then(|text| text.parse().ok()).expect("the attribute is a number")
    };
    document.descendants().filter(fits).map(number).collect()
}

/// Fails unless `positions` is the same affine map of all `values`, to a tenth of a pixel.
#[track_caller]
pub(crate) fn assert_affine(positions: &[f64], values: &[f64]) {
    assert_eq!(positions.len(), values.len(), "one mark a value");
    let (low, high) = extremes(values);
    let slope = (positions[high] - positions[low]) / (values[high] - values[low]);
    for (at, (position, value)) in positions.iter().zip(values).enumerate() {
        let expected = positions[low] + slope * (value - values[low]);
        // The drawing's unit is a tenth of a pixel; both ends of the scale are rounded too.
        assert!((position - expected).abs() <= 3.0, "mark {at}: at {position}, not {expected}");
    }
}

fn extremes(values: &[f64]) -> (usize, usize) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    (order[0], order[order.len() - 1])
}

/// Corners of the elements of a name that pass a test, in drawing order.
pub(crate) fn points(svg: &str, element: &str, wanted: &[(&str, &str)]) -> Vec<Vec<(f64, f64)>> {
    let document = roxmltree::Document::parse(svg).expect("the drawing is XML");
    let fits = |node: &roxmltree::Node| {
        node.has_tag_name(("http://www.w3.org/2000/svg", element))
            && wanted.iter().all(|(name, value)| node.attribute(*name) == Some(*value))
    };
    let corner = |text: &str| {
        let (x, y) = text.split_once(',').expect("two coordinates");
        (x.parse().expect("a number"), y.parse().expect("a number"))
    };
    let corners = |node: roxmltree::Node| {
        let text = node.attribute("points").expect("the element has corners");
        text.split_whitespace().map(corner).collect()
    };
    document.descendants().filter(fits).map(corners).collect()
}
