//! Reading bytes in order, each read held against the end of the file.

use super::error::{FormatError, Problem};

/// Which byte of a number comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The least.
    Little,
    /// The greatest.
    Big,
}

/// Defines a number's reading from exactly as many bytes as it has.
macro_rules! number {
    ($name:ident, $type:ty, $size:literal) => {
        pub(super) fn $name(self, bytes: [u8; $size]) -> $type {
            match self {
                Self::Little => <$type>::from_le_bytes(bytes),
                Self::Big => <$type>::from_be_bytes(bytes),
            }
        }
    };
}

impl Order {
    number!(u16, u16, 2);
    number!(i16, i16, 2);
    number!(u32, u32, 4);
    number!(i32, i32, 4);
    number!(u64, u64, 8);
    number!(i64, i64, 8);
    number!(f64, f64, 8);
}

/// A place in the bytes that moves on as they are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    pub(super) order: Order,
    /// What is being read, for messages.
    pub(super) section: &'static str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], order: Order, section: &'static str) -> Self {
        Self { bytes, at: 0, order, section }
    }

    /// Bytes read so far.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next bytes, or the error that the file ends before.
    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8], FormatError> {
        let rest = &self.bytes[self.at..];
        let Some(taken) = rest.get(..n) else {
            return Err(FormatError::at_byte(self.at, Problem::Truncated(self.section)));
        };
        self.at += n;
        Ok(taken)
    }

    /// As [`take`](Self::take), for a length that the file states.
    pub(super) fn take_claimed(&mut self, n: impl TryInto<usize>) -> Result<&'a [u8], FormatError> {
        self.take(n.try_into().unwrap_or(usize::MAX))
    }

    /// `count` pieces of `width` bytes.
    pub(super) fn pieces(
        &mut self,
        count: usize,
        width: usize,
    ) -> Result<std::slice::ChunksExact<'a, u8>, FormatError> {
        let n = count.saturating_mul(width);
        Ok(self.take(n)?.chunks_exact(width))
    }

    /// Passes over `count` pieces of `width` bytes.
    pub(super) fn skip(&mut self, count: usize, width: usize) -> Result<(), FormatError> {
        self.pieces(count, width).map(drop)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let taken = self.take(N)?;
        let mut array = [0; N];
        array.copy_from_slice(taken);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, FormatError> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16, FormatError> {
        Ok(self.order.u16(self.array()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, FormatError> {
        Ok(self.order.u32(self.array()?))
    }

    pub(super) fn i32(&mut self) -> Result<i32, FormatError> {
        Ok(self.order.i32(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, FormatError> {
        Ok(self.order.u64(self.array()?))
    }

    pub(super) fn i64(&mut self) -> Result<i64, FormatError> {
        Ok(self.order.i64(self.array()?))
    }

    pub(super) fn f64(&mut self) -> Result<f64, FormatError> {
        Ok(self.order.f64(self.array()?))
    }

    /// Takes the bytes if they come next.
    pub(super) fn skip_if(&mut self, expected: &[u8]) -> bool {
        let next = self.bytes[self.at..].starts_with(expected);
        if next {
            self.at += expected.len();
        }
        next
    }

    /// Takes the bytes, which must come next.
    pub(super) fn expect(&mut self, expected: &'static str) -> Result<(), FormatError> {
        if self.skip_if(expected.as_bytes()) {
            return Ok(());
        }
        if self.left() < expected.len() {
            return Err(FormatError::at_byte(self.at, Problem::Truncated(self.section)));
        }
        Err(self.damaged(&format!("`{expected}` was expected")))
    }

    /// The error that something here is not what the format has.
    pub(super) fn damaged(&self, what: &str) -> FormatError {
        let what = format!("{what}, in {}", self.section);
        FormatError::at_byte(self.at, Problem::Damaged(what))
    }
}
