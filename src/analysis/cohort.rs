//! Everyone randomised with their outcomes, and the groups in which they are analysed.

use crate::derive::outcomes::{FirstJobEnding, ParticipantOutcomes, derive_outcomes};
use crate::plan::types::Plan;
use crate::results::row::ALL_REGIONS;
use crate::survival::ending::Ending;
use crate::trial::arm::{Arm, TwoArm};
use crate::trial::dataset::TrialData;

/// Everyone randomised, in the order of [`TrialData::participants`].
pub(super) struct Cohort {
    pub(super) outcomes: Vec<ParticipantOutcomes>,
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

impl Cohort {
    pub(super) fn new(plan: &Plan, data: &TrialData) -> Self {
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
        Self { outcomes, days, endings, regions: plan.trial.regions.clone() }
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

    /// The arm and region of those with a value, beside the values.
    pub(super) fn observed(&self, value: impl Fn(&ParticipantOutcomes) -> Option<f64>) -> Observed {
        let mut observed = Observed::default();
        for participant in &self.outcomes {
            if let Some(value) = value(participant) {
                observed.values.push(value);
                observed.arms.push(participant.arm);
                observed.regions.push(participant.region);
            }
        }
        observed
    }

    pub(super) fn n_competing_exits(&self) -> u64 {
        self.endings.iter().filter(|ending| **ending == Ending::Competing).count() as u64
    }

    /// What to say beside a number that censors competing exits.
    pub(super) fn censoring_note(&self) -> &'static str {
        if self.n_competing_exits() > 0 { COMPETING_CENSORED } else { "" }
    }
}

/// Values of those observed, with arm and region.
#[derive(Debug, Default)]
pub(super) struct Observed {
    pub(super) values: Vec<f64>,
    pub(super) arms: Vec<Arm>,
    pub(super) regions: Vec<usize>,
}

impl Observed {
    /// Values of one arm.
    pub(super) fn of_arm(&self, arm: Arm) -> Vec<f64> {
        let pairs = self.values.iter().zip(&self.arms);
        pairs.filter(|(_, own)| **own == arm).map(|(value, _)| *value).collect()
    }
}
