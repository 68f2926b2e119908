//! Drawings as pictures on a page.

/// English metric units in a hundredth of a millimetre.
const PER_HUNDREDTH: u64 = 360;

/// Widest and highest picture on a page, in hundredths of a millimetre.
const LARGEST: (u64, u64) = (17_000, 23_000);

/// A drawing as PNG.
pub(super) struct Picture<'p> {
    number: usize,
    png: &'p [u8],
    pixels: (u64, u64),
}

impl<'p> Picture<'p> {
    /// The picture with that number; nothing where the bytes are no PNG.
    pub(super) fn new(number: usize, png: &'p [u8]) -> Option<Self> {
        // The first chunk of a PNG begins with its width and height.
        let side = |at: usize| -> Option<u64> {
            let bytes: [u8; 4] = png.get(at..at + 4)?.try_into().ok()?;
            Some(u64::from(u32::from_be_bytes(bytes))).filter(|pixels| *pixels > 0)
        };
        let is_png = png.starts_with(b"\x89PNG\r\n\x1a\n") && png.get(12..16) == Some(b"IHDR");
        let pixels = (side(16)?, side(20)?);
        is_png.then_some(Self { number, png, pixels })
    }

    /// Width and height on the page, as wide as it goes.
    pub(super) fn size(&self) -> (u64, u64) {
        let (width, height) = self.pixels;
        // As wide as the page, unless it would then be too high for it.
        let (wide, high) = if height * LARGEST.0 <= width * LARGEST.1 {
            (LARGEST.0, height * LARGEST.0 / width)
        } else {
            (width * LARGEST.1 / height, LARGEST.1)
        };
        (wide * PER_HUNDREDTH, high * PER_HUNDREDTH)
    }

    /// Name of the relation from the text to the picture.
    pub(super) fn relation(&self) -> String {
        format!("rIdPicture{}", self.number)
    }

    /// Where it is, beside the text.
    pub(super) fn path(&self) -> String {
        format!("media/figure_{}.png", self.number)
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.png
    }
}
