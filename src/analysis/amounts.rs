//! Days worked: means by arm and their difference, among those observed.

use super::Setting;
use super::cohort::Cohort;
use super::proportions::add_strata_regression;
use super::sheet::{Entry, Sheet};
use crate::estimate::mean::arm_mean;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::trial::arm::Arm;

/// Days covered by competitive jobs from day 0 to the horizon.
pub(super) fn add_days_employed(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort) {
    let horizon = setting.plan.analysis.horizon_months;
    let observed = cohort.observed(|p| p.days_employed(horizon).map(f64::from));
    let entry = Entry::new(
        Analysis::ArmMean,
        Outcome::DaysEmployed,
        AnalysisSet::IttObserved,
        Method::Mean,
    )
    .month(horizon);
    for arm in Arm::BOTH {
        let entry = entry.arm(arm);
        let values = observed.of_arm(arm);
        sheet.put(&entry, Statistic::N, Unit::Count, values.len() as f64);
        match arm_mean(&values) {
            Ok(mean) => {
                sheet.put(&entry, Statistic::Estimate, Unit::Days, mean.mean);
                let reason = "a single participant has no standard deviation";
                sheet.put_or(&entry, (Statistic::StdDev, Unit::Days), mean.std_dev, &reason);
            }
            Err(reason) => sheet.all_missing(
                &entry,
                &[(Statistic::Estimate, Unit::Days), (Statistic::StdDev, Unit::Days)],
                &reason,
            ),
        }
    }
    let effect = entry.analysis(Analysis::Effect).contrast().role(Role::Secondary);
    add_strata_regression(sheet, setting, &effect, &observed, Unit::Days);
}
