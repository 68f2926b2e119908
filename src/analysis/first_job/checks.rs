//! Whether hazards are proportional, and how well a regression orders the times.

use super::regression::Regression;
use crate::analysis::adjusted::Adjusted;
use crate::analysis::sheet::{Entry, Sheet};
use crate::results::vocabulary::Method;

pub(super) fn add_checks(
    _sheet: &mut Sheet,
    _adjusted: Adjusted<'_>,
    _entry: (&Entry, Method),
    _fitted: &Result<Regression, String>,
) {
}
