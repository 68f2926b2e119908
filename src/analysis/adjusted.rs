//! Effects adjusted for strata and covariates: regressions, standardisation, weights, clusters.

use std::collections::BTreeMap;

use super::Setting;
use super::cohort::{Cohort, Observed};
use super::covariates::{Adjustment, CompleteCases};
use super::effect_rows::{Coefficient, Estimated, StandardError, add_coefficient, add_estimate};
use super::sheet::{Entry, Sheet};
use crate::estimate::adjusted::{
    AdjustedEffect, Clusters, lin, ols_adjusted, ols_adjusted_clustered,
};
use crate::estimate::covariates::AdjustedSample;
use crate::estimate::ratio::RatioEstimate;
use crate::estimate::risk_difference::RiskDifference;
use crate::estimate::standardised::{AssignmentShare, StandardisedContrasts, logit_standardised};
use crate::numeric::robust::Robust;
use crate::numeric::weights::SamplingWeights;
use crate::results::vocabulary::{AnalysisSet, Inference, Method, Statistic, Unit};

/// Fewer named clusters than this, and the note of the row says so.
const FEW_CLUSTERS: usize = 20;

/// One outcome, and where its rows go.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    /// Key, month and note of the rows.
    pub(super) effect: &'a Entry,
    pub(super) observed: &'a Observed,
    pub(super) unit: Unit,
}

/// What the adjusted analyses of a run share.
#[derive(Clone, Copy)]
pub(super) struct Adjusted<'a> {
    pub(super) setting: Setting<'a>,
    pub(super) cohort: &'a Cohort<'a>,
    pub(super) adjustment: &'a Adjustment,
}

impl Adjusted<'_> {
    /// Lin's regression and, with clusters, CR2.
    pub(super) fn add_regressions(&self, sheet: &mut Sheet, question: Question<'_>) {
        let complete = self.adjustment.complete_cases(question.observed);
        self.add_regression(sheet, question, &complete, (Method::LinHc2, None));
        if self.adjustment.clusters.is_some() {
            self.add_clustered(sheet, question, &complete);
        }
    }

    /// Least squares on arm, strata and covariates with HC2, and what was left out.
    pub(super) fn least_squares(
        &self,
        observed: &Observed,
    ) -> (Result<AdjustedEffect, String>, String) {
        let complete = self.adjustment.complete_cases(observed);
        let fit = with_sample(&complete, None, |data| {
            ols_adjusted(data, Robust::Hc2, self.setting.level).map_err(|reason| reason.to_string())
        });
        let (omissions, merged) = match &fit {
            Ok(own) => (own.omissions.as_slice(), own.merged_strata.as_slice()),
            Err(_) => (&[][..], &[][..]),
        };
        let note = complete.note(omissions, merged, &self.cohort.strata);
        (fit, note)
    }

    /// Least squares with each of HC0 to HC3.
    pub(super) fn add_variances(&self, sheet: &mut Sheet, question: Question<'_>) {
        let complete = self.adjustment.complete_cases(question.observed);
        for method in [
            Method::OlsAdjustedHc0,
            Method::OlsAdjustedHc1,
            Method::OlsAdjustedHc2,
            Method::OlsAdjustedHc3,
        ] {
            self.add_regression(sheet, question, &complete, (method, None));
        }
    }

    /// Strata only and Lin's regression with the plan's sampling weights.
    pub(super) fn add_weighted(&self, sheet: &mut Sheet, question: Question<'_>) {
        let Some(all) = &self.adjustment.weights else { return };
        let effect = question.effect.analysis_set(AnalysisSet::IttWeighted);
        let question = Question { effect: &effect, ..question };
        let nothing = Adjustment { covariates: Vec::new(), clusters: None, weights: None };
        let everyone = nothing.complete_cases(question.observed);
        let complete = self.adjustment.complete_cases(question.observed);
        for (cases, method) in [(&everyone, Method::OlsStrataHc2), (&complete, Method::LinHc2)] {
            let weights: Vec<f64> = cases.observed.positions.iter().map(|&at| all[at]).collect();
            self.add_regression(sheet, question, cases, (method, Some(&weights)));
        }
    }

    fn add_regression(
        &self,
        sheet: &mut Sheet,
        question: Question<'_>,
        complete: &CompleteCases<'_>,
        (method, weights): (Method, Option<&[f64]>),
    ) {
        let level = self.setting.level;
        let fit = with_sample(complete, weights, |data| {
            let fit = match method {
                Method::LinHc2 => lin(data, Robust::Hc2, level),
                Method::OlsAdjustedHc0 => ols_adjusted(data, Robust::Hc0, level),
                Method::OlsAdjustedHc1 => ols_adjusted(data, Robust::Hc1, level),
                Method::OlsAdjustedHc3 => ols_adjusted(data, Robust::Hc3, level),
                _ => ols_adjusted(data, Robust::Hc2, level),
            };
            fit.map_err(|reason| reason.to_string())
        });
        let entry = question.effect.method(method);
        self.add_effect(sheet, (&entry, question.unit), complete, (fit, String::new()));
    }

    fn add_effect(
        &self,
        sheet: &mut Sheet,
        (entry, unit): (&Entry, Unit),
        complete: &CompleteCases<'_>,
        (fit, more): (Result<AdjustedEffect, String>, String),
    ) {
        let (omissions, merged) = match &fit {
            Ok(own) => (own.omissions.as_slice(), own.merged_strata.as_slice()),
            Err(_) => (&[][..], &[][..]),
        };
        let note = complete.note(omissions, merged, &self.cohort.strata);
        let entry = entry.also(&note).also(&more);
        let fit = fit.map(|own| Coefficient {
            estimate: own.estimate,
            df: own.df,
            inference: own.inference,
        });
        add_coefficient(sheet, &entry, unit, fit);
    }

    fn add_clustered(
        &self,
        sheet: &mut Sheet,
        question: Question<'_>,
        complete: &CompleteCases<'_>,
    ) {
        let Some(all) = &self.adjustment.clusters else { return };
        let (codes, n_named) = cluster_codes(all, &complete.observed.positions);
        let clusters = Clusters { codes: &codes, n_named };
        let level = self.setting.level;
        let fit = with_sample(complete, None, |data| {
            ols_adjusted_clustered(data, clusters, level).map_err(|reason| reason.to_string())
        });
        let mut notes = Vec::new();
        if n_named < FEW_CLUSTERS {
            notes.push(format!("only {n_named} clusters: the interval is rough"));
        }
        if codes.len() > n_named && all.iter().any(Option::is_none) {
            notes.push("participants without a cluster count as one each".to_owned());
        }
        let entry = question.effect.method(Method::OlsAdjustedCr2);
        sheet.put(&entry, Statistic::Clusters, Unit::Count, n_named as f64);
        let fit = fit.map(|own| own.effect);
        self.add_effect(sheet, (&entry, question.unit), complete, (fit, notes.join("; ")));
    }

    /// Difference, ratio and odds ratio standardised over a logistic model.
    pub(super) fn add_standardised(&self, sheet: &mut Sheet, question: Question<'_>) {
        let complete = self.adjustment.complete_cases(question.observed);
        let share = if self.setting.plan.randomisation.differs_between_strata() {
            AssignmentShare::ByStratum
        } else {
            AssignmentShare::Overall
        };
        let level = self.setting.level;
        let fit = with_sample(&complete, None, |data| {
            logit_standardised(data, share, level).map_err(|reason| reason.to_string())
        });
        let note = match &fit {
            Ok(own) => complete.note(&own.omissions, &own.merged_strata, &self.cohort.strata),
            Err(_) => complete.note(&[], &[], &self.cohort.strata),
        };
        let by_stratum = match share {
            AssignmentShare::ByStratum => {
                "allocation ratios differ between strata: each has its own"
            }
            AssignmentShare::Overall => "",
        };
        let effect = question.effect.also(&note).also(by_stratum);
        let simple = fit.as_ref().map(|own| &own.simple).map_err(Clone::clone);
        add_contrasts(sheet, &effect, simple);
        let stratified = fit
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|own| own.stratified.as_ref().map_err(ToString::to_string));
        let effect = effect.inference(Inference::StratifiedRandomisation);
        add_contrasts(sheet, &effect, stratified);
    }
}

fn add_contrasts(
    sheet: &mut Sheet,
    effect: &Entry,
    contrasts: Result<&StandardisedContrasts, String>,
) {
    let difference = contrasts.clone().map(|own| of_difference(own.difference));
    let entry = effect.method(Method::LogitStandardised);
    add_estimate(sheet, &entry, Unit::Proportion, (difference, StandardError::Given));
    let ratio = contrasts
        .clone()
        .and_then(|own| own.risk_ratio.as_ref().map(of_ratio).map_err(ToString::to_string));
    let entry = effect.method(Method::LogitStandardisedRiskRatio);
    add_estimate(sheet, &entry, Unit::Ratio, (ratio, StandardError::None));
    let ratio = contrasts
        .and_then(|own| own.odds_ratio.as_ref().map(of_ratio).map_err(ToString::to_string));
    let entry = effect.method(Method::LogitStandardisedOddsRatio);
    add_estimate(sheet, &entry, Unit::Ratio, (ratio, StandardError::None));
}

fn of_difference(difference: RiskDifference) -> Estimated {
    let (estimate, interval) = (difference.estimate, difference.interval);
    Estimated { estimate, std_error: Some(difference.std_error), interval }
}

fn of_ratio(ratio: &RatioEstimate) -> Estimated {
    Estimated { estimate: ratio.estimate, std_error: None, interval: ratio.interval }
}

/// Hands the complete cases to an estimator.
pub(super) fn with_sample<T>(
    complete: &CompleteCases<'_>,
    weights: Option<&[f64]>,
    of: impl FnOnce(&AdjustedSample<'_>) -> Result<T, String>,
) -> Result<T, String> {
    let columns = complete.columns();
    let sample = complete.observed.sample().map_err(|reason| reason.to_string())?;
    let weights =
        weights.map(SamplingWeights::new).transpose().map_err(|reason| reason.to_string())?;
    let data =
        AdjustedSample::new(sample, &columns, weights).map_err(|reason| reason.to_string())?;
    of(&data)
}

/// Numbers of the clusters, a participant without one having a number of their own; and how many
/// of the clusters have a name.
fn cluster_codes(all: &[Option<usize>], positions: &[usize]) -> (Vec<usize>, usize) {
    let mut named: BTreeMap<usize, usize> = BTreeMap::new();
    for code in positions.iter().filter_map(|&at| all[at]) {
        let next = named.len();
        named.entry(code).or_insert(next);
    }
    let n_named = named.len();
    let mut next = n_named;
    let codes = positions.iter().map(|&at| {
        all[at].map_or_else(
            || {
                next += 1;
                next - 1
            },
            |code| named[&code],
        )
    });
    (codes.collect(), n_named)
}
