//! Ratios of subdistribution hazards, competing exits counted as such.

use super::regression::{Column, LogRatio, Model, add_ratio_without_p};
use crate::analysis::adjusted::Adjusted;
use crate::analysis::cohort::Cohort;
use crate::analysis::sheet::{Entry, Sheet};
use crate::numeric::weights::CaseWeights;
use crate::results::vocabulary::{Analysis, AnalysisSet, Method, Outcome, Role};
use crate::survival::ending::{Cause, Ending};
use crate::survival::fine_gray::{FineGrayData, FineGrayError, fine_gray};

/// Fine and Gray's regressions: arm alone for both ways out, and with strata and covariates.
pub(super) fn add_subdistribution_ratios(sheet: &mut Sheet, adjusted: Adjusted<'_>) {
    let (cohort, level) = (adjusted.cohort, adjusted.setting.level);
    let entry =
        Entry::new(Analysis::HazardRatio, Outcome::FirstJob, AnalysisSet::Itt, Method::FineGray)
            .contrast()
            .role(Role::Secondary);
    for (cause, outcome) in
        [(Cause::Event, Outcome::FirstJob), (Cause::Competing, Outcome::CompetingExit)]
    {
        let (ratio, note) = fit(cohort, Model::of_everyone(cohort, cause), cause);
        let entry = entry.outcome(outcome).also(&note);
        add_ratio_without_p(sheet, &entry, (ratio, level));
    }
    let mut model = Model::adjusted(adjusted, Cause::Event);
    let strata = model.strata.take().unwrap_or_default();
    for (code, name) in cohort.strata.names.iter().enumerate().skip(1) {
        let values: Vec<f64> = strata.iter().map(|&own| f64::from(u8::from(own == code))).collect();
        if values.iter().any(|value| *value > 0.0) {
            model.columns.push(Column { name: format!("stratum {name}"), values });
        }
    }
    let (ratio, note) = fit(cohort, model, Cause::Event);
    let entry = entry.method(Method::FineGrayAdjusted).also(&note);
    add_ratio_without_p(sheet, &entry, (ratio, level));
}

/// The arm's ratio; a covariate that others determine, or without a finite estimate, is left out.
fn fit(cohort: &Cohort<'_>, mut model: Model, cause: Cause) -> (Result<LogRatio, String>, String) {
    let endings: Vec<Ending> = model.positions.iter().map(|&at| cohort.endings[at]).collect();
    loop {
        let columns: Vec<&[f64]> =
            model.columns.iter().map(|column| column.values.as_slice()).collect();
        let data = FineGrayData {
            days: &model.days,
            endings: &endings,
            columns: &columns,
            cause,
            censoring_groups: None,
        };
        let (column, why) = match fine_gray(&data, CaseWeights::Once) {
            Ok(own) => {
                let (estimate, variance) = (own.coefficients[0], own.covariance[[0, 0]]);
                let ratio = LogRatio { estimate, std_error: variance.sqrt() };
                return (Ok(ratio), model.note().to_owned());
            }
            Err(FineGrayError::Collinear { column }) if column > 0 => {
                (column, "others determine it")
            }
            Err(FineGrayError::Monotone { column }) if column > 0 => {
                (column, "its ratio has no finite estimate")
            }
            Err(reason) => return (Err(reason.to_string()), model.note().to_owned()),
        };
        model.leave_out(column, why);
    }
}
