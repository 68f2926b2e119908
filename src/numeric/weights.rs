//! Case weights. Frequency weights and sampling weights are different things.

/// How many times each participant counts: whole numbers, as a bootstrap replicate draws them.
///
/// A weight of 2 is the participant twice; variances shrink accordingly.
#[derive(Clone, Copy, Debug)]
pub struct FrequencyWeights<'a>(pub &'a [u32]);

impl FrequencyWeights<'_> {
    /// The weight of the participant at that position.
    pub fn get(&self, position: usize) -> u32 {
        self.0[position]
    }
}
