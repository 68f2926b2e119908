//! Colours, sizes and line styles of all figures.
//!
//! The arms' colours are of Okabe and Ito's palette, safe for colour-blind readers; line style
//! and mark differ as well, so that the arms can be told apart in grey.

use crate::trial::arm::Arm;

use super::drawing::{Colour, Mark, Stroke, Type, Weight};

/// Empty border around a figure in pixels.
pub(crate) const MARGIN: f64 = 14.0;

/// Text and the main marks.
pub(crate) const INK: Colour = Colour(0x1A, 0x1A, 0x1A);
/// Text of lesser rank.
pub(crate) const GREY: Colour = Colour(0x4D, 0x4D, 0x4D);
/// Marks of lesser rank.
pub(crate) const LIGHT: Colour = Colour(0x80, 0x80, 0x80);
/// Axes.
pub(crate) const AXIS: Colour = Colour(0x66, 0x66, 0x66);
/// Lines that help the eye.
pub(crate) const GRID: Colour = Colour(0xE2, 0xE2, 0xE2);
/// The label of internal documents.
pub(crate) const WARNING: Colour = Colour(0x9C, 0x1C, 0x1C);
/// A second series beside one in ink.
pub(crate) const SECOND: Colour = Colour(0xD5, 0x5E, 0x00);

pub(crate) const TITLE: Type = Type { size: 15.0, weight: Weight::Bold, colour: INK };
pub(crate) const SUBTITLE: Type = Type { size: 11.0, weight: Weight::Normal, colour: GREY };
pub(crate) const LABEL: Type = Type { size: 11.0, weight: Weight::Normal, colour: INK };
pub(crate) const STRONG: Type = Type { size: 11.0, weight: Weight::Bold, colour: INK };
pub(crate) const TICK: Type = Type { size: 10.0, weight: Weight::Normal, colour: GREY };
pub(crate) const NOTE: Type = Type { size: 9.5, weight: Weight::Normal, colour: GREY };
pub(crate) const INTERNAL: Type = Type { size: 11.0, weight: Weight::Bold, colour: WARNING };

/// Lines of the axes, of the grid, and at no effect.
pub(crate) const AXIS_LINE: Stroke = Stroke::solid(AXIS, 1.0);
pub(crate) const GRID_LINE: Stroke = Stroke::solid(GRID, 0.8);
pub(crate) const NO_EFFECT: Stroke = Stroke::solid(INK, 1.2);
pub(crate) const DASHED: Stroke = Stroke { colour: LIGHT, width: 1.0, dash: Some((3.0, 3.0)) };

/// Colour of an arm's marks and lines.
pub(crate) const fn colour(arm: Arm) -> Colour {
    match arm {
        Arm::Intervention => Colour(0x00, 0x72, 0xB2),
        Arm::Control => Colour(0xD5, 0x5E, 0x00),
    }
}

/// Text in an arm's colour: dark enough to be read on white.
pub(crate) const fn arm_type(arm: Arm, size: f64) -> Type {
    let colour = match arm {
        Arm::Intervention => Colour(0x00, 0x5A, 0x8F),
        Arm::Control => Colour(0xA8, 0x4A, 0x00),
    };
    Type { size, weight: Weight::Normal, colour }
}

/// Line of an arm's curve.
pub(crate) const fn stroke(arm: Arm) -> Stroke {
    let dash = match arm {
        Arm::Intervention => None,
        Arm::Control => Some((5.0, 2.5)),
    };
    Stroke { colour: colour(arm), width: 1.8, dash }
}

/// Opacity of an arm's ribbon, in per cent.
pub(crate) const fn ribbon(arm: Arm) -> u8 {
    match arm {
        Arm::Intervention => 20,
        Arm::Control => 15,
    }
}

/// Opacity of an arm's band for all months at once, which the ribbon lies upon, in per cent.
pub(crate) const fn band(arm: Arm) -> u8 {
    match arm {
        Arm::Intervention => 10,
        Arm::Control => 9,
    }
}

/// Mark of an arm's values.
pub(crate) const fn mark(arm: Arm) -> Mark {
    match arm {
        Arm::Intervention => Mark::FilledCircle,
        Arm::Control => Mark::OpenSquare,
    }
}
