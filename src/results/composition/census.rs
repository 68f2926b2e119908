//! How many people the sets hold.

use std::collections::BTreeMap;

use super::people::People;

/// The true number of people in each set that a result set names, counted in the data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census(BTreeMap<People, u64>);

impl Census {
    /// From sets and their numbers.
    pub fn new(counted: impl IntoIterator<Item = (People, u64)>) -> Self {
        Self(counted.into_iter().collect())
    }

    /// The number of people in a set; none where nobody counted them.
    pub fn of(&self, people: &People) -> Option<u64> {
        self.0.get(people).copied()
    }

    /// Every set with its number, in the order of the sets.
    pub fn iter(&self) -> impl Iterator<Item = (&People, u64)> {
        self.0.iter().map(|(people, n)| (people, *n))
    }
}
