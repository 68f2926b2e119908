//! Seeds and one stream of random numbers a replicate.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// The seed of a run. There is no default: the plan gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

/// What a stream is for. Draws for different purposes never share numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Case weights of the bootstrap.
    Bootstrap,
    /// A synthetic trial.
    Simulation,
    /// Folds of cross-fitting.
    Folds,
    /// The critical value of a simultaneous band.
    Band,
    /// Case weights of the balanced bootstrap.
    BalancedBootstrap,
    /// Assignments of a randomisation test.
    Randomisation,
}

impl Purpose {
    fn tag(self) -> u64 {
        match self {
            Purpose::Bootstrap => 1,
            Purpose::Simulation => 2,
            Purpose::Folds => 3,
            Purpose::Band => 4,
            Purpose::BalancedBootstrap => 6,
            Purpose::Randomisation => 5,
        }
    }
}

/// A stream of random numbers: ChaCha8, keyed by seed and purpose, numbered by `stream`.
///
/// The generator's words are fixed by its name; everything made of them is made here, so that
/// draws survive upgrades of any crate.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream with that number, the same on every machine and for any number of threads.
    ///
    /// The 32 bytes of the key are the seed (8 bytes, little-endian), the purpose's tag (8 bytes,
    /// little-endian) and zeros; words 12 and 13 of the state count blocks from 0, words 14 and
    /// 15 are `stream`. `tests/reference/python/case_weights.py` restates this independently.
    pub fn new(seed: Seed, purpose: Purpose, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.0.to_le_bytes());
        key[8..16].copy_from_slice(&purpose.tag().to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A whole number below `bound`, each equally likely (Lemire's method, 32-bit words).
    ///
    /// `bound` must be positive.
    pub fn below(&mut self, bound: u32) -> u32 {
        debug_assert!(bound > 0, "a draw needs at least one outcome");
        let mut product = u64::from(self.0.next_u32()) * u64::from(bound);
        #[allow(clippy::cast_possible_truncation, reason = "the low word is what is wanted")]
        let low = |wide: u64| wide as u32;
        if low(product) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while low(product) < threshold {
                product = u64::from(self.0.next_u32()) * u64::from(bound);
            }
        }
        low(product >> 32)
    }

    /// A number in (0, 1), never 0 and never 1: the upper 52 bits of two words, the low word
    /// first, and a half. With a 53rd bit the half would be rounded away, and 1 possible.
    pub fn unit(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_do_not_depend_on_each_other() {
        let draw = |stream| {
            let mut s = Stream::new(Seed(7), Purpose::Bootstrap, stream);
            (0..8).map(|_| s.below(1000)).collect::<Vec<_>>()
        };
        assert_ne!(draw(0), draw(1));
        assert_eq!(draw(3), draw(3));
    }

    #[test]
    fn bounded_draws_are_uniform() {
        let mut s = Stream::new(Seed(1), Purpose::Bootstrap, 0);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[s.below(7) as usize] += 1;
        }
        // χ² on 6 degrees of freedom; 22.46 is its 99.9% point.
        let off = |count: u32| f64::from(count) - 10_000.0;
        let chi: f64 = counts.iter().map(|&c| off(c) * off(c) / 10_000.0).sum();
        assert!(chi < 22.46, "{counts:?}");
    }
}
