//! Ratios of hazards.
use crate::analysis::adjusted::Adjusted;
use crate::analysis::sheet::{Entry, Sheet};
pub(super) fn add_hazard_ratios(_sheet: &mut Sheet, _adjusted: Adjusted<'_>, _survival: &Entry) {}
