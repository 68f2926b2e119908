//! Tests of equal times to the first job.

use super::group::Group;
use crate::analysis::Setting;
use crate::analysis::cohort::Cohort;
use crate::analysis::effect_rows::add_test_or;
use crate::analysis::sheet::{Entry, Sheet};
use crate::results::vocabulary::{Analysis, Method, Role};
use crate::survival::ending::Ending;
use crate::survival::event_table::EventTable;
use crate::survival::log_rank::{log_rank, log_rank_stratified, peto_peto};
use crate::trial::arm::TwoArm;

/// Log-rank and Peto-Peto tests of one group.
pub(super) fn add_tests(
    sheet: &mut Sheet,
    cohort: &Cohort<'_>,
    (survival, group): (&Entry, &Group),
) {
    let tables = group.tables(cohort);
    let entry = group.entry(survival).analysis(Analysis::SurvivalTest).contrast();
    let entry = entry.role(group.role());
    add_test_or(sheet, &entry.method(Method::LogRank), log_rank(tables.as_ref()));
    add_test_or(sheet, &entry.method(Method::PetoPeto), peto_peto(tables.as_ref()));
}

/// Counts by day of each stratum.
fn tables_by_stratum(cohort: &Cohort<'_>) -> Vec<TwoArm<EventTable>> {
    cohort.by_stratum(|members| {
        let days: Vec<i32> = members.iter().map(|&at| cohort.days[at]).collect();
        let endings: Vec<Ending> = members.iter().map(|&at| cohort.endings[at]).collect();
        EventTable::new(&days, &endings, None)
    })
}

/// The same over the strata.
pub(super) fn add_stratified_tests(
    sheet: &mut Sheet,
    _setting: Setting<'_>,
    cohort: &Cohort<'_>,
    survival: &Entry,
) {
    let strata = tables_by_stratum(cohort);
    let strata: Vec<TwoArm<&EventTable>> = strata.iter().map(TwoArm::as_ref).collect();
    let entry = survival.analysis(Analysis::SurvivalTest).contrast().role(Role::Secondary);
    let test = log_rank_stratified(&strata);
    add_test_or(sheet, &entry.method(Method::LogRankStratified), test);
}
