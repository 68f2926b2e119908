//! A person's way through the trial: the first job and the exit.

use super::design::Hazards;
use super::draw::{chance, exponential_days};
use crate::random::Stream;

/// Out of a hundred competing exits, those into the statutory pension.
const PENSION_PERCENT: u32 = 35;
/// Out of a hundred censoring exits, emigrations.
const EMIGRATION_PERCENT: u32 = 15;

/// Why a person left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExitReason {
    Death,
    StatutoryPension,
    Withdrawal,
    Emigration,
}

impl ExitReason {
    /// The code used in the data.
    pub(super) fn code(self) -> &'static str {
        match self {
            ExitReason::Death => "death",
            ExitReason::StatutoryPension => "statutory_pension",
            ExitReason::Withdrawal => "withdrawal",
            ExitReason::Emigration => "emigration",
        }
    }
}

/// A person's first job and exit, in days since randomisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Course {
    /// Day on which the first competitive job starts, seen or not.
    pub(super) first_job: i32,
    /// The exit, where it is on or before the cut-off.
    pub(super) exit: Option<(i32, ExitReason)>,
    /// Day of the data cut-off.
    pub(super) cutoff: i32,
    /// Day of the statutory pension, also where something hid it; none if not before the cut-off.
    pub(super) pension: Option<i32>,
}

impl Course {
    /// Draws the three times and keeps what the data would show.
    pub(super) fn draw(
        stream: &mut Stream,
        hazards: Hazards,
        censoring_hazard: f64,
        cutoff: i32,
    ) -> Self {
        let first_job = exponential_days(stream, hazards.first_job);
        let competing = exponential_days(stream, hazards.competing);
        let censoring = exponential_days(stream, censoring_hazard);
        let pensioned = chance(stream, PENSION_PERCENT);
        let emigrated = chance(stream, EMIGRATION_PERCENT);
        // On the same day the competing exit is recorded: censoring comes after what it hides.
        let (day, reason) = match (competing <= censoring, pensioned, emigrated) {
            (true, true, _) => (competing, ExitReason::StatutoryPension),
            (true, false, _) => (competing, ExitReason::Death),
            (false, _, true) => (censoring, ExitReason::Emigration),
            (false, _, false) => (censoring, ExitReason::Withdrawal),
        };
        Self {
            first_job,
            exit: (day <= cutoff).then_some((day, reason)),
            cutoff,
            pension: (pensioned && competing <= cutoff).then_some(competing),
        }
    }

    /// The last day of follow-up.
    pub(super) fn follow_up(&self) -> i32 {
        self.exit.map_or(self.cutoff, |(day, _)| day)
    }
}
