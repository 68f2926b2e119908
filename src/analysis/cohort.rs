//! Everyone randomised with their outcomes, and the groups in which they are analysed.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::material::Material;
use super::whom;
use crate::derive::outcomes::{FirstJobEnding, ParticipantOutcomes, derive_outcomes};
use crate::derive::waves::WaveOutcomes;
use crate::estimate::sample::{SampleError, StratifiedSample};
use crate::plan::types::Plan;
use crate::results::composition::{Fact, People};
use crate::results::row::ALL_REGIONS;
use crate::survival::ending::Ending;
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::dataset::TrialData;

/// Everyone randomised, in the order of [`TrialData::participants`].
pub(super) struct Cohort<'a> {
    pub(super) data: &'a TrialData,
    pub(super) outcomes: Vec<ParticipantOutcomes>,
    /// Questionnaires by wave.
    pub(super) waves: WaveOutcomes,
    /// Strata of the randomisation: names in order, and each participant's position among them.
    pub(super) strata: Categories,
    /// Being of each of them.
    pub(super) strata_facts: Arc<[Fact]>,
    /// Days around a wave's target within which an answer counts.
    pub(super) window_days: i32,
    /// Day on which each wait for a first job ended.
    pub(super) days: Vec<i32>,
    /// How it ended.
    pub(super) endings: Vec<Ending>,
    regions: Vec<String>,
}

/// All regions together, or one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    Region(usize),
}

/// Competitive exits are treated as censored: said wherever there are any.
pub(super) const COMPETING_CENSORED: &str = "competing exits censored";

/// A value a participant out of a list of names.
pub(super) struct Categories {
    pub(super) names: Vec<String>,
    pub(super) codes: Vec<usize>,
}

impl Categories {
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Strata of the plan: a column of the participants table, or else the regions.
    fn strata(plan: &Plan, data: &TrialData, outcomes: &[ParticipantOutcomes]) -> Self {
        let texts = plan.analysis.strata.as_ref().and_then(|name| data.baseline_texts(name));
        let Some(texts) = texts else {
            let codes = outcomes.iter().map(|p| p.region).collect();
            return Self { names: plan.trial.regions.clone(), codes };
        };
        // Ingest refuses a participant without a stratum.
        let texts: Vec<String> = texts.into_iter().map(Option::unwrap_or_default).collect();
        let names: BTreeSet<&String> = texts.iter().collect();
        let names: Vec<String> = names.into_iter().cloned().collect();
        let code = |text: &String| names.binary_search(text).unwrap_or(0);
        let codes = texts.iter().map(code).collect();
        Self { names, codes }
    }
}

impl<'a> Cohort<'a> {
    pub(super) fn new(plan: &Plan, data: &'a TrialData) -> Self {
        let outcomes = derive_outcomes(data, plan);
        let (days, endings) = outcomes
            .iter()
            .map(ParticipantOutcomes::time_to_first_job)
            .map(|(day, ending)| match ending {
                FirstJobEnding::Job => (day, Ending::Event),
                FirstJobEnding::CompetingExit => (day, Ending::Competing),
                FirstJobEnding::Censored => (day, Ending::Censored),
            })
            .unzip();
        let strata = Categories::strata(plan, data, &outcomes);
        let of_region =
            plan.analysis.strata.as_ref().is_none_or(|own| data.baseline_texts(own).is_none());
        let fact = |name: &String| {
            if of_region { Fact::Region(name.clone()) } else { Fact::Stratum(name.clone()) }
        };
        let strata_facts = strata.names.iter().map(fact).collect();
        let waves = WaveOutcomes::new(data, plan, &outcomes);
        let window_days = plan.wave_targets().window_days();
        let regions = plan.trial.regions.clone();
        Self { data, outcomes, waves, strata, strata_facts, window_days, days, endings, regions }
    }

    /// All regions first, then each in the plan's order.
    pub(super) fn scopes(&self) -> impl Iterator<Item = Scope> + use<> {
        std::iter::once(Scope::All).chain((0..self.regions.len()).map(Scope::Region))
    }

    pub(super) fn n_regions(&self) -> usize {
        self.regions.len()
    }

    pub(super) fn name(&self, scope: Scope) -> &str {
        match scope {
            Scope::All => ALL_REGIONS,
            Scope::Region(region) => &self.regions[region],
        }
    }

    /// Positions of the participants of an arm in a scope.
    pub(super) fn members(&self, scope: Scope, arm: Arm) -> Vec<usize> {
        let is_member = |p: &ParticipantOutcomes| {
            p.arm == arm && (scope == Scope::All || scope == Scope::Region(p.region))
        };
        (0..self.outcomes.len()).filter(|&at| is_member(&self.outcomes[at])).collect()
    }

    /// Days and endings of an arm in a scope.
    pub(super) fn times(&self, scope: Scope, arm: Arm) -> (Vec<i32>, Vec<Ending>) {
        let members = self.members(scope, arm);
        members.iter().map(|&at| (self.days[at], self.endings[at])).unzip()
    }

    /// Something for both arms of a scope.
    pub(super) fn by_arm<T>(&self, scope: Scope, of: impl Fn(&[usize]) -> T) -> TwoArm<T> {
        TwoArm::from_fn(|arm| of(&self.members(scope, arm)))
    }

    /// Something for both arms of each stratum.
    pub(super) fn by_stratum<T>(&self, of: impl Fn(&[usize]) -> T) -> Vec<TwoArm<T>> {
        let mut members = vec![TwoArm::<Vec<usize>>::default(); self.strata.len()];
        for (at, (participant, &stratum)) in
            self.outcomes.iter().zip(&self.strata.codes).enumerate()
        {
            members[stratum].get_mut(participant.arm).push(at);
        }
        members.into_iter().map(|both| both.map(|members| of(&members))).collect()
    }

    /// The arm and stratum of those with a value, beside the values; the material says who they are.
    pub(super) fn observed(
        &self,
        material: Material,
        value: impl Fn(&ParticipantOutcomes) -> Option<f64>,
    ) -> Observed {
        self.observed_by_position(material, |at| value(&self.outcomes[at]))
    }

    /// As [`Self::observed`], by the position of the participant.
    pub(super) fn observed_by_position(
        &self,
        material: Material,
        value: impl Fn(usize) -> Option<f64>,
    ) -> Observed {
        let mut observed = Observed {
            material,
            positions: Vec::new(),
            values: Vec::new(),
            arms: Vec::new(),
            strata: Vec::new(),
            n_strata: self.strata.len(),
        };
        for (at, participant) in self.outcomes.iter().enumerate() {
            if let Some(value) = value(at) {
                observed.positions.push(at);
                observed.values.push(value);
                observed.arms.push(participant.arm);
                observed.strata.push(self.strata.codes[at]);
            }
        }
        observed
    }

    /// Everyone with a value of their own, in the order of the participants.
    pub(super) fn everyone(&self, values: Vec<f64>) -> Observed {
        Observed {
            material: Material::model(whom::everyone(), &[]),
            positions: (0..values.len()).collect(),
            values,
            arms: self.outcomes.iter().map(|participant| participant.arm).collect(),
            strata: self.strata.codes.clone(),
            n_strata: self.strata.len(),
        }
    }

    pub(super) fn n_competing_exits(&self) -> u64 {
        self.endings.iter().filter(|ending| **ending == Ending::Competing).count() as u64
    }

    /// What to say beside a number that censors competing exits.
    pub(super) fn censoring_note(&self) -> &'static str {
        if self.n_competing_exits() > 0 { COMPETING_CENSORED } else { "" }
    }
}

/// Values of those observed, with arm and stratum.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    /// Who they are, and what is observed of them.
    pub(super) material: Material,
    /// Positions among all participants.
    pub(super) positions: Vec<usize>,
    pub(super) values: Vec<f64>,
    pub(super) arms: Vec<Arm>,
    pub(super) strata: Vec<usize>,
    pub(super) n_strata: usize,
}

impl Observed {
    /// As estimators take it.
    pub(super) fn sample(&self) -> Result<StratifiedSample<'_>, SampleError> {
        StratifiedSample::new(&self.values, &self.arms, &self.strata, self.n_strata)
    }

    /// Those whose place among the observed is kept, who are those of the set.
    pub(super) fn only(&self, people: &People, keep: impl Fn(usize) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.values.len()).filter(|&at| keep(at)).collect();
        Self {
            material: self.material.among(people),
            positions: kept.iter().map(|&at| self.positions[at]).collect(),
            values: kept.iter().map(|&at| self.values[at]).collect(),
            arms: kept.iter().map(|&at| self.arms[at]).collect(),
            strata: kept.iter().map(|&at| self.strata[at]).collect(),
            n_strata: self.n_strata,
        }
    }

    /// Those of a scope. Within a region its strata are those that are there.
    pub(super) fn within(&self, cohort: &Cohort<'_>, scope: Scope) -> Self {
        let Scope::Region(region) = scope else { return self.clone() };
        let people = whom::those(Fact::Region(cohort.regions[region].clone()));
        let is_here = |at: usize| cohort.outcomes[self.positions[at]].region == region;
        let mut own = self.only(&people, is_here);
        let present: BTreeSet<usize> = own.strata.iter().copied().collect();
        let present: Vec<usize> = present.into_iter().collect();
        for stratum in &mut own.strata {
            *stratum = present.binary_search(stratum).unwrap_or(0);
        }
        own.n_strata = present.len();
        own
    }

    /// Values of one arm.
    pub(super) fn of_arm(&self, arm: Arm) -> Vec<f64> {
        let pairs = self.values.iter().zip(&self.arms);
        pairs.filter(|(_, own)| **own == arm).map(|(value, _)| *value).collect()
    }
}

/// 1 for yes, 0 for no.
#[expect(clippy::fn_params_excessive_bools, reason = "it is the outcome itself, no switch")]
pub(super) fn indicator(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}
