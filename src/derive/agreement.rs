//! Paid work on the day of an answer: what the questionnaire says and what the employment table.

use super::waves::WaveOutcomes;
use crate::plan::types::Plan;
use crate::trial::dataset::TrialData;
use crate::trial::employment::{Source, Spell};

/// Two reports of paid work on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Position of the participant.
    pub participant: usize,
    /// Target month of the wave.
    pub month: i32,
    /// Position of the answer.
    pub answer: usize,
    /// What the employment table says.
    pub in_register: bool,
    /// What the person says.
    pub in_questionnaire: bool,
    /// Days to the nearest day on which the table says what the person does; none where there is
    /// no such day.
    pub days_to_agreement: Option<i32>,
}

/// Every answer to “working now” that counts for a wave, beside the employment table.
///
/// The table's work is that of the plan's contracts, whatever the hours, from any source but the
/// questionnaire itself. The question is about any paid work, so that work under another contract
/// is one that the questionnaire alone tells of. Spells are taken as recorded, also after the end of
/// follow-up: one without an end never ends.
pub fn compare(data: &TrialData, plan: &Plan, waves: &WaveOutcomes) -> Vec<Comparison> {
    let answers = &data.questionnaires.answers;
    let mut found = Vec::new();
    let mut rest = data.spells.as_slice();
    for participant in 0..data.participants.len() {
        let n = rest.iter().take_while(|spell| spell.participant == participant).count();
        let (own, others) = rest.split_at(n);
        rest = others;
        let work: Vec<&Spell> = own
            .iter()
            .filter(|spell| plan.competitive_employment.contracts.contains(&spell.contract))
            .filter(|spell| spell.source != Some(Source::Questionnaire))
            .collect();
        for &month in waves.months.iter().filter(|month| **month > 0) {
            let Some(answer) = waves.answer(participant, month) else { continue };
            let Some(in_questionnaire) = answers[answer].working_now else { continue };
            let date = answers[answer].date;
            // Days from the answer to the first and last day of each spell.
            let spans: Vec<(i32, i32)> = work
                .iter()
                .map(|spell| {
                    let end = spell.end.map_or(i32::MAX / 2, |end| end.days_since(date));
                    (spell.start.days_since(date), end)
                })
                .collect();
            let covers = |day: i32| spans.iter().any(|(start, end)| *start <= day && day <= *end);
            let in_register = covers(0);
            let days_to_agreement = if in_register == in_questionnaire {
                Some(0)
            } else {
                // The state changes only on the first day of a spell and after its last.
                let changes = spans
                    .iter()
                    .flat_map(|(start, end)| [*start, *end, start - 1, end.saturating_add(1)]);
                changes
                    .filter(|day| covers(*day) == in_questionnaire && day.abs() < i32::MAX / 4)
                    .map(i32::abs)
                    .min()
            };
            found.push(Comparison {
                participant,
                month,
                answer,
                in_register,
                in_questionnaire,
                days_to_agreement,
            });
        }
    }
    found
}
