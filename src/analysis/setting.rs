//! What every analysis needs beside data.

use crate::numeric::interval::ConfidenceLevel;
use crate::plan::types::Plan;

/// What an analysis needs beside data.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) plan: &'a Plan,
    pub(super) level: ConfidenceLevel,
}

/// The plan's months, and its horizon where they do not hold it.
pub(super) fn months_with_horizon(setting: Setting<'_>) -> Vec<i32> {
    let settings = &setting.plan.analysis;
    let mut months = settings.months.clone();
    if let Err(place) = months.binary_search(&settings.horizon_months) {
        months.insert(place, settings.horizon_months);
    }
    months
}
