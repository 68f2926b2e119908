//! Ratios of hazards and of subdistribution hazards in every replicate.

use super::super::adjusted::Adjusted;
use super::super::first_job::Model;
use super::super::sheet::Entry;
use super::quantity::Quantity;
use crate::resample::NotEstimable;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role};
use crate::survival::cox::replicate::{ReplicateCox, ReplicateCoxData, ReplicateCoxScratch};
use crate::survival::ending::Cause;
use crate::survival::fine_gray_replicate::{ReplicateFineGray, ReplicateFineGrayScratch};
use crate::survival::replicate::{Replicate, ReplicateTrial};
use crate::trial::arm::Arm;

/// The regressions on the arm of the time to the first job.
pub(super) struct Hazards {
    quantities: Vec<Quantity>,
    kernels: Vec<Kernel>,
}

enum Kernel {
    Cox(Box<ReplicateCox>),
    FineGray(Box<ReplicateFineGray>),
    /// The regression has no fit to everyone.
    None,
}

/// Working memory of a replicate.
#[derive(Default)]
pub(super) struct Scratch {
    cox: ReplicateCoxScratch,
    fine_gray: ReplicateFineGrayScratch,
}

impl Hazards {
    pub(super) fn new(adjusted: Adjusted<'_>) -> Self {
        let cohort = adjusted.cohort;
        let simple = Model::of_everyone(cohort, Cause::Event);
        let stratified = simple.clone().within(&cohort.strata.codes);
        let full = Model::adjusted(adjusted, Cause::Event);
        let mut own = Self { quantities: Vec::new(), kernels: Vec::new() };
        for (method, model) in [
            (Method::CoxEfron, simple),
            (Method::CoxEfronStratified, stratified),
            (Method::CoxEfronAdjusted, full),
        ] {
            let fitted = model.as_fitted();
            let note = fitted.as_ref().map_or(String::new(), |model| model.note.clone());
            let kernel = fitted.ok().and_then(|model| cox(adjusted, &model));
            own.add(adjusted, (method, &note), kernel.unwrap_or(Kernel::None));
        }
        let arms = arms(adjusted);
        let everyone: Vec<usize> = (0..cohort.days.len()).collect();
        let data = ReplicateTrial {
            days: &cohort.days,
            endings: &cohort.endings,
            arms: &arms,
            members: &everyone,
        };
        let kernel = ReplicateFineGray::new(&data)
            .map_or(Kernel::None, |own| Kernel::FineGray(Box::new(own)));
        own.add(adjusted, (Method::FineGray, ""), kernel);
        own
    }

    fn add(&mut self, adjusted: Adjusted<'_>, (method, note): (Method, &str), kernel: Kernel) {
        let set = AnalysisSet::Itt;
        let entry = Entry::new(Analysis::HazardRatio, Outcome::FirstJob, set, method)
            .contrast()
            .role(Role::Secondary);
        // Competing exits are censored in Cox regressions.
        let entry = match method {
            Method::FineGray => entry,
            _ => entry.note(adjusted.cohort.censoring_note()),
        };
        self.quantities.push(Quantity::ratio(entry.also(note)));
        self.kernels.push(kernel);
    }

    pub(super) fn quantities(&self) -> &[Quantity] {
        &self.quantities
    }

    /// Every quantity and its standard error under the case weights.
    pub(super) fn evaluate(
        &self,
        weights: &[u32],
        scratch: &mut Scratch,
        (estimates, std_errors): (&mut [f64], &mut [f64]),
    ) {
        let places = estimates.iter_mut().zip(std_errors);
        for (kernel, (estimate, std_error)) in self.kernels.iter().zip(places) {
            let own = match kernel {
                Kernel::Cox(kernel) => kernel.fit(weights, &mut scratch.cox),
                Kernel::FineGray(kernel) => kernel.fit(weights, &mut scratch.fine_gray),
                Kernel::None => Replicate::NONE,
            };
            (*estimate, *std_error) = (own.estimate, own.std_error);
        }
    }

    /// The derivative of a quantity by everyone's case weight.
    pub(super) fn influence(&self, at: usize) -> Result<Vec<f64>, NotEstimable> {
        match &self.kernels[at] {
            Kernel::Cox(kernel) => Ok(kernel.influence().to_vec()),
            Kernel::FineGray(kernel) => Ok(kernel.influence().to_vec()),
            Kernel::None => Err(NotEstimable::EstimateNotFinite),
        }
    }
}

fn arms(adjusted: Adjusted<'_>) -> Vec<Arm> {
    adjusted.cohort.outcomes.iter().map(|p| p.arm).collect()
}

/// The kernel of a regression, the arm its first column.
fn cox(adjusted: Adjusted<'_>, model: &Model) -> Option<Kernel> {
    let cohort = adjusted.cohort;
    let n = cohort.days.len();
    let everyone = |values: &[f64]| {
        let mut column = vec![0.0; n];
        for (&at, &value) in model.positions.iter().zip(values) {
            column[at] = value;
        }
        column
    };
    let covariates: Vec<Vec<f64>> =
        model.columns[1..].iter().map(|column| everyone(&column.values)).collect();
    let covariates: Vec<&[f64]> = covariates.iter().map(Vec::as_slice).collect();
    let strata = model.strata.as_ref().map(|codes| {
        let mut all = vec![0; n];
        for (&at, &code) in model.positions.iter().zip(codes) {
            all[at] = code;
        }
        all
    });
    let trial = ReplicateTrial {
        days: &cohort.days,
        endings: &cohort.endings,
        arms: &arms(adjusted),
        members: &model.positions,
    };
    let data = ReplicateCoxData { trial, covariates: &covariates, strata: strata.as_deref() };
    ReplicateCox::new(&data).ok().map(|own| Kernel::Cox(Box::new(own)))
}
