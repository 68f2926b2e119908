//! Thrift's compact protocol, as far as a Parquet footer needs it: structs are walked field by field,
//! and no count or length is believed that the bytes left could not hold.

/// Structs and lists inside each other; a footer has half a dozen.
const DEEPEST: usize = 16;

/// Why bytes are no such struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ThriftError {
    /// The bytes end within a value.
    #[error("it ends within a value")]
    Short,
    /// A number has more bits than its type.
    #[error("a number has too many bits")]
    Number,
    /// A list or text claims more than the bytes left.
    #[error("a list or text claims to be longer than the file")]
    Length,
    /// There is no such type.
    #[error("a value of no known type")]
    Type,
    /// Structs lie too deep in each other.
    #[error("structures lie too deep in each other")]
    Depth,
}

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Byte,
    /// Of 16, 32 or 64 bits: all are written in the same way.
    Integer,
    Double,
    Binary,
    List,
    Map,
    Struct,
}

impl Kind {
    fn of(code: u8) -> Result<Self, ThriftError> {
        Ok(match code {
            1 | 2 => Kind::Bool,
            3 => Kind::Byte,
            4..=6 => Kind::Integer,
            7 => Kind::Double,
            8 => Kind::Binary,
            9 | 10 => Kind::List,
            11 => Kind::Map,
            12 => Kind::Struct,
            _ => return Err(ThriftError::Type),
        })
    }
}

/// A place in the bytes.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0 }
    }

    /// How many bytes have been read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Result<u8, ThriftError> {
        let byte = *self.bytes.get(self.at).ok_or(ThriftError::Short)?;
        self.at += 1;
        Ok(byte)
    }

    fn take(&mut self, n: u64) -> Result<&'a [u8], ThriftError> {
        let n = usize::try_from(n).map_err(|_| ThriftError::Length)?;
        let taken = self.bytes[self.at..].get(..n).ok_or(ThriftError::Length)?;
        self.at += n;
        Ok(taken)
    }

    fn unsigned(&mut self) -> Result<u64, ThriftError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(ThriftError::Number);
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(ThriftError::Number)
    }

    /// A number of up to 64 bits.
    pub(super) fn integer(&mut self) -> Result<i64, ThriftError> {
        let folded = self.unsigned()?;
        let half = i64::try_from(folded >> 1).map_err(|_| ThriftError::Number)?;
        Ok(if folded & 1 == 0 { half } else { -half - 1 })
    }

    /// Passes over a text or bytes.
    pub(super) fn binary(&mut self) -> Result<&'a [u8], ThriftError> {
        let length = self.unsigned()?;
        self.take(length)
    }

    /// Gives every field of a struct to `field`, which reads its value or leaves it: what it leaves is
    /// passed over.
    pub(super) fn fields(
        &mut self,
        mut field: impl FnMut(i64, Kind, &mut Self) -> Result<(), ThriftError>,
    ) -> Result<(), ThriftError> {
        self.deeper()?;
        let mut id = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                break;
            }
            id = match head >> 4 {
                0 => self.integer()?,
                more => id.checked_add(i64::from(more)).ok_or(ThriftError::Number)?,
            };
            let (code, start) = (head & 0x0f, self.at);
            let kind = Kind::of(code)?;
            field(id, kind, self)?;
            // The value of a field of two values is in its type.
            if self.at == start && kind != Kind::Bool {
                self.skip(kind)?;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Gives every item of a list to `item`, which must read it.
    pub(super) fn list(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<(), ThriftError>,
    ) -> Result<(), ThriftError> {
        let (n, _) = self.list_head()?;
        self.deeper()?;
        for _ in 0..n {
            item(self)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Number and type of the items that follow; each takes a byte at least.
    fn list_head(&mut self) -> Result<(u64, Kind), ThriftError> {
        let head = self.byte()?;
        let n = match head >> 4 {
            15 => self.unsigned()?,
            short => u64::from(short),
        };
        if n > (self.bytes.len() - self.at) as u64 {
            return Err(ThriftError::Length);
        }
        Ok((n, Kind::of(head & 0x0f)?))
    }

    fn deeper(&mut self) -> Result<(), ThriftError> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(ThriftError::Depth) } else { Ok(()) }
    }

    fn skip(&mut self, kind: Kind) -> Result<(), ThriftError> {
        match kind {
            Kind::Bool | Kind::Byte => self.byte().map(drop),
            Kind::Integer => self.unsigned().map(drop),
            Kind::Double => self.take(8).map(drop),
            Kind::Binary => self.binary().map(drop),
            Kind::Struct => self.fields(|_, _, _| Ok(())),
            Kind::List => {
                let (n, kind) = self.list_head()?;
                self.deeper()?;
                for _ in 0..n {
                    self.skip(kind)?;
                }
                self.depth -= 1;
                Ok(())
            }
            Kind::Map => self.skip_map(),
        }
    }

    fn skip_map(&mut self) -> Result<(), ThriftError> {
        let n = self.unsigned()?;
        if n == 0 {
            return Ok(());
        }
        if n > (self.bytes.len() - self.at) as u64 {
            return Err(ThriftError::Length);
        }
        let kinds = self.byte()?;
        let (key, value) = (Kind::of(kinds >> 4)?, Kind::of(kinds & 0x0f)?);
        self.deeper()?;
        for _ in 0..n {
            self.skip(key)?;
            self.skip(value)?;
        }
        self.depth -= 1;
        Ok(())
    }
}
