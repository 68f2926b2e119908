//! How many people are in each set that a row is made of.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::Setting;
use super::cohort::Cohort;
use super::covariates::{CovariateValues, NamedCovariate};
use super::questionnaires::{
    CEILING, COMPLETE, FLOOR, LANGUAGE, MODE, ONE_MONTH_DAYS, QUESTIONNAIRE, REGISTER, good_job,
    worked_on_day_0,
};
use super::subgroups::Groups;
use crate::derive::agreement::{Comparison, compare};
use crate::derive::employment::job_on;
use crate::derive::outcomes::RetentionEnding;
use crate::plan::instrument::types::Instrument;
use crate::results::composition::{Census, Conjunction, Fact, Origin, People, Quantity};
use crate::results::row::Row;
use crate::results::vocabulary::Outcome;
use crate::survival::ending::Ending;

/// Bits of a word.
const WORD: usize = 64;

/// Of whom a fact is true, a bit a person.
type Bits = Vec<u64>;

/// Counts everyone in each set that the rows name. A set that names a fact which only its estimator
/// knows is not counted.
pub(super) fn census(rows: &[Row], setting: Setting<'_>, cohort: &Cohort<'_>) -> Census {
    let sets: BTreeSet<&People> = rows.iter().flat_map(|row| row.composition.people()).collect();
    let facts: BTreeSet<&Fact> = sets.iter().flat_map(|set| set.facts()).collect();
    let facts: Vec<&Fact> = facts.into_iter().collect();
    let comparisons = match setting.plan.data.waves {
        Some(_) => compare(cohort.data, setting.plan, &cohort.waves),
        None => Vec::new(),
    };
    let witness = Witness { setting, cohort, comparisons };
    let truths: Vec<Option<Bits>> =
        facts.par_iter().map(|fact| witness.truth(fact).map(|own| packed(&own))).collect();
    let known: BTreeMap<&Fact, Bits> =
        facts.into_iter().zip(truths).filter_map(|(fact, bits)| Some((fact, bits?))).collect();
    let everyone = packed(&vec![true; cohort.outcomes.len()]);
    let counted = sets.into_iter().filter_map(|set| {
        let n: Option<u64> = set.parts().iter().map(|part| size(part, &known, &everyone)).sum();
        Some((set.clone(), n?))
    });
    Census::new(counted)
}

fn packed(truth: &[bool]) -> Bits {
    let word = |own: &[bool]| own.iter().rev().fold(0, |word, bit| (word << 1) | u64::from(*bit));
    truth.chunks(WORD).map(word).collect()
}

fn size(part: &Conjunction, known: &BTreeMap<&Fact, Bits>, everyone: &[u64]) -> Option<u64> {
    let mut members = everyone.to_vec();
    for literal in part.literals() {
        let truth = known.get(&literal.fact)?;
        for (own, bits) in members.iter_mut().zip(truth) {
            *own &= if literal.holds { *bits } else { !bits };
        }
    }
    Some(members.iter().map(|word| u64::from(word.count_ones())).sum())
}

/// Who knows what is true of whom.
struct Witness<'a> {
    setting: Setting<'a>,
    cohort: &'a Cohort<'a>,
    comparisons: Vec<Comparison>,
}

impl Witness<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "every fact known here ends in it")]
    fn of_all(&self, is: impl Fn(usize) -> bool) -> Option<Vec<bool>> {
        Some((0..self.cohort.outcomes.len()).map(is).collect())
    }

    /// Of whom a fact is true; none where that is not known here.
    fn truth(&self, fact: &Fact) -> Option<Vec<bool>> {
        let cohort = self.cohort;
        let people = &cohort.outcomes;
        let follow_up = |at: usize| people[at].follow_up;
        match fact {
            Fact::Arm(arm) => self.of_all(|at| people[at].arm == *arm),
            Fact::Region(name) => {
                let place = self.setting.plan.trial.regions.iter().position(|own| own == name)?;
                self.of_all(|at| people[at].region == place)
            }
            Fact::Stratum(name) => {
                let place = cohort.strata.names.iter().position(|own| own == name)?;
                self.of_all(|at| cohort.strata.codes[at] == place)
            }
            Fact::Known { variable } => self.is_known(variable),
            Fact::Level { variable, level } => self.has_level(variable, level),
            Fact::Due { day } => self.of_all(|at| follow_up(at).cutoff_day >= *day),
            Fact::Followed { day } => self.of_all(|at| follow_up(at).end_day >= *day),
            Fact::CompetingExit { by } => {
                self.of_all(|at| follow_up(at).is_competing && follow_up(at).end_day <= *by)
            }
            Fact::FirstJob { by } => {
                self.of_all(|at| cohort.endings[at] == Ending::Event && cohort.days[at] <= *by)
            }
            Fact::JobStarts { at_least, by } => self.of_all(|at| {
                let starts = people[at].job_start_days().filter(|day| day <= by);
                starts.count() >= usize::try_from(*at_least).unwrap_or(usize::MAX)
            }),
            Fact::Employed { day } => self.of_all(|at| job_on(&people[at].jobs, *day).is_some()),
            Fact::TookUp { by } => {
                self.of_all(|at| people[at].programme_start_day.is_some_and(|day| day <= *by))
            }
            Fact::Begun(origin) => self.of_all(|at| self.wait(*origin, at).is_some()),
            Fact::Ended { origin, by } => {
                self.of_all(|at| self.wait(*origin, at).is_some_and(|own| own.1 && own.0 <= *by))
            }
            Fact::Waited { origin, day } => {
                self.of_all(|at| self.wait(*origin, at).is_some_and(|own| own.0 >= *day))
            }
            _ => self.truth_of_answers(fact),
        }
    }

    fn truth_of_answers(&self, fact: &Fact) -> Option<Vec<bool>> {
        let cohort = self.cohort;
        match fact {
            Fact::AtWorkOnDay0 => self.of_all(|at| worked_on_day_0(cohort, at)),
            Fact::Answered { wave } => self.of_all(|at| cohort.waves.answer(at, *wave).is_some()),
            Fact::AnswerWas { wave, what, value } => {
                let questionnaires = &cohort.data.questionnaires;
                let names = match what.as_str() {
                    LANGUAGE => &questionnaires.languages,
                    MODE => &questionnaires.modes,
                    _ => return None,
                };
                let place = names.iter().position(|own| own == value);
                self.of_all(|at| {
                    let answer = cohort.waves.answer(at, *wave);
                    answer.map(|answer| questionnaires.answers[answer]).is_some_and(|own| {
                        let own = if what == LANGUAGE { own.language } else { own.mode };
                        place.is_some() && own == place
                    })
                })
            }
            Fact::Measured(quantity) => self.values(quantity, |value| value.is_some()),
            Fact::Positive(quantity) => {
                self.values(quantity, |value| value.is_some_and(|value| value > 0.0))
            }
            _ => None,
        }
    }

    fn is_known(&self, variable: &str) -> Option<Vec<bool>> {
        let own = NamedCovariate::new(self.setting.plan, self.cohort, variable)?;
        match &own.values {
            CovariateValues::Numbers(numbers) => self.of_all(|at| numbers[at].is_some()),
            CovariateValues::Categories { codes, .. } => self.of_all(|at| codes[at].is_some()),
        }
    }

    fn has_level(&self, variable: &str, level: &str) -> Option<Vec<bool>> {
        let own = NamedCovariate::new(self.setting.plan, self.cohort, variable)?;
        if let CovariateValues::Categories { levels, codes } = &own.values {
            let place = levels.iter().position(|own| own == level)?;
            return self.of_all(|at| codes[at] == Some(place));
        }
        let subgroups = &self.setting.plan.subgroups;
        let subgroup = subgroups.iter().find(|own| own.variable == variable)?;
        let groups = Groups::new(self.setting, self.cohort, subgroup)?;
        let place = groups.levels.iter().position(|own| own == level)?;
        self.of_all(|at| groups.level_of(at) == Some(place))
    }

    /// Days of a wait with its own origin, and whether it ended as it was waited for.
    fn wait(&self, origin: Origin, at: usize) -> Option<(i32, bool)> {
        let person = &self.cohort.outcomes[at];
        match origin {
            Origin::ProgrammeStart => {
                let start = person.programme_start_day?.max(0);
                let day = self.cohort.days[at];
                let has_job = self.cohort.endings[at] == Ending::Event;
                (day > start).then_some((day - start, has_job))
            }
            Origin::FirstJob => {
                let (days, ending) = person.job_retention()?;
                Some((days, ending == RetentionEnding::Left))
            }
        }
    }

    fn values(&self, quantity: &Quantity, is: impl Fn(Option<f64>) -> bool) -> Option<Vec<bool>> {
        let people = &self.cohort.outcomes;
        let month = quantity.month.unwrap_or_default();
        let yes = |own: Option<bool>| own.map(|own| f64::from(u8::from(own)));
        let work = |at: usize| people[at].work_at(month);
        match quantity.outcome {
            Outcome::DaysEmployed => {
                self.of_all(|at| is(people[at].days_employed(month).map(f64::from)))
            }
            Outcome::LongestSpellDays => {
                self.of_all(|at| is(people[at].longest_spell_days(month).map(f64::from)))
            }
            Outcome::HoursWorked => self.of_all(|at| is(people[at].hours_worked(month))),
            Outcome::WagesEur => self.of_all(|at| is(people[at].wages_eur(month))),
            Outcome::BenefitEur => self.of_all(|at| is(people[at].benefit(month))),
            Outcome::BenefitFormulaEur => self.of_all(|at| is(people[at].benefit_formula(month))),
            Outcome::BenefitTotalEur => self.of_all(|at| is(people[at].benefit_total(month))),
            Outcome::JobWageEur => {
                self.of_all(|at| is(work(at).flatten().and_then(|work| work.monthly_wage_eur)))
            }
            Outcome::GoodJob => self.of_all(|at| {
                is(yes(work(at).and_then(|own| match own {
                    None => Some(false),
                    Some(work) => good_job(&work, &self.setting.plan.job_quality),
                })))
            }),
            Outcome::FirstJobReported => {
                let brackets = &self.cohort.waves.brackets;
                self.of_all(|at| is(yes(brackets[at].map(|own| own.by.is_some()))))
            }
            Outcome::Score | Outcome::JobScore => self.scores(quantity, is),
            Outcome::WorkingNow | Outcome::DaysToAgreement => {
                let mut own: Vec<Option<f64>> = vec![None; people.len()];
                for one in self.comparisons.iter().filter(|one| one.month == month) {
                    own[one.participant] = match (quantity.outcome, quantity.level.as_str()) {
                        (Outcome::WorkingNow, QUESTIONNAIRE) => yes(Some(one.in_questionnaire)),
                        (Outcome::WorkingNow, REGISTER) => yes(Some(one.in_register)),
                        (Outcome::WorkingNow, _) => return None,
                        _ => yes(one.days_to_agreement.map(|days| days <= ONE_MONTH_DAYS)),
                    };
                }
                self.of_all(|at| is(own[at]))
            }
            _ => None,
        }
    }

    /// Scores and items at a wave, and what is said of a scale's score.
    fn scores(&self, quantity: &Quantity, is: impl Fn(Option<f64>) -> bool) -> Option<Vec<bool>> {
        let plan = self.setting.plan;
        let (cohort, month) = (self.cohort, quantity.month?);
        let outcomes = plan.questionnaire_outcomes();
        if let Some(place) = outcomes.iter().position(|own| own.id == quantity.level) {
            return self.of_all(|at| is(cohort.waves.value(place, at, month)));
        }
        let (id, what) = quantity.level.split_once(": ").unwrap_or((&quantity.level, ""));
        let scale = plan.scales.iter().find(|own| own.id == id)?;
        self.of_all(|at| {
            let answer = cohort.waves.answer(at, month);
            is(answer.and_then(|answer| self.of_scale(scale, what, answer)))
        })
    }

    fn of_scale(&self, scale: &Instrument, what: &str, answer: usize) -> Option<f64> {
        let items = &self.cohort.data.questionnaires.items;
        let columns = scale.items.iter().filter_map(|item| items.column(&item.column));
        let given: Vec<Option<f64>> = columns.map(|own| own.get(answer)).collect();
        let (low, high) = scale.score_range();
        let reached = |end: f64| {
            let score = scale.score_of(&given)?;
            Some(f64::from(u8::from((score - end).abs() < 1e-9)))
        };
        match what {
            FLOOR => reached(low),
            CEILING => reached(high),
            COMPLETE => given.iter().all(Option::is_some).then_some(1.0),
            _ => scale.score_of(&given),
        }
    }
}
