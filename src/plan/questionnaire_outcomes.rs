//! The outcomes that a plan makes of the answers, with all that their rows need.

use super::instrument::types::{AskedOf, Direction};
use super::questionnaires::QuestionnaireOutcome;
use super::types::Plan;
use crate::trial::wave::WaveTargets;

/// An outcome of the questionnaires with all that its rows need.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedOutcome {
    /// The `level` of its rows.
    pub id: String,
    /// What it is made of.
    pub source: OutcomeSource,
    /// What reports call it, where the plan or the instrument says so.
    pub title: Option<String>,
    /// What a higher value means.
    pub direction: Direction,
    /// Who is asked.
    pub asked_of: AskedOf,
    /// Target months after randomisation.
    pub months: Vec<i32>,
}

/// What an outcome of the questionnaires is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutcomeSource {
    /// Position in [`Plan::scales`].
    Score(usize),
    /// A column of the waves table.
    Item(String),
}

impl Plan {
    /// Target months of the waves after randomisation.
    pub fn wave_months(&self) -> &[i32] {
        if self.waves.months.is_empty() { &self.analysis.months } else { &self.waves.months }
    }

    /// The targets of the waves and their windows.
    pub fn wave_targets(&self) -> WaveTargets {
        WaveTargets {
            months: self.wave_months().to_vec(),
            window_months: self.waves.window_months,
            baseline_days_after: self.waves.baseline_days_after,
        }
    }

    /// The outcomes of the questionnaires: those of `[[outcomes]]`, else the score of every
    /// instrument; none without a waves table.
    pub fn questionnaire_outcomes(&self) -> Vec<ResolvedOutcome> {
        if self.data.waves.is_none() {
            return Vec::new();
        }
        if self.outcomes.is_empty() {
            let scores = self.scales.iter().enumerate();
            return scores
                .map(|(at, scale)| ResolvedOutcome {
                    id: scale.id.clone(),
                    source: OutcomeSource::Score(at),
                    title: None,
                    direction: scale.score.direction,
                    asked_of: scale.asked_of,
                    months: self.wave_months().to_vec(),
                })
                .collect();
        }
        self.outcomes.iter().filter_map(|outcome| self.resolve(outcome)).collect()
    }

    fn resolve(&self, outcome: &QuestionnaireOutcome) -> Option<ResolvedOutcome> {
        let months =
            if outcome.months.is_empty() { self.wave_months() } else { &outcome.months[..] };
        let (source, direction, asked_of) = match (&outcome.score, &outcome.item) {
            (Some(score), _) => {
                let at = self.scales.iter().position(|scale| scale.id == *score)?;
                let scale = &self.scales[at];
                (OutcomeSource::Score(at), scale.score.direction, scale.asked_of)
            }
            (None, Some(item)) => {
                let direction = outcome.direction.unwrap_or(Direction::HigherIsBetter);
                let asked_of = outcome.asked_of.unwrap_or_default();
                (OutcomeSource::Item(item.clone()), direction, asked_of)
            }
            (None, None) => return None,
        };
        Some(ResolvedOutcome {
            id: outcome.id.clone(),
            source,
            title: outcome.title.clone(),
            direction,
            asked_of,
            months: months.to_vec(),
        })
    }

    /// Columns of the waves table whose numbers are needed, each once, in order.
    pub fn item_columns(&self) -> Vec<String> {
        let items = self.scales.iter().flat_map(|scale| &scale.items).map(|item| &item.column);
        let single = self.outcomes.iter().filter_map(|outcome| outcome.item.as_ref());
        let mut all: Vec<String> = items.chain(single).cloned().collect();
        all.sort();
        all.dedup();
        all
    }
}
