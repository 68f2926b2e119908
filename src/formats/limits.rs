//! How much may be made of a file: a multiple of its size and a constant.

use super::error::{FormatError, Place, Problem};

/// What every file may grow by, in bytes.
const FREE: usize = 64 << 20;

/// What a byte of the file may become.
const TIMES: usize = 32;

/// Bytes that may still be made of things that a file can name again and again: a long text that
/// many cells share, a set of labels that many variables share, blocks that unpack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance(usize);

impl Allowance {
    pub(super) fn for_file(bytes: &[u8]) -> Self {
        Self(bytes.len().saturating_mul(TIMES).saturating_add(FREE))
    }

    /// Takes from the allowance, before the memory is asked for.
    pub(super) fn spend(&mut self, n: usize, place: &Place) -> Result<(), FormatError> {
        let Some(left) = self.0.checked_sub(n) else {
            let what = format!("it unpacks to more than {TIMES} times its size and 64 MiB");
            return Err(FormatError::new(place.clone(), Problem::TooLarge(what)));
        };
        self.0 = left;
        Ok(())
    }
}

/// Cells of a table from a packed file: 2 GiB.
pub(super) const MAX_CELLS: usize = 1 << 26;
