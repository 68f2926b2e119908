//! Ratios of hazards: Cox regressions on everyone randomised, their tests and checks.

use super::regression::{Model, Regression, add_profile_ratio, add_ratio, add_ratio_inference};
use std::collections::BTreeSet;

use crate::analysis::adjusted::Adjusted;
use crate::analysis::effect_rows::add_test_or;
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::weights::{CaseWeights, SamplingWeights};
use crate::plan::analyses::CoxVariant;
use crate::results::vocabulary::{Analysis, AnalysisSet, Inference, Method, Outcome, Role};
use crate::survival::cox::{Penalty, Ties};
use crate::survival::ending::Cause;

/// Fewer named clusters than this, and there is no cluster-robust variance.
const FEWEST_CLUSTERS: usize = 8;

const EFRON: (Ties, Penalty) = (Ties::Efron, Penalty::None);

/// Cox regressions of the first job, and of competing exits.
pub(super) fn add_hazard_ratios(sheet: &mut Sheet, adjusted: Adjusted<'_>, survival: &Entry) {
    let entry = survival.analysis(Analysis::HazardRatio).contrast().role(Role::Secondary);
    let simple = Model::of_everyone(adjusted.cohort, Cause::Event);
    let stratified = simple.clone().within(&adjusted.cohort.strata.codes);
    let full = Model::adjusted(adjusted, Cause::Event);
    for (method, model) in [
        (Method::CoxEfron, &simple),
        (Method::CoxEfronStratified, &stratified),
        (Method::CoxEfronAdjusted, &full),
    ] {
        add_model(sheet, adjusted, (&entry.method(method), method), model);
    }
    for variant in &adjusted.setting.plan.first_job.cox {
        add_variant(sheet, adjusted, &entry, (*variant, &simple));
    }
    add_weighted(sheet, adjusted, &entry.method(Method::CoxEfron), &simple);
    let competing = Model::of_everyone(adjusted.cohort, Cause::Competing);
    let entry = entry.outcome(Outcome::CompetingExit).method(Method::CoxEfron);
    let note = "first jobs censored";
    let fitted = competing.fit(CaseWeights::Once, EFRON);
    add_ratio(sheet, &entry.note(note), (fitted.map(|own| own.arm()), adjusted.setting.level));
}

/// A regression with its robust variance, its tests, the checks of proportional hazards and its
/// concordance.
fn add_model(
    sheet: &mut Sheet,
    adjusted: Adjusted<'_>,
    (entry, method): (&Entry, Method),
    model: &Model,
) {
    let level = adjusted.setting.level;
    let fitted = model.fit(CaseWeights::Once, EFRON);
    let own = fitted.as_ref().map_err(Clone::clone);
    let note = own.clone().map_or(model.note(), |own| own.model.note());
    let entry = &entry.also(note);
    add_ratio(sheet, entry, (own.clone().map(Regression::arm), level));
    let of_all = own.clone().and_then(|own| own.robust_arm(None));
    add_ratio_inference(sheet, &entry.inference(Inference::Robust), (of_all, level));
    if let Some((clusters, n_named)) = clusters(adjusted, model) {
        let of_clusters = if n_named < FEWEST_CLUSTERS {
            Err(format!("fewer than {FEWEST_CLUSTERS} clusters"))
        } else {
            own.and_then(|own| own.robust_arm(Some(&clusters)))
        };
        let entry = entry.inference(Inference::ClusterRobust);
        add_ratio_inference(sheet, &entry, (of_clusters, level));
    }
    add_tests(sheet, entry, (method, model), &fitted);
    super::checks::add_checks(sheet, adjusted, (entry, method), &fitted);
}

/// The cluster of each row, and how many clusters have a name; people without one are clusters of
/// one.
fn clusters(adjusted: Adjusted<'_>, model: &Model) -> Option<(Vec<usize>, usize)> {
    let all = adjusted.adjustment.clusters.as_ref()?;
    let n_names = all.iter().flatten().max().map_or(0, |last| last + 1);
    let of = |&at: &usize| all[at].unwrap_or(n_names + at);
    let codes: Vec<usize> = model.positions.iter().map(of).collect();
    let named: BTreeSet<usize> = codes.iter().copied().filter(|code| *code < n_names).collect();
    Some((codes, named.len()))
}

/// Likelihood-ratio, Wald and score tests of the arm; `level` names the regression.
fn add_tests(
    sheet: &mut Sheet,
    entry: &Entry,
    (method, model): (Method, &Model),
    fitted: &Result<Regression, String>,
) {
    let entry = entry.analysis(Analysis::SurvivalTest).level(method.as_str());
    let fitted = fitted.as_ref().map_err(Clone::clone);
    let of_ratio = fitted.clone().and_then(super::regression::Regression::likelihood_ratio_of_arm);
    add_test_or(sheet, &entry.method(Method::CoxLikelihoodRatio), of_ratio);
    let wald = fitted.clone().map(Regression::wald_of_arm);
    add_test_or(sheet, &entry.method(Method::CoxWald), wald);
    // With covariates the score test at zero would be one of all of them.
    if model.has_arm_alone() {
        let score = fitted.and_then(|own| {
            own.fit.tests.score.ok_or_else(|| "the score has no variance".to_owned())
        });
        add_test_or(sheet, &entry.method(Method::CoxScore), score);
    }
}

/// Other ties, or Firth's penalty with limits of the penalised likelihood.
fn add_variant(
    sheet: &mut Sheet,
    adjusted: Adjusted<'_>,
    entry: &Entry,
    (variant, model): (CoxVariant, &Model),
) {
    let entry = entry.method(variant.method());
    let settings = match variant {
        CoxVariant::Breslow => (Ties::Breslow, Penalty::None),
        CoxVariant::Exact => (Ties::Exact, Penalty::None),
        CoxVariant::Firth => (Ties::Efron, Penalty::Firth),
    };
    let fitted = model.fit(CaseWeights::Once, settings);
    let level = adjusted.setting.level;
    if variant != CoxVariant::Firth {
        return add_ratio(sheet, &entry, (fitted.map(|own| own.arm()), level));
    }
    match fitted.and_then(|own| own.profile_of_arm(level)) {
        Ok(arm) => add_profile_ratio(sheet, &entry, arm),
        Err(reason) => add_ratio(sheet, &entry, (Err(reason), level)),
    }
}

/// With the plan's sampling weights; the variance is the robust one.
fn add_weighted(sheet: &mut Sheet, adjusted: Adjusted<'_>, entry: &Entry, model: &Model) {
    let Some(weights) = &adjusted.adjustment.weights else { return };
    let fitted = SamplingWeights::new(weights)
        .map_err(|reason| reason.to_string())
        .and_then(|weights| model.fit(CaseWeights::Sampling(weights), EFRON));
    let entry = entry.analysis_set(AnalysisSet::IttWeighted);
    let level = adjusted.setting.level;
    add_ratio(sheet, &entry, (fitted.map(|own| own.arm()), level));
}
