//! Answers to outcomes: which answer counts for which wave, scores, brackets of the first job.

use rayon::prelude::*;

use super::outcomes::ParticipantOutcomes;
use crate::plan::questionnaire_outcomes::OutcomeSource;
use crate::plan::types::Plan;
use crate::trial::dataset::TrialData;
use crate::trial::questionnaire::{Answer, ItemColumn};
use crate::trial::time::month_end_day;
use crate::trial::wave::{Fate, WaveTargets, fate_of};

/// Answers and people that one thread takes at least.
const ANSWERS_AT_ONCE: usize = 8192;
const PEOPLE_AT_ONCE: usize = 1024;

/// What is known of a person's answer to a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaveStatus {
    /// The window was still open at the data cut-off.
    NotDue,
    /// The person left the study before the target day: outcomes at a month are missing for everyone
    /// who was not followed to it, also for those who answered before they left. To count the early
    /// answers of people whose silence is not counted would compare other people in each arm.
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
    /// The status at each target of the first participant, then of the next.
    statuses: Vec<WaveStatus>,
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
        let mut statuses = vec![WaveStatus::NotDue; months.len() * outcomes.len()];
        let mut brackets = vec![None; outcomes.len()];
        statuses
            .par_chunks_mut(months.len())
            .zip(brackets.par_iter_mut())
            .zip(outcomes.par_iter().enumerate())
            .with_min_len(PEOPLE_AT_ONCE)
            .for_each_init(Vec::new, |used, ((statuses, bracket), (position, own))| {
                use_answers(used, (data, &targets), (position, own));
                for (status, &month) in statuses.iter_mut().zip(&months) {
                    *status = status_at(month, &targets, used, own);
                }
                *bracket = bracket_of(answers, used);
            });
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
            Some(at) => self.statuses[participant * self.months.len() + at],
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

/// An answer that came before the end of follow-up.
#[derive(Clone, Copy, Debug)]
struct Used {
    /// Its position.
    at: usize,
    /// Days since randomisation.
    day: i32,
    fate: Fate,
}

/// The answers of a participant, in the order of their days; those that come after the end of
/// follow-up are not used.
fn use_answers(
    used: &mut Vec<Used>,
    (data, targets): (&TrialData, &WaveTargets),
    (position, own): (usize, &ParticipantOutcomes),
) {
    let answers = data.questionnaires.answers.as_slice();
    let randomised = data.participants[position].randomisation_date;
    let first = answers.partition_point(|answer| answer.participant < position);
    let of_person = answers[first..].iter().take_while(|answer| answer.participant == position);
    used.clear();
    used.extend(of_person.enumerate().filter_map(|(at, answer)| {
        let day = answer.date.days_since(randomised);
        let fate = fate_of(targets, answer.wave, day);
        (day <= own.follow_up.end_day).then_some(Used { at: first + at, day, fate })
    }));
}

fn status_at(
    month: i32,
    targets: &WaveTargets,
    used: &[Used],
    own: &ParticipantOutcomes,
) -> WaveStatus {
    let target_day = month_end_day(month);
    // The window of the baseline closes with randomisation.
    let is_due = month == 0 || own.follow_up.cutoff_day >= target_day + targets.window_days();
    if !is_due {
        return WaveStatus::NotDue;
    }
    if own.follow_up.end_day < target_day {
        return WaveStatus::Left;
    }
    // The nearest, of two equally near the earlier. At baseline one by day 0 goes before any that
    // came after it.
    let nearest = used
        .iter()
        .filter(|answer| answer.fate == Fate::Target(month))
        .min_by_key(|answer| (month == 0 && answer.day > 0, (answer.day - target_day).abs()));
    nearest.map_or(WaveStatus::Unanswered, |answer| WaveStatus::Answered(answer.at))
}

/// When the first job came, from “any job since the last answer”.
///
/// Each answer tells of the time since the one before it. One that leaves the question open breaks
/// the chain: later answers then no longer tell that there was no job before. Every answer to a
/// later wave counts, in a window or not. A job that ran at randomisation is one too: unlike the
/// employment table, the question does not tell it from a new one. The first answer reaches back to
/// the baseline questionnaire, so that a job which ended before day 0 may lie in the first bracket.
fn bracket_of(answers: &[Answer], used: &[Used]) -> Option<JobBracket> {
    let mut bracket = JobBracket { after: -1, by: None };
    let mut is_chain_whole = true;
    let mut is_known = false;
    let later = used.iter().filter(|own| answers[own.at].wave > 0 && own.day >= 0);
    for &Used { at, day, .. } in later {
        let answer = &answers[at];
        let had_job = match (answer.any_job_since_last, answer.working_now) {
            (_, Some(true)) => Some(true),
            (any, _) => any,
        };
        match had_job {
            Some(true) => {
                // A day that is also the last one without a job: the job began on it.
                let after = bracket.after.min(day - 1);
                return Some(JobBracket { after, by: Some(day) });
            }
            Some(false) if is_chain_whole => {
                bracket.after = day;
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
            questionnaires.items.column(name).map_or_else(|| vec![None; n], |item| item.values())
        }
        OutcomeSource::Score(at) => {
            let scale = &plan.scales[*at];
            let columns: Option<Vec<ItemColumn<'_>>> =
                scale.items.iter().map(|item| questionnaires.items.column(&item.column)).collect();
            let Some(columns) = columns else { return vec![None; n] };
            let score = |given: &mut Vec<Option<f64>>, answer: usize| {
                for (own, column) in given.iter_mut().zip(&columns) {
                    *own = column.get(answer);
                }
                scale.score_of(given)
            };
            (0..n)
                .into_par_iter()
                .with_min_len(ANSWERS_AT_ONCE)
                .map_init(|| vec![None; columns.len()], score)
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
        let fate = Fate::OutsideWindows;
        let days = answers.iter().enumerate();
        let used: Vec<Used> = days.map(|(at, a)| Used { at, day: a.0, fate }).collect();
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

    /// Of a person followed to `end_day`: the status at months 0 and 6.
    fn statuses(end_day: i32, answers: &[(i32, i32)]) -> Vec<WaveStatus> {
        let targets = WaveTargets { months: vec![6], window_months: 3, baseline_days_after: 7 };
        let own = ParticipantOutcomes {
            arm: crate::trial::arm::Arm::Control,
            region: 0,
            follow_up: crate::derive::follow_up::FollowUp {
                end_day,
                is_competing: false,
                cutoff_day: 900,
            },
            jobs: Vec::new(),
            spells: Vec::new(),
            programme_start_day: None,
            benefits: Vec::new(),
        };
        let fate = |(wave, day): &(i32, i32)| fate_of(&targets, *wave, *day);
        let given = answers.iter().enumerate();
        let used: Vec<Used> =
            given.map(|(at, own)| Used { at, day: own.1, fate: fate(own) }).collect();
        [0, 6].map(|month| status_at(month, &targets, &used, &own)).to_vec()
    }

    #[test]
    fn who_left_before_the_day_has_no_answer_there() {
        use WaveStatus::{Answered, Left, Unanswered};
        assert_eq!(statuses(181, &[(0, -1), (6, 100)]), [Answered(0), Left]);
        assert_eq!(statuses(182, &[(0, -1), (6, 100)]), [Answered(0), Answered(1)]);
        assert_eq!(statuses(0, &[(0, 0)]), [Answered(0), Left]);
        assert_eq!(statuses(500, &[]), [Unanswered, Unanswered]);
    }

    #[test]
    fn a_baseline_by_day_0_goes_before_a_nearer_one_after_it() {
        use WaveStatus::Answered;
        let at_baseline = |answers: &[(i32, i32)]| statuses(500, answers)[0];
        assert_eq!(at_baseline(&[(0, -80), (0, -30), (0, 1)]), Answered(1));
        assert_eq!(at_baseline(&[(0, -30), (0, 0), (0, 1)]), Answered(1));
        assert_eq!(at_baseline(&[(0, 3), (0, 5)]), Answered(0));
        assert_eq!(at_baseline(&[(0, -92), (0, 5)]), Answered(1));
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
