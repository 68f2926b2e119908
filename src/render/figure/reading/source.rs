//! What a figure is made from, and what it becomes.

use crate::render::Audience;
use crate::render::chart::Drawing;
use crate::render::names::Names;
use crate::results::result_set::ResultSet;

/// A figure and everything that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Name of its files, and of its part of the texts.
    pub name: String,
    /// What is seen.
    pub title: String,
    /// The figure in words, with its main numbers.
    pub text_alternative: String,
    /// The drawing, with title and description inside; of a figure in parts, all parts.
    pub svg: String,
    /// The numbers of the drawing, in full precision.
    pub csv: String,
    /// The drawing, or its parts where it is higher than a sheet, for any writer.
    pub sheets: Vec<Drawing>,
}

/// A figure cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The font that is compiled in cannot be read.
    #[error("the embedded font cannot be read")]
    Font,
    /// The numbers could not be written as CSV.
    #[error("the numbers of a figure cannot be written")]
    Csv(#[from] csv::Error),
    /// The numbers are no UTF-8.
    #[error("the numbers of a figure are no text")]
    Text,
}

/// What every figure is drawn from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) results: &'a ResultSet,
    pub(crate) names: Names<'a>,
    pub(crate) audience: Audience,
    pub(crate) size: crate::render::chart::Size,
}
