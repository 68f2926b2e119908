//! What the regressions of many replicates have in common: who is in them, and what they give.

use super::ending::Ending;
use crate::trial::arm::Arm;

/// A trial, one element a participant, and who of it is in the regression.
#[derive(Clone, Copy, Debug)]
pub struct ReplicateTrial<'a> {
    /// The last day at risk.
    pub days: &'a [i32],
    /// How it ended; the event, or the cause, is [`Ending::Event`].
    pub endings: &'a [Ending],
    /// The arm.
    pub arms: &'a [Arm],
    /// The positions of those in the regression. Of others nothing is read.
    pub members: &'a [usize],
}

impl ReplicateTrial<'_> {
    /// How many participants the trial has, members or not.
    ///
    /// # Panics
    ///
    /// If the slices differ in length.
    pub(super) fn n_participants(&self) -> usize {
        let n = self.days.len();
        assert_eq!(n, self.endings.len(), "one ending a participant");
        assert_eq!(n, self.arms.len(), "one arm a participant");
        n
    }

    /// The members' last days at risk.
    pub(super) fn member_days(&self) -> Vec<i32> {
        self.members.iter().map(|&i| self.days[i]).collect()
    }

    /// Whether a participant is in the intervention arm: 1, else 0.
    pub(super) fn is_intervention(&self, i: usize) -> u8 {
        u8::from(self.arms[i] == Arm::Intervention)
    }

    /// The members' covariate of the arm.
    pub(super) fn arm_column(&self) -> Vec<f64> {
        self.members.iter().map(|&i| f64::from(self.is_intervention(i))).collect()
    }
}

/// An estimate and its standard error in one replicate: a raw pair, NaN where there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replicate {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub std_error: f64,
}

impl Replicate {
    /// No estimate.
    pub const NONE: Self = Self { estimate: f64::NAN, std_error: f64::NAN };
}
