//! What a regression gives in a replicate.

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
