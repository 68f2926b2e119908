//! Time to the first job, completely: curves, their contrasts and tests, hazards, competing exits,
//! repeated jobs, other origins of time. Everyone randomised, unless a row says otherwise.

mod bands;
mod checks;
mod curves;
mod equality;
mod group;
mod hazards;
mod hazards_by_group;
mod incidence;
mod means;
mod origins;
mod regression;
mod repeated;
mod rows;
mod subdistribution;

use super::adjusted::Adjusted;
use super::cohort::Scope;
use super::flow::Missingness;
pub(super) use super::setting::months_with_horizon;
use super::sheet::{Entry, Sheet};
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome};
use group::Group;
pub(super) use means::{horizons, path};
pub(super) use regression::Model;

/// Everything about the time to the first job.
pub(super) fn add_first_job(sheet: &mut Sheet, adjusted: Adjusted<'_>, missing: Missingness) {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let curve =
        Entry::new(Analysis::Survival, Outcome::FirstJob, AnalysisSet::Itt, Method::KaplanMeier)
            .note(cohort.censoring_note());
    for group in Group::scopes(cohort) {
        group.add_time_at_risk(sheet, cohort, &curve);
        curves::add_kaplan_meier(sheet, setting, cohort, (&curve, &group));
        means::add_restricted_means(sheet, setting, cohort, (&curve, &group));
        equality::add_tests(sheet, setting, cohort, (&curve, &group));
        incidence::add_incidence(sheet, setting, cohort, (&group, missing));
    }
    for group in Group::facets(setting, cohort) {
        // Levels in all regions together are counted with their hazard ratios.
        if group.scope != Scope::All {
            group.add_time_at_risk(sheet, cohort, &curve);
        }
        incidence::add_facet(sheet, setting, cohort, &group);
    }
    equality::add_stratified_tests(sheet, setting, cohort, &curve);
    means::add_adjusted_means(sheet, adjusted, &curve);
    curves::add_weighted(sheet, adjusted, &curve);
    hazards::add_hazard_ratios(sheet, adjusted, &curve);
    subdistribution::add_subdistribution_ratios(sheet, adjusted);
    hazards_by_group::add_hazard_ratios_by_group(sheet, setting, cohort, &curve);
    repeated::add_repeated_jobs(sheet, adjusted);
    origins::add_other_origins(sheet, setting, cohort);
}
