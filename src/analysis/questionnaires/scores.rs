//! Scores and items by wave: means, change, analysis of covariance, standardised effects, bounds.

use super::super::Setting;
use super::super::cohort::{Cohort, Observed, Scope};
use super::super::effect_rows::{
    Coefficient, Estimated, StandardError, add_coefficient, add_estimate, estimate_and_limits,
};
use super::super::proportions::add_strata_regression;
use super::super::sheet::{Entry, Sheet};
use super::super::summary::add_mean_with_limits;
use super::job_quality::{Defined, add_bounds};
use super::role::role_of;
use crate::derive::waves::WaveStatus;
use crate::estimate::adjusted::{AdjustedEffect, ols_adjusted};
use crate::estimate::covariates::{AdjustedSample, Covariate};
use crate::estimate::mean::arm_mean;
use crate::estimate::standardised_effect::{hedges_g, per_standard_deviation};
use crate::numeric::robust::Robust;
use crate::plan::instrument::types::AskedOf;
use crate::plan::questionnaire_outcomes::ResolvedOutcome;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role, Statistic, Unit};
use crate::trial::arm::{Arm, TwoArm};

/// Every outcome of the questionnaires that everyone is asked.
pub(super) fn add_scores(sheet: &mut Sheet, setting: Setting<'_>, cohort: &Cohort<'_>) {
    let outcomes = setting.plan.questionnaire_outcomes();
    for (position, outcome) in outcomes.iter().enumerate() {
        if outcome.asked_of == AskedOf::Employed {
            continue;
        }
        let own = Score { setting, cohort, outcome, position };
        own.add_means(sheet, 0);
        for &month in &outcome.months {
            own.add_means(sheet, month);
            own.add_effects(sheet, month);
        }
    }
}

/// One outcome.
struct Score<'a> {
    setting: Setting<'a>,
    cohort: &'a Cohort<'a>,
    outcome: &'a ResolvedOutcome,
    position: usize,
}

impl Score<'_> {
    fn entry(&self, month: i32) -> Entry {
        Entry::new(Analysis::ArmMean, Outcome::Score, AnalysisSet::Answered, Method::Mean)
            .level(&self.outcome.id)
            .month(month)
    }

    /// The value at a wave.
    fn value(&self, participant: usize, month: i32) -> Option<f64> {
        self.cohort.waves.value(self.position, participant, month)
    }

    fn observed(&self, month: i32) -> Observed {
        self.cohort.observed_by_position(|at| self.value(at, month))
    }

    fn add_means(&self, sheet: &mut Sheet, month: i32) {
        let all = self.observed(month);
        for scope in self.cohort.scopes() {
            let observed = all.within(self.cohort, scope);
            let entry = self.entry(month).region(self.cohort.name(scope));
            for arm in Arm::BOTH {
                let (own, unit) = (entry.arm(arm), (Unit::Score, self.setting.level));
                add_mean_with_limits(sheet, &own, unit, &observed.of_arm(arm));
            }
        }
    }

    fn add_effects(&self, sheet: &mut Sheet, month: i32) {
        let all = self.observed(month);
        let effect = self.entry(month).analysis(Analysis::Effect).contrast().role(Role::Secondary);
        for scope in self.cohort.scopes() {
            let observed = all.within(self.cohort, scope);
            let effect = effect.region(self.cohort.name(scope)).role(role_of(scope));
            add_strata_regression(sheet, self.setting, &effect, &observed, Unit::Score);
            self.add_hedges(sheet, &effect, &observed);
            self.add_from_baseline(sheet, &effect, (&observed, scope));
        }
        // Everyone whose window has closed, and whether their score is known: also who left before,
        // since leaving is one way of not answering, and the arms may differ in it.
        let defined = Defined {
            positions: (0..self.cohort.outcomes.len())
                .filter(|at| self.is_due(*at, month))
                .map(|at| (at, self.value(at, month)))
                .collect(),
            unit: Unit::Score,
        };
        let effect = effect.note("among those who would answer in either arm");
        add_bounds(sheet, (self.setting, self.cohort), &effect, &defined);
    }

    fn is_due(&self, participant: usize, month: i32) -> bool {
        self.cohort.waves.status(participant, month) != WaveStatus::NotDue
    }

    fn add_hedges(&self, sheet: &mut Sheet, effect: &Entry, observed: &Observed) {
        let values = TwoArm::from_fn(|arm| observed.of_arm(arm));
        let slices = TwoArm::from_fn(|arm| values.get(arm).as_slice());
        let g = hedges_g(slices, self.setting.level).map(|own| Estimated {
            estimate: own.estimate,
            std_error: Some(own.std_error),
            interval: own.interval,
        });
        let entry = effect.method(Method::HedgesG);
        add_estimate(sheet, &entry, Unit::StdDevs, (g, StandardError::Given));
    }

    /// Change and analysis of covariance, among those who also have a baseline value.
    fn add_from_baseline(
        &self,
        sheet: &mut Sheet,
        effect: &Entry,
        (observed, scope): (&Observed, Scope),
    ) {
        let Some(month) = effect.key().month else { return };
        let baseline = |at: usize| self.value(observed.positions[at], 0);
        let both = observed.only(|at| baseline(at).is_some());
        let n_without = observed.values.len() - both.values.len();
        let before: Vec<f64> =
            both.positions.iter().filter_map(|&position| self.value(position, 0)).collect();
        let counted = self.entry(month).method(Method::OlsChangeHc2);
        for arm in Arm::BOTH {
            let entry = counted.region(self.cohort.name(scope)).arm(arm);
            sheet.put(&entry, Statistic::N, Unit::Count, both.of_arm(arm).len() as f64);
        }
        let effect = match n_without {
            0 => effect.clone(),
            n => effect.also(&format!("{n} without a baseline value are left out")),
        };
        let mut change = both.clone();
        for (value, before) in change.values.iter_mut().zip(&before) {
            *value -= before;
        }
        let fits = [
            (Method::OlsChangeHc2, self.fit(&change, None)),
            (Method::AncovaHc2, self.fit(&both, Some(&before))),
        ];
        for (method, fit) in &fits {
            let coefficient = fit.clone().map(|own| Coefficient {
                estimate: own.estimate,
                df: own.df,
                inference: own.inference,
            });
            add_coefficient(sheet, &effect.method(*method), Unit::Score, coefficient);
        }
        let ancova = fits.into_iter().map(|(_, fit)| fit).next_back();
        let Some(ancova) = ancova else { return };
        let entry = effect.method(Method::AncovaStandardised);
        let standardised = ancova.and_then(|own| {
            let inference = own.inference.map_err(|reason| reason.to_string())?;
            let std_dev = self.baseline_std_dev(scope)?;
            per_standard_deviation((own.estimate, inference.std_error), inference.interval, std_dev)
                .map_err(|reason| reason.to_string())
        });
        match standardised {
            Ok(own) => {
                let entry = entry.also("the standard deviation is taken as given");
                let own = Estimated {
                    estimate: own.estimate,
                    std_error: Some(own.std_error),
                    interval: own.interval,
                };
                let given: Result<_, String> = Ok(own);
                add_estimate(sheet, &entry, Unit::StdDevs, (given, StandardError::Given));
            }
            Err(reason) => {
                sheet.all_missing(&entry, &estimate_and_limits(Unit::StdDevs), &reason);
                sheet.missing(&entry, Statistic::StdError, Unit::StdDevs, &reason);
            }
        }
    }

    /// Least squares on arm and strata, and on the baseline value where it is given.
    fn fit(&self, observed: &Observed, baseline: Option<&[f64]>) -> Result<AdjustedEffect, String> {
        if observed.values.is_empty() {
            return Err("nobody has both a value at the wave and one at baseline".to_owned());
        }
        let sample = observed.sample().map_err(|reason| reason.to_string())?;
        let covariates: Vec<Covariate<'_>> = baseline.map(Covariate::Numeric).into_iter().collect();
        let data =
            AdjustedSample::new(sample, &covariates, None).map_err(|reason| reason.to_string())?;
        ols_adjusted(&data, Robust::Hc2, self.setting.level).map_err(|reason| reason.to_string())
    }

    /// Standard deviation of the control arm's baseline values.
    fn baseline_std_dev(&self, scope: Scope) -> Result<f64, String> {
        let values = self.observed(0).within(self.cohort, scope).of_arm(Arm::Control);
        let mean = arm_mean(&values).map_err(|reason| reason.to_string())?;
        mean.std_dev.ok_or_else(|| "a single participant has no standard deviation".to_owned())
    }
}
