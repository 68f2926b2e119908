//! The body of a figure, and how it is cut where it is higher than a sheet.

use super::drawing::Canvas;
use super::forest::{Forest, Group};
use super::forest_layout::Layout;
use super::panel::{Grid, Piece};

/// A group is cut only where it takes more than this share of a sheet.
const MOST_WHOLE: f64 = 0.5;

/// What is between title and notes.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Grid(Grid),
    Forest(Forest),
}

impl Body {
    pub(crate) fn height(&self, width: f64) -> f64 {
        match self {
            Self::Grid(grid) => grid.height(width),
            Self::Forest(forest) => forest.height(width),
        }
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, top: f64, width: f64) {
        match self {
            Self::Grid(grid) => grid.draw(canvas, top, width),
            Self::Forest(forest) => forest.draw(canvas, top, width),
        }
    }

    /// As many parts as are needed for none to be higher than the room, as far as rows allow.
    pub(crate) fn parts(&self, width: f64, room: f64) -> Vec<Self> {
        let pieces = match self {
            Self::Grid(grid) => grid.pieces(width),
            Self::Forest(forest) => forest.pieces(width, room),
        };
        let mut parts = Vec::new();
        let mut rest = pieces.as_slice();
        while !rest.is_empty() {
            let fits = |n: &usize| self.part(&rest[..*n]).height(width) <= room;
            let n = (2..=rest.len()).take_while(fits).last().unwrap_or(1);
            parts.push(self.part(&rest[..n]));
            rest = &rest[n..];
        }
        if parts.is_empty() { vec![self.clone()] } else { parts }
    }

    fn part(&self, pieces: &[Piece]) -> Self {
        match self {
            Self::Grid(grid) => Self::Grid(grid.part(pieces)),
            Self::Forest(forest) => Self::Forest(forest.part(pieces)),
        }
    }
}

impl Forest {
    /// Its groups, large ones row by row; a row without a name of its own stays with the one above.
    fn pieces(&self, width: f64, room: f64) -> Vec<Piece> {
        let layout = Layout::new(self, width);
        let mut pieces: Vec<Piece> = Vec::new();
        for (at, group) in self.groups.iter().enumerate() {
            let n = group.rows.len();
            if layout.group_height(group) <= MOST_WHOLE * room {
                pieces.push((at, 0..n));
                continue;
            }
            let is_first = |row: usize| {
                let name = group.rows[row].cells.first();
                row == 0 || name.is_none_or(|(name, _)| !name.is_empty())
            };
            let starts: Vec<usize> = (0..n).filter(|row| is_first(*row)).collect();
            let ends = starts.iter().skip(1).copied().chain([n]);
            pieces.extend(starts.iter().copied().zip(ends).map(|(from, to)| (at, from..to)));
        }
        pieces
    }

    /// The plot with some of its rows; the title of a group that is cut is repeated.
    fn part(&self, pieces: &[Piece]) -> Self {
        let mut groups: Vec<(usize, Group)> = Vec::new();
        for (at, range) in pieces {
            let whole = &self.groups[*at];
            let rows = whole.rows[range.clone()].iter().cloned();
            let is_last = range.end == whole.rows.len();
            let foot = if is_last { whole.foot.clone() } else { String::new() };
            match groups.last_mut() {
                Some((known, group)) if known == at => {
                    group.rows.extend(rows);
                    group.foot = foot;
                }
                _ => groups.push((*at, Group { rows: rows.collect(), foot, ..whole.clone() })),
            }
        }
        Self { groups: groups.into_iter().map(|(_, group)| group).collect(), ..self.clone() }
    }
}
