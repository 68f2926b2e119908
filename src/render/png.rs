//! SVG to PNG, with the embedded font and nothing of the machine's.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

/// Family of the embedded font.
const FAMILY: &str = "DejaVu Sans";

/// The only fonts that a drawing may use.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.load_font_data(dejavu::sans::bold().to_vec());
    fonts.set_sans_serif_family(FAMILY);
    Arc::new(fonts)
});

/// Largest side of a picture in pixels.
const LARGEST_SIDE: f32 = 20_000.0;

/// A picture cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The text is no SVG.
    #[error("the drawing is no SVG")]
    Parse(#[from] resvg::usvg::Error),
    /// The picture would be empty or too large.
    #[error("a picture of {width} by {height} pixels cannot be made")]
    Size {
        /// Width asked for.
        width: f32,
        /// Height asked for.
        height: f32,
    },
    /// The picture cannot be written as PNG.
    #[error("the picture cannot be encoded: {0}")]
    Encode(String),
}

/// A parsed drawing, its text set in the embedded font.
///
/// # Errors
///
/// [`PngError::Parse`] where the text is no SVG.
pub fn tree(svg: &str) -> Result<Tree, PngError> {
    let options = Options {
        font_family: FAMILY.to_owned(),
        fontdb: Arc::clone(&FONTS),
        ..Options::default()
    };
    Ok(Tree::from_str(svg, &options)?)
}

/// Renders a drawing as PNG; `scale` 1 is one pixel of the picture for one of the drawing.
///
/// # Errors
///
/// [`PngError`] where the text is no SVG, the scale is no positive number, or the picture would
/// have a side of more than 20,000 pixels.
pub fn from_svg(svg: &str, scale: f32) -> Result<Vec<u8>, PngError> {
    let tree = tree(svg)?;
    let size = tree.size();
    let (width, height) = ((size.width() * scale).ceil(), (size.height() * scale).ceil());
    let is_sane = |side: f32| (1.0..=LARGEST_SIDE).contains(&side);
    let pixmap = (is_sane(width) && is_sane(height))
        .then(|| Pixmap::new(whole(width), whole(height)))
        .flatten();
    let Some(mut pixmap) = pixmap else { return Err(PngError::Size { width, height }) };
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| PngError::Encode(error.to_string()))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the side is checked to be between 1 and 20,000"
)]
fn whole(side: f32) -> u32 {
    side as u32
}
