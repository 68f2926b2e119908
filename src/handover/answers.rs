//! One row a questionnaire: when, for which wave, items and scores.

use super::{coded, column, number, text, yes_no};
use crate::derive::waves::WaveOutcomes;
use crate::formats::{Cell, LabelledColumn, LabelledTable};
use crate::plan::types::Plan;
use crate::trial::arm::Arm;
use crate::trial::dataset::TrialData;

/// One row a questionnaire, in the order of participant and day, also those that no wave uses.
///
/// `counts_for` is the wave that the answer is used for, empty where it is not used.
pub fn answers_table(data: &TrialData, plan: &Plan, waves: &WaveOutcomes) -> LabelledTable {
    let questionnaires = &data.questionnaires;
    let mut columns = when_and_how(data, plan, waves);
    for item in questionnaires.items.columns() {
        let cells = item.values().into_iter().map(number).collect();
        columns.push(column(item.name.to_owned(), "Item", cells));
    }
    for (position, outcome) in plan.questionnaire_outcomes().iter().enumerate() {
        let cells = waves.values(position).iter().map(|value| number(*value)).collect();
        let label = outcome.title.clone().unwrap_or_else(|| format!("Score of {}", outcome.id));
        columns.push(column(format!("score_{}", outcome.id), &label, cells));
    }
    LabelledTable {
        label: format!("{}: one row a questionnaire", plan.trial.id),
        columns,
        n_rows: questionnaires.answers.len(),
    }
}

/// Who answered, when, for which wave, in which way, and whether at work.
fn when_and_how(data: &TrialData, plan: &Plan, waves: &WaveOutcomes) -> Vec<LabelledColumn> {
    let questionnaires = &data.questionnaires;
    let answers = || questionnaires.answers.iter();
    let person = |participant: usize| &data.participants[participant];
    let arms = [plan.trial.arms.control.as_str(), plan.trial.arms.ips.as_str()];
    let whole = |value: i32| Cell::Number(f64::from(value));
    let used_for = |at: usize| {
        let participant = questionnaires.answers[at].participant;
        let own = |month: &&i32| waves.answer(participant, **month) == Some(at);
        waves.months.iter().find(own).copied()
    };
    vec![
        column(
            "participant_id".to_owned(),
            "Participant identifier",
            answers().map(|own| text(&person(own.participant).id)).collect(),
        ),
        coded(
            "arm",
            "Arm allocated at randomisation",
            answers()
                .map(|own| Some(usize::from(person(own.participant).arm == Arm::Intervention))),
            arms.into_iter(),
        ),
        column(
            "wave".to_owned(),
            "Wave that the questionnaire was sent out for (months)",
            answers().map(|own| whole(own.wave)).collect(),
        ),
        column(
            "counts_for".to_owned(),
            "Wave that the answer is used for (months)",
            (0..questionnaires.answers.len())
                .map(|at| used_for(at).map_or(Cell::Empty, whole))
                .collect(),
        ),
        column(
            "response_date".to_owned(),
            "Date of the answer",
            answers().map(|own| Cell::Date(own.date)).collect(),
        ),
        column(
            "day".to_owned(),
            "Days from randomisation to the answer",
            answers()
                .map(|own| whole(own.date.days_since(person(own.participant).randomisation_date)))
                .collect(),
        ),
        coded(
            "language",
            "Language of the answer",
            answers().map(|own| own.language),
            questionnaires.languages.iter().map(String::as_str),
        ),
        coded(
            "mode",
            "Mode of the answer",
            answers().map(|own| own.mode),
            questionnaires.modes.iter().map(String::as_str),
        ),
        column(
            "working_now".to_owned(),
            "Says to have a paid job that day",
            answers().map(|own| yes_no(own.working_now)).collect(),
        ),
        column(
            "any_job_since_last".to_owned(),
            "Says to have had a paid job since the last answer",
            answers().map(|own| yes_no(own.any_job_since_last)).collect(),
        ),
    ]
}
