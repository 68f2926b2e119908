//! Tests of equal times to the first job, and of equal cumulative incidences.

use super::group::Group;
use crate::analysis::Setting;
use crate::analysis::cohort::Cohort;
use crate::analysis::effect_rows::{TEST, add_test_or};
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::chi_squared_test::ChiSquaredTest;
use crate::plan::analyses::FlemingHarrington as Weights;
use crate::results::vocabulary::{Analysis, Method, Outcome, Role, Statistic, Unit};
use crate::survival::ending::{Cause, Ending};
use crate::survival::event_table::EventTable;
use crate::survival::gray::{gray, gray_stratified};
use crate::survival::log_rank::{log_rank, log_rank_stratified, peto_peto, peto_peto_stratified};
use crate::survival::max_combo::{MaxCombo, MaxComboError, max_combo_stratified};
use crate::survival::not_estimable::NotEstimable;
use crate::survival::weighted_log_rank::{FlemingHarrington, fleming_harrington_stratified};
use crate::trial::arm::TwoArm;

/// Tests of one group, not stratified.
pub(super) fn add_tests(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    (survival, group): (&Entry, &Group),
) {
    let tables = group.tables(cohort);
    let arms = tables.as_ref();
    let entry = group.entry(survival).analysis(Analysis::SurvivalTest).contrast();
    let entry = entry.role(group.role());
    add_test_or(sheet, &entry.method(Method::LogRank), log_rank(arms));
    add_test_or(sheet, &entry.method(Method::PetoPeto), peto_peto(arms));
    let weighted = entry.method(Method::FlemingHarrington);
    add_fleming_harrington(sheet, setting, &weighted, &[arms]);
    let combined = max_combo_stratified(&[arms], &FlemingHarrington::MAX_COMBO);
    add_max_combo(sheet, &entry.method(Method::MaxCombo), combined);
    let entry = entry.note("").method(Method::Gray);
    add_test_or(sheet, &entry, gray(arms, Cause::Event).map(|own| own.test));
    let entry = entry.outcome(Outcome::CompetingExit);
    add_test_or(sheet, &entry, gray(arms, Cause::Competing).map(|own| own.test));
}

/// The same over the strata.
pub(super) fn add_stratified_tests(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    cohort: &Cohort<'_>,
    survival: &Entry,
) {
    let strata = tables_by_stratum(cohort);
    let strata: Vec<TwoArm<&EventTable>> = strata.iter().map(TwoArm::as_ref).collect();
    let entry = survival.analysis(Analysis::SurvivalTest).contrast().role(Role::Secondary);
    let log_rank = log_rank_stratified(&strata);
    add_test_or(sheet, &entry.method(Method::LogRankStratified), log_rank);
    let peto_peto = peto_peto_stratified(&strata);
    add_test_or(sheet, &entry.method(Method::PetoPetoStratified), peto_peto);
    let weighted = entry.method(Method::FlemingHarringtonStratified);
    add_fleming_harrington(sheet, setting, &weighted, &strata);
    let combined = max_combo_stratified(&strata, &FlemingHarrington::MAX_COMBO);
    add_max_combo(sheet, &entry.method(Method::MaxComboStratified), combined);
    let entry = entry.note("").method(Method::GrayStratified);
    let gray = gray_stratified(&strata, Cause::Event, 0.0).map(|own| own.test);
    add_test_or(sheet, &entry, gray);
}

/// Counts by day of each stratum.
pub(super) fn tables_by_stratum(cohort: &Cohort<'_>) -> Vec<TwoArm<EventTable>> {
    cohort.by_stratum(|members| {
        let days: Vec<i32> = members.iter().map(|&at| cohort.days[at]).collect();
        let endings: Vec<Ending> = members.iter().map(|&at| cohort.endings[at]).collect();
        EventTable::new(&days, &endings, None)
    })
}

/// The plan's Fleming-Harrington tests; `level` has the weights.
fn add_fleming_harrington(
    sheet: &mut Sheet,
    setting: Setting<'_>,
    entry: &Entry,
    strata: &[TwoArm<&EventTable>],
) {
    for own in &setting.plan.first_job.fleming_harrington {
        let entry = entry.level(&own.word());
        let test: Result<ChiSquaredTest, NotEstimable> = weights(*own)
            .ok_or(NotEstimable::NoVariance)
            .and_then(|weights| fleming_harrington_stratified(strata, weights))
            .map(|own| own.test);
        add_test_or(sheet, &entry, test);
    }
}

fn weights(own: Weights) -> Option<FlemingHarrington> {
    FlemingHarrington::new(own.rho, own.gamma)
}

/// The largest statistic; it has no degrees of freedom. `level` of the weights is in the note.
fn add_max_combo(sheet: &mut Sheet, entry: &Entry, test: Result<MaxCombo, MaxComboError>) {
    match test {
        Ok(own) => {
            let weights = FlemingHarrington::MAX_COMBO[own.largest];
            let most = format!("largest at rho={} gamma={}", weights.rho(), weights.gamma());
            let entry = entry.also(&most);
            sheet.put(&entry, Statistic::TestStatistic, Unit::None, own.statistic);
            sheet.put(&entry, Statistic::PValue, Unit::P, own.p_value);
        }
        Err(reason) => sheet.all_missing(entry, &[TEST[0], TEST[2]], &reason),
    }
}
