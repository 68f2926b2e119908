//! What arms, regions, months and dates are called.

use std::collections::BTreeMap;

use crate::results::row::{ALL_REGIONS, Key};
use crate::results::study::{Study, StudyScore};
use crate::results::vocabulary::{AnalysisSet, Inference, Method, Outcome, ResultArm, Role};
use crate::trial::arm::{Arm, TwoArm};

use super::number::Numbers;
use super::text::{Texts, fill};

/// Names in one language for one study.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) study: &'a Study,
    pub(super) texts: &'a Texts,
}

impl<'a> Names<'a> {
    /// Numbers of the language.
    pub(super) fn numbers(self) -> Numbers<'a> {
        Numbers::new(&self.texts.number)
    }

    /// Name of a region, or of all of them.
    pub(super) fn region(self, region: &str) -> String {
        if region == ALL_REGIONS {
            return self.texts.common.all_regions.clone();
        }
        word(&self.texts.regions, region)
    }

    /// Name of an arm.
    pub(super) fn arm(self, arm: Arm) -> String {
        let label = self.study.arm_labels.get(arm);
        self.texts.arms.get(&label.to_lowercase()).cloned().unwrap_or_else(|| readable(label))
    }

    /// Names of both arms.
    pub(super) fn arms(self) -> TwoArm<String> {
        TwoArm::from_fn(|arm| self.arm(arm))
    }

    /// Name of an arm, of both, or of their contrast.
    pub(super) fn result_arm(self, arm: ResultArm) -> String {
        match arm {
            ResultArm::Ips => self.arm(Arm::Intervention),
            ResultArm::Control => self.arm(Arm::Control),
            ResultArm::All => self.texts.common.both_arms.clone(),
            ResultArm::Contrast => self.contrast(),
        }
    }

    /// Name of a method.
    pub(super) fn method(self, method: Method) -> String {
        let known = self.texts.explanations.method(method);
        known.map_or_else(|| readable(method.as_str()), |own| own.label.clone())
    }

    /// Name of a kind of inference; the estimator's own has none.
    pub(super) fn inference(self, inference: Inference) -> String {
        let known = self.texts.explanations.inference(inference);
        known.map_or_else(|| readable(inference.as_str()), |own| own.label.clone())
    }

    /// Name of an outcome.
    pub(super) fn outcome(self, outcome: Outcome) -> String {
        word(&self.texts.outcomes, outcome.as_str())
    }

    /// The outcome of a row: a score or an index by its own title.
    pub(super) fn outcome_of(self, key: &Key) -> String {
        match key.outcome {
            Outcome::Score | Outcome::Index | Outcome::JobScore if !key.level.is_empty() => {
                self.score_of(key.outcome, &key.level)
            }
            outcome => self.outcome(outcome),
        }
    }

    /// Title of a score or an index, by the `level` of its rows.
    pub(super) fn score_of(self, outcome: Outcome, level: &str) -> String {
        let is_own = |own: &&StudyScore| own.outcome == outcome && own.level == level;
        let known = self.study.scores.iter().find(is_own);
        // Reliability is of an instrument, whatever its score is called.
        let is_of = |own: &&StudyScore| own.instrument == level;
        let known = known.or_else(|| self.study.scores.iter().find(is_of));
        known.map_or_else(|| readable(level), |own| self.score(own))
    }

    /// Title of a score.
    pub(super) fn score(self, score: &StudyScore) -> String {
        let title = match self.texts.language.as_str() {
            "fr" => &score.title.fr,
            "nl" => &score.title.nl,
            _ => &score.title.en,
        };
        title.clone()
    }

    /// Name of a variable.
    pub(super) fn variable(self, variable: &str) -> String {
        word(&self.texts.variables, variable)
    }

    /// Name of a level, `sex=f`; of a whole variable, its name.
    pub(super) fn level_of(self, level: &str) -> String {
        match (self.texts.levels.get(level), super::covariates::parts(level)) {
            (Some(known), _) => known.clone(),
            (None, (_, Some(word))) => readable(word),
            (None, (variable, None)) => self.variable(variable),
        }
    }

    /// Name of a role.
    pub(super) fn role(self, role: Role) -> String {
        word(&self.texts.roles, role.as_str())
    }

    /// Name of a strategy for an intercurrent event.
    pub(super) fn strategy(self, strategy: &str) -> String {
        word(&self.texts.strategies, strategy)
    }

    /// Name of an analysis set.
    pub(super) fn set(self, set: AnalysisSet) -> String {
        word(&self.texts.sets, set.as_str())
    }

    /// `IPS − Usual services`.
    pub(super) fn contrast(self) -> String {
        let arms = self.arms();
        let values = [("intervention", &*arms.intervention), ("control", &*arms.control)];
        fill(&self.texts.common.contrast, &values)
    }

    /// The confidence level: `95%`.
    pub(super) fn level(self) -> String {
        self.numbers().short_percent(self.study.confidence_level)
    }

    /// The last day of data in words; a text that is no date stays as it is.
    pub(super) fn cutoff(self) -> String {
        self.date(&self.study.data_cutoff).unwrap_or_else(|| self.study.data_cutoff.clone())
    }

    fn date(self, iso: &str) -> Option<String> {
        let mut parts = iso.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let month: usize = month.parse().ok()?;
        let name = self.texts.date.months.get(month.checked_sub(1)?)?;
        let day = day.parse::<u8>().ok()?.to_string();
        let values = [("day", &*day), ("month", &**name), ("year", year)];
        parts.next().is_none().then(|| fill(&self.texts.date.day_month_year, &values))
    }

    /// Analysis set, cut-off and confidence level, under a figure's title.
    pub(super) fn subtitle(self, template: &str, set: &str) -> String {
        let (cutoff, level) = (self.cutoff(), self.level());
        fill(template, &[("set", set), ("cutoff", &cutoff), ("level", &level)])
    }
}

fn word(known: &BTreeMap<String, String>, word: &str) -> String {
    known.get(word).cloned().unwrap_or_else(|| readable(word))
}

/// A word of a data set as one would write it: `not_on_parole` is `Not on parole`.
pub(super) fn readable(word: &str) -> String {
    let spaced = word.replace('_', " ");
    let mut letters = spaced.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => spaced,
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn words_become_readable() {
        assert_eq!(readable("not_on_parole"), "Not on parole");
        assert_eq!(readable("été"), "Été");
        assert_eq!(readable(""), "");
    }
}
