//! Anderson's index of several scores.

use super::super::Setting;
use super::super::cohort::Cohort;
use super::super::effect_rows::estimate_and_limits;
use super::super::proportions::add_strata_regression;
use super::super::sheet::{Entry, Sheet};
use super::super::summary::add_mean;
use super::role::role_of;
use crate::estimate::inverse_covariance_index::{
    Better, IndexOutcome, InverseCovarianceIndex, inverse_covariance_index,
};
use crate::plan::instrument::types::Direction;
use crate::plan::questionnaire_outcomes::ResolvedOutcome;
use crate::plan::questionnaires::Index;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::trial::arm::Arm;

/// Every index at every wave that all its members have.
pub(super) fn add_indices(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let outcomes = setting.plan.questionnaire_outcomes();
    for index in &setting.plan.indices {
        let members: Vec<(usize, &ResolvedOutcome)> = index
            .members
            .iter()
            .filter_map(|id| outcomes.iter().enumerate().find(|(_, outcome)| outcome.id == *id))
            .collect();
        for &month in setting.plan.wave_months() {
            if members.iter().all(|(_, outcome)| outcome.months.contains(&month)) {
                add_index(sheet, (setting, cohort), (index, &members), month);
            }
        }
    }
}

fn add_index(
    sheet: &mut Sheet,
    (setting, cohort): (Setting<'_>, &Cohort<'_>),
    (index, members): (&Index, &[(usize, &ResolvedOutcome)]),
    month: i32,
) {
    let entry = Entry::new(Analysis::ArmMean, Outcome::Index, AnalysisSet::Answered, Method::Mean)
        .level(&index.id)
        .month(month);
    let effect = entry.analysis(Analysis::Effect).contrast().role(Role::Secondary);
    let own = match values_of(cohort, members, month) {
        Ok(own) => own,
        Err(reason) => {
            let effect = effect.method(Method::OlsStrataHc2);
            sheet.all_missing(&effect, &estimate_and_limits(Unit::StdDevs), &reason);
            sheet.missing(&effect, Statistic::StdError, Unit::StdDevs, &reason);
            return;
        }
    };
    let weights: Vec<String> = members
        .iter()
        .zip(&own.weights)
        .map(|((_, outcome), weight)| format!("{} {weight:.2}", outcome.id))
        .collect();
    let weights = format!("weights: {}", weights.join(", "));
    let all = cohort.observed_by_position(|at| own.values[at]);
    for scope in cohort.scopes() {
        let observed = all.within(cohort, scope);
        let entry = entry.region(cohort.name(scope)).note(&weights);
        for arm in Arm::BOTH {
            add_mean(sheet, &entry.arm(arm), Unit::StdDevs, &observed.of_arm(arm));
        }
        let effect = effect.region(cohort.name(scope)).role(role_of(scope)).note(&weights);
        add_strata_regression(sheet, setting, &effect, &observed, Unit::StdDevs);
    }
}

fn values_of(
    cohort: &Cohort<'_>,
    members: &[(usize, &ResolvedOutcome)],
    month: i32,
) -> Result<InverseCovarianceIndex, String> {
    let columns: Vec<Vec<Option<f64>>> = members
        .iter()
        .map(|(position, _)| {
            let value = |at| cohort.waves.value(*position, at, month);
            (0..cohort.outcomes.len()).map(value).collect()
        })
        .collect();
    let outcomes: Vec<IndexOutcome<'_>> = members
        .iter()
        .zip(&columns)
        .map(|((_, outcome), values)| IndexOutcome {
            values,
            better: match outcome.direction {
                Direction::HigherIsBetter => Better::More,
                Direction::LowerIsBetter => Better::Less,
            },
        })
        .collect();
    let arms: Vec<Arm> = cohort.outcomes.iter().map(|participant| participant.arm).collect();
    inverse_covariance_index(&outcomes, &arms).map_err(|reason| reason.to_string())
}
