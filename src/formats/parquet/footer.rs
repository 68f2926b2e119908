//! What a footer claims.

use super::thrift::{Cursor, Kind, ThriftError};

/// The schema and the groups of rows.
#[derive(Debug, Default)]
pub(super) struct Footer {
    /// The root, then everything below it, each before what it holds.
    schema: Vec<Element>,
    pub(super) rows: i64,
    pub(super) groups: Vec<Group>,
}

/// A column, or what holds columns.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Element {
    /// The type of its values; −1 for what holds columns.
    pub(super) kind: i64,
    children: i64,
    /// Whether a row may have another number of values than one.
    pub(super) is_repeated: bool,
}

/// Rows that are stored together.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) rows: i64,
    pub(super) chunks: Vec<Chunk>,
}

/// The values of a column in a group of rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chunk {
    pub(super) kind: i64,
    pub(super) codec: i64,
    pub(super) values: i64,
    pub(super) unpacked: i64,
    pub(super) packed: i64,
    pub(super) first_page: i64,
    pub(super) dictionary: Option<i64>,
}

/// The values of `repetition_type`.
const REPEATED: i64 = 2;

impl Footer {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ThriftError> {
        let mut footer = Self::default();
        Cursor::new(bytes).fields(|id, kind, at| {
            match (id, kind) {
                (2, Kind::List) => at.list(|at| {
                    footer.schema.push(Element::read(at)?);
                    Ok(())
                })?,
                (3, Kind::Integer) => footer.rows = at.integer()?,
                (4, Kind::List) => at.list(|at| {
                    footer.groups.push(Group::read(at)?);
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(footer)
    }

    /// The columns with values of their own. One below something repeated is repeated.
    pub(super) fn leaves(&self) -> impl Iterator<Item = Element> {
        // Children that are still to come, and whether they are repeated, of all that hold them.
        let mut open: Vec<(i64, bool)> = Vec::new();
        self.schema.iter().enumerate().filter_map(move |(at, element)| {
            while open.last().is_some_and(|(left, _)| *left == 0) {
                open.pop();
            }
            let above = open.last_mut().is_some_and(|(left, is_repeated)| {
                *left -= 1;
                *is_repeated
            });
            let is_repeated = above || (at > 0 && element.is_repeated);
            if element.children > 0 {
                open.push((element.children, is_repeated));
                return None;
            }
            (at > 0).then_some(Element { is_repeated, ..*element })
        })
    }

    /// How many they are; none unless every element lies in exactly one other.
    pub(super) fn n_leaves(&self) -> Option<usize> {
        let mut open = 1_i64;
        for element in &self.schema {
            if open == 0 || element.children < 0 {
                return None;
            }
            open = open.checked_sub(1)?.checked_add(element.children)?;
        }
        (open == 0).then(|| self.leaves().count())
    }
}

impl Element {
    fn read(at: &mut Cursor<'_>) -> Result<Self, ThriftError> {
        let mut own = Self { kind: -1, ..Self::default() };
        at.fields(|id, kind, at| {
            match (id, kind) {
                (1, Kind::Integer) => own.kind = at.integer()?,
                (3, Kind::Integer) => own.is_repeated = at.integer()? == REPEATED,
                (5, Kind::Integer) => own.children = at.integer()?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(own)
    }
}

impl Group {
    fn read(at: &mut Cursor<'_>) -> Result<Self, ThriftError> {
        let mut own = Self::default();
        at.fields(|id, kind, at| {
            match (id, kind) {
                (1, Kind::List) => at.list(|at| {
                    own.chunks.push(Chunk::read(at)?);
                    Ok(())
                })?,
                (3, Kind::Integer) => own.rows = at.integer()?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(own)
    }
}

impl Chunk {
    fn read(at: &mut Cursor<'_>) -> Result<Self, ThriftError> {
        let mut own = Self { kind: -1, values: -1, ..Self::default() };
        at.fields(|id, kind, at| match (id, kind) {
            (3, Kind::Struct) => at.fields(|id, kind, at| {
                if kind == Kind::Integer {
                    match id {
                        1 => own.kind = at.integer()?,
                        4 => own.codec = at.integer()?,
                        5 => own.values = at.integer()?,
                        6 => own.unpacked = at.integer()?,
                        7 => own.packed = at.integer()?,
                        9 => own.first_page = at.integer()?,
                        11 => own.dictionary = Some(at.integer()?),
                        _ => {}
                    }
                }
                Ok(())
            }),
            _ => Ok(()),
        })?;
        Ok(own)
    }
}
