//! Estimates that let an algorithm choose what is adjusted for, where the plan asks for them.

use super::adjusted::{Adjusted, Question};
use super::effect_rows::{Coefficient, Estimated, StandardError, add_coefficient, add_estimate};
use super::sheet::Sheet;
use crate::estimate::aipw::{OutcomeModel, aipw_cross_fitted};
use crate::estimate::lasso::lasso_cross_fitted;
use crate::plan::analyses::Sensitivity;
use crate::random::Seed;
use crate::resample::folds::fold_numbers;
use crate::results::vocabulary::{Statistic, Unit};
use crate::trial::arm::Arm;

/// Parts into which participants are divided; each is predicted from the others.
const N_FOLDS: usize = 10;

/// The plan's sensitivity estimates of one outcome.
pub(super) fn add_sensitivity(sheet: &mut Sheet, adjusted: Adjusted<'_>, question: Question<'_>) {
    let plan = adjusted.setting.plan;
    if plan.analysis.sensitivity.is_empty() {
        return;
    }
    let complete = adjusted.adjustment.complete_cases(question.observed);
    let observed = &complete.observed;
    let cells: Vec<usize> = observed
        .arms
        .iter()
        .zip(&observed.strata)
        .map(|(arm, stratum)| 2 * stratum + usize::from(*arm == Arm::Control))
        .collect();
    let folds = fold_numbers(Seed(plan.bootstrap.seed), 0, &cells, N_FOLDS);
    let covariates = complete.matrix();
    let effect = question.effect.also(&complete.note(&[], &[], &adjusted.cohort.strata));
    let level = adjusted.setting.level;
    for kind in &plan.analysis.sensitivity {
        let entry = effect.method(kind.method());
        let sample = observed.sample().map_err(|reason| reason.to_string());
        let model = match kind {
            Sensitivity::LassoCrossFitted => {
                let fit = sample.and_then(|sample| {
                    lasso_cross_fitted(&sample, covariates.view(), &folds, level)
                        .map_err(|reason| reason.to_string())
                });
                if let Ok(own) = &fit {
                    for (statistic, count) in [
                        (Statistic::SelectedMin, own.fewest_selected),
                        (Statistic::SelectedMax, own.most_selected),
                    ] {
                        sheet.put(&entry, statistic, Unit::Count, count as f64);
                    }
                }
                let fit = fit.map(|own| Coefficient {
                    estimate: own.effect.estimate,
                    df: own.effect.df as f64,
                    inference: own.effect.inference,
                });
                add_coefficient(sheet, &entry, question.unit, fit);
                continue;
            }
            Sensitivity::AipwLogit => OutcomeModel::Logistic,
            Sensitivity::AipwLasso => OutcomeModel::Lasso,
        };
        let fit = sample.and_then(|sample| {
            aipw_cross_fitted(&sample, covariates.view(), &folds, model, level)
                .map_err(|reason| reason.to_string())
        });
        let separated = fit.as_ref().map_or(0, |own| own.separated);
        let entry = match separated {
            0 => entry,
            n => entry.also(&format!(
                "{n} of {} logistic models were separated and given a prior",
                2 * N_FOLDS
            )),
        };
        let p_value = fit.as_ref().map(|own| own.p_value).map_err(Clone::clone);
        let fit = fit.map(|own| Estimated {
            estimate: own.estimate,
            std_error: Some(own.std_error),
            interval: own.interval,
        });
        add_estimate(sheet, &entry, question.unit, (fit, StandardError::Given));
        match p_value {
            Ok(p) => sheet.put(&entry, Statistic::PValue, Unit::P, p),
            Err(reason) => sheet.missing(&entry, Statistic::PValue, Unit::P, &reason),
        }
    }
}
