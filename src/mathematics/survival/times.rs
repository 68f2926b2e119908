//! When participants were at risk, and how that ended.

use super::ending::Ending;

/// When each participant came under observation, when that ended and how, one place a participant.
///
/// # Conventions
///
/// At risk on day t iff entry < t ≤ day, as R's `Surv(entry, day, event)`; without entries
/// everyone is at risk from before day 0 on, so that events on day 0 count. Rows of one person
/// whose intervals do not overlap may stand beside each other. A row whose entry is not before its
/// day is never at risk, and is left out like one of weight zero (R drops it with a warning).
#[derive(Clone, Copy, Debug)]
pub struct Times<'a> {
    /// The last day before each is at risk; none where nobody enters late.
    pub entries: Option<&'a [i32]>,
    /// The last day at risk of each.
    pub days: &'a [i32],
    /// What happened on it.
    pub endings: &'a [Ending],
}

impl<'a> Times<'a> {
    /// Everyone at risk from the start.
    pub fn from_start(days: &'a [i32], endings: &'a [Ending]) -> Self {
        Self { entries: None, days, endings }
    }

    /// How many participants, or rows, there are.
    pub fn len(&self) -> usize {
        self.days.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// The last day before that one is at risk; none where it is from the start.
    pub fn entry(&self, position: usize) -> Option<i32> {
        self.entries.map(|entries| entries[position])
    }

    /// Whether that one is at risk on any day.
    pub(super) fn is_ever_at_risk(&self, position: usize) -> bool {
        self.entry(position).is_none_or(|entry| entry < self.days[position])
    }

    /// # Panics
    ///
    /// If the slices differ in length.
    pub(super) fn assert_lengths(&self) {
        assert_eq!(self.days.len(), self.endings.len(), "one ending a participant");
        if let Some(entries) = self.entries {
            assert_eq!(self.days.len(), entries.len(), "one entry a participant");
        }
    }
}
