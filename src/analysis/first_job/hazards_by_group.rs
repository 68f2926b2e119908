//! Ratios of hazards by group.
use crate::analysis::Setting;
use crate::analysis::cohort::Cohort;
use crate::analysis::sheet::{Entry, Sheet};
pub(super) fn add_hazard_ratios_by_group(
    _s: &mut Sheet,
    _x: Setting<'_>,
    _c: &Cohort<'_>,
    _e: &Entry,
) {
}
