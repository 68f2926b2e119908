//! Draws of whatever a plan or a table may hold.

use ips_eval::random::{Purpose, Seed, Stream};

/// A source of choices, the same for the same number.
pub(super) struct Draw(Stream);

impl Draw {
    pub(super) fn new(at: u64) -> Self {
        Self(Stream::new(Seed(20_180_201), Purpose::Simulation, at))
    }

    /// A whole number below `bound`.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        self.0.below(bound)
    }

    /// A whole number from the first to the last.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = u32::try_from(last - first + 1).expect("a short range");
        first + i64::from(self.0.below(span))
    }

    /// Yes in so many of a hundred.
    pub(super) fn is(&mut self, percent: u32) -> bool {
        self.0.below(100) < percent
    }

    pub(super) fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.place(of.len())]
    }

    pub(super) fn place(&mut self, n: usize) -> usize {
        self.0.below(u32::try_from(n).expect("a short list")) as usize
    }

    /// Some of a list, in its order.
    pub(super) fn some<T: Clone>(&mut self, of: &[T], percent: u32) -> Vec<T> {
        of.iter().filter(|_| self.is(percent)).cloned().collect()
    }

    /// Increasing whole numbers.
    pub(super) fn increasing(&mut self, most: usize, (first, last): (i64, i64)) -> Vec<i64> {
        let mut all: Vec<i64> = (0..=self.place(most)).map(|_| self.between(first, last)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
