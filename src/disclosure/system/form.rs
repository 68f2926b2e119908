//! Sums of unknown counts.

/// A sum of unknowns, each times a whole number.
///
/// Terms are in the order of the unknowns, without zeros, so that equal sums are equal values.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form(Vec<(usize, i64)>);

impl Form {
    /// One unknown.
    pub fn of(unknown: usize) -> Self {
        Self(vec![(unknown, 1)])
    }

    /// A sum of terms; those of one unknown are taken together.
    pub fn sum(terms: impl IntoIterator<Item = (usize, i64)>) -> Self {
        let mut sorted: Vec<(usize, i64)> = terms.into_iter().collect();
        sorted.sort_unstable();
        let mut made: Vec<(usize, i64)> = Vec::with_capacity(sorted.len());
        for (unknown, times) in sorted {
            match made.last_mut() {
                Some(last) if last.0 == unknown => last.1 += times,
                _ => made.push((unknown, times)),
            }
        }
        made.retain(|(_, times)| *times != 0);
        Self(made)
    }

    /// This and the other.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self::sum(self.0.iter().chain(&other.0).copied())
    }

    /// This less the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self::sum(self.0.iter().copied().chain(other.0.iter().map(|&(one, times)| (one, -times))))
    }

    /// Unknowns with their factors.
    pub fn terms(&self) -> &[(usize, i64)] {
        &self.0
    }

    /// The unknown, where the form is one unknown and nothing else.
    pub fn single(&self) -> Option<usize> {
        match self.0.as_slice() {
            [(unknown, 1)] => Some(*unknown),
            _ => None,
        }
    }

    /// The sum at a point.
    pub fn at(&self, point: &[i64]) -> i64 {
        self.0.iter().map(|&(unknown, times)| times * point[unknown]).sum()
    }
}
