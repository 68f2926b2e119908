//! Kaplan-Meier curves, their quantiles and bands, how long people were followed, milestones.

use super::group::Group;
use super::rows::{add_point, add_quantile};
use crate::analysis::Setting;
use crate::analysis::cohort::Cohort;
use crate::analysis::sheet::{Entry, Sheet};
use crate::results::vocabulary::Analysis;
use crate::survival::kaplan_meier::KaplanMeier;
use crate::survival::quantile::{median, quantile};
use crate::trial::time::month_in_days;

/// Shares of whom the days are shown by which they had the event, beside one half.
const QUANTILES: [f64; 2] = [0.25, 0.75];

/// Survival at the plan's months, quantiles, bands and milestones of a group.
pub(super) fn add_kaplan_meier(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    (survival, group): (&Entry, &Group),
) {
    let survival = group.entry(survival);
    let tables = group.tables(cohort);
    for (arm, table) in tables.iter() {
        let curve = KaplanMeier::new(table, setting.level);
        let entry = survival.arm(arm);
        for &month in &setting.plan.analysis.months {
            add_point(sheet, &entry.month(month), curve.at(month_in_days(month)));
        }
        add_quantile(sheet, &entry.analysis(Analysis::SurvivalMedian), (median(&curve), 0.5));
        for share in QUANTILES {
            let entry = entry.analysis(Analysis::SurvivalQuantile).level(&share.to_string());
            add_quantile(sheet, &entry, (quantile(&curve, share), share));
        }
    }
}
