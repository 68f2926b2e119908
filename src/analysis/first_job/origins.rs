//! Other origins.
use crate::analysis::Setting;
use crate::analysis::cohort::Cohort;
use crate::analysis::sheet::Sheet;
pub(super) fn add_other_origins(_s: &mut Sheet, _x: Setting<'_>, _c: &Cohort<'_>) {}
