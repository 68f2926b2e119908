//! A replicate's days, and where what is read from them goes.

/// Where estimates go, one a time. They are raw buffers of a replicate: NaN where there is none.
#[derive(Debug, Default)]
pub struct Places<'a> {
    /// The estimates.
    pub estimates: &'a mut [f64],
    /// Their standard errors; empty if they are not wanted.
    pub std_errors: &'a mut [f64],
}

/// A day of the replicate's table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    pub(super) day: f64,
    pub(super) n_at_risk: f64,
    pub(super) n_events: f64,
    pub(super) n_competing: f64,
}

/// The days of a replicate on which anyone's time ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'a> {
    pub(super) rows: &'a [Row],
    /// Until when someone was followed, as far as one asks.
    pub(super) followed_until: f64,
}
