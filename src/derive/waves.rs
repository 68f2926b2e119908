//! Answers to outcomes: which answer counts for which wave, scores, brackets of the first job.

use super::outcomes::ParticipantOutcomes;
use crate::plan::questionnaires::OutcomeSource;
use crate::plan::types::Plan;
use crate::trial::dataset::TrialData;
use crate::trial::questionnaire::Answer;
use crate::trial::time::month_end_day;
use crate::trial::wave::{Fate, WaveTargets, fate_of};

/// What is known of a person's answer to a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaveStatus {
    /// The window was still open at the data cut-off.
    NotDue,
    /// The person left the study before the target day and had not answered.
    Left,
    /// Due and not answered.
    Unanswered,
    /// The answer at this position of the trial's questionnaires.
    Answered(usize),
}

/// When the first job came, as far as the questionnaires tell: after one day and by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobBracket {
    /// The last day by which there had been no job; −1 if nothing is known.
    pub after: i32,
    /// The first day by which there had been one; none if no answer tells of any.
    pub by: Option<i32>,
}

/// The questionnaires of everyone, by wave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WaveOutcomes {
    /// Targets: 0 for the baseline, then the months after randomisation.
    pub months: Vec<i32>,
    /// The status of each participant at each target.
    statuses: Vec<Vec<WaveStatus>>,
    /// Of each outcome of the plan, its value in each answer.
    values: Vec<Vec<Option<f64>>>,
    /// Of each participant with a usable answer after randomisation, when the first job came.
    pub brackets: Vec<Option<JobBracket>>,
}

impl WaveOutcomes {
    /// Assigns answers to waves and scores them; `outcomes` are everyone's.
    pub fn new(data: &TrialData, plan: &Plan, outcomes: &[ParticipantOutcomes]) -> Self {
        if plan.data.waves.is_none() {
            return Self::default();
        }
        let targets = plan.wave_targets();
        let months: Vec<i32> = [0].into_iter().chain(targets.months.iter().copied()).collect();
        let answers = data.questionnaires.answers.as_slice();
        let mut rest = 0;
        let mut statuses = Vec::with_capacity(outcomes.len());
        let mut brackets = Vec::with_capacity(outcomes.len());
        for (position, (participant, own)) in data.participants.iter().zip(outcomes).enumerate() {
            let n = answers[rest..].iter().take_while(|one| one.participant == position).count();
            let day_of = |answer: &Answer| answer.date.days_since(participant.randomisation_date);
            // What comes after the end of follow-up is not used.
            let used: Vec<(usize, i32)> = (rest..rest + n)
                .map(|at| (at, day_of(&answers[at])))
                .filter(|(_, day)| *day <= own.follow_up.end_day)
                .collect();
            rest += n;
            statuses.push(statuses_of(&targets, &months, answers, &used, own));
            brackets.push(bracket_of(answers, &used));
        }
        let values = plan
            .questionnaire_outcomes()
            .iter()
            .map(|outcome| values_of(data, plan, &outcome.source))
            .collect();
        Self { months, statuses, values, brackets }
    }

    /// What is known of a participant's answer to the wave of a month.
    pub fn status(&self, participant: usize, month: i32) -> WaveStatus {
        match self.months.iter().position(|own| *own == month) {
            Some(at) => self.statuses[participant][at],
            None => WaveStatus::NotDue,
        }
    }

    /// The answer to the wave of a month, if there is one.
    pub fn answer(&self, participant: usize, month: i32) -> Option<usize> {
        match self.status(participant, month) {
            WaveStatus::Answered(at) => Some(at),
            _ => None,
        }
    }

    /// The value of an outcome, by its position in the plan, at the wave of a month.
    pub fn value(&self, outcome: usize, participant: usize, month: i32) -> Option<f64> {
        self.values[outcome][self.answer(participant, month)?]
    }

    /// The value of an outcome in every answer.
    pub fn values(&self, outcome: usize) -> &[Option<f64>] {
        &self.values[outcome]
    }
}

/// The status at each target.
fn statuses_of(
    targets: &WaveTargets,
    months: &[i32],
    answers: &[Answer],
    used: &[(usize, i32)],
    own: &ParticipantOutcomes,
) -> Vec<WaveStatus> {
    let fates: Vec<Fate> =
        used.iter().map(|(at, day)| fate_of(targets, answers[*at].wave, *day)).collect();
    months
        .iter()
        .map(|&month| {
            let target_day = month_end_day(month);
            // The window of the baseline closes with randomisation.
            let is_due =
                month == 0 || own.follow_up.cutoff_day >= target_day + targets.window_days();
            if !is_due {
                return WaveStatus::NotDue;
            }
            // The nearest, of two equally near the earlier; answers are in the order of days.
            let nearest = used
                .iter()
                .zip(&fates)
                .filter(|(_, fate)| **fate == Fate::Target(month))
                .map(|((at, day), _)| (*at, (day - target_day).abs()))
                .min_by_key(|(_, distance)| *distance);
            match nearest {
                Some((at, _)) => WaveStatus::Answered(at),
                None if own.follow_up.end_day < target_day => WaveStatus::Left,
                None => WaveStatus::Unanswered,
            }
        })
        .collect()
}

/// When the first job came, from “any job since the last answer”.
///
/// Each answer tells of the time since the one before it. One that leaves the question open breaks
/// the chain: later answers then no longer tell that there was no job before. Every answer to a
/// later wave counts, in a window or not. A job that ran at randomisation is one too: unlike the
/// employment table, the question does not tell it from a new one.
fn bracket_of(answers: &[Answer], used: &[(usize, i32)]) -> Option<JobBracket> {
    let mut bracket = JobBracket { after: -1, by: None };
    let mut is_chain_whole = true;
    let mut is_known = false;
    for (at, day) in used.iter().filter(|(at, day)| answers[*at].wave > 0 && *day >= 0) {
        let answer = &answers[*at];
        let had_job = match (answer.any_job_since_last, answer.working_now) {
            (_, Some(true)) => Some(true),
            (any, _) => any,
        };
        match had_job {
            Some(true) => {
                // A day that is also the last one without a job: the job began on it.
                let after = bracket.after.min(day - 1);
                return Some(JobBracket { after, by: Some(*day) });
            }
            Some(false) if is_chain_whole => {
                bracket.after = *day;
                is_known = true;
            }
            Some(false) => {}
            None => is_chain_whole = false,
        }
    }
    is_known.then_some(bracket)
}

/// The value of an outcome in every answer.
fn values_of(data: &TrialData, plan: &Plan, source: &OutcomeSource) -> Vec<Option<f64>> {
    let questionnaires = &data.questionnaires;
    let n = questionnaires.answers.len();
    match source {
        OutcomeSource::Item(name) => {
            questionnaires.item(name).map_or_else(|| vec![None; n], <[Option<f64>]>::to_vec)
        }
        OutcomeSource::Score(at) => {
            let scale = &plan.scales[*at];
            let columns: Option<Vec<&[Option<f64>]>> =
                scale.items.iter().map(|item| questionnaires.item(&item.column)).collect();
            let Some(columns) = columns else { return vec![None; n] };
            let mut given = vec![None; columns.len()];
            (0..n)
                .map(|answer| {
                    for (own, column) in given.iter_mut().zip(&columns) {
                        *own = column[answer];
                    }
                    scale.score_of(&given)
                })
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::date::Date;

    fn answer(any: Option<bool>, now: Option<bool>) -> Answer {
        Answer {
            participant: 0,
            wave: 6,
            date: Date::from_ymd(2020, 1, 1).unwrap(),
            language: None,
            mode: None,
            working_now: now,
            any_job_since_last: any,
            line: 2,
        }
    }

    fn bracket(answers: &[(i32, Option<bool>, Option<bool>)]) -> Option<(i32, Option<i32>)> {
        let own: Vec<Answer> = answers.iter().map(|(_, any, now)| answer(*any, *now)).collect();
        let used: Vec<(usize, i32)> = answers.iter().enumerate().map(|(at, a)| (at, a.0)).collect();
        bracket_of(&own, &used).map(|own| (own.after, own.by))
    }

    #[test]
    fn a_first_job_lies_between_two_answers() {
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(bracket(&[(180, no, no), (360, yes, no)]), Some((180, Some(360))));
        assert_eq!(bracket(&[(180, no, no), (360, no, no)]), Some((360, None)));
        assert_eq!(bracket(&[(180, yes, no)]), Some((-1, Some(180))));
        // A wave that was missed is covered by the next answer.
        assert_eq!(bracket(&[(540, no, no), (900, yes, yes)]), Some((540, Some(900))));
        assert_eq!(bracket(&[]), None);
    }

    #[test]
    fn an_open_answer_breaks_the_chain() {
        let (yes, no) = (Some(true), Some(false));
        let open = None;
        // Between day 180 and 360 there may have been a job: only day 180 is known to be before it.
        let answers = [(180, no, no), (360, open, no), (540, no, no), (720, yes, no)];
        assert_eq!(bracket(&answers), Some((180, Some(720))));
        assert_eq!(bracket(&[(360, open, no), (540, no, no)]), None);
        // Working on the day itself is an answer.
        assert_eq!(bracket(&[(180, no, no), (360, open, yes)]), Some((180, Some(360))));
    }
}
