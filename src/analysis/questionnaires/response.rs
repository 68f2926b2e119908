//! Who answered which wave, and whether the arms differ in it.

use super::super::Setting;
use super::super::cohort::{Cohort, Scope, indicator};
use super::super::effect_rows::{add_newcombe, add_test_or};
use super::super::proportions::{add_plain_rate, add_rate, add_strata_regression};
use super::super::sheet::{Entry, Sheet};
use crate::derive::waves::WaveStatus;
use crate::estimate::proportion::Count;
use crate::estimate::regression::arm_by_stratum_wald;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Unit};
use crate::trial::arm::{Arm, TwoArm};

/// Whether each wave was answered by those who could: the wave's window had closed by the data
/// cut-off and they had not left before its day.
///
/// Who left before the day is not counted either where the answer came first: to count the early
/// answers of people whose silence is not counted would inflate the rate.
pub(super) fn add_response(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let entry = Entry::new(Analysis::ArmRate, Outcome::Answered, AnalysisSet::Itt, Method::Wilson);
    for &month in &cohort.waves.months {
        let entry = entry.month(month);
        let answered = |at: usize| match cohort.waves.status(at, month) {
            WaveStatus::Answered(_) => Some(true),
            WaveStatus::Unanswered => Some(false),
            WaveStatus::NotDue | WaveStatus::Left => None,
        };
        for scope in cohort.scopes() {
            let entry = entry.region(cohort.name(scope));
            let counts = TwoArm::from_fn(|arm| {
                Count::of(cohort.members(scope, arm).into_iter().filter_map(answered))
            });
            for arm in Arm::BOTH {
                add_rate(sheet, setting, &entry.arm(arm), *counts.get(arm));
            }
            let effect = entry.analysis(Analysis::Effect).contrast().role(Role::Descriptive);
            add_newcombe(sheet, &effect, counts, setting.level);
        }
        let observed = cohort.observed_by_position(|at| answered(at).map(indicator));
        let effect = entry.analysis(Analysis::Effect).contrast().role(Role::Descriptive);
        add_strata_regression(sheet, setting, &effect, &observed, Unit::Proportion);
        let interaction = effect.analysis(Analysis::Interaction).method(Method::WaldHc2);
        let test = observed
            .sample()
            .map_err(|reason| reason.to_string())
            .and_then(|sample| arm_by_stratum_wald(&sample).map_err(|reason| reason.to_string()));
        add_test_or(sheet, &interaction, test);
        add_ways(sheet, cohort, &entry);
    }
}

/// Languages and ways of answering, among those who answered.
fn add_ways(sheet: &mut Sheet, cohort: &Cohort<'_>, entry: &Entry) {
    let questionnaires = &cohort.data.questionnaires;
    let Some(month) = entry.key().month else { return };
    let entry = entry.analysis_set(AnalysisSet::Answered).method(Method::Count);
    for arm in Arm::BOTH {
        let answers: Vec<_> = cohort
            .members(Scope::All, arm)
            .into_iter()
            .filter_map(|at| cohort.waves.answer(at, month))
            .map(|answer| questionnaires.answers[answer])
            .collect();
        for (level, name) in questionnaires.languages.iter().enumerate() {
            let count = Count::of(answers.iter().map(|answer| answer.language == Some(level)));
            add_plain_rate(sheet, &entry.arm(arm).subgroup("language", name), count);
        }
        for (level, name) in questionnaires.modes.iter().enumerate() {
            let count = Count::of(answers.iter().map(|answer| answer.mode == Some(level)));
            add_plain_rate(sheet, &entry.arm(arm).subgroup("mode", name), count);
        }
    }
}
