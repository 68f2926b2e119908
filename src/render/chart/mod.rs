//! The grammar of figures: what a figure shows is a value, and where it stands is worked out here.
//!
//! A [`sheet::Chart`] has words and a body: a [`panel::Grid`] of panels over time, or a
//! [`forest::Forest`] of rows. Sizes come from outside, and a [`Drawing`] is what every writer takes.

pub(crate) mod axis;
mod corner;
pub(crate) mod drawing;
mod font_subset;
pub(crate) mod forest;
mod forest_draw;
mod forest_layout;
mod grid;
pub(crate) mod key;
mod lettering;
pub(crate) mod log_axis;
mod naming;
pub(crate) mod panel;
mod panel_draw;
pub(crate) mod parts;
pub mod pdf;
mod printable;
mod scales;
pub(crate) mod sheet;
pub(crate) mod style;
mod svg;

pub use drawing::Drawing;
pub(crate) use lettering::has_fonts;
pub use sheet::Size;
