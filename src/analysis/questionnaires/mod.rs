//! What the questionnaires tell: who answered, how well the scales work, effects on scores, jobs
//! and their quality, agreement with the employment table.

mod agreement;
mod brackets;
mod indices;
mod job_quality;
mod reliability;
mod response;
mod role;
mod scores;

use super::adjusted::Adjusted;
use super::sheet::Sheet;
use crate::plan::instrument::types::{AskedOf, Direction, Instrument};
use crate::plan::questionnaire_outcomes::OutcomeSource;
use crate::plan::types::Plan;
use crate::results::study::{StudyScore, StudyTitle};
use crate::results::vocabulary::Outcome;

/// Every row that is made of questionnaires, and of the quality of jobs.
pub(super) fn add_questionnaires(sheet: &mut Sheet, adjusted: Adjusted<'_>) {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    job_quality::add_job_quality(sheet, setting, cohort);
    if setting.plan.data.waves.is_none() {
        return;
    }
    response::add_response(sheet, setting, cohort);
    reliability::add_reliability(sheet, setting, cohort);
    scores::add_scores(sheet, setting, cohort);
    indices::add_indices(sheet, setting, cohort);
    agreement::add_agreement(sheet, setting, cohort);
    brackets::add_brackets(sheet, setting, cohort);
}

/// What documents call the scores.
pub(super) fn study_scores(plan: &Plan) -> Vec<StudyScore> {
    let outcomes = plan.questionnaire_outcomes().into_iter().map(|own| {
        let scale = match own.source {
            OutcomeSource::Score(at) => Some(&plan.scales[at]),
            OutcomeSource::Item(_) => None,
        };
        let title = match (own.title, scale) {
            (None, Some(scale)) => StudyTitle {
                en: scale.title.en.clone(),
                fr: scale.title.fr.clone(),
                nl: scale.title.nl.clone(),
            },
            (title, _) => in_every_language(title.as_ref().unwrap_or(&own.id)),
        };
        StudyScore {
            outcome: match own.asked_of {
                AskedOf::Everyone => Outcome::Score,
                AskedOf::Employed => Outcome::JobScore,
            },
            level: own.id,
            instrument: scale.map_or_else(String::new, |scale| scale.id.clone()),
            title,
            range: scale.map(Instrument::score_range),
            higher_is_better: own.direction == Direction::HigherIsBetter,
        }
    });
    let indices = plan.indices.iter().map(|index| StudyScore {
        outcome: Outcome::Index,
        level: index.id.clone(),
        instrument: String::new(),
        title: in_every_language(index.title.as_ref().unwrap_or(&index.id)),
        range: None,
        higher_is_better: true,
    });
    outcomes.chain(indices).collect()
}

fn in_every_language(title: &str) -> StudyTitle {
    StudyTitle { en: title.to_owned(), fr: title.to_owned(), nl: title.to_owned() }
}
