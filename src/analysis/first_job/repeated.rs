//! Repeated jobs.
use crate::analysis::adjusted::Adjusted;
use crate::analysis::sheet::Sheet;
pub(super) fn add_repeated_jobs(_sheet: &mut Sheet, _adjusted: Adjusted<'_>) {}
