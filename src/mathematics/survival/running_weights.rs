//! Sums of a replicate's case weights over members in a fixed order.

/// The weight of all members before each place of an order; what it held before does not matter.
#[derive(Clone, Debug, Default)]
pub(super) struct RunningWeights {
    before: Vec<i64>,
}

impl RunningWeights {
    /// Adds up the weights of those in the order, by their positions in `weights`.
    pub(super) fn set(&mut self, order: &[u32], weights: &[u32]) {
        self.before.resize(order.len() + 1, 0);
        let mut total = 0;
        for (&i, place) in order.iter().zip(&mut self.before[1..]) {
            total += i64::from(weights[i as usize]);
            *place = total;
        }
        self.before[0] = 0;
    }

    /// Of all in the order.
    pub(super) fn total(&self) -> i64 {
        self.before.last().copied().unwrap_or(0)
    }

    /// Of those before a place.
    #[inline]
    pub(super) fn until(&self, place: u32) -> i64 {
        self.before[place as usize]
    }

    /// Of those from one place to before another.
    #[inline]
    pub(super) fn between(&self, from: u32, to: u32) -> f64 {
        (self.until(to) - self.until(from)) as f64
    }
}

/// A position or place, in half the memory.
pub(super) fn as_u32(i: usize) -> u32 {
    u32::try_from(i).expect("a trial has fewer people than 2³²")
}
