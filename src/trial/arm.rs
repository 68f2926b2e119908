//! The two arms of the trial.

use serde::{Deserialize, Serialize};

/// The arm a participant was randomised to, whatever happened afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arm {
    /// Individual Placement and Support.
    Intervention,
    /// Regular vocational rehabilitation.
    Control,
}

impl Arm {
    /// Both arms, in the order in which everything is computed and shown.
    pub const BOTH: [Arm; 2] = [Arm::Intervention, Arm::Control];
}

/// One thing for each arm. The names make it impossible to exchange them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoArm<T> {
    /// The intervention arm's.
    pub intervention: T,
    /// The control arm's.
    pub control: T,
}

impl<T> TwoArm<T> {
    /// Builds both from a function of the arm.
    pub fn from_fn(mut of: impl FnMut(Arm) -> T) -> Self {
        Self { intervention: of(Arm::Intervention), control: of(Arm::Control) }
    }

    /// The value of one arm.
    pub fn get(&self, arm: Arm) -> &T {
        match arm {
            Arm::Intervention => &self.intervention,
            Arm::Control => &self.control,
        }
    }

    /// The value of one arm, to change it.
    pub fn get_mut(&mut self, arm: Arm) -> &mut T {
        match arm {
            Arm::Intervention => &mut self.intervention,
            Arm::Control => &mut self.control,
        }
    }

    /// Applies a function to each arm's value.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> TwoArm<U> {
        TwoArm { intervention: f(self.intervention), control: f(self.control) }
    }

    /// References to both values.
    pub fn as_ref(&self) -> TwoArm<&T> {
        TwoArm { intervention: &self.intervention, control: &self.control }
    }

    /// Both values with their arm.
    pub fn iter(&self) -> impl Iterator<Item = (Arm, &T)> {
        [(Arm::Intervention, &self.intervention), (Arm::Control, &self.control)].into_iter()
    }
}
