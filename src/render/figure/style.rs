//! Colours, sizes and line styles of all figures.
//!
//! The arms' colours are of Okabe and Ito's palette, safe for colour-blind readers; line style
//! and mark differ as well, so that the arms can be told apart in grey.

use plotters::style::RGBColor;

use crate::trial::arm::Arm;

use super::canvas::{Mark, Stroke, Type, Weight};

/// Width of a figure in pixels.
pub(super) const WIDTH: f64 = 720.0;

/// Empty border around a figure in pixels.
pub(super) const MARGIN: f64 = 14.0;

/// Text and the main marks.
pub(super) const INK: RGBColor = RGBColor(0x1A, 0x1A, 0x1A);
/// Text of lesser rank.
pub(super) const GREY: RGBColor = RGBColor(0x4D, 0x4D, 0x4D);
/// Marks of lesser rank.
pub(super) const LIGHT: RGBColor = RGBColor(0x80, 0x80, 0x80);
/// Axes.
pub(super) const AXIS: RGBColor = RGBColor(0x66, 0x66, 0x66);
/// Lines that help the eye.
pub(super) const GRID: RGBColor = RGBColor(0xE2, 0xE2, 0xE2);
/// The label of internal documents.
pub(super) const WARNING: RGBColor = RGBColor(0x9C, 0x1C, 0x1C);

pub(super) const TITLE: Type = Type { size: 15.0, weight: Weight::Bold, colour: INK };
pub(super) const SUBTITLE: Type = Type { size: 11.0, weight: Weight::Normal, colour: GREY };
pub(super) const LABEL: Type = Type { size: 11.0, weight: Weight::Normal, colour: INK };
pub(super) const STRONG: Type = Type { size: 11.0, weight: Weight::Bold, colour: INK };
pub(super) const TICK: Type = Type { size: 10.0, weight: Weight::Normal, colour: GREY };
pub(super) const NOTE: Type = Type { size: 9.5, weight: Weight::Normal, colour: GREY };
pub(super) const INTERNAL: Type = Type { size: 11.0, weight: Weight::Bold, colour: WARNING };

/// Colour of an arm's marks and lines.
pub(super) const fn colour(arm: Arm) -> RGBColor {
    match arm {
        Arm::Intervention => RGBColor(0x00, 0x72, 0xB2),
        Arm::Control => RGBColor(0xD5, 0x5E, 0x00),
    }
}

/// Text in an arm's colour: dark enough to be read on white.
pub(super) const fn arm_type(arm: Arm, size: f64) -> Type {
    let colour = match arm {
        Arm::Intervention => RGBColor(0x00, 0x5A, 0x8F),
        Arm::Control => RGBColor(0xA8, 0x4A, 0x00),
    };
    Type { size, weight: Weight::Normal, colour }
}

/// Line of an arm's curve.
pub(super) const fn stroke(arm: Arm) -> Stroke {
    let dash = match arm {
        Arm::Intervention => None,
        Arm::Control => Some((5.0, 2.5)),
    };
    Stroke { colour: colour(arm), width: 1.8, dash }
}

/// Opacity of an arm's ribbon.
pub(super) const fn ribbon(arm: Arm) -> f64 {
    match arm {
        Arm::Intervention => 0.20,
        Arm::Control => 0.15,
    }
}

/// Opacity of an arm's band for all months at once, which the ribbon lies upon.
pub(super) const fn band(arm: Arm) -> f64 {
    match arm {
        Arm::Intervention => 0.10,
        Arm::Control => 0.09,
    }
}

/// Mark of an arm's values.
pub(super) const fn mark(arm: Arm) -> Mark {
    match arm {
        Arm::Intervention => Mark::FilledCircle,
        Arm::Control => Mark::OpenSquare,
    }
}
