//! Adjusted effects in every replicate: Lin's regression, the standardised logit.

use super::super::adjusted::{Adjusted, with_sample};
use super::super::amounts::{AMOUNTS, observed_to_horizon};
use super::super::cohort::{Observed, indicator};
use super::super::covariates::CompleteCases;
use super::super::sheet::Entry;
use super::quantity::Quantity;
use super::written_out::WrittenOut;
use crate::estimate::replicate::linear::{LinearKernel, LinearScratch, Regression};
use crate::estimate::replicate::standardised::{
    StandardisedInfluence, StandardisedKernel, StandardisedScratch,
};
use crate::estimate::replicate::{Replicated, Rows};
use crate::estimate::standardised::AssignmentShare;
use crate::resample::NotEstimable;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Unit};
use crate::trial::arm::Arm;

/// Regressions of groups of outcomes that share their complete cases.
pub(super) struct Regressions {
    quantities: Vec<Quantity>,
    kernels: Vec<LinearKernel>,
    standardised: Option<(StandardisedKernel, WrittenOut)>,
    sources: Vec<Source>,
}

/// An effect of the standardised logit.
#[derive(Clone, Copy)]
enum StandardisedEffect {
    Difference,
    LogRiskRatio,
    LogOddsRatio,
}

impl StandardisedEffect {
    fn influence(self, own: StandardisedInfluence) -> Vec<f64> {
        match self {
            StandardisedEffect::Difference => own.difference,
            StandardisedEffect::LogRiskRatio => own.log_risk_ratio,
            StandardisedEffect::LogOddsRatio => own.log_odds_ratio,
        }
    }
}

/// Where the value of a quantity is found.
#[derive(Clone, Copy)]
enum Source {
    /// An outcome of a regression.
    Linear(usize, usize),
    /// An effect of the standardised logit.
    Standardised(StandardisedEffect),
    /// Nothing to fit.
    Nothing,
}

/// Working memory of a replicate.
pub(super) struct Scratch {
    linear: Vec<(LinearScratch, Vec<Replicated>)>,
    standardised: Option<StandardisedScratch>,
}

/// An outcome whose effect is adjusted.
struct Question {
    entry: Entry,
    unit: Unit,
    observed: Observed,
}

impl Regressions {
    pub(super) fn new(adjusted: Adjusted<'_>) -> Self {
        let mut own = Self {
            quantities: Vec::new(),
            kernels: Vec::new(),
            standardised: None,
            sources: Vec::new(),
        };
        let questions = questions(adjusted);
        // Outcomes of the same people share the work on the covariates.
        let mut groups: Vec<Vec<&Question>> = Vec::new();
        for question in &questions {
            let same = |group: &&mut Vec<&Question>| {
                group[0].observed.positions == question.observed.positions
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.push(question),
                None => groups.push(vec![question]),
            }
        }
        for group in groups {
            own.add_group(adjusted, &group);
        }
        own.add_standardised(adjusted, &questions[0]);
        own
    }

    /// Lin's regression of outcomes of the same people.
    fn add_group(&mut self, adjusted: Adjusted<'_>, group: &[&Question]) {
        let complete = adjusted.adjustment.complete_cases(&group[0].observed);
        let kernel = with_rows(adjusted, &complete, |rows| {
            let kept = kept(&group[0].observed, &complete);
            let values: Vec<Vec<f64>> = group
                .iter()
                .map(|own| kept.iter().map(|&at| own.observed.values[at]).collect())
                .collect();
            let values: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
            Ok(LinearKernel::new(rows, &values, Regression::Interacted))
        });
        let has_both = has_both_arms(&complete.observed);
        let at = self.kernels.len();
        let is_fit = kernel.is_ok() && has_both;
        if let (Ok(kernel), true) = (kernel, has_both) {
            self.kernels.push(kernel);
        }
        for (outcome, question) in group.iter().enumerate() {
            self.quantities.push(Quantity::plain(question.entry.clone(), question.unit));
            self.sources.push(if is_fit { Source::Linear(at, outcome) } else { Source::Nothing });
        }
    }

    fn add_standardised(&mut self, adjusted: Adjusted<'_>, question: &Question) {
        let complete = adjusted.adjustment.complete_cases(&question.observed);
        let share = if adjusted.setting.plan.randomisation.differs_between_strata() {
            AssignmentShare::ByStratum
        } else {
            AssignmentShare::Overall
        };
        let kernel = with_rows(adjusted, &complete, |rows| {
            StandardisedKernel::new(rows, share).map_err(|reason| reason.to_string())
        });
        let written_out = WrittenOut::new(&complete, share, adjusted.setting.level);
        self.standardised = kernel.ok().map(|kernel| (kernel, written_out));
        let of = |effect| match self.standardised {
            Some(_) => Source::Standardised(effect),
            None => Source::Nothing,
        };
        let difference = question.entry.method(Method::LogitStandardised);
        let quantities = [
            (Quantity::plain(difference, Unit::Proportion), of(StandardisedEffect::Difference)),
            (
                Quantity::ratio(question.entry.method(Method::LogitStandardisedRiskRatio)),
                of(StandardisedEffect::LogRiskRatio),
            ),
            (
                Quantity::ratio(question.entry.method(Method::LogitStandardisedOddsRatio)),
                of(StandardisedEffect::LogOddsRatio),
            ),
        ];
        for (quantity, source) in quantities {
            self.quantities.push(quantity);
            self.sources.push(source);
        }
    }

    pub(super) fn quantities(&self) -> &[Quantity] {
        &self.quantities
    }

    pub(super) fn scratch(&self) -> Scratch {
        let linear =
            |kernel: &LinearKernel| (kernel.scratch(), vec![Replicated::NONE; kernel.n_outcomes()]);
        Scratch {
            linear: self.kernels.iter().map(linear).collect(),
            standardised: self.standardised.as_ref().map(|(kernel, _)| kernel.scratch()),
        }
    }

    /// Every quantity and its standard error under the case weights.
    pub(super) fn evaluate(
        &self,
        weights: &[u32],
        scratch: &mut Scratch,
        (estimates, std_errors): (&mut [f64], &mut [f64]),
    ) {
        for (kernel, (scratch, found)) in self.kernels.iter().zip(&mut scratch.linear) {
            kernel.evaluate(weights, scratch, found);
        }
        let standardised = match (&self.standardised, &mut scratch.standardised) {
            (Some((kernel, written_out)), Some(scratch)) => {
                let own = kernel.evaluate(weights, scratch);
                if own.difference.estimate.is_finite() {
                    Some([own.difference, own.log_risk_ratio, own.log_odds_ratio])
                } else {
                    Some(written_out.estimate(weights))
                }
            }
            _ => None,
        };
        let places = estimates.iter_mut().zip(std_errors);
        for (source, (estimate, std_error)) in self.sources.iter().zip(places) {
            let own = match *source {
                Source::Linear(kernel, outcome) => scratch.linear[kernel].1[outcome],
                Source::Standardised(effect) => {
                    standardised.as_ref().map_or(Replicated::NONE, |own| own[effect as usize])
                }
                Source::Nothing => Replicated::NONE,
            };
            (*estimate, *std_error) = (own.estimate, own.std_error);
        }
    }

    /// The derivative of a quantity by everyone's case weight.
    pub(super) fn influence(&self, at: usize) -> Result<Vec<f64>, NotEstimable> {
        match self.sources[at] {
            Source::Linear(kernel, outcome) => Ok(self.kernels[kernel].influence(outcome)),
            Source::Standardised(effect) => self
                .standardised
                .as_ref()
                .map(|(kernel, _)| effect.influence(kernel.influence()))
                .ok_or(NotEstimable::EstimateNotFinite),
            Source::Nothing => Err(NotEstimable::EstimateNotFinite),
        }
    }
}

/// Any job first, then amounts: what the trial is about. Outcomes at single months are resampled
/// by least squares on arm and strata.
fn questions(adjusted: Adjusted<'_>) -> Vec<Question> {
    let (setting, cohort) = (adjusted.setting, adjusted.cohort);
    let horizon = setting.plan.analysis.horizon_months;
    let set = AnalysisSet::IttObserved;
    let effect = Entry::new(Analysis::Effect, Outcome::EverEmployed, set, Method::LinHc2)
        .month(horizon)
        .contrast()
        .role(Role::Secondary);
    let mut all = vec![Question {
        entry: effect.clone(),
        unit: Unit::Proportion,
        observed: cohort.observed(|p| p.ever_employed(horizon).map(indicator)),
    }];
    for outcome in AMOUNTS {
        if let Some((observed, unit)) = observed_to_horizon(setting, cohort, outcome) {
            all.push(Question { entry: effect.outcome(outcome), unit, observed });
        }
    }
    all
}

fn with_rows<T>(
    adjusted: Adjusted<'_>,
    complete: &CompleteCases<'_>,
    of: impl FnOnce(&Rows<'_>) -> Result<T, String>,
) -> Result<T, String> {
    let n_participants = adjusted.cohort.outcomes.len();
    let positions = &complete.observed.positions;
    with_sample(complete, None, |data| of(&Rows { data: *data, positions, n_participants }))
}

/// Places among those observed of those who have every covariate.
fn kept(observed: &Observed, complete: &CompleteCases<'_>) -> Vec<usize> {
    let find = |position: &usize| observed.positions.binary_search(position).ok();
    complete.observed.positions.iter().filter_map(find).collect()
}

fn has_both_arms(observed: &Observed) -> bool {
    Arm::BOTH.into_iter().all(|arm| observed.arms.contains(&arm))
}
