//! Everyone randomised with their outcomes, and the groups in which they are analysed.

use std::collections::BTreeSet;

use crate::derive::outcomes::{FirstJobEnding, ParticipantOutcomes, derive_outcomes};
use crate::derive::waves::WaveOutcomes;
use crate::estimate::sample::{SampleError, StratifiedSample};
use crate::plan::types::Plan;
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
        let waves = WaveOutcomes::new(data, plan, &outcomes);
        Self { data, outcomes, waves, strata, days, endings, regions: plan.trial.regions.clone() }
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

    /// The arm and stratum of those with a value, beside the values.
    pub(super) fn observed(&self, value: impl Fn(&ParticipantOutcomes) -> Option<f64>) -> Observed {
        self.observed_by_position(|at| value(&self.outcomes[at]))
    }

    /// As [`Self::observed`], by the position of the participant.
    pub(super) fn observed_by_position(&self, value: impl Fn(usize) -> Option<f64>) -> Observed {
        let mut observed = Observed { n_strata: self.strata.len(), ..Observed::default() };
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
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
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

    /// Those whose place among the observed is kept.
    pub(super) fn only(&self, keep: impl Fn(usize) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.values.len()).filter(|&at| keep(at)).collect();
        Self {
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
        let mut own = self.only(|at| cohort.outcomes[self.positions[at]].region == region);
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
